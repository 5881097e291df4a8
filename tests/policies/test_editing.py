"""What the forms of a policy do to it, without forms."""

import pytest

from consent.policies import drafts, editing
from consent.policies.editing import PartUnknown
from tests.policies.policy import ACME, CUSTOM, source

STARTER = drafts.starter(name="Sample", url="https://example.com/privacy")


def ids(policy, kind):
    return [each["id"] for each in policy[kind]]


def test_a_service_that_changes_its_category_brings_it_along():
    policy, _ = editing.add_service(STARTER, "ga4")
    changed = editing.change_service(policy, "ga4", {"category": "advertising"})
    assert ids(changed, "categories") == ["necessary", "analytics", "advertising"]
    assert changed["services"][0]["preset"] == "ga4"
    assert ids(editing.change_service(policy, "ga4", {"category": "nonsense"}), "categories") == ids(
        policy, "categories"
    )


def test_a_preset_for_any_purpose_begins_as_a_functional_one():
    policy, name = editing.add_service(STARTER, "custom_script")
    assert editing.find(policy, "services", name)["category"] == "functional"
    assert "functional" in ids(policy, "categories")


def test_a_category_that_the_platform_does_not_know_is_left_for_the_check_to_find():
    strange = {**STARTER, "categories": [{"id": "odd"}, {"id": "necessary"}]}
    assert ids(editing.add_category(strange, "ma"), "categories") == ["necessary", "ma", "odd"]
    assert editing.add_category(strange, "odd") is strange


def test_the_same_vendor_again_changes_it_and_keeps_what_the_form_does_not_show():
    policy = source(services=[CUSTOM], vendors=[{**ACME, "address": "Tokyo"}])
    changed = editing.put_member(policy, "vendors", "acme", {"name": "Acme Inc.", "country": "US"})
    (vendor,) = changed["vendors"]
    assert (vendor["name"], vendor["country"], vendor["address"]) == ("Acme Inc.", "US", "Tokyo")
    assert ids(editing.put_member(policy, "vendors", "other", {"name": "Other"}), "vendors") == ["acme", "other"]


def test_texts_that_the_form_does_not_show_stay():
    policy = editing.set_texts(STARTER, {"ja": {"title": "題", "body": "文"}})
    assert editing.set_texts(policy, {"ja": {"title": "別"}})["texts"]["ja"] == {"title": "別", "body": "文"}
    named = editing.set_category(STARTER, "necessary", {"name": {"ja": "必須", "de": "Nötig"}})
    again = editing.set_category(named, "necessary", {"name": {"ja": "必要"}})
    assert again["categories"] == [{"id": "necessary", "name": {"ja": "必要", "de": "Nötig"}}]


def test_a_service_is_put_back_only_with_a_preset_that_there_is():
    back = editing.put_back(STARTER, "ga4-2", "ga4")
    assert (back["services"][0]["id"], back["services"][0]["preset"]) == ("ga4-2", "ga4")
    with pytest.raises(PartUnknown):
        editing.put_back(STARTER, "ga4", "nothing")
