"""A site that uses any preset of the catalogue can publish its policy."""

import pytest

from consent.catalogue.presets import presets
from consent.merkle.canonical import canonical_bytes
from consent.policies.document import resolve
from consent.policies.lint import findings_of
from consent.policies.reopening import reopen
from tests.policies.policy import ACME, source


def policy_with(preset):
    own = {
        "category": preset.category or "functional",
        "vendor": preset.vendor or ACME["id"],
        **({} if preset.name else {"name": {"ja": "名前", "en": "Name"}}),
        **({} if preset.purpose else {"purpose": {"ja": "目的", "en": "Purpose"}}),
        "parameters": {each.name: each.example for each in preset.parameters if each.required},
    }
    categories = ["necessary", "functional", "analytics", "ma", "advertising"]
    return source(categories=categories, vendors=[ACME], services=[{"id": "it", "preset": preset.id, **own}])


@pytest.mark.parametrize("name", sorted(presets()))
def test_a_policy_with_it_is_published_and_opened_again(name):
    policy = policy_with(presets()[name])
    resolved = resolve(policy)
    assert [each for each in findings_of(policy, resolved) if each.severity == "error"] == []
    assert canonical_bytes(resolved.document)
    assert resolve(reopen(resolved.document)).document == resolved.document
