"""The receipt page in a real browser without JavaScript: axe-core finds nothing, nothing is cut off, it prints."""

import pytest
import yaml

from consent import sites
from consent.db import db
from consent.plain_pages.words import page_words
from tests.browser.screens import LANGUAGES, ROOT
from tests.browser.test_accessibility import findings
from tests.people import Visitor
from tests.visitors.test_appearance import OVERFLOWING, SMALL

ORIGIN = "http://www.shop.example"


@pytest.fixture(scope="module")
def refusal_in(platform):
    """Makes a token: refusal_in("ja"). The demo's policy has the most services, and recipients that have to be named."""
    policy = yaml.safe_load((ROOT / "demo/policy.yaml").read_text("utf-8"))
    key = platform.make_site([ORIGIN], **policy)

    def make(language):
        with platform.app.app_context():
            with db.engine.connect() as connection:
                site = sites.find(connection, key)
            visitor = Visitor(platform.app.test_client(), site)
            answer = visitor.send(visitor.body("reject_all", language=language), origin=ORIGIN)
        return answer.json["receipt"]["token"]

    return make


@pytest.fixture
def shown(page, platform, refusal_in):
    """shown("ja"): the receipt of a refusal, every detail open."""

    def go(language="ja", *, token=None):
        page.goto(f"{platform.url}/r/{token or refusal_in(language)}")
        page.evaluate("() => document.querySelectorAll('details').forEach((one) => { one.open = true })")
        return page

    return go


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_and_nothing_overflows_at_320_pixels(shown, page, language):
    page.set_viewport_size({"width": 320, "height": 640})
    assert findings(shown(language)) == {}
    assert page_words()[language]["receipt"]["reject_all"] in page.content()
    assert page.evaluate(OVERFLOWING) == []


def test_axe_would_find_something(shown):
    page = shown()
    page.evaluate("document.querySelector('h1').textContent = ''")
    assert findings(page) != {}


def test_axe_finds_nothing_in_a_wide_window(shown):
    assert findings(shown("en")) == {}


def test_every_target_is_24_pixels_or_more(shown, page):
    page.set_viewport_size({"width": 320, "height": 640})
    assert shown("en").evaluate(SMALL) == []


def test_a_page_that_is_not_there_is_accessible_too(shown):
    page = shown("en", token="unknown")
    assert "receipt_unknown" in page.content()
    assert findings(page) == {}


def test_on_paper_there_is_the_address_of_the_settings_and_no_navigation(shown, page):
    shown("en")
    assert (page.locator(".printed").is_visible(), page.locator("nav").is_visible()) == (False, True)
    page.emulate_media(media="print")
    assert (page.locator(".printed").is_visible(), page.locator("nav").is_visible()) == (True, False)


def test_a_wide_text_would_be_seen(shown, page):
    shown()
    page.evaluate("document.querySelector('h1').style.inlineSize = '3000px'")
    assert page.evaluate(OVERFLOWING) != []
