"""The site asks what a visitor has decided."""

from datetime import timedelta

import pytest
import time_machine

from consent import clock, db
from consent.policies import publish
from consent.policies.document import read
from consent.records import state
from tests.people import Visitor, example_policy


def test_a_visitor_who_decided_has_a_state(visitor):
    recorded = visitor.decide("custom", granted=["ga4"]).json
    state = visitor.state().json["state"]
    assert state["record_id"] == recorded["record_id"]
    assert state["categories"]["analytics"] is True
    assert state["categories"]["ma"] is False
    assert state["valid"] is True


def test_the_sites_own_server_asks_with_its_token_and_without_an_origin(visitor, token_for, site):
    visitor.decide()
    answer = visitor.state(origin=None, Authorization=f"Bearer {token_for('site', site)}")
    assert answer.json["state"]["decision"] == "accept_all"


def test_a_token_of_an_auditor_or_of_another_site_may_not_ask(visitor, token_for, site, other_site):
    visitor.decide()
    for token in (token_for("auditor", site), token_for("site", other_site)):
        answer = visitor.state(origin=None, Authorization=f"Bearer {token}")
        assert (answer.status_code, answer.json["code"]) == (403, "token_forbidden")


def test_an_unknown_or_expired_api_token_may_not_ask(visitor, token_for, site):
    visitor.decide()
    expired = token_for("site", site, days=1)
    with time_machine.travel(clock.now() + timedelta(days=2), tick=True):
        for token in ("cst_nonsense", expired):
            answer = visitor.state(origin=None, Authorization=f"Bearer {token}")
            assert (answer.status_code, answer.json["code"]) == (401, "token_invalid")


def test_the_sites_own_server_records_a_decision(visitor, token_for, site):
    answer = visitor.send(visitor.body(source="api"), origin=None, Authorization=f"Bearer {token_for('site', site)}")
    assert answer.status_code == 201


def test_a_decision_that_has_expired_is_no_longer_valid(visitor):
    visitor.decide()
    with time_machine.travel(clock.now() + timedelta(days=181), tick=True):
        assert visitor.state().json["state"]["valid"] is False


def _publish(site, text):
    db.transact(lambda c: publish.publish(c, site.id, read(text), now=clock.now(), published_by="tests"))


def test_a_material_change_of_the_policy_ends_the_decision(visitor, app, site):
    visitor.decide()
    _publish(
        site,
        example_policy().replace(
            b"services:", b"services:\n  - {id: satori, preset: satori, parameters: {tracking_code: 0123456789abcdef}}"
        ),
    )
    app.extensions["consent.policies"].published.cache.clear()
    assert visitor.state().json["state"]["valid"] is False


def test_a_change_that_is_not_material_leaves_the_decision_valid(visitor, app, site):
    visitor.decide()
    _publish(site, example_policy() + b"layout: {first: box, position: bottom-right}\n")
    app.extensions["consent.policies"].published.cache.clear()
    assert visitor.state().json["state"]["valid"] is True


def test_only_decisions_that_hold_are_counted(client, visitor, site):
    visitor.decide()
    Visitor(client, site).decide("reject_all")
    with db.db.engine.connect() as connection:
        material = publish.current(connection, site.id).material_since
        counted = {"site_id": site.id, "material_since": material}
        assert state.count_valid(connection, **counted, now=clock.now()) == 2
        assert state.count_valid(connection, **counted, now=clock.now() + timedelta(days=4000)) == 0
        assert state.count_valid(connection, site_id=site.id, material_since=material + 1, now=clock.now()) == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # PostgreSQL chooses by the size of the table
def test_counting_them_reads_an_index_alone(app):
    query = "EXPLAIN QUERY PLAN SELECT count(*) FROM visitor_state WHERE site_id = 1 AND material_since = 1 AND expires_ms > 0"
    with db.db.engine.connect() as connection:
        plan = " ".join(str(row) for row in connection.exec_driver_sql(query))
    assert "COVERING INDEX ix_visitor_state_holding" in plan
