"""Accepting and refusing look and weigh the same; measured in the browser, also where the page's own rules are rough."""

from pathlib import Path

import pytest

from tests.browser.screens import LANGUAGES, LAYOUTS, PARAGRAPHS, Screens

HOSTILE = sorted(path.name for path in (Path(__file__).parent / "hostile").glob("*.css"))
WIDTHS = (320, 390, 768, 1280, 1920)
IN_EVERY_LANGUAGE = [("bar", language) for language in LANGUAGES] + [
    (layout, language) for layout in LAYOUTS if layout != "bar" for language in ("ja", "de", "ar")
]
# Rules of a page that reach the banner all the same. Each is a page that works against its own banner.
LIMITS = {
    "an important rule in a cascade layer": "<style>@layer page { #consent-root button { color: red !important } }</style>",
    "a body that is hidden": "<style>body { visibility: hidden; opacity: 0 !important }</style>",
    "a body that is a containing block": "<style>body { transform: scale(.9) }</style>",
}


@pytest.fixture
def screens(page, platform, shop, vendors):
    return Screens(page, platform, shop)


def measured(screens, *actions, layer="[role=dialog]"):
    """At one moment, so that a change of layout cannot come between."""
    return screens.use("appearance", *(f"#consent-root {layer} [data-consent-action={action}]" for action in actions))


def assert_equal(screens, layer="[role=dialog]"):
    """Size, place in the row, contrast and the whole computed style."""
    refuse, accept = measured(screens, "reject-all", "accept-all", layer=layer)
    different = {name: (value, accept["style"].get(name)) for name, value in refuse["style"].items()}
    assert {name: pair for name, pair in different.items() if pair[0] != pair[1]} == {}
    assert abs(refuse["width"] - accept["width"]) < 0.5
    assert abs(refuse["height"] - accept["height"]) < 0.5
    assert refuse["contrast"] == accept["contrast"] >= 4.5
    return refuse, accept


@pytest.mark.parametrize(("layout", "language"), IN_EVERY_LANGUAGE)
def test_refusing_and_accepting_are_equal_at_every_width(screens, layout, language):
    screens.open(layout, language)
    for width in WIDTHS:
        screens.page.set_viewport_size({"width": width, "height": 800})
        refuse, accept = assert_equal(screens)
        in_one_row = refuse["top"] == accept["top"]
        assert in_one_row or refuse["bottom"] < accept["top"], "beside each other, or refusing first"
        assert accept["bottom"] <= 800, "both are seen without scrolling"


@pytest.mark.parametrize("language", LANGUAGES)
def test_they_are_equal_in_the_preferences_too(screens, language):
    screens.open("bar", language).preferences()
    for width in WIDTHS:
        screens.page.set_viewport_size({"width": width, "height": 800})
        assert_equal(screens, ".consent-centre")


@pytest.mark.parametrize("language", ["ja", "en", "ar"])
def test_settings_weigh_no_more_than_the_answers(screens, language):
    refuse, accept = assert_equal(screens.open("bar", language))
    (settings,) = measured(screens, "settings")
    assert settings["style"] == refuse["style"]
    assert abs(settings["width"] - accept["width"]) < 0.5


@pytest.mark.parametrize("state", ["hover", "focus"])
def test_they_are_equal_when_pointed_at(screens, state):
    screens.open()
    seen = []
    for action in ("reject-all", "accept-all"):
        getattr(screens.action(action), state)()
        seen.append(measured(screens, action)[0]["style"])
    assert seen[0] == seen[1]


def dressed(screens, layout, sheet):
    css = (Path(__file__).parent / "hostile" / sheet).read_text("utf-8")
    return screens.open(layout, head=f"<style>{css}</style>", body=PARAGRAPHS)


def styles(screens, *, preferences):
    if preferences:
        screens.preferences(details=True)
    return screens.use("styles")


def differences(plain, dressed):
    """element: {property: (plain, dressed)} of everything that the page has changed."""
    assert [name for name, _ in plain] == [name for name, _ in dressed]
    found = {}
    for (name, before), (_, after) in zip(plain, dressed, strict=True):
        changed = {key: (value, after.get(key)) for key, value in before.items() if value != after.get(key)}
        found |= {name: changed} if changed else {}
    return found


@pytest.mark.parametrize(("layout", "preferences"), [("bar", False), ("dialog", False), ("box-left", True)])
@pytest.mark.parametrize("sheet", HOSTILE)
def test_no_style_of_the_page_comes_through(screens, sheet, layout, preferences):
    plain = styles(screens.open(layout, body=PARAGRAPHS), preferences=preferences)
    rough = styles(dressed(screens, layout, sheet), preferences=preferences)
    assert len(plain) > 10
    assert differences(plain, rough) == {}


@pytest.mark.parametrize("sheet", HOSTILE)
def test_the_answers_are_equal_and_work_on_a_rough_page(screens, sheet):
    dressed(screens, "bar", sheet)
    assert_equal(screens)
    screens.decide("reject-all")
    assert screens.state()["decision"] == "reject_all"


@pytest.mark.parametrize("sheet", HOSTILE)
def test_the_reopen_button_stays_usable_on_a_rough_page(screens, sheet):
    dressed(screens, "bar", sheet).decide("reject-all")
    box = screens.reopener.bounding_box()
    assert box["width"] >= 60
    assert box["height"] >= 24
    assert screens.use("contrastOfReopener") >= 4.5
    screens.reopen()
    assert screens.action("save").is_visible()


@pytest.mark.parametrize("limit", LIMITS)
def test_a_known_limit_is_still_one(screens, limit):
    """Fails when a limit has gone: then it moves to the rough sheets."""
    plain = styles(screens.open(), preferences=False)
    screens.open(head=LIMITS[limit], wait=False)
    screens.page.locator("#consent-root [role=dialog]").wait_for(state="attached")
    box = screens.layer.bounding_box()
    filled = box["width"] == 1280 and screens.layer.evaluate("one => one.checkVisibility({opacityProperty: true})")
    assert differences(plain, styles(screens, preferences=False)) or not filled


def test_withdrawing_takes_no_more_clicks_than_giving(screens):
    """On every page after the first answer: the re-open button, then the answer."""
    screens.open().decide("reject-all")
    screens.reopener.click()
    screens.action("accept-all").click()
    assert screens.state()["decision"] == "accept_all"
    screens.reopener.click()
    screens.action("reject-all").click()
    # Tags that have run make the page load anew, so `consent` is away for a moment.
    screens.page.wait_for_function("""() => window.consent && consent.state().decision === "reject_all"
      && Object.entries(consent.state().categories).every(([name, on]) => on === (name === "necessary"))""")


def test_nothing_is_ticked_before_a_decision(screens):
    screens.open().preferences()
    switches = screens.layer.locator("input")
    assert switches.count() > 10
    assert screens.layer.locator("input:checked").count() == 0
