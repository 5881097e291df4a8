"""The keyboard alone: everything can be reached and used, nothing is lost, and leaving decides nothing."""

import pytest
from playwright.sync_api import expect

from tests.browser.screens import LAYOUTS, PARAGRAPHS, Screens

ANSWERS = {"reject-all", "accept-all", "settings"}
NOT_MODAL = [layout for layout in LAYOUTS if layout != "dialog"]


@pytest.fixture
def screens(page, platform, shop, vendors):
    return Screens(page, platform, shop)


def tab_until(screens, wanted, key="Tab", most=400):
    """Presses Tab until the focus is on the wanted thing, and returns all it has been on."""
    been = []
    for _ in range(most):
        screens.page.keyboard.press(key)
        been.append(screens.focused()[1])
        if been[-1] == wanted:
            return been
    raise AssertionError(f"{wanted} cannot be reached: {been}")


def open_preferences(screens):
    tab_until(screens, "settings")
    screens.page.keyboard.press("Enter")
    screens.centre.wait_for()


def in_banner(screens):
    return screens.page.evaluate("Boolean(document.activeElement.closest('#consent-root'))")


@pytest.mark.parametrize("layout", NOT_MODAL)
def test_a_bar_takes_no_focus_and_every_control_of_it_is_reached_after_the_page(screens, layout):
    screens.open(layout, body='<a href="#">Page</a>')
    assert screens.focused()[0] == "body"
    been = tab_until(screens, "settings")
    assert been[0] == "Page"
    assert been[1:] == ["プライバシーポリシー", "reject-all", "accept-all", "settings"]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(("action", "decision"), [("accept-all", "accept_all"), ("reject-all", "reject_all")])
@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_an_answer_is_given_by_a_key(screens, layout, action, decision, key):
    screens.open(layout)
    tab_until(screens, action)
    screens.page.keyboard.press(key)
    screens.reopener.wait_for()
    assert screens.state()["decision"] == decision


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_preferences_take_the_focus_to_their_heading_and_give_it_back(screens, layout):
    screens.open(layout)
    open_preferences(screens)
    assert screens.focused() == ["h2", "Cookieなどの設定"]
    screens.page.keyboard.press("Escape")
    assert screens.focused() == ["button", "settings"]


def test_a_dialog_takes_the_focus_to_its_heading_not_to_an_answer(screens):
    screens.open("dialog", body='<button id="before">Page</button>')
    assert screens.focused()[0] == "h2"
    screens.page.keyboard.press("Escape")
    screens.page.locator("#before").focus()
    screens.page.evaluate("() => { consent.show(1) }")
    assert screens.focused()[0] == "h2"
    screens.page.keyboard.press("Escape")
    assert screens.focused() == ["button", "Page"]


@pytest.mark.parametrize("opener", ["reopen", "link"])
def test_focus_returns_to_what_opened_the_preferences(screens, opener):
    screens.open(body='<a href="/cookies" data-consent-open>Cookies</a>').decide("reject-all")
    tab_until(screens, {"reopen": "reopen", "link": "Cookies"}[opener])
    before = screens.focused()
    screens.page.keyboard.press("Enter")
    screens.centre.wait_for()
    assert screens.focused()[0] == "h2"
    tab_until(screens, "close")
    screens.page.keyboard.press("Enter")
    assert screens.focused() == before


@pytest.mark.parametrize("key", ["Tab", "Shift+Tab"])
@pytest.mark.parametrize("screen", ["dialog", "preferences"])
def test_focus_goes_round_in_a_modal_layer_and_reaches_every_control(screens, screen, key):
    screens.open("dialog", body='<a href="#">Page</a>')
    if screen == "preferences":
        screens.preferences(details=True)
    controls = screens.layer.locator("a, button, input, summary").count()
    screens.page.keyboard.press(key)
    seen, first = [screens.focused()], screens.page.evaluate_handle("document.activeElement")
    for _ in range(controls - 1):
        screens.page.keyboard.press(key)
        assert in_banner(screens)
        assert not screens.page.evaluate("first => document.activeElement === first", first), seen
        seen.append(screens.focused())
    screens.page.keyboard.press(key)
    assert screens.page.evaluate("first => document.activeElement === first", first), "the circle is closed"
    assert {name for _, name in seen} >= ({"reject-all", "accept-all"})


