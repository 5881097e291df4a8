"""A site that is stopped asks nobody, records what refuses, and forgets nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest

from consent import clock, sites
from consent.banner import build
from consent.db import db, transact
from consent.sites import stopping
from consent.sites.stopping import GRACE, NameDiffers, SiteStopped
from tests.people import Visitor

CORE = "/b/example.js"


def stop(site, typed="Example", ago=timedelta()):
    return transact(lambda c: stopping.stop(c, site, typed=typed, now=clock.now() - ago))


def start(site):
    return transact(lambda c: stopping.start(c, site.id))


@pytest.fixture(autouse=True)
def fresh(app, monkeypatch):
    """Sites are read anew, as they are after a few seconds."""
    lookup = app.extensions["consent.sites"]
    monkeypatch.setattr(lookup, "by_key", lookup._read)


def kept(site):
    with db.engine.connect() as connection:
        return sites.by_id(connection, site.id)


def test_it_is_stopped_by_its_name_only_and_once(site):
    for typed in ("", "exampl", "Other"):
        with pytest.raises(NameDiffers):
            stop(site, typed)
    assert kept(site).stopped_ms is None
    assert stop(site)
    assert not stop(site)
    assert kept(site).stopped_ms


def test_what_a_japanese_keyboard_leaves_behind_does_not_matter():
    site = sites.Site(1, "k", "見本 ショップ", frozenset(), "", None)
    assert stopping._folded("見本　ショップ ") == stopping._folded(site.name)


def test_it_starts_again_once(site):
    assert not start(site)
    stop(site)
    assert start(site)
    assert kept(site).stopped_ms is None


def test_its_script_is_small_and_names_the_cookie_alone(client, site):
    before = client.get(CORE)
    stop(site)
    answer = client.get(CORE, headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert len(answer.data) < 900
    assert answer.headers["Cache-Control"] == before.headers["Cache-Control"]
    assert answer.headers["ETag"] != before.headers["ETag"]
    text = client.get(CORE).text
    assert '"consent"' in text
    assert build.COOKIE_MARK not in text
    assert "hs-scripts" not in text
    start(site)
    assert client.get(CORE).text == before.text


def test_what_was_decided_just_before_is_still_recorded(client, site):
    stop(site, ago=GRACE - timedelta(minutes=1))
    assert Visitor(client, site).decide("accept_all").status_code == 201


def test_after_that_consents_wait_and_refusals_do_not(client, site):
    visitor = Visitor(client, site)
    visitor.decide("accept_all")
    stop(site, ago=GRACE + timedelta(minutes=1))
    for body in (visitor.body("accept_all"), visitor.body("custom", granted=["ga4"])):
        answer = visitor.send(body)
        assert (answer.status_code, answer.json["code"]) == (409, "site_stopped")
    assert visitor.decide("reject_all").status_code == 201
    assert visitor.decide("withdraw").status_code == 201
    start(site)
    assert visitor.send(body).status_code == 201, "the same letter of the outbox, later"


def test_whoever_asks_for_the_state_is_told_that_nothing_is_granted(client, site):
    visitor = Visitor(client, site)
    visitor.decide("accept_all")
    assert visitor.state().json["state"]["decision"] == "accept_all"
    stop(site)
    assert visitor.state().json == {"state": None}
    start(site)
    assert visitor.state().json["state"]["decision"] == "accept_all"


def test_evidence_receipts_and_the_visitors_pages_stay(client, site, token_for):
    visitor = Visitor(client, site)
    receipt = visitor.decide("accept_all").json["receipt"]
    stop(site, ago=GRACE * 2)
    bearer = {"Authorization": f"Bearer {token_for('auditor', site)}"}
    for path in (f"/r/{receipt['token']}", "/settings/example", "/settings/example/history"):
        assert client.get(path).status_code == 200, path
    period = {"since": "2020-01-01T00:00:00Z", "until": "2100-01-01T00:00:00Z", "reason": "audit"}
    exported = client.get("/api/v1/sites/example/export", query_string=period, headers=bearer)
    assert receipt["record_id"] in exported.text


def test_other_sites_go_on(client, site, other_site):
    stop(site)
    assert "categories:[" in client.get("/b/other.js").text


def test_without_a_stop_there_is_nothing_to_check(site):
    now = clock.now()
    stopping.check(site, now + GRACE * 9, grants=True)
    stopped = replace(site, stopped_ms=clock.to_ms(now))
    stopping.check(stopped, now + GRACE - timedelta(seconds=1), grants=True)
    stopping.check(stopped, now + GRACE * 9, grants=False)
    with pytest.raises(SiteStopped):
        stopping.check(stopped, now + GRACE + timedelta(seconds=1), grants=True)
