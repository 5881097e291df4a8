"""What a visitor takes home: the opening of their leaf, a promise at once, and a proof as soon as there is one."""

import base64

import pytest

from consent.ledger import keys
from consent.merkle import tlog_proof
from consent.merkle.entry import commit_evidence, commit_subject, entry_bytes
from consent.merkle.note import Verifier
from consent.merkle.promise import key_name, open_promise
from consent.merkle.tree import leaf_hash


def verifiers(log, name):
    return [Verifier.from_vkey(row.vkey) for row in log.read(lambda connection: keys.public_keys(connection, name))]


def leaf_of(receipt):
    """As the visitor computes it."""
    opening = receipt["opening"]
    evidence = commit_evidence(base64.b64decode(opening["evidence_salt"]), opening["evidence"].encode())
    subject = commit_subject(base64.b64decode(opening["subject_salt"]), opening["subject"].encode())
    return leaf_hash(entry_bytes(opening["kind"], opening["schema"], evidence, subject))


@pytest.mark.parametrize("decision", ["accept_all", "reject_all", "withdraw"])
def test_the_promise_is_about_the_leaf_that_the_receipt_opens(visitor, log, decision):
    receipt = visitor.decide(decision).json["receipt"]
    made = open_promise(receipt["promise"], verifiers(log, key_name(log.head.origin)))
    assert made.leaf_hash == leaf_of(receipt)
    assert made.merge_delay_s == 3_600
    assert receipt["record_id"] in receipt["opening"]["evidence"]
    assert receipt["visitor_id"] in receipt["opening"]["subject"]
    assert receipt["visitor_id"] not in receipt["opening"]["evidence"]


def test_a_repeat_gets_the_same_promise(visitor):
    body = visitor.body()
    first, second = visitor.send(body).json, visitor.send(body).json
    assert first["receipt"] == second["receipt"]


def test_a_receipt_is_pending_until_its_entry_is_under_a_checkpoint(visitor, log):
    receipt = visitor.decide().json["receipt"]

    def ask():
        return visitor.client.get(f"/api/v1/receipts/{receipt['token']}").json

    assert ask() == {"status": "pending", "proof": None}
    log.sequence()
    assert ask()["status"] == "pending"
    log.publish()
    proof = ask()
    assert proof["status"] == "included"
    signed = tlog_proof.verify(proof["proof"], leaf_of(receipt), verifiers(log, log.head.origin), log.head.origin)
    assert signed == log.last_checkpoint()


def test_a_token_that_was_not_issued_proves_nothing(visitor):
    answer = visitor.client.get("/api/v1/receipts/0190a000-0000-7000-8000-000000000000.forged")
    assert (answer.status_code, answer.json["code"]) == (404, "receipt_unknown")
