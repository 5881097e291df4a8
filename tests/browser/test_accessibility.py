"""WCAG 2.2 AA: axe-core finds nothing on any screen; and what it cannot see: contrast, targets, language, motion."""

import pytest
from playwright.sync_api import expect

from consent.phrases import MAY_BREAK
from tests.axe import ALL_BUT_COLOURS, EVERYTHING, found_by_axe
from tests.browser.screens import FILM, LANGUAGES, LAYOUTS, PARAGRAPHS, SCHEMES, Screens

# Every language in one layout; in the others a Han, a Latin and a right-to-left script.
FIRST_LAYERS = [("bar", language) for language in LANGUAGES]
FIRST_LAYERS += [(layout, language) for layout in LAYOUTS if layout != "bar" for language in ("ja", "en", "ar")]
RULES = {"light": EVERYTHING, "dark": EVERYTHING, "forced": ALL_BUT_COLOURS}


@pytest.fixture
def screens(page, platform, shop, vendors):
    return Screens(page, platform, shop)


def findings(page):
    """What axe finds in each colour scheme."""
    found = {}
    for scheme, media in SCHEMES.items():
        page.emulate_media(**media)
        if said := found_by_axe(page, RULES[scheme], at_least=11):
            found[scheme] = said
    return found


@pytest.mark.parametrize(("layout", "language"), FIRST_LAYERS)
def test_axe_finds_nothing_in_the_first_layer(screens, layout, language):
    assert findings(screens.open(layout, language).page) == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_in_the_preferences_with_all_details_open(screens, language):
    assert findings(screens.open("bar", language).preferences(details=True).page) == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_in_receipt_placeholder_and_reopen_button(screens, language):
    screens.open("bar", language, body=FILM).decide("reject-all")
    screens.page.locator("[data-consent-action=allow-once]").wait_for()
    assert findings(screens.page) == {}
    screens.reopen().unfold()
    assert screens.action("withdraw").is_visible()
    assert findings(screens.page) == {}


def test_axe_would_find_something(screens):
    screens.open()
    screens.page.evaluate("document.querySelector('[data-consent-action=accept-all]').textContent = ''")
    assert "button-name" in str(findings(screens.page))


def test_axe_would_find_a_colour_in_the_dark(screens):
    screens.open()
    screens.action("accept-all").evaluate("(each) => each.style.setProperty('color', '#1c1c1e', 'important')")
    screens.action("accept-all").evaluate("(each) => each.style.setProperty('background', '#2c2c2e', 'important')")
    assert "color-contrast" in str(findings(screens.page)["dark"])


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_text_has_a_contrast_of_four_and_a_half(screens, layout, scheme):
    screens.page.emulate_media(**SCHEMES[scheme])
    screens.open(layout, body=FILM)
    seen = screens.use("contrasts")
    screens.preferences(details=True)
    seen += screens.use("contrasts")
    assert len(seen) > 40
    assert [(text, ratio) for text, ratio in seen if ratio < 4.5] == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_what_is_said_after_a_decision_has_contrast_too(screens, scheme):
    screens.page.emulate_media(**SCHEMES[scheme])
    screens.open(body=FILM).decide("reject-all")
    seen = screens.use("contrasts")
    assert {text.replace(MAY_BREAK, "") for text, _ in seen} >= {"選択を保存しました。", "Cookie設定"}
    assert [(text, ratio) for text, ratio in seen if ratio < 4.5] == []


@pytest.mark.parametrize("language", ["ja", "en", "ar"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_target_is_24_pixels_or_more(screens, layout, language):
    screens.open(layout, language, body=FILM)
    assert screens.use("smallTargets", 24) == []
    screens.preferences(details=True)
    assert screens.use("smallTargets", 24) == []


def test_targets_of_the_receipt_and_the_reopen_button_are_24_pixels_or_more(screens):
    screens.open(body=FILM).decide("reject-all")
    assert screens.use("smallTargets", 24) == []
    screens.reopen().unfold()
    assert screens.use("smallTargets", 24) == []


@pytest.mark.parametrize(("language", "direction"), [("ja", "ltr"), ("zh-tw", "ltr"), ("ar", "rtl")])
def test_the_host_says_its_language_and_direction(screens, language, direction):
    screens.open(language=language, body='<p lang="en" dir="ltr">Other</p>')
    assert screens.page.locator("#consent-root").get_attribute("lang").lower() == language
    assert screens.layer.evaluate("layer => getComputedStyle(layer).direction") == direction
    reject, settings = (screens.action(name).bounding_box()["x"] for name in ("reject-all", "settings"))
    assert (reject < settings) == (direction == "ltr")


def test_a_banner_in_another_language_than_the_page_is_marked_as_such(screens):
    screens.open(language="fi")
    language = screens.page.locator("#consent-root").get_attribute("lang")
    assert language == "ja", "the browser's own language, as the site does not have the page's"


@pytest.mark.parametrize("action", ["accept-all", "reject-all"])
def test_saving_is_announced(screens, action):
    screens.open()
    status = screens.page.get_by_role("status")
    assert status.count() == 1, "it has to be there before it speaks"
    assert status.text_content() == ""
    screens.decide(action)
    expect(status).to_have_text("選択を保存しました。")


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_nothing_moves(screens, layout, motion):
    screens.page.emulate_media(reduced_motion=motion)
    screens.open(layout, body=FILM, head="<style>* { transition: all 3s !important }</style>")
    assert screens.use("moving") == []
    screens.preferences()
    assert screens.use("moving") == []


OBSERVED = """<script>
var shifts = [];
new PerformanceObserver(list => shifts.push(...list.getEntries().map(({ value }) => value)))
  .observe({ type: "layout-shift", buffered: true });
</script>"""
PAINTED_TWICE = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_page_does_not_shift_when_the_banner_comes_and_goes(screens, layout):
    screens.open(layout, head=OBSERVED, body=PARAGRAPHS)
    screens.page.evaluate(PAINTED_TWICE)
    screens.decide("reject-all")
    screens.page.evaluate(PAINTED_TWICE)
    assert screens.page.evaluate("shifts") == []


@pytest.mark.parametrize("style", ["", "display: block", "display: block; margin: 20px auto; max-width: 100%"])
def test_the_page_does_not_shift_when_a_placeholder_comes(screens, style):
    film = FILM.replace("<iframe", f'<iframe style="{style}"')
    screens.open(head=OBSERVED, body=film + PARAGRAPHS)
    screens.page.locator("[data-consent-action=allow-once]").wait_for()
    screens.page.evaluate(PAINTED_TWICE)
    assert screens.page.evaluate("shifts") == []


def test_a_switch_shows_by_its_knob_whether_it_is_on(screens):
    screens.open().preferences()
    switch = screens.layer.locator("input[name=services]:not([value=consent])").first
    knob = "input => ({track: input.offsetWidth, knob: parseFloat(getComputedStyle(input, '::before').width)})"
    sizes = switch.evaluate(knob)
    assert 0.2 * sizes["track"] < sizes["knob"] < 0.6 * sizes["track"]
    place = "input => getComputedStyle(input, '::before').marginInlineStart"
    off = switch.evaluate(place)
    switch.check()
    assert off == "0px"
    assert float(switch.evaluate(place).removesuffix("px")) > 0.2 * sizes["track"]