def test_controls_in_closed_details_are_passed_over(screens):
    screens.open().preferences()
    been = tab_until(screens, "save")
    assert "事業者のプライバシーポリシー" not in been
    assert been.count("詳細") == screens.layer.locator("article summary").count()


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("where", ["first", "preferences"])
def test_escape_closes_without_deciding(screens, layout, where):
    screens.open(layout)
    tab_until(screens, "settings")
    if where == "preferences":
        screens.page.keyboard.press("Enter")
        screens.centre.wait_for()
        tab_until(screens, "services youtube")
        screens.page.keyboard.press("Space")
        screens.page.keyboard.press("Escape")
        assert screens.focused() == ["button", "settings"], "one Esc closes one layer"
    screens.page.keyboard.press("Escape")
    expect(screens.layer).to_have_count(0)
    assert screens.state()["decision"] is None
    assert screens.page.context.cookies() == []
    screens.page.reload()
    screens.layer.wait_for()


def test_switches_are_turned_and_saved_by_keys_alone(screens):
    screens.open()
    open_preferences(screens)
    tab_until(screens, "services youtube")
    screens.page.keyboard.press("Space")
    tab_until(screens, "categories advertising")
    screens.page.keyboard.press("Space")
    tab_until(screens, "save")
    screens.page.keyboard.press("Enter")
    state = screens.state()
    assert state["decision"] == "custom"
    granted = sorted(name for name, on in state["services"].items() if on)
    assert granted == ["consent", "google_ads", "meta_pixel", "youtube"]


def test_details_are_opened_by_a_key(screens):
    screens.open().preferences()
    tab_until(screens, "詳細")
    screens.page.keyboard.press("Enter")
    assert screens.layer.locator("details[open] dl").first.is_visible()


@pytest.mark.parametrize("key", ["Tab", "Shift+Tab"])
@pytest.mark.parametrize("layout", ["bar", "bar-top"])
def test_no_focused_element_of_the_page_is_hidden_behind_the_bar(screens, layout, key):
    screens.open(layout, body=PARAGRAPHS)
    if key == "Shift+Tab":
        tab_until(screens, "settings")
    reached, hidden = set(), {}
    for _ in range(36):
        screens.page.keyboard.press(key)
        if screens.focused()[0] == "a" and not in_banner(screens):
            reached.add(screens.focused()[1])
            hidden |= screens.use("focusHidden")
    assert len(reached) == 30
    assert hidden == {}


def test_a_bar_at_the_top_stays_there_while_the_focus_is_clear_of_it(screens):
    """By key and by pointer, downwards and upwards, also where the page scrolls smoothly."""
    smooth = "<style>html { scroll-behavior: smooth }</style>"
    screens.open("bar-top", head=smooth, body=f"{PARAGRAPHS}<input>{PARAGRAPHS}")
    screens.page.locator("input").click()
    for key in ["Tab"] * 3 + ["Shift+Tab"] * 20:
        screens.page.keyboard.press(key)
    box = screens.layer.bounding_box()
    assert (box["y"], screens.focused()) == (0, ["a", "link 13"])
    screens.page.wait_for_function("(y) => document.activeElement.getBoundingClientRect().top >= y", arg=box["height"])


@pytest.mark.parametrize("place", ["static", "fixed", "sticky"])
def test_a_bar_at_the_top_makes_way_once_for_what_cannot_be_scrolled_clear_of_it(screens, place):
    header = f'<a href="#top" style="position: {place}; inset: 0 auto auto 0">top</a>'
    screens.open("bar-top", head="<style>body, h1 { margin: 0; font-size: 1em }</style>", body=header + PARAGRAPHS)
    screens.page.evaluate("scrollTo(0, 500)")
    assert screens.layer.bounding_box()["y"] == 0
    screens.page.locator("main > a").focus()
    assert screens.use("focusHidden") == {}
    screens.page.evaluate("document.activeElement.blur()")
    box = screens.layer.bounding_box()
    assert box["y"] + box["height"] == screens.page.viewport_size["height"]


def test_the_end_of_the_page_can_be_scrolled_clear_of_the_bar(screens):
    screens.open(body=PARAGRAPHS)
    screens.page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    last = screens.page.locator("main p").last.bounding_box()
    assert last["y"] + last["height"] <= screens.layer.bounding_box()["y"]


def test_the_page_is_as_before_when_the_bar_has_gone(screens):
    screens.open(body=PARAGRAPHS)
    scrolled = "[document.documentElement.scrollHeight, document.documentElement.getAttribute('style') || '']"
    with_bar = screens.page.evaluate(scrolled)
    screens.decide("reject-all")
    height, style = screens.page.evaluate(scrolled)
    assert style == "scroll-padding-bottom: 4em;"
    assert height < with_bar[0]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_focus_is_seen(screens, layout):
    screens.open(layout)
    for action in ANSWERS:
        tab_until(screens, action)
        outline = screens.page.evaluate(
            "(style => [style.outlineStyle, style.outlineWidth, style.outlineColor])"
            "(getComputedStyle(document.activeElement))"
        )
        assert outline[0] == "solid"
        assert float(outline[1].removesuffix("px")) >= 2
