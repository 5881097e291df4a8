"""Small windows, large text, wide spacing: nothing is cut off, nothing scrolls sideways, and lines break where a reader would."""

import pytest

from tests.browser.screens import FILM, LANGUAGES, LAYOUTS, PARAGRAPHS, Screens

WIDTHS = (320, 360, 390, 768, 1280)
PHONE = {"width": 320, "height": 640}
# WCAG 1.4.12, set on the elements themselves as a visitor's bookmarklet does: that is stronger than any style sheet.
SPACE_OUT = """() => document.querySelectorAll("#consent-root, #consent-root *").forEach(({ localName, style }) => {
  const set = (name, value) => style.setProperty(name, value, "important");
  set("line-height", "1.5"); set("letter-spacing", "0.12em"); set("word-spacing", "0.16em");
  if (localName === "p") set("margin-block-end", "2em");
})"""
# Broken anywhere, each of these is torn in one window or another.
WORDS = [
    "Cookieなど",
    "お客さま",
    "お願いしています",
    "アドレス",
    "サイト",
    "ブラウザー",
    "個人データ",
    "取得します",
    "スクロール",
    "事業者",
    "変更できます",
    "ご利用いただけ",
    "閲覧した",
    "保存され",
    "反映されません",
    "ダウンロード",
    "選択を",
]


@pytest.fixture
def screens(page, platform, shop, vendors):
    return Screens(page, platform, shop)


def enlarge(screens, factor=2):
    """What the visitor's own setting of the text size does. It counts from the next page on."""
    sizes = {"standard": 16 * factor, "fixed": 13 * factor}
    screens.page.context.new_cdp_session(screens.page).send("Page.setFontSizes", {"fontSizes": sizes})


def assert_reflows(screens, **options):
    screens.open(**options)
    assert screens.use("overflowing") == []
    screens.preferences(details=True)
    assert screens.use("overflowing") == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_overflows_at_320_pixels(screens, language):
    screens.page.set_viewport_size(PHONE)
    assert_reflows(screens, language=language)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("language", ["ja", "de", "ar"])
def test_nothing_overflows_at_320_pixels_with_text_twice_as_large(screens, layout, language):
    screens.page.set_viewport_size(PHONE)
    enlarge(screens)
    assert_reflows(screens, layout=layout, language=language)
    assert screens.layer.evaluate("one => parseFloat(getComputedStyle(one).fontSize)") >= 28, (
        "the text is larger indeed"
    )


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_nothing_is_lost_with_wide_spacing(screens, layout, width):
    screens.page.set_viewport_size({"width": width, "height": 800})
    screens.open(layout, "en")
    screens.page.evaluate(SPACE_OUT)
    assert screens.use("overflowing") == []
    screens.preferences(details=True)
    screens.page.evaluate(SPACE_OUT)
    assert screens.use("overflowing") == []


def in_windows(screens, sizes):
    """Each of these windows, one after the other. Where a layer lies is the business of its styles alone, so it is drawn once."""
    for width, height in sizes:
        screens.page.set_viewport_size({"width": width, "height": height})
        yield f"{width} × {height}"


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_answer_can_be_pressed_in_a_low_window(screens, layout):
    """320 × 256 is a window of 1280 × 1024 at 400 %."""
    sizes = (320, 256), (640, 360), (320, 640)
    screens.page.set_viewport_size(PHONE)
    screens.open(layout)
    for _ in in_windows(screens, sizes):
        for action in ("accept-all", "settings", "reject-all"):
            screens.action(action).click(trial=True)
    screens.preferences()
    for _ in in_windows(screens, sizes):
        for action in ("accept-all", "save", "close", "reject-all"):
            screens.action(action).click(trial=True)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_all_answers_are_in_sight_on_a_phone(screens, layout):
    screens.page.set_viewport_size({"width": 390, "height": 664})
    for language in LANGUAGES:
        screens.open(layout, language)
        for action in ("reject-all", "accept-all", "settings"):
            box = screens.action(action).bounding_box()
            assert box["y"] >= 0, language
            assert box["y"] + box["height"] <= 664, (language, action)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_page_can_be_seen_beside_a_banner_that_is_not_modal(screens, layout):
    screens.page.set_viewport_size({"width": 390, "height": 844})
    screens.open(layout)
    if layout != "dialog":
        assert screens.layer.bounding_box()["height"] <= 844 * 0.75


