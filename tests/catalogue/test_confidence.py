"""How sure the catalogue is of each fact, which every place that shows a preset shows."""

from dataclasses import replace

import pytest

from consent.catalogue.confidence import facts, of_storage, verified
from consent.catalogue.presets import StorageRow, presets


def storing(*confidences, known=True):
    rows = [StorageRow("a", "cookie", None, None, None, each, None, None) for each in confidences]
    return replace(presets()["ga4"], storage=rows, storage_known=known)


@pytest.mark.parametrize(
    ("rows", "said"),
    [(("verified", "unverified", "secondary"), "unverified"), (("verified", "verified"), "verified"), ((), "none")],
)
def test_of_what_is_stored_the_weakest_counts(rows, said):
    assert of_storage(storing(*rows)) == said
    assert of_storage(storing(*rows, known=False)) == "unknown"


def test_what_a_preset_does_not_say_is_no_fact():
    assert [each.name for each in facts(presets()["karte"])] == [
        "vendor",
        "hosts",
        "sends",
        "load",
        "revoke",
        "storage",
    ]
    assert [each.name for each in facts(presets()["google_search_console"])] == ["vendor"]
    assert facts(presets()["custom_script"]) == []


def test_only_what_the_vendor_itself_says_counts_as_verified():
    """Its cookies are verified, and neither what is sent nor how it is loaded."""
    found = facts(presets()["adobe_web_sdk"])
    assert {each.name: each.confidence for each in found}["storage"] == "verified"
    assert (verified(found), len(found)) == (1, 7)


@pytest.mark.parametrize("preset", presets().values(), ids=lambda each: each.id)
def test_a_verified_fact_names_the_place(preset):
    """The rule of docs/catalogue.md, of facts as of rows."""
    for name, fact in preset.facts.items():
        if fact["confidence"] == "verified":
            assert fact["source"], name
            assert fact["verified_on"], name
