"""A receipt in the forms of ISO/IEC TS 27560 (DPV) and of Kantara says what was decided, and nothing else."""

import json
from functools import cache
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from consent.policies.document import read, resolve
from consent.records.receipt_formats import iso_27560, kantara
from tests.people import example_policy

VECTORS = Path(__file__).parents[1] / "vectors"
URL = "https://consent.example.net/settings/example?lang=ja"
SUBJECT = {"visitor_id": "0123456789abcdef0123456789abcdef"}
RECEIVED = "2026-11-25T02:54:41.123Z"
FORMS = {"iso-27560": iso_27560.record, "kantara-cr-1.1.0": kantara.receipt}


def document_with(**changes):
    return resolve(read(yaml.safe_dump({**yaml.safe_load(example_policy()), **changes}).encode())).document


@cache
def document():
    return document_with()


def decided(decision="custom", granted=(), policy=None, **changes):
    policy = policy or document()
    services = {each["id"]: each["category"] for each in policy["services"]}
    on = {name: category == "necessary" or name in granted for name, category in services.items()}
    categories = {
        each["id"]: each["id"] == "necessary" or any(on[name] for name, of in services.items() if of == each["id"])
        for each in policy["categories"]
    }
    return {
        "record_id": "0193600a-0000-7000-8000-000000000001",
        "decision": decision,
        "source": "gpc" if decision == "gpc" else "banner",
        "policy_version": "ab" * 32,
        "language": "ja",
        "region": None,
        "gpc": decision == "gpc",
        "log": "www.example.com/consent/example",
        "services": on,
        "categories": categories,
        "received_time": RECEIVED,
        "expires_at": "2027-05-24T02:54:41.123Z",
        **changes,
    }


def made(form, evidence, subject=SUBJECT, policy=None):
    return FORMS[form](evidence, subject, policy or document(), settings_url=URL)


def violations(form, found):
    schema = json.loads((VECTORS / f"{form}.schema.json").read_text("utf-8"))
    return [error.message for error in Draft202012Validator(schema).iter_errors(found)]


def states(found):
    return {each["dct:identifier"]: each["dpv:hasConsentStatus"][0]["@type"][0] for each in found["dpv:hasProcess"]}


OPTIONAL = {"ga4", "hubspot", "marketo", "youtube", "meta_pixel"}
ALL = {
    "accept_all": ("accept_all", OPTIONAL),
    "reject_all": ("reject_all", ()),
    "custom": ("custom", ("ga4",)),
    "withdraw": ("withdraw", ()),
    "gpc": ("gpc", ()),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("decision", "granted"), ALL.values(), ids=ALL)
def test_every_decision_fits_the_schema_of_the_form(form, decision, granted):
    assert violations(form, made(form, decided(decision, granted))) == []


@settings(max_examples=40, deadline=None)
@given(
    granted=st.sets(st.sampled_from(sorted(OPTIONAL))),
    region=st.sampled_from((None, "JP", "US-CA")),
    language=st.sampled_from(("ja", "en", "en-GB", "fr", "EN")),
    form=st.sampled_from(sorted(FORMS)),
)
def test_every_choice_in_every_language_fits_the_schema(granted, region, language, form):
    assert violations(form, made(form, decided("custom", granted, region=region, language=language))) == []


MUTILATED = [
    ("iso-27560", lambda found: found.pop("dct:conformsTo")),
    ("iso-27560", lambda found: found["dpv:hasProcess"][0].pop("dpv:hasConsentStatus")),
    ("iso-27560", lambda found: found["dpv:hasProcess"][0]["dpv:hasConsentStatus"][0].pop("skos:note")),
    ("iso-27560", lambda found: found["dpv:hasEntity"]["consent:party/controller"].pop("dpv:hasAddress")),
    ("kantara-cr-1.1.0", lambda found: found.update(consentTimestamp=RECEIVED)),
    ("kantara-cr-1.1.0", lambda found: found["services"][0]["purposes"][0].update(thirdPartyDisclosure=True)),
    ("kantara-cr-1.1.0", lambda found: found.update(sensitive=True)),
    ("kantara-cr-1.1.0", lambda found: found["services"][0]["purposes"][0].update(consentType="REFUSED")),
]


@pytest.mark.parametrize(("form", "mutilate"), MUTILATED)
def test_the_schemas_would_find_a_missing_or_wrong_member(form, mutilate):
    found = json.loads(json.dumps(made(form, decided("reject_all"))))
    mutilate(found)
    assert violations(form, found) != []


def test_each_purpose_has_its_own_state_and_what_is_necessary_has_none():
    found = states(made("iso-27560", decided("custom", ("ga4",))))
    assert found == dict.fromkeys(OPTIONAL, "dpv:ConsentRefused") | {"ga4": "dpv:ConsentGiven"}


def test_a_withdrawal_is_a_withdrawal_of_every_purpose():
    assert set(states(made("iso-27560", decided("withdraw"))).values()) == {"dpv:ConsentWithdrawn"}


