"""A check abroad that has run out: the script holds the service back, without anybody's doing, and the log says so."""

import re
from datetime import datetime, timedelta, timezone

import pytest
import time_machine
from sqlalchemy import event

from consent import clock
from consent.banner import build
from consent.db import db, transact
from consent.errors import DatabaseUnavailable
from consent.phrases import MAY_BREAK
from consent.policies import holds, publish
from consent.policies.document import read
from consent.registers import holding
from consent.shown import builds, replay
from tests.banner.test_script import CORE, text_of
from tests.people import example_policy
from tests.registering import days_ago, forget

JAPAN = timezone(timedelta(hours=9))
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def held(source):
    found = re.search(r"\be:\[(.*?)\][,}]", source)
    return found.group(1).replace('"', "").split(",") if found else None


def names(source):
    return re.search(r'v:"([0-9a-f]{64})",b:"([0-9a-f]{16})"', source).groups()


def test_it_is_held_from_the_first_script_after_the_due_day_and_a_new_check_releases_it(
    app, client, site, add_transfer, told
):
    with time_machine.travel(datetime(2026, 4, 1, 23, 59, tzinfo=JAPAN), tick=False) as moment:
        add_transfer(checked_on="2025-04-01")
        before = text_of(client.get(CORE))
        assert held(before) is None
        moment.move_to(datetime(2026, 4, 2, 0, 0, tzinfo=JAPAN))
        source = text_of(client.get(CORE))
        assert held(source) == [".hubspot"]
        assert "js.hs-scripts.com" in before
        assert "js.hs-scripts.com" not in source, "nothing that could load it is in the script"
        assert told()[-1] == (
            "service_held",
            {"service": "hubspot", "recipient": "HubSpot, Inc.", "due_on": "2026-04-01", "entry": 1},
        )
        noted = len(told())
        client.get(CORE)
        assert len(told()) == noted
        add_transfer(checked_on="2026-04-02")
        assert [what for what, _ in told()[noted:]] == ["transfer_checked", "service_released"]
        assert text_of(client.get(CORE)) == before


@ON_SQLITE
def test_no_page_view_asks_the_database_and_every_process_hears_of_it_in_seconds(app, client, site, add_transfer):
    asked = []
    event.listen(db.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    add_transfer(checked_on=days_ago(400))
    client.get(CORE)
    asked.clear()
    assert (held(text_of(client.get(CORE))), asked) == ([".hubspot"], [])
    assert app.extensions["consent.transfers"].newest.cache.ttl == holding.FRESH_S == 5


@ON_SQLITE
def test_on_the_last_day_no_cache_may_use_the_script_for_longer_than_five_minutes(client, add_transfer):
    with time_machine.travel(datetime(2026, 4, 1, 23, 59, tzinfo=JAPAN), tick=False) as moment:
        add_transfer(checked_on="2025-04-01")
        assert client.get(CORE).headers["Cache-Control"] == "public, max-age=300"
        for other in (datetime(2026, 3, 31, 23, tzinfo=JAPAN), datetime(2026, 4, 2, tzinfo=JAPAN)):
            moment.move_to(other)
            assert "stale-while-revalidate" in client.get(CORE).headers["Cache-Control"]


@ON_SQLITE
def test_a_service_of_another_site_or_of_no_policy_holds_nothing_back(client, site, other_site, add_transfer):
    add_transfer(of=other_site, checked_on=days_ago(400))
    add_transfer(service_id="gone", checked_on=days_ago(400))
    assert held(text_of(client.get(CORE))) is None


@ON_SQLITE
def test_the_settings_of_a_site_that_holds_something_back_come_and_can_be_shown_again(app, client, site, add_transfer):
    add_transfer(checked_on=days_ago(400))
    source = text_of(client.get(CORE))
    version, name = names(source)
    assert name != build.current().name
    assert text_of(client.get(f"/b/example/{version}-{name}/ja.js"))
    with db.engine.connect() as connection:
        assert builds.find(connection, name)
        shown = replay.files(connection, site.id, version, name, "ja")
    assert held(shown["core.js"].decode()) == [".hubspot"]
    add_transfer()
    assert client.get(f"/b/example/{version}-{name}/ja.js").status_code == 200, "a page that was opened before"


@ON_SQLITE
def test_under_a_law_that_lets_tags_run_it_is_held_back_too(app, client, site, add_transfer):
    document = read(example_policy() + b"law: {packs: [us-ca]}\n")
    transact(lambda c: publish.publish(c, site.id, document, now=clock.now(), published_by="tests"))
    app.extensions["consent.policies"].published.cache.clear()
    before = text_of(client.get(CORE))
    assert held(before) == [""]
    add_transfer(service_id="ga4", checked_on=days_ago(400))
    source = text_of(client.get(CORE))
    assert held(source) == [".ga4"]
    version, name = names(source)
    assert "いつでも停止" in text_of(client.get(f"/b/example/{version}-{name}/ja.js")).replace(MAY_BREAK, "")


@ON_SQLITE
def test_a_database_that_is_away_gives_no_script_in_place_of_a_lax_one(app, client, site, monkeypatch):
    client.get(CORE)
    forget(app)

    def fails(*_):
        raise DatabaseUnavailable

    monkeypatch.setattr("consent.registers.transfers.of_site", fails)
    assert client.get(CORE).status_code == 503


def test_the_log_is_told_once_by_however_many_and_also_where_nobody_asks(site, add_transfer, told):
    add_transfer(checked_on=days_ago(400))
    add_transfer(service_id="gone", checked_on=days_ago(400))
    assert transact(lambda c: holds.note_due(c, clock.now())) == 1
    assert transact(lambda c: holds.note_due(c, clock.now())) == 0
    assert [details["service"] for what, details in told() if what == "service_held"] == ["hubspot"]


@ON_SQLITE
def test_a_check_releases_nothing_that_was_not_held_back(add_transfer, told):
    add_transfer(checked_on=days_ago(360))
    add_transfer()
    add_transfer(service_id="ga4", checked_on=days_ago(400))  # nobody asked for a script of that
    add_transfer(service_id="ga4")
    assert {what for what, _ in told()} == {"transfer_checked"}


@ON_SQLITE
def test_a_server_that_asks_for_the_state_is_told_no_and_why_while_the_record_stays_true(visitor, client, add_transfer):
    visitor.decide("accept_all")
    granted = visitor.state().json["state"]
    assert (granted["services"]["hubspot"], granted["held"]) == (True, [])
    add_transfer(checked_on=days_ago(400))
    state = visitor.state().json["state"]
    assert (state["services"]["hubspot"], state["services"]["marketo"], state["categories"]["ma"]) == (
        False,
        True,
        True,
    )
    assert state["held"] == ["hubspot"]
    add_transfer(service_id="marketo", checked_on=days_ago(400))
    assert visitor.state().json["state"]["categories"]["ma"] is False, "nothing of it is on any more"
    add_transfer()
    add_transfer(service_id="marketo")
    assert visitor.state().json["state"] == granted


@ON_SQLITE
def test_what_a_visitor_grants_meanwhile_is_recorded_as_they_granted_it(visitor, client, add_transfer):
    add_transfer(checked_on=days_ago(400))
    _, name = names(text_of(client.get(CORE)))
    answer = visitor.decide("accept_all", script=name)
    assert answer.status_code == 201
    assert answer.json["receipt"]["services"]["hubspot"] is True
