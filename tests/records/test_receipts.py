"""Whoever holds a receipt's token gets its proof, its copy and its standard forms, and nobody else's."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from consent import clock
from consent.db import db, transact
from consent.ledger import sequencer
from consent.ledger.events import record_event
from consent.ledger.keys import public_keys
from consent.ledger.ledger import ledger
from consent.merkle import tlog_proof
from consent.merkle.entry import Kind
from consent.merkle.note import Verifier
from consent.merkle.promise import key_name, open_promise
from tests.records.erasing import erase

VECTORS = Path(__file__).parents[1] / "vectors"
FORMS = {"iso-27560": ("iso-27560", "application/ld+json"), "kantara": ("kantara-cr-1.1.0", "application/json")}


@pytest.fixture
def receipt(visitor):
    return visitor.decide("custom", granted=["ga4"]).json["receipt"]


@pytest.fixture
def get(client):
    return lambda receipt, path="": client.get(f"/api/v1/receipts/{receipt['token']}{path}")


def publish(site):
    """What the worker does every few seconds."""
    transact(sequencer.unit(site.id, clock.to_ms(clock.now())))
    ledger().publisher.publish(site.id, clock.now())


def keys(name):
    with db.engine.connect() as connection:
        return [Verifier.from_vkey(row.vkey) for row in public_keys(connection, name)]


def test_the_copy_is_the_receipt_of_the_answer_with_its_proof(receipt, get):
    copy = get(receipt, "/copy").json
    nothing_erased = {"evidence_commitment": None, "subject_commitment": None}
    opening = {**receipt["opening"], **nothing_erased}
    assert copy == {**receipt, "opening": opening, "status": "pending", "proof": None}


def test_the_copy_holds_all_that_it_takes_to_check_it_offline(receipt, get, site):
    publish(site)
    copy = get(receipt, "/copy").json
    assert copy["status"] == "included"
    leaf = open_promise(copy["promise"], keys(key_name(site.log_origin))).leaf_hash
    checkpoint = tlog_proof.verify(copy["proof"], leaf, keys(site.log_origin), site.log_origin)
    assert checkpoint.size == 2, "the publication of the policy, and this record"


@pytest.mark.parametrize("path", FORMS)
def test_a_form_of_others_is_valid_and_says_what_was_decided(receipt, get, path):
    schema, kind = FORMS[path]
    answer = get(receipt, f"/{path}")
    found = json.loads(answer.data)
    assert (answer.status_code, answer.mimetype) == (200, kind)
    Draft202012Validator(json.loads((VECTORS / f"{schema}.schema.json").read_text("utf-8"))).validate(found)
    assert receipt["record_id"] in answer.text
    assert "https://consent.example.net/settings/example?lang=ja" in answer.text
    assert receipt["token"] not in answer.text, "a form may be handed on; the token is for its holder"


@pytest.mark.parametrize("path", ["", "/copy", "/iso-27560", "/kantara"])
def test_no_answer_is_kept_or_found(receipt, get, path):
    headers = get(receipt, path).headers
    assert (headers["Cache-Control"], headers["X-Robots-Tag"]) == ("no-store", "noindex")
    assert (headers["Referrer-Policy"], headers["Access-Control-Allow-Origin"]) == ("no-referrer", "*")


@pytest.mark.parametrize("path", ["", "/copy", "/iso-27560", "/kantara"])
def test_a_token_that_was_altered_opens_nothing(receipt, get, path):
    # Not at the very end: its last bits may be unused, and then another letter is the same signature.
    at = len(receipt["token"]) - 8
    other = "b" if receipt["token"][at] == "a" else "a"
    altered = {"token": receipt["token"][:at] + other + receipt["token"][at + 1 :]}
    answer = get(altered, path)
    assert (answer.status_code, answer.json["code"]) == (404, "receipt_unknown")


@pytest.mark.parametrize("path", ["/copy", "/iso-27560", "/kantara"])
def test_an_entry_that_is_no_decision_is_nobodys_receipt(app, site, get, path):
    event = transact(lambda connection: record_event(connection, site.id, Kind.EXPORT, {}, clock.now()))
    token = app.extensions["consent.receipt_tokens"].issue(event)
    assert get({"token": token}, path).status_code == 404


def test_after_the_visitor_was_erased_the_decision_is_left_without_them(receipt, get):
    erase(receipt["record_id"], "subject")
    copy = get(receipt, "/copy")
    assert (copy.json["visitor_id"], copy.json["opening"]["subject"], copy.json["decision"]) == (None, None, "custom")
    for path in ("/copy", "/iso-27560", "/kantara"):
        assert receipt["visitor_id"] not in get(receipt, path).text


@pytest.mark.parametrize("path", ["/iso-27560", "/kantara"])
def test_after_the_decision_was_erased_too_there_is_nothing_to_format(receipt, get, path):
    erase(receipt["record_id"], "subject", "evidence")
    answer = get(receipt, path)
    assert (answer.status_code, answer.json["code"]) == (410, "receipt_erased")


def test_what_was_erased_can_still_be_proven(receipt, get, site):
    publish(site)
    erase(receipt["record_id"], "subject", "evidence")
    copy = get(receipt, "/copy").json
    assert (copy["status"], copy["decision"], copy["opening"]["evidence"]) == ("included", None, None)
    assert copy["promise"] == receipt["promise"]
