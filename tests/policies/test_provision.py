"""What giving data to a vendor is under the law of Japan (APPI): decided, stated, and not published without its words."""

import pytest

from consent.policies.material import compare
from tests.disclosure.conftest import JOINT_USE
from tests.policies.policy import ACME, CUSTOM, findings, resolved, service

UNDECIDED = {**CUSTOM, "provision": None}


def with_type(kind, **more):
    return {**CUSTOM, "provision": {"type": kind}, **more}


def codes(given, **changes):
    return [code for code, _ in findings(services=[given], vendors=[ACME], **changes) if code.startswith("provision")]


def test_a_vendor_of_whom_nothing_is_decided_is_a_warning_that_names_the_services():
    assert ("provision_undecided", "services") in findings(services=[UNDECIDED], vendors=[ACME])
    assert codes(with_type("entrustment")) == []


def test_a_site_without_the_japanese_pack_is_not_asked():
    assert codes(UNDECIDED, law={"packs": ["eu"]}) == []
    assert codes(UNDECIDED, law={"packs": ["eu", "jp"]}) == ["provision_undecided"]
    assert codes(UNDECIDED, law={"packs": ["jp-notice"]}) == ["provision_undecided"]


def test_personal_related_information_is_not_published_without_recipient_and_items():
    assert codes(with_type("personal_related_info")) == ["provision_unnamed"]
    assert codes(with_type("personal_related_info", acquires_as_personal_data={"items": ["page_url"]})) == []


def test_joint_use_is_not_published_without_its_description():
    assert codes(with_type("joint_use")) == ["provision_joint_use"]
    assert codes(with_type("joint_use"), joint_use=[JOINT_USE]) == []


def test_the_representative_of_who_is_responsible_for_joint_use_is_missed():
    unnamed = {**JOINT_USE, "responsible": {**JOINT_USE["responsible"], "representative": None}}
    wanted = ("joint_use_representative", "joint_use.0.responsible.representative")
    assert wanted in findings(joint_use=[unnamed])
    assert wanted not in findings(joint_use=[JOINT_USE])


def test_an_unknown_type_is_refused():
    from consent.policies.findings import PolicyRefused

    with pytest.raises(PolicyRefused):
        codes(with_type("gift"))


@pytest.mark.parametrize(
    ("before", "after", "asked"),
    [
        ("entrustment", "third_party", True),
        (None, "foreign_third_party", True),
        ("direct_acquisition", "personal_related_info", True),
        ("third_party", "personal_related_info", False),
        ("third_party", "entrustment", False),
        ("direct_acquisition", "entrustment", False),
    ],
)
def test_visitors_are_asked_again_when_data_is_newly_provided(before, after, asked):
    acquires = {"acquires_as_personal_data": {"items": ["page_url"]}}
    old, new = (
        resolved(services=[with_type(kind, **acquires) if kind else {**UNDECIDED, **acquires}], vendors=[ACME])
        for kind in (before, after)
    )
    assert ("service_provided" in [each.code for each in compare(old, new).reasons]) is asked


def test_what_the_vendor_uses_it_for_comes_from_the_preset_or_from_the_policy():
    words = {"ja": "自社の調査", "en": "Their own research"}
    document = resolved(services=[{**CUSTOM, "their_purpose": words}], vendors=[ACME])
    assert service(document, "chat")["their_purpose"] == words
    assert set(service(document, "ga4")["their_purpose"]) == {"ja", "en"}
    assert service(resolved(services=[CUSTOM], vendors=[ACME]), "chat")["their_purpose"] is None
