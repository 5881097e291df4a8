"""The people who run it hear of a log that stands still, and what to do about it."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine

from consent import clock
from consent.ledger.keys import Keyring
from consent.ledger.ledger import ledger
from consent.ledger.publisher import Publisher
from consent.ops.doctor import examine
from tests.ledger.site_log import SiteLog


@pytest.fixture
def log(app, site):
    made = SiteLog(site)
    made.grow(3)
    return made


@pytest.fixture
def complaints(app):
    """(problem, what to do) by the name of the check."""

    def read():
        found = examine(app.extensions["consent.config"])
        return {check.name: (check.problem, check.fix) for check in found if not check.holds}

    return read


def later(**much):
    return time_machine.travel(clock.now() + timedelta(**much), tick=True)


def test_a_log_that_is_up_to_date_is_no_complaint(log, complaints, client):
    assert not [name for name in complaints() if name.startswith("log")]
    assert client.get("/readyz").json["checks"]["log"] == "ok"


def test_entries_that_wait_are_told_with_what_to_do(app, log, complaints, client):
    log.append()
    with later(seconds=50):
        assert "log" not in complaints()
    with later(seconds=75):
        problem, fix = complaints()["log"]
        answer = client.get("/readyz")
    assert "an entry has waited 7" in problem
    assert ("web process" if app.extensions["consent.config"].on_sqlite else "consent worker") in fix
    assert "an entry has waited" in answer.json["checks"]["log"]
    assert (answer.status_code, answer.json["ready"]) == (200, True), "the platform still takes records"


def test_a_log_that_went_back_is_told(log, complaints):
    ledger().guard.remember(log.head.origin, 99, bytes(32))
    problem, fix = complaints()[f"log {log.head.origin}"]
    assert "log_rolled_back" in problem
    assert "consent ledger new-epoch" in fix


def test_a_clock_that_went_back_is_told(log, complaints):
    log.append()
    with later(hours=1):
        log.sequence()
    assert "clock_went_back" in complaints()[f"log {log.head.origin}"][0]


def test_a_lost_key_is_told(app, log, complaints):
    keyring = Keyring(("another-secret-0123456789-another-secret",))
    guard = ledger().guard
    app.extensions["consent.ledger"] = replace(ledger(), keyring=keyring, publisher=Publisher(guard, keyring))
    problem, fix = complaints()[f"log {log.head.origin}"]
    assert "signing_key_lost" in problem
    assert "consent ledger rotate-key" in fix


def test_a_log_that_waits_for_the_first_signature_is_no_complaint(app, site, complaints):
    """There is no key yet; nothing is lost."""
    assert not [name for name in complaints() if name.startswith("log")]
