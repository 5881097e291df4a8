"""The record says where the visitor was, who says so, and under which model the script ran."""

import json

import pytest
from sqlalchemy import select

from consent import clock
from consent.db import db, transact
from consent.policies import publish
from consent.policies.document import read
from consent.records.models import record_table
from consent.records.recording import content_hash
from tests.people import Visitor, example_policy

PROXY = {"trusted_proxies": "1", "region_header": "X-Region"}


@pytest.fixture
def visitor_of(app_with, site, token_for):
    def make(*packs, **settings):
        document = read(example_policy() + f"law: {json.dumps({'packs': packs})}\n".encode())
        transact(lambda c: publish.publish(c, site.id, document, now=clock.now(), published_by="tests"))
        return Visitor(app_with(**{**PROXY, **settings}).test_client(), site)

    return make


def row():
    with db.engine.connect() as connection:
        return connection.execute(select(record_table).order_by(record_table.c.id.desc())).first()


def said():
    found = row()
    return found.region, found.region_source, found.legal_model


def test_the_model_is_that_of_the_script(visitor_of):
    visitor = visitor_of("jp", "us-ca", "gb")
    for law, model in ((None, "opt_in"), ("us-ca", "opt_out"), ("gb", "exempt")):
        assert visitor.decide(law=law).status_code == 201
        assert said() == (None, "none", model)


@pytest.mark.parametrize("law", ["jp", "eu", "strictest", "nobody"])
def test_a_pack_whose_script_asks_first_or_is_not_of_the_version_is_refused(visitor_of, law):
    answer = visitor_of("jp", "us-ca").decide(law=law)
    assert (answer.status_code, answer.json["code"]) == (422, "law_unknown")


def test_a_site_without_packs_takes_none(visitor):
    assert visitor.decide(law="us-ca").json["code"] == "law_unknown"
    assert visitor.decide().status_code == 201
    assert said() == (None, "none", "opt_in")


def test_the_region_is_what_the_proxy_says_where_the_law_differs_by_region(visitor_of):
    visitor = visitor_of("jp", "us-ca")
    visitor.send(visitor.body(law="us-ca"), X_Region="US-CA")
    assert said() == ("US-CA", "header", "opt_out")
    visitor.send(visitor.body(), X_Region="XX")
    assert said() == (None, "none", "opt_in")


def test_what_the_page_says_is_named_as_such(visitor_of):
    visitor = visitor_of("jp", "us-ca")
    visitor.send(visitor.body(region="JP"), X_Region="US-CA")
    assert said() == ("JP", "tag", "opt_in")


def test_a_site_with_one_law_learns_nothing_of_where_its_visitors_are(visitor_of):
    visitor = visitor_of("us-ca")
    visitor.send(visitor.body(law="us-ca"), X_Region="US-CA")
    assert said() == (None, "none", "opt_out")


def test_a_server_that_speaks_for_a_visitor_is_not_where_they_are(visitor_of, site, token_for):
    visitor = visitor_of("jp", "us-ca")
    token = token_for("site", site)
    answer = visitor.post(
        "records", visitor.body(source="api"), origin=None, X_Region="US-CA", Authorization=f"Bearer {token}"
    )
    assert answer.status_code == 201
    assert said() == (None, "none", "opt_in")


def test_a_header_without_a_trusted_proxy_is_not_believed(visitor_of):
    visitor = visitor_of("jp", "us-ca", trusted_proxies="0", region_header="")
    visitor.send(visitor.body(), X_Region="US-CA")
    assert said() == (None, "none", "opt_in")


# The browser's signal


def signal(visitor, granted, law):
    return visitor.send(visitor.body("gpc", granted=granted, source="gpc", gpc=True, law=law))


def test_a_signal_may_leave_on_what_the_pack_leaves_on_and_nothing_else(visitor_of):
    visitor = visitor_of("jp", "us-ca")
    assert signal(visitor, ["youtube"], "us-ca").status_code == 201
    for granted in (["ga4"], ["youtube", "meta_pixel"]):
        assert signal(visitor, granted, "us-ca").json["code"] == "decision_incoherent"


@pytest.mark.parametrize("law", [None, "nobody"])
def test_without_a_pack_a_signal_leaves_nothing_on(visitor_of, law):
    answer = signal(visitor_of("jp", "us-ca"), ["youtube"], law)
    assert answer.json["code"] in ("decision_incoherent", "law_unknown")


def test_what_was_sent_before_there_were_packs_is_the_same_when_it_is_sent_again():
    sent = {"record_id": "x", "decision": "accept_all", "visitor": None}
    assert content_hash({**sent, "law": None}) == content_hash(sent)
    assert content_hash({**sent, "law": "us-ca"}) != content_hash(sent)
