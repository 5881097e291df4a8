import math

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from consent.merkle.canonical import NotCanonical, canonical_bytes, digest

keys = st.text("abcdefghijklmnopqrstuvwxyz0123456789_.-", min_size=1, max_size=8)
texts = st.text(st.characters(exclude_categories=["Cs"]))
leaves = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | texts
values = st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(keys, inner), max_leaves=20)


def test_keys_are_sorted_and_nothing_is_padded():
    assert (
        canonical_bytes({"b": [1, True, None], "a": {"zh-tw": "同意"}})
        == '{"a":{"zh-tw":"同意"},"b":[1,true,null]}'.encode()
    )


def test_the_order_in_which_a_value_was_built_does_not_show():
    assert canonical_bytes({"a": 1, "b": 2}) == canonical_bytes({"b": 2, "a": 1})


def test_another_text_gives_another_digest():
    assert digest(canonical_bytes({"a": "x"})) != digest(canonical_bytes({"a": "y"}))


def test_the_digest_is_sha256_in_lower_case_hex():
    assert digest(canonical_bytes({})) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"a": 1.0}, "a"),
        ({"a": math.nan}, "a"),
        ({"a": [0, 2**53]}, "a.1"),
        ({"a": "\ud800"}, "a"),
        ({"a": "x\udfff"}, "a"),
        ({"zh TW": "同意"}, "zh TW"),
        ({"日本": 1}, "日本"),
        ({1: 1}, "1"),
        ({"": 1}, ""),
        ({"a": b"bytes"}, "a"),
        ({"a": {1, 2}}, "a"),
    ],
)
def test_a_value_outside_the_profile_is_refused_with_its_place(value, path):
    with pytest.raises(NotCanonical) as refusal:
        canonical_bytes(value)
    assert refusal.value.path == path


def test_the_largest_integer_is_inside_the_profile():
    assert canonical_bytes([2**53 - 1, -(2**53) + 1]) == b"[9007199254740991,-9007199254740991]"


@given(values)
def test_the_bytes_are_those_of_another_implementation_of_rfc_8785(value):
    assert canonical_bytes(value) == rfc8785.dumps(value)


@given(values)
def test_the_bytes_say_what_was_put_in(value):
    import json

    assert json.loads(canonical_bytes(value)) == value