def test_a_refusal_carries_a_note_that_the_standard_has_no_state_for_it():
    (said,) = made("iso-27560", decided("reject_all"))["dpv:hasProcess"][0]["dpv:hasConsentStatus"]
    assert (said["skos:note"], said["dpv:isIndicatedBy"]) == (iso_27560.REFUSAL_NOTE, "consent:party/visitor")
    (given_,) = made("iso-27560", decided("accept_all", OPTIONAL))["dpv:hasProcess"][0]["dpv:hasConsentStatus"]
    assert "skos:note" not in given_


def test_a_signal_of_the_browser_is_not_called_a_click_of_the_visitor():
    (said,) = made("iso-27560", decided("gpc"))["dpv:hasProcess"][0]["dpv:hasConsentStatus"]
    assert (said["skos:note"], said["dpv:isIndicatedBy"]) == (iso_27560.SIGNAL_NOTE, "consent:party/browser")
    assert "Global Privacy Control" in made("kantara-cr-1.1.0", decided("gpc"))["collectionMethod"]


def test_the_words_are_those_of_the_language_that_the_visitor_was_asked_in():
    japanese, english = (made("iso-27560", decided(language=language)) for language in ("ja", "en-GB"))
    assert japanese["dpv:hasProcess"][0]["dpv:hasPurpose"][0]["skos:prefLabel"] == "機能"
    assert english["dpv:hasProcess"][0]["dpv:hasPurpose"][0]["skos:prefLabel"] == "Functional"
    assert (japanese["dct:language"], english["dct:language"]) == ("ja", "en")


def test_every_party_that_is_named_is_described():
    found = made("iso-27560", decided("accept_all", OPTIONAL))
    named = {party for each in found["dpv:hasProcess"] for party in each["dpv:hasRecipient"]}
    assert named <= found["dpv:hasEntity"].keys()
    google = found["dpv:hasEntity"]["consent:party/google"]
    assert (google["dpv:hasName"], google["dpv:hasLocation"]) == ("Google LLC", {"@id": "loc:US"})


def test_what_nobody_has_stated_says_so():
    own = {"id": "own", "preset": "custom_script", "category": "analytics", "vendor": "own", "load": "page"}
    own |= {
        "name": "Own",
        "purpose": {"ja": "数えます。", "en": "Counts."},
        "parameters": {"src": "https://own.example/x.js"},
    }
    policy = document_with(vendors=[{"id": "own", "name": "Own Inc.", "country": "JP"}], services=[own])
    evidence = decided(policy=policy)
    found = made("iso-27560", evidence, policy=policy)
    party = found["dpv:hasEntity"]["consent:party/own"]
    assert (party["dpv:hasAddress"], party["dpv:hasContact"]) == ("not stated", "not stated")
    assert violations("iso-27560", found) == []
    assert violations("kantara-cr-1.1.0", made("kantara-cr-1.1.0", evidence, policy=policy)) == []


def test_a_category_without_services_is_a_purpose_of_its_own():
    services = [each for each in yaml.safe_load(example_policy())["services"] if each["id"] != "youtube"]
    policy = document_with(services=services)
    found = made("iso-27560", decided(policy=policy), policy=policy)
    assert states(found)["functional"] == "dpv:ConsentRefused"
    assert violations("iso-27560", found) == []


@pytest.mark.parametrize("form", FORMS)
def test_an_erased_visitor_is_called_erased(form):
    found = made(form, decided(), subject=None)
    assert violations(form, found) == []
    assert "erased" in (found.get("piiPrincipalId"), found.get("dpv:hasDataSubject", {}).get("dct:identifier"))


def test_kantaras_time_is_a_number_of_seconds():
    assert made("kantara-cr-1.1.0", decided())["consentTimestamp"] == 1795575281


def purposes_of(found):
    return {each["service"]: each["purposes"][0] for each in found["services"]}


def test_kantaras_third_party_is_named_where_something_goes_to_it_and_nowhere_else():
    found = purposes_of(made("kantara-cr-1.1.0", decided("custom", ("ga4",), language="en")))
    ga4, youtube = found["Google Analytics 4"], found["YouTube"]
    assert (ga4["consentType"], ga4["thirdPartyDisclosure"], ga4["thirdPartyName"]) == ("EXPLICIT", True, "Google LLC")
    assert (youtube["thirdPartyDisclosure"], "thirdPartyName" in youtube) == (False, False)


@pytest.mark.parametrize(
    ("decision", "word"), [("reject_all", "REFUSED"), ("withdraw", "WITHDRAWN"), ("gpc", "REFUSED")]
)
def test_nothing_refused_or_withdrawn_looks_like_a_consent(decision, word):
    for purpose in purposes_of(made("kantara-cr-1.1.0", decided(decision))).values():
        assert purpose["consentType"].startswith(word)
        assert purpose["thirdPartyDisclosure"] is False


def test_the_way_to_withdraw_is_in_both_forms():
    assert URL in made("kantara-cr-1.1.0", decided())["services"][0]["purposes"][0]["termination"]
    (control,) = made("iso-27560", decided())["dpv:hasProcess"][0]["dpv:hasConsentControl"]
    assert control["dpv:isExercisedAt"] == {"@id": URL}
