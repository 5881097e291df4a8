"""The settings page and the refusals: axe-core finds nothing, nothing is cut off at 320 pixels, dark and forced colours work."""

import pytest
import yaml

from consent import clock, sites
from consent.db import transact
from consent.sites import stopping
from tests.browser.screens import LANGUAGES, ROOT, SCHEMES
from tests.browser.test_accessibility import findings
from tests.browser.test_reflow import torn

OVERFLOWING = """() => [document.documentElement, ...document.querySelectorAll("main *")]
  .filter((one) => one.checkVisibility() && !one.closest(".hidden"))
  .filter((one) => one.getBoundingClientRect().right > innerWidth + 1 || one.getBoundingClientRect().left < -1
    || (one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== "inline"))
  .map((one) => one.outerHTML.slice(0, 120))"""
SMALL = """() => [...document.querySelectorAll("a, button, summary, label")]
  .map((one) => [one.textContent.trim(), one.getBoundingClientRect()])
  .filter(([, { width, height }]) => width < 24 || height < 24).map(([name]) => name)"""
BUTTONS = """() => [...document.querySelectorAll(".actions button")].map((one) => {
  const { width, height } = one.getBoundingClientRect(), style = getComputedStyle(one);
  return [width.toFixed(), height.toFixed(), style.color, style.backgroundColor, style.fontSize, style.fontWeight];
})"""


@pytest.fixture(scope="module")
def demo_key(platform):
    """The demo's policy: the most services, ten languages, recipients that have to be named."""
    return platform.make_site(
        ["http://www.shop.example"], **yaml.safe_load((ROOT / "demo/policy.yaml").read_text("utf-8"))
    )


@pytest.fixture
def shown(page, platform, demo_key):
    """shown("ja"): the page with all details open. shown("ja", saved="reject_all"): after a decision."""

    def go(language="ja", *, saved=None, key=demo_key):
        page.goto(f"{platform.url}/settings/{key}?lang={language}")
        if saved:
            with page.expect_navigation():
                page.locator(f"button[value={saved}]").click()
        page.evaluate("() => document.querySelectorAll('details').forEach((one) => { one.open = true })")
        return page

    return go


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_before_and_after_saving(shown, language):
    assert findings(shown(language)) == {}
    assert findings(shown(language, saved="accept_all")) == {}


@pytest.fixture(scope="module")
def stopped_key(platform):
    key = platform.make_site(["http://www.shop.example"])
    with platform.app.app_context():
        transact(lambda c: stopping.stop(c, sites.find(c, key), typed=key, now=clock.now()))
    return key


def test_axe_finds_nothing_while_the_banner_of_the_site_is_stopped(shown, stopped_key):
    page = shown(key=stopped_key)
    assert page.locator(".actions button").count() == 1
    assert findings(page) == {}
    assert page.evaluate(OVERFLOWING) == []


@pytest.mark.parametrize("language", ["ja", "en", "ar"])
def test_axe_finds_nothing_in_a_refusal(shown, language):
    page = shown(language, key="nobody")
    assert "site_unknown" in page.content()
    assert findings(page) == {}


def test_axe_would_find_something(shown):
    page = shown()
    page.evaluate("document.querySelector('.actions button').textContent = ''")
    assert "button-name" in str(findings(page))


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_overflows_at_320_pixels(shown, page, language):
    page.set_viewport_size({"width": 320, "height": 640})
    assert shown(language, saved="accept_all").evaluate(OVERFLOWING) == []
    assert shown(language, key="nobody").evaluate(OVERFLOWING) == []


@pytest.mark.parametrize("width", [320, 640, 1280])
def test_nothing_overflows_with_text_twice_as_large(shown, page, width):
    page.set_viewport_size({"width": width, "height": 640})
    page.context.new_cdp_session(page).send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
    assert shown("de").evaluate(OVERFLOWING) == []


def test_an_overflow_would_be_seen(shown):
    page = shown()
    page.evaluate("document.querySelector('h1').style.inlineSize = '3000px'")
    assert page.evaluate(OVERFLOWING) != []


LINES = f"""() => {{ {(ROOT / "tests/browser/measure.js").read_text("utf-8")};
  return [...document.querySelectorAll("main :is(h1, p, dt, dd, summary, label)")].map(linesOf) }}"""


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_japanese_lines_break_between_phrases(shown, page, width):
    page.set_viewport_size({"width": width, "height": 640})
    paragraphs = shown("ja").evaluate(LINES)
    assert len(paragraphs) > 100
    assert torn(paragraphs) == set()


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_three_answers_look_the_same(shown, page, language, width):
    page.set_viewport_size({"width": width, "height": 640})
    first, *others = shown(language).evaluate(BUTTONS)
    assert others == [first, first]


def test_every_target_is_24_pixels_or_more(shown, page):
    page.set_viewport_size({"width": 320, "height": 640})
    assert shown("en").evaluate(SMALL) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_each_colour_scheme_wears_the_colours_of_the_site(shown, page, scheme):
    page.emulate_media(**SCHEMES[scheme])
    accent = yaml.safe_load((ROOT / "demo/policy.yaml").read_text("utf-8"))["theme"][scheme]["accent"]
    red, green, blue = (int(accent[start : start + 2], 16) for start in (1, 3, 5))
    colour = shown().locator("button").first.evaluate("(one) => getComputedStyle(one).backgroundColor")
    assert colour == f"rgb({red}, {green}, {blue})"


def test_a_switch_is_seen_in_forced_colours(shown, page):
    page.emulate_media(**SCHEMES["forced"])
    switch = shown().locator("[role=switch]:enabled").first
    off = switch.screenshot()
    switch.check()
    assert switch.screenshot() != off


def test_what_has_the_focus_is_not_hidden_behind_the_answers(shown, page):
    page.set_viewport_size({"width": 1280, "height": 700})
    shown("en")
    hidden = []
    for _ in range(60):
        page.keyboard.press("Tab")
        hidden += page.evaluate(
            """() => { const one = document.activeElement, bar = document.querySelector(".actions");
              if (one === document.body || bar.contains(one) || one.closest("nav")) return [];
              const box = one.getBoundingClientRect(), over = bar.getBoundingClientRect();
              return box.bottom > over.top + 1 && box.top < over.bottom - 1 ? [one.outerHTML.slice(0, 90)] : []; }"""
        )
    assert hidden == []
