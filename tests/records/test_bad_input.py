"""Bad input gets a typed 4xx, and nothing is stored."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from consent.db import db
from consent.records.models import record_table


def count():
    with db.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(record_table)).scalar()


def in_days(days):
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


def nested(depth):
    return "[" * depth + "]" * depth


CHANGES = {
    "not a UUIDv7": ({"record_id": "1b4e28ba-2fa1-41d2-883f-0016d3cca427"}, 422, "body_invalid"),
    "no such decision": ({"decision": "maybe"}, 422, "body_invalid"),
    "no such source": ({"source": "telepathy"}, 422, "body_invalid"),
    "an unknown key": ({"admin": True}, 422, "body_invalid"),
    "a word for a boolean": ({"categories": {"necessary": "yes"}}, 422, "body_invalid"),
    "a number for a boolean": ({"services": {"ga4": 1}}, 422, "body_invalid"),
    "a list for an object": ({"services": ["ga4"]}, 422, "body_invalid"),
    "a null decision": ({"decision": None}, 422, "body_invalid"),
    "a number for a string": ({"language": 7}, 422, "body_invalid"),
    "a control character": ({"page_path": "/a\x00b"}, 422, "body_invalid"),
    "a version that is no hash": ({"policy_version": "latest"}, 422, "body_invalid"),
    "a naive time": ({"client_time": "2026-11-24T03:00:00"}, 422, "body_invalid"),
    "a version nobody published": ({"policy_version": "0" * 64}, 422, "policy_version_unknown"),
    "a category the policy lacks": ({"categories": {"necessary": True, "social": True}}, 422, "category_unknown"),
    "a category left out": ({"categories": {"necessary": True}}, 422, "category_unknown"),
    "a service the policy lacks": ({"services": {"evil": True}}, 422, "service_unknown"),
    "a time in the future": ({"client_time": in_days(2)}, 422, "client_time_implausible"),
    "an ancient time": ({"client_time": in_days(-401)}, 422, "client_time_implausible"),
    "no token at all": ({"visitor": "x"}, 400, "visitor_token_invalid"),
}


@pytest.mark.parametrize(("changes", "status", "code"), CHANGES.values(), ids=CHANGES.keys())
def test_a_body_that_is_wrong_in_one_thing_is_refused_with_its_reason(visitor, changes, status, code):
    answer = visitor.decide(**changes)
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert answer.content_type == "application/problem+json"
    assert count() == 0


RAW = {
    "not JSON": (b"{", 400, "body_malformed"),
    "nothing": (b"", 400, "body_malformed"),
    "not UTF-8": (b'{"a": "\xff"}', 400, "body_malformed"),
    "a lone surrogate": (b'{"a": "\\ud800"}', 400, "body_malformed"),
    "a list": (b"[]", 422, "body_invalid"),
    "a number": (b"7", 422, "body_invalid"),
    "nested to the depth of a stack": (nested(100_00).encode(), 400, "body_malformed"),
    "nested too deep": (nested(40).encode(), 400, "body_malformed"),
    "too large": (b'{"a": "' + b"x" * 70_000 + b'"}', 413, "body_too_large"),
}


@pytest.mark.parametrize(("raw", "status", "code"), RAW.values(), ids=RAW.keys())
def test_a_body_that_is_no_record_at_all_is_refused(visitor, raw, status, code):
    answer = visitor.post("records", raw)
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert count() == 0


@pytest.mark.parametrize("decision", ["reject_all", "withdraw", "gpc"])
def test_a_refusal_that_grants_something_is_refused(visitor, decision):
    answer = visitor.send(visitor.body(decision, granted=["ga4"]))
    assert (answer.status_code, answer.json["code"]) == (422, "decision_incoherent")


def test_an_acceptance_that_leaves_something_refused_is_refused(visitor):
    answer = visitor.send(visitor.body("accept_all", granted=["ga4"]))
    assert answer.json["code"] == "decision_incoherent"


def test_a_category_that_contradicts_its_services_is_refused(visitor):
    body = visitor.body("custom", granted=["ga4"])
    body["categories"]["analytics"] = False
    assert visitor.send(body).json["code"] == "decision_incoherent"


def test_the_necessary_category_cannot_be_refused(visitor):
    body = visitor.body("reject_all")
    body["categories"]["necessary"] = False
    assert visitor.send(body).json["code"] == "decision_incoherent"


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://www.example.com", "null", "https://www.example.com.evil.example"]
)
def test_an_unknown_origin_is_refused_before_the_body_is_read(visitor, origin):
    answer = visitor.post("records", b"{ this is not even JSON", origin=origin)
    assert (answer.status_code, answer.json["code"]) == (403, "origin_unknown")
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_request_without_an_origin_needs_a_token(visitor):
    answer = visitor.send(visitor.body(), origin=None)
    assert (answer.status_code, answer.json["code"]) == (403, "origin_unknown")


def test_the_page_can_read_why_it_was_refused(visitor):
    answer = visitor.decide(decision="maybe")
    assert answer.headers["Access-Control-Allow-Origin"] == "https://www.example.com"
    assert "decision" in json.dumps(answer.json["errors"])


def test_a_token_of_another_site_is_refused(visitor, other_site, client):
    from tests.people import Visitor

    stranger = Visitor(client, other_site)
    foreign = stranger.send(stranger.body(), origin="https://other.example").json["visitor"]
    answer = visitor.decide(visitor=foreign)
    assert (answer.status_code, answer.json["code"]) == (400, "visitor_token_invalid")


def test_an_altered_token_is_refused(visitor):
    token = visitor.decide().json["visitor"]
    altered = ("0" if token[0] != "0" else "1") + token[1:]
    assert visitor.decide(visitor=altered).json["code"] == "visitor_token_invalid"
    assert visitor.state(token=altered).json["code"] == "visitor_token_invalid"


def test_an_unknown_site_is_not_found(client):
    answer = client.post("/api/v1/sites/nobody/records", data="{}", headers={"Origin": "https://www.example.com"})
    assert (answer.status_code, answer.json["code"]) == (404, "site_unknown")


def test_errors_of_the_framework_are_problems_too(client, site):
    assert client.get("/nothing/here").json["code"] == "not_found"
    answer = client.delete("/api/v1/sites/example/records")
    assert (answer.status_code, answer.json["code"]) == (405, "method_not_allowed")
    assert "POST" in answer.headers["Allow"]
