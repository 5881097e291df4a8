"""Whatever somebody writes into a policy, the answer is findings and never a crash."""

import copy
import json

from hypothesis import given, settings
from hypothesis import strategies as st

from consent.merkle.canonical import canonical_bytes
from consent.policies import lint
from consent.policies.document import read, resolve
from consent.policies.findings import PolicyRefused, errors_among
from tests.policies.policy import ACME, CUSTOM, SMALL

FULL = {
    **SMALL,
    "services": [
        *SMALL["services"],
        {**CUSTOM, "cookies": [{"name": "x"}], "acquires_as_personal_data": {"items": ["ip"]}},
    ],
    "vendors": [ACME],
    "texts": {"ja": {"title": "題"}},
    "layout": {"first": "box"},
    "theme": {"light": {"text": "#000"}, "radius": 1},
    "consent": {"lifetime_days": 90, "cookie": "consent"},
    "consent_mode": {"mode": "advanced"},
}
words = st.sampled_from(
    ["", "ja", "ZH-tw", "consent", "controller", "*", "ga4", "satori", "#fff", "https://x.example", "{site}"]
)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | words
anything = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3))


def places(value, path=()):
    yield path
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in members:
        yield from places(member, (*path, key))


PLACES = [path for path in places(FULL) if path]


def put(document, path, value):
    for key in path[:-1]:
        document = document[key]
    document[path[-1]] = value


def look(text):
    """(source or None, findings)"""
    try:
        source = read(text)
    except PolicyRefused as refusal:
        return None, refusal.findings
    return source, lint.check(source)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PLACES), anything), min_size=1, max_size=2))
def test_a_bent_policy_is_refused_with_findings_or_has_a_canonical_form(changes):
    document = copy.deepcopy(FULL)
    for path, value in sorted(changes, key=lambda change: -len(change[0])):
        put(document, path, value)
    source, findings = look(json.dumps(document))
    if not errors_among(findings):
        assert source
        assert canonical_bytes(resolve(source).document)
