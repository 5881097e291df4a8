"""Erasure over HTTP: for a page that offers it itself, and for the site's own server."""

import pytest
from sqlalchemy import select

from consent import clock
from consent.clock import parse_wire
from consent.db import db, transact
from consent.ledger import hold
from consent.visitors.models import request_table
from tests.people import Visitor


@pytest.fixture
def decided(visitor):
    visitor.decide()
    return visitor


def ask(visitor, token=None, **headers):
    return visitor.post("erasures", {"visitor": token or visitor.token}, **headers)


def requested():
    with db.engine.connect() as connection:
        return connection.execute(select(request_table)).all()


def test_a_request_is_durable_and_says_by_when(decided):
    answer = ask(decided)
    assert answer.status_code == 202
    assert parse_wire(answer.json["requested"]) < parse_wire(answer.json["by"])
    assert answer.headers["Access-Control-Allow-Origin"] == "https://www.example.com"
    assert len(requested()) == 1


def test_the_hours_are_a_setting(app_with, database_url):
    app = app_with(erasure_hours="1")
    with app.app_context():
        from consent.visitors.jobs import hours

        assert hours() == 1


def test_somebody_of_whom_nothing_is_known_gets_the_same_answer(decided, app, site):
    from consent.records import keeping
    from consent.signing import new_visitor_id

    stranger = keeping.tokens().issue(site.key, new_visitor_id())
    answer = ask(decided, token=stranger)
    assert answer.status_code == 202
    assert answer.json.keys() == {"requested", "by"}
    assert requested() == []


def test_under_a_legal_hold_there_is_no_date(decided, site):
    transact(lambda c: hold.place(c, site.id, reason="a lawsuit", now=clock.now()))
    answer = ask(decided)
    assert answer.status_code == 202
    assert answer.json["by"] is None


def test_a_token_of_another_site_erases_nothing(client, decided, other_site):
    stranger = Visitor(client, other_site)
    stranger.send(stranger.body(), origin="https://other.example")
    answer = ask(decided, token=stranger.token)
    assert (answer.status_code, answer.json["code"]) == (400, "visitor_token_invalid")
    assert requested() == []


def test_a_page_of_another_origin_erases_nothing(decided):
    answer = ask(decided, origin="https://evil.example")
    assert (answer.status_code, answer.json["code"]) == (403, "origin_unknown")
    assert requested() == []


def test_the_sites_server_may_ask_and_an_auditor_may_not(decided, site, token_for):
    assert ask(decided, origin=None, Authorization=f"Bearer {token_for('auditor', site)}").status_code == 403
    assert requested() == []
    assert ask(decided, origin=None, Authorization=f"Bearer {token_for('site', site)}").status_code == 202
