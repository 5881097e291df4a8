"""The statements in a browser: as pages, and inside the site's own pages."""

import json

import pytest

from consent.disclosure import statements
from consent.plain_pages.words import page_words
from tests.browser.test_accessibility import findings
from tests.disclosure.conftest import policy_of_twenty
from tests.visitors.test_appearance import OVERFLOWING, SMALL

pytestmark = pytest.mark.browser
SAID = page_words("disclosure")
HOSTILE = "<img src=x onerror=hacked=1>"


@pytest.fixture(scope="module")
def twenty(platform):
    return platform.make_site(["http://www.shop.example"], **policy_of_twenty())


@pytest.fixture
def embed(page, platform, shop):
    """A page of the site that carries a statement; returns the page once it has come."""

    def go(kind, *, lang="ja", banner=False, **changes):
        key = platform.make_site([shop.origin()], **{**policy_of_twenty(), **changes})
        tag = f'<script src="{platform.url}/b/{key}.js" async></script>' if banner else ""
        shop.put(
            "/page",
            f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>Shop</title>{tag}</head><body>'
            f'<div data-consent-statement="{kind}"><a href="/fallback">fallback</a></div>'
            f'<script src="{platform.url}/static/statements.js" data-site="{key}" async></script></body></html>',
        )
        page.goto(f"{shop.origin()}/page")
        return page

    return go


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("kind", [*statements.KINDS, ""])
def test_pages_are_accessible_and_fit_small_windows_and_large_text(page, platform, twenty, kind, language):
    page.goto(f"{platform.url}/statements/{twenty}/{kind}?lang={language}".replace("/?", "?"))
    assert findings(page) == {}
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate(OVERFLOWING) == []
    assert page.evaluate(SMALL) == []
    page.evaluate("() => { document.documentElement.style.fontSize = '200%' }")
    assert page.evaluate(OVERFLOWING) == []


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_statement_comes_into_the_page_in_its_language(embed, language):
    page = embed("external-transmission", lang=language)
    page.locator(".consent-statement").wait_for()
    assert (
        page.locator(".consent-statement h2").inner_text()
        == SAID[language]["statements"]["external-transmission"]["title"]
    )
    assert page.locator(".consent-statement-section").count() > 10
    assert "Google LLC" in page.locator("[data-consent-section=ga4]").inner_text()
    assert page.get_by_text("fallback").count() == 0


@pytest.mark.parametrize("kind", ["nothing", "../../settings"])
def test_what_stands_there_stays_where_no_statement_comes(embed, kind):
    page = embed(kind)
    with page.expect_console_message(lambda message: "statement" in message.text):
        page.reload()
    assert page.get_by_text("fallback").is_visible()
    assert page.locator(".consent-statement").count() == 0


def test_no_text_of_a_policy_becomes_markup_in_the_page(embed):
    services = policy_of_twenty()["services"]
    services[-1]["name"] = services[-1]["purpose"] = {"ja": HOSTILE, "en": HOSTILE}
    page = embed("external-transmission", services=json.loads(json.dumps(services)))
    page.locator(".consent-statement").wait_for()
    assert HOSTILE in page.locator(".consent-statement").inner_text()
    assert page.locator(".consent-statement img").count() == 0
    assert page.evaluate("window.hacked") is None


def test_a_page_with_the_banner_shows_what_is_on_and_follows_the_visitor(embed):
    page = embed("choices", lang="en", banner=True)
    state = page.locator("[data-consent-section=analytics] .consent-statement-state")
    state.wait_for()
    assert state.inner_text() == SAID["en"]["choices"]["undecided"]
    page.locator("[data-consent-action=accept-all]").click()
    state.filter(has_text="On").wait_for()
    page.get_by_role("button", name=SAID["en"]["choices"]["open"]).click()
    page.locator("[data-consent-action=save]").wait_for()
    page.evaluate("consent.rejectAll()")
    state.filter(has_text="Off").wait_for()
    assert page.locator("[data-consent-section=necessary] .consent-statement-state").count() == 0


def test_without_the_banner_the_choices_are_a_list_with_links(embed, platform):
    page = embed("choices", lang="en")
    page.locator(".consent-statement").wait_for()
    assert page.locator(".consent-statement-state").count() == 0
    assert page.locator("[data-consent-section=ways] a").count() == 3
