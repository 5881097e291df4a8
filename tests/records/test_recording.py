"""What a visitor decided is stored once, durably, and as it was."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from consent import clock
from consent.db import db
from consent.records.models import record_table, state_table


def rows():
    with db.engine.connect() as connection:
        return connection.execute(select(record_table).order_by(record_table.c.id)).all()


@pytest.mark.parametrize("decision", ["accept_all", "reject_all", "withdraw"])
def test_a_decision_is_acknowledged_with_the_id_the_browser_gave_it(visitor, decision):
    body = visitor.body(decision)
    answer = visitor.send(body)
    assert answer.status_code == 201
    assert answer.json["record_id"] == body["record_id"]
    assert answer.json["receipt"]["decision"] == decision


def test_a_refusal_is_a_row_like_a_consent(visitor):
    visitor.decide("reject_all")
    (row,) = rows()
    assert row.decision == "reject_all"
    assert json.loads(row.services)["ga4"] is False
    assert json.loads(row.categories) == {
        "necessary": True, "functional": False, "analytics": False, "ma": False, "advertising": False
    }  # fmt: skip


def test_a_choice_of_one_service_is_kept_as_made(visitor):
    visitor.decide("custom", granted=["hubspot"])
    (row,) = rows()
    services = json.loads(row.services)
    assert (services["hubspot"], services["marketo"], services["ga4"]) == (True, False, False)


def test_the_record_names_the_policy_version_the_visitor_saw(visitor):
    visitor.decide()
    assert rows()[0].policy_version == visitor.version


def test_a_repeat_gets_the_stored_answer_again_and_no_second_row(visitor):
    body = visitor.body()
    first, second = visitor.send(body), visitor.send(body)
    assert second.status_code == 201
    assert second.json == first.json
    assert len(rows()) == 1


def test_a_repeat_without_the_token_that_got_lost_is_the_same_visitor(visitor):
    body = visitor.body()
    first = visitor.send(body)
    again = visitor.send({**body, "visitor": None})
    assert again.json["visitor"] == first.json["visitor"]


def test_an_altered_repeat_is_a_conflict_and_discloses_nothing(visitor):
    body = visitor.body("reject_all")
    visitor.send(body)
    forged = {**visitor.body("accept_all"), "record_id": body["record_id"]}
    answer = visitor.send(forged)
    assert (answer.status_code, answer.json["code"]) == (409, "record_conflict")
    assert "reject" not in answer.text
    assert [row.decision for row in rows()] == ["reject_all"]


def test_a_record_id_of_another_site_is_a_conflict_and_discloses_nothing(visitor, other_site, client):
    from tests.people import Visitor

    body = visitor.body()
    visitor.send(body)
    stranger = Visitor(client, other_site)
    answer = stranger.send({**stranger.body(), "record_id": body["record_id"]}, origin="https://other.example")
    assert (answer.status_code, answer.json["code"]) == (409, "record_conflict")
    assert "visitor" not in answer.json


def test_each_record_points_to_the_one_before(visitor):
    first = visitor.decide("accept_all").json["record_id"]
    visitor.decide("withdraw")
    assert [row.previous_record_id for row in rows()] == [None, first]


def test_the_state_is_that_of_the_last_decision(visitor):
    visitor.decide("accept_all")
    visitor.decide("withdraw")
    state = visitor.state().json["state"]
    assert state["decision"] == "withdraw"
    assert state["services"]["ga4"] is False
    with db.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(state_table)).scalar() == 1


def test_the_signal_of_the_browser_does_not_override_a_choice(visitor):
    visitor.decide("accept_all")
    visitor.decide("gpc", source="gpc", gpc=True)
    assert visitor.state().json["state"]["decision"] == "accept_all"
    assert [row.decision for row in rows()] == ["accept_all", "gpc"]


def test_the_signal_of_the_browser_is_the_state_until_a_choice_is_made(visitor):
    visitor.decide("gpc", source="gpc", gpc=True)
    assert visitor.state().json["state"]["decision"] == "gpc"
    visitor.decide("custom", granted=["ga4"])
    assert visitor.state().json["state"]["decision"] == "custom"


def test_the_gpc_header_counts_only_where_it_is_exactly_one(visitor):
    visitor.decide(**{})
    visitor.send(visitor.body(), **{"Sec-GPC": "1"})
    visitor.send(visitor.body(), **{"Sec-GPC": "true"})
    assert [row.gpc for row in rows()] == [False, True, False]


def test_the_query_of_the_page_is_cut_off(visitor):
    visitor.decide(page_path="/thanks?mail=a@example.com#x")
    assert rows()[0].page_path == "/thanks"


def test_only_a_prefix_of_the_address_and_coarse_words_are_kept(visitor):
    agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Mobile/15E148 Safari/604.1"
    visitor.send(visitor.body(), **{"User-Agent": agent})
    (row,) = rows()
    assert (row.ip_prefix, row.browser_family, row.device_class) == ("127.0.0.0/24", "safari", "phone")


def test_server_time_rules_and_the_time_of_the_browser_is_kept_beside_it(visitor):
    client_ms = clock.to_ms(clock.now() - timedelta(days=4))
    visitor.decide(client_time=clock.wire(client_ms))
    (row,) = rows()
    assert row.client_ms == client_ms
    assert row.received_ms > row.client_ms
    assert row.expires_ms - row.received_ms == 180 * 86_400_000


def test_a_new_visitor_gets_a_token_and_a_known_one_keeps_it(visitor):
    first = visitor.decide().json["visitor"]
    assert visitor.decide("withdraw").json["visitor"] == first
    assert len({row.visitor_id for row in rows()}) == 1


def test_an_answer_is_readable_by_the_page_and_without_credentials(visitor):
    answer = visitor.decide()
    assert answer.headers["Access-Control-Allow-Origin"] == "https://www.example.com"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "Origin" in answer.headers["Vary"]
    assert "Set-Cookie" not in answer.headers
