"""The words of the web UI: the same keys in every language."""

from consent.admin import words


def keys(value, path=""):
    if not isinstance(value, dict):
        return {path}
    return {found for key, inner in value.items() for found in keys(inner, f"{path}.{key}")}


def test_every_text_is_there_in_every_language():
    reference = keys(words.texts("en"))
    for language in words.LANGUAGES:
        assert keys(words.texts(language)) == reference


def test_no_text_is_empty_or_left_in_english():
    texts = {language: words.texts(language) for language in words.LANGUAGES}
    for path in keys(texts["en"]):
        english, japanese = (dig(texts[language], path) for language in ("en", "ja"))
        assert english
        assert japanese
        assert any(ord(character) > 0x3000 for character in str(japanese)), path


def test_no_key_is_a_name_that_a_template_would_take_for_a_method():
    """`t.account.copy` was the method of a dictionary, and so was the text of every button for copying."""
    for path in keys(words.texts("en")):
        assert not {key for key in path.split(".") if hasattr(dict, key)}, path


def dig(texts, path):
    for key in path.removeprefix(".").split("."):
        texts = texts[key]
    return texts