def button_lines(screens):
    return {"".join(lines): lines for lines in screens.use("linesOfAll", "button")}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_japanese_buttons_are_one_line(screens, layout):
    sizes = [(width, 800) for width in WIDTHS]
    screens.open(layout)
    first = {size: button_lines(screens) for size in in_windows(screens, sizes)}
    screens.preferences()
    for size in in_windows(screens, sizes):
        lines = first[size] | button_lines(screens)
        assert set(lines) >= {"すべて拒否", "すべて同意", "設定", "選択を保存", "閉じる"}
        assert [broken for broken in lines.values() if len(broken) > 1] == [], size


@pytest.mark.parametrize("language", LANGUAGES)
def test_buttons_break_between_words_only(screens, language):
    screens.open("bar", language).preferences()
    for width in WIDTHS:
        screens.page.set_viewport_size({"width": width, "height": 800})
        for text, lines in button_lines(screens).items():
            assert text.split() == " ".join(lines).split(), lines
            assert len(lines) == 1 or min(map(len, lines)) > 1, lines


def torn(paragraphs):
    """The words that a line ends in the middle of."""
    text = "\n".join("\n".join(lines) for lines in paragraphs)
    return {word for word in WORDS if word in text.replace("\n", "") and word not in text}


def japanese_paragraphs(screens, layout):
    """The lines of every paragraph of both layers, in windows of several widths."""
    sizes = [(width, 900) for width in (320, 390, 500, 1280)]
    screens.open(layout)
    first = {size: screens.use("linesOfAll", "p") for size in in_windows(screens, sizes)}
    screens.preferences(details=True)
    second = {size: screens.use("linesOfAll", ".consent-centre p") for size in in_windows(screens, sizes)}
    for size in first:
        assert len(first[size]) >= 3
        assert len(second[size]) >= 20
    return first, second


@pytest.mark.parametrize("layout", ["bar", "box-left", "dialog"])
def test_japanese_lines_break_between_phrases(screens, layout):
    found = set()
    for layer in japanese_paragraphs(screens, layout):
        for size, paragraphs in layer.items():
            found |= {f"{size}: {word}" for word in torn(paragraphs)}
    assert found == set()


@pytest.mark.parametrize("layout", ["bar", "box-left", "dialog"])
def test_no_japanese_paragraph_ends_in_a_letter_or_two(screens, layout):
    first, _ = japanese_paragraphs(screens, layout)
    lasts = [(size, lines[-1]) for size, paragraphs in first.items() for lines in paragraphs if len(lines) > 1]
    assert lasts
    assert [(size, last) for size, last in lasts if len(last.strip()) < 3] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_browser_knows_the_language_of_the_text(screens, language):
    """It chooses the shape of Han characters, where lines break and how words are hyphenated."""
    locale = screens.open(language=language).layer.evaluate("layer => getComputedStyle(layer).webkitLocale")
    assert locale.strip('"').lower() == language


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_reopen_button_is_there_after_a_decision_and_leaves_the_page_free(screens, language):
    screens.page.set_viewport_size(PHONE)
    screens.open(language=language, body=PARAGRAPHS).decide("reject-all")
    box = screens.reopener.bounding_box()
    assert 24 <= box["height"] <= 48
    assert 24 <= box["width"] <= 320 * 0.6
    assert box["y"] + box["height"] <= 640
    assert 0 <= box["x"] <= 320 - box["width"]
    screens.page.reload()
    screens.reopener.wait_for()
    assert screens.layer.count() == 0


def test_the_reopen_button_hides_no_focused_element(screens):
    screens.page.set_viewport_size(PHONE)
    screens.open(body=PARAGRAPHS).decide("reject-all")
    hidden = {}
    for _ in range(30):
        screens.page.keyboard.press("Tab")
        hidden |= screens.use("focusHidden") if screens.focused()[0] == "a" else {}
    assert {name: part for name, part in hidden.items() if part > 0.7} == {}


def test_the_end_of_the_page_can_be_read_beside_the_reopen_button(screens):
    screens.page.set_viewport_size(PHONE)
    screens.open(body=PARAGRAPHS).decide("reject-all")
    screens.page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    last, box = screens.page.locator("main p").last.bounding_box(), screens.reopener.bounding_box()
    assert last["y"] + last["height"] <= box["y"] or last["x"] >= box["x"] + box["width"]


@pytest.mark.parametrize("width", [200, 320, 480])
def test_a_placeholder_fits_into_the_place_of_its_frame(screens, width):
    screens.page.set_viewport_size({"width": 320 if width < 480 else 800, "height": 640})
    screens.open(body=FILM.replace('width="480"', f'width="{width}"'))
    placeholder = screens.page.locator(".consent-slot")
    placeholder.wait_for()
    room = screens.page.locator("main").bounding_box()["width"]
    assert placeholder.bounding_box()["width"] == pytest.approx(min(width + 4, room), abs=1)
    screens.decide("reject-all")
    assert screens.use("overflowing") == []
