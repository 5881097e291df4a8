import json

import pytest

from consent.policies import writing
from consent.policies.document import read
from consent.policies.findings import PolicyRefused
from consent.policies.source import LARGEST_SOURCE, parse
from tests.policies.policy import source


def refusal(text):
    with pytest.raises(PolicyRefused) as caught:
        parse(text)
    (finding,) = caught.value.findings
    return finding


def test_yaml_and_json_say_the_same():
    assert parse("a: {b: [1, true, null, 'x']}") == parse('{"a": {"b": [1, true, null, "x"]}}')


def test_bytes_with_a_byte_order_mark_are_read():
    assert parse("\ufeffa: 同意".encode()) == {"a": "同意"}


def test_a_version_that_looks_like_a_date_stays_text():
    assert parse("version: 2026-04-01") == {"version": "2026-04-01"}


def test_the_words_of_switches_stay_text():
    assert parse("on: no\noff: yes\nno: nb") == {"on": "no", "off": "yes", "no": "nb"}


def test_a_number_with_a_leading_zero_stays_text():
    assert parse("a: 0123\nb: 123") == {"a": "0123", "b": 123}


def test_an_emoji_written_as_two_escapes_is_one_character():
    assert parse('{"a": "\\ud83d\\ude00"}') == {"a": "😀"}


@pytest.mark.parametrize("text", ['{"a": "\\ud800"}', 'a: "\\ud800"'])
def test_half_a_character_is_refused(text):
    assert refusal(text).code == "source_malformed"


@pytest.mark.parametrize("text", ["a: 1\na: 2", '{"a": 1, "a": 2}', "x: {a: 1, 'a': 2}", 'x: {"on": 1, on: 2}'])
def test_a_key_that_stands_there_twice_is_refused(text):
    assert "twice" in refusal(text).said().message


def test_an_alias_bomb_is_refused():
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]"
    assert "aliases" in refusal(bomb).said().message


def test_a_merge_key_is_refused_with_its_alias():
    assert "aliases" in refusal("a: &a {b: 1}\nc: {<<: *a}").said().message


@pytest.mark.parametrize("text", ["a: " + "[" * 40 + "]" * 40, json.dumps({"a": json.loads("[" * 40 + "]" * 40)})])
def test_what_is_nested_too_deeply_is_refused(text):
    assert "deep" in refusal(text).said().message


def test_a_very_deep_document_does_not_exhaust_the_stack():
    assert refusal("a: " + "[" * 100_000).code == "source_malformed"
    assert refusal('{"a": ' + "[" * 100_000).code == "source_malformed"


def test_a_document_over_the_limit_is_refused_and_one_at_the_limit_is_not():
    text = "a: " + "x" * (LARGEST_SOURCE - 3)
    assert parse(text)
    assert refusal(text + "x").code == "source_too_large"


@pytest.mark.parametrize("text", ["", "[]", "x", "null", "- a"])
def test_what_is_not_a_map_is_refused(text):
    assert refusal(text).code == "source_malformed"


@pytest.mark.parametrize(
    "text", ["a: [", "a: !!python/object/apply:os.system [id]", "{a: b", '{"a": NaN}', "{1: 2}: 3"]
)
def test_what_cannot_be_read_safely_is_refused(text):
    assert refusal(text).code == "source_malformed"


def test_bytes_that_are_not_utf8_are_refused():
    assert refusal(b"a: \xff").code == "source_malformed"


def test_the_place_of_a_mistake_is_told():
    assert "Line 2" in refusal("a: 1\na: 2").said().message


def test_what_one_reader_changes_another_does_not_read():
    text = writing.text(source())
    read(text)["services"].clear()
    assert read(text) == source()
