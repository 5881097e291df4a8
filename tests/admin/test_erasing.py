"""An owner has a visitor's records erased, for somebody who wrote instead of using the settings page."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from consent import clock, worker
from consent.db import db, transact
from consent.ledger import hold
from consent.records.models import record_table, state_table
from tests.people import Visitor
from tests.settled import entry, settle

PAGE = "/admin/sites/example/evidence/erase"
ORDER = {"reason": "visitor_request", "sure": "yes"}


@pytest.fixture
def owner(person, site):
    return person("owner", site)


@pytest.fixture
def decided(client, site):
    """The record ids of a visitor with two decisions, and of another with one; all in the log."""
    one, other = Visitor(client, site), Visitor(client, site)
    made = [each.decide(decision).json["record_id"] for each, decision in ((one, "accept_all"), (one, "withdraw"))]
    made.append(other.decide().json["record_id"])
    settle()
    return made


def visitor_of(record_id):
    with db.engine.connect() as connection:
        named = record_table.c.record_id == record_id
        return connection.execute(select(record_table.c.visitor_id).where(named)).scalar_one()


def states():
    with db.engine.connect() as connection:
        return list(connection.execute(select(state_table.c.visitor_id)).scalars())


def next_day():
    with time_machine.travel(clock.now() + timedelta(days=1), tick=True):
        worker.erasures()
        while worker.run_job():
            pass


def test_what_is_asked_for_is_noted_and_carried_out_with_the_next_batch(owner, site, decided):
    who, another = visitor_of(decided[0]), visitor_of(decided[2])
    listed = owner.get(f"/admin/sites/example/evidence?visitor={who}").text
    assert f"{PAGE}?visitor={who}" in listed
    assert "<dd>2</dd>" in owner.get(f"{PAGE}?visitor={who}").text
    answer = owner.post(PAGE, {"visitor": who, **ORDER})
    assert answer.status_code == 303
    assert states() == [another], "the current decision is forgotten at once"
    text = owner.get(answer.location).text
    assert "It is noted" in text
    assert "An erasure was asked for" in text
    next_day()
    assert [visitor_of(each) for each in decided] == [None, None, another]
    assert entry(decided[0]).evidence is not None
    deeds = owner.get("/admin/sites/example/deeds").text
    assert "Ordered the erasure of a visitor&#39;s records (The visitor asked for it)" in deeds
    assert who not in deeds


def test_both_halves_go_where_that_is_asked_for(owner, site, decided):
    assert owner.post(PAGE, {"visitor": visitor_of(decided[2]), "both": "yes", **ORDER}).status_code == 303
    next_day()
    assert entry(decided[2]).evidence is None
    assert entry(decided[0]).evidence is not None


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("wrong", [{"sure": ""}, {"reason": ""}, {"reason": "because"}])
def test_without_a_reason_and_a_second_look_nothing_is_asked_for(owner, site, decided, wrong):
    who = visitor_of(decided[0])
    assert owner.post(PAGE, {"visitor": who, **ORDER, **wrong}).status_code == 422
    assert who in states()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("who", ["", "0" * 32, "../x", "a' or 1=1 --", "x" * 33])
def test_of_nobody_nothing_is_erased(owner, site, decided, who):
    answer = owner.post(PAGE, {"visitor": who, **ORDER})
    assert answer.status_code == 404
    assert "Nothing is kept" in answer.text
    assert len(states()) == 2
    assert "Ordered the erasure" not in owner.get("/admin/sites/example/deeds").text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_visitor_of_another_site_is_nobody_here(person, owner, site, other_site, decided):
    answer = person("owner", other_site).post(
        "/admin/sites/other/evidence/erase", {"visitor": visitor_of(decided[0]), **ORDER}
    )
    assert answer.status_code == 404
    assert len(states()) == 2


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_under_a_legal_hold_a_request_waits_and_the_page_says_so(owner, site, decided):
    who = visitor_of(decided[0])
    transact(lambda connection: hold.place(connection, site.id, reason="court order", now=clock.now()))
    assert "A legal hold stands" in owner.get(f"{PAGE}?visitor={who}").text
    assert owner.post(PAGE, {"visitor": who, **ORDER}).status_code == 303
    next_day()
    assert visitor_of(decided[0]) == who
    assert "waits until the legal hold is lifted" in owner.get(f"{PAGE}?visitor={who}").text
