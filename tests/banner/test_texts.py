"""The banner's texts: every language says everything, in its own words, with the same placeholders."""

import re
import unicodedata
from pathlib import Path

import pytest
import yaml

FOLDER = Path(__file__).parents[2] / "consent/locales/banner"
LANGUAGES = sorted(path.stem for path in FOLDER.glob("*.yaml"))
TRANSLATED = [language for language in LANGUAGES if language != "en"]
PROMISED = {"ar", "de", "en", "es", "fr", "ja", "ko", "pt", "zh", "zh-tw"}
BUTTONS = ("accept", "reject", "settings")
ROOM = 14  # columns of a button where three of them share 320 pixels; a Han character takes two
# Words that are the same in both languages, as (language, key).
SAME_AS_ENGLISH: set[tuple[str, str]] = set()


def flat(value: object, name: str = "") -> dict[str, object]:
    if not isinstance(value, dict):
        return {name: value}
    return {key: text for part, each in value.items() for key, text in flat(each, f"{name}.{part}".strip(".")).items()}


def texts(language: str) -> dict[str, object]:
    return flat(yaml.safe_load((FOLDER / f"{language}.yaml").read_text("utf-8")))


def placeholders(text: object) -> list[str]:
    return sorted(re.findall(r"\{(\w*)\}", str(text)))


def columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


ENGLISH = texts("en")


def test_the_promised_languages_are_there():
    assert set(LANGUAGES) >= PROMISED


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_key_is_there_and_no_other(language):
    assert list(texts(language)) == list(ENGLISH)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_says_something(language):
    assert [key for key, text in texts(language).items() if not isinstance(text, str) or not text.strip()] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_placeholders_are_those_of_the_english(language):
    found = {key: placeholders(text) for key, text in texts(language).items()}
    assert found == {key: placeholders(text) for key, text in ENGLISH.items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_braces_stand_around_placeholders_only(language):
    assert [key for key, text in texts(language).items() if re.search(r"[{}]", re.sub(r"\{\w+\}", "", str(text)))] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_nothing_is_left_in_english(language):
    same = {(language, key) for key, text in texts(language).items() if text == ENGLISH[key]}
    assert same <= SAME_AS_ENGLISH


@pytest.mark.parametrize("language", LANGUAGES)
def test_three_buttons_fit_beside_each_other(language):
    labels = {key: texts(language)[f"t.{key}"] for key in BUTTONS}
    assert {key: label for key, label in labels.items() if columns(label) > ROOM} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_refusing_is_named_as_plainly_as_accepting(language):
    accept, reject = (texts(language)[f"t.{key}"] for key in ("accept", "reject"))
    assert abs(columns(accept) - columns(reject)) <= 3
    assert len(accept.split()) == len(reject.split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_ok_hides_a_consent(language):
    assert [key for key, text in texts(language).items() if re.search(r"\b(ok|okay)\b", str(text), re.I)] == []


def test_the_right_to_left_language_is_written_in_its_script():
    text = str(texts("ar")["t.body"])
    letters = [letter for letter in re.sub(r"\{\w+\}", "", text) if letter.isalpha()]
    assert {unicodedata.bidirectional(letter) for letter in letters} == {"AL"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_that_is_set_to_a_direction_says_the_right_one(language):
    """The files hold words only; the platform derives the direction, and a file that states it agrees."""
    content = yaml.safe_load((FOLDER / f"{language}.yaml").read_text("utf-8"))
    assert content.get("dir", "rtl" if language == "ar" else "ltr") == ("rtl" if language == "ar" else "ltr")
