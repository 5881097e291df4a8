"""What is kept about a visitor goes: from the tables, from the log's halves, from the files. What was decided stays."""

import json
import logging
from datetime import timedelta

import pytest
import time_machine
from click.testing import CliRunner
from sqlalchemy import select

from consent import clock, jobs, scrub, worker
from consent.cli import main
from consent.db import db, transact
from consent.ledger import hold
from consent.merkle.entry import Kind
from consent.records import forget
from consent.records.models import record_table, state_table
from consent.visitors import erase, requests
from consent.visitors import jobs as visitor_jobs
from consent.visitors.models import request_table
from tests.database_files import database_bytes
from tests.people import Visitor
from tests.settled import accounts, damage, entry, head, settle

ADDRESS = {"REMOTE_ADDR": "198.51.100.77"}


@pytest.fixture
def people(client, site):
    """So many visitors, with two sequenced decisions each."""

    def people(count=1):
        made = [Visitor(client, site) for _ in range(count)]
        for visitor in made:
            visitor.decide("accept_all")
            visitor.decide("reject_all")
        settle()
        return made

    return people


def id_of(visitor):
    return visitor.token.split(".")[0]


def ask(visitor, **more):
    return transact(lambda c: requests.ask(c, visitor.site.id, id_of(visitor), hours=24, now=clock.now(), **more))


def rows(table=record_table):
    with db.engine.connect() as connection:
        return connection.execute(select(table).order_by(*table.primary_key.columns)).all()


def of(visitor, known=rows):
    return [row for row in known() if row.visitor_id == id_of(visitor)]


def run_jobs(**later):
    """What a worker does when so much time has passed."""
    with time_machine.travel(clock.now() + timedelta(**later), tick=True):
        worker.erasures()
        while worker.run_job():
            pass


def last_job(site):
    with db.engine.connect() as connection:
        return jobs.of_site(connection, site.id, visitor_jobs.KIND)[0]


def test_who_it_was_goes_and_what_was_decided_stays(site, people):
    visitor = people()[0]
    before = of(visitor)
    ask(visitor)
    run_jobs(days=1)
    after = rows()
    assert [row.decision for row in after] == ["accept_all", "reject_all"]
    for old, new in zip(before, after, strict=True):
        assert all(getattr(new, name) is None for name in forget.SUBJECT_COLUMNS)
        kept = [column.name for column in record_table.c if column.name not in forget.SUBJECT_COLUMNS]
        assert [getattr(new, name) for name in kept] == [getattr(old, name) for name in kept]
        assert entry(new.record_id).subject is None
        assert entry(new.record_id).evidence is not None
    assert rows(state_table) == []


def test_everything_that_the_subject_half_says_leaves_the_readable_row(people):
    people()
    subject = json.loads(entry(rows()[0].record_id).subject)
    column_of = {"client_time": "client_ms"}
    assert {column_of.get(name, name) for name in subject} == set(forget.SUBJECT_COLUMNS) - {"content_hash"}


def test_no_byte_is_left_in_any_file(client, site, people, tmp_path):
    """SQLite: file, write-ahead log and index. PostgreSQL: every file but pg_wal, after `consent db scrub`."""
    others = people(20)
    visitor = Visitor(client, site)
    visitor.decide(page_path="/a-path-of-their-own")
    visitor.decide("reject_all", page_path="/a-path-of-their-own")
    body = json.dumps(visitor.body(page_path="/a-path-of-their-own"))
    url = f"/api/v1/sites/{site.key}/records"
    client.post(url, data=body, headers={"Origin": "https://www.example.com"}, environ_overrides=ADDRESS)
    settle()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")  # a database that knows its columns by samples must not keep any
    needles = [id_of(visitor).encode(), b"/a-path-of-their-own", b"198.51.100.0/24", *_salts(visitor)]
    assert all(needle in database_bytes(tmp_path) for needle in needles)
    ask(visitor)
    run_jobs(days=1)
    if db.engine.dialect.name == "postgresql":
        scrub.rewrite(erase.TABLES)
    left = database_bytes(tmp_path)
    assert [needle for needle in needles if needle in left] == []
    assert all(id_of(other).encode() in left for other in others)


def _salts(visitor):
    return [bytes(entry(row.record_id).subject_salt) for row in of(visitor)]


def test_on_postgresql_the_batch_leaves_no_dead_rows(database_url, people):
    visitor = people()[0]
    ask(visitor)
    run_jobs(days=1)
    if database_url.startswith("postgresql"):
        said = "SELECT relname FROM pg_class WHERE (relpages = 0 OR relallvisible < relpages) AND relname = ANY(%s)"
        with db.engine.connect() as connection:
            names = ["consent_record", "ledger_entry"]
            assert connection.exec_driver_sql(said, (names,)).scalars().all() == []


def test_the_root_and_fsck_stay_and_the_account_lists_the_batch_in_order(site, people):
    several = people(3)
    before = head(site)
    for visitor in reversed(several):
        ask(visitor)
    run_jobs(days=1)
    assert head(site) == before
    settle()
    assert damage(site) == []
    (account,) = accounts(site)
    assert [place["index"] for place in account["erased"]] == list(range(1, 7))
    assert account["reason"] == "visitor_request"


def test_other_visitors_are_not_touched(people):
    first, second = people(2)
    before = of(second), of(second, lambda: rows(state_table))
    ask(first)
    run_jobs(days=1)
    assert (of(second), of(second, lambda: rows(state_table))) == before
    assert second.state().json["state"]["decision"] == "reject_all"


def test_the_same_visitor_on_another_site_is_not_touched(client, people, other_site):
    visitor = people()[0]
    elsewhere = Visitor(client, other_site)
    elsewhere.send(elsewhere.body(), origin="https://other.example")
    ask(visitor)
    run_jobs(days=1)
    assert len(of(elsewhere)) == 1


def test_erasing_again_does_nothing(site, people):
    visitor = people()[0]
    ask(visitor)
    run_jobs(days=1)
    before = rows()
    assert ask(visitor).id is None
    run_jobs(days=2)
    assert rows() == before
    assert len(accounts(site)) == 1


def test_asking_twice_is_one_request_with_the_first_ones_date(people):
    visitor = people()[0]
    first, second = ask(visitor), ask(visitor)
    assert second == first
    assert len(rows(request_table)) == 1


def test_nothing_happens_before_the_window_has_ended(people):
    visitor = people()[0]
    asked = ask(visitor)
    assert 0 < asked.due_ms - asked.requested_ms <= 24 * 3600 * 1000
    run_jobs(seconds=0)
    assert len(of(visitor)) == 2


def test_the_state_is_forgotten_at_once(people):
    visitor = people()[0]
    ask(visitor)
    assert visitor.state().json["state"] is None


def test_what_they_decide_after_asking_stays_and_follows_nothing(people):
    visitor = people()[0]
    ask(visitor)
    with time_machine.travel(clock.now() + timedelta(seconds=5), tick=True):
        visitor.decide("custom", granted=())
    settle()
    run_jobs(days=1)
    (kept,) = of(visitor)
    assert (kept.decision, kept.previous_record_id) == ("custom", None)
    assert visitor.state().json["state"]["decision"] == "custom"


def test_a_request_that_is_done_names_nobody(people):
    visitor = people()[0]
    ask(visitor)
    run_jobs(days=1)
    (done,) = rows(request_table)
    assert done.visitor_id is None
    assert done.done_ms is not None


def test_a_repeat_of_an_erased_record_is_refused_and_brings_nothing_back(client, site):
    visitor = Visitor(client, site)
    body = visitor.body()
    visitor.send(body)
    settle()
    ask(visitor)
    run_jobs(days=1)
    before = rows()
    for token in (None, visitor.token):
        answer = visitor.send({**body, "visitor": token})
        assert (answer.status_code, answer.json["code"]) == (410, "record_erased")
    assert rows() == before
    assert rows(state_table) == []


def test_a_repeat_of_a_record_that_went_as_a_whole_is_refused(client, site):
    visitor = Visitor(client, site)
    body = visitor.body()
    visitor.send(body)
    settle()
    ask(visitor, both_halves=True)
    run_jobs(days=1)
    assert rows() == []
    answer = visitor.send(body)
    assert (answer.status_code, answer.json["code"]) == (410, "record_erased")
    assert rows() == []
    assert rows(state_table) == []


def test_both_halves_go_where_it_is_asked_for(site, people):
    first, second = people(2)
    names = [row.record_id for row in of(first)]
    ask(first, both_halves=True)
    ask(second)
    run_jobs(days=1)
    assert len(rows()) == 2
    assert all(entry(name).evidence is None and entry(name).subject is None for name in names)
    (account,) = accounts(site)
    assert (
        sorted(tuple(place["halves"]) for place in account["erased"])
        == [("evidence", "subject")] * 2 + [("subject",)] * 2
    )
    settle()
    assert damage(site) == []


def test_requests_for_different_reasons_have_an_account_each(site, people):
    first, second = people(2)
    ask(first)
    ask(second, reason="authority_order")
    run_jobs(days=1)
    assert [account["reason"] for account in accounts(site)] == ["authority_order", "visitor_request"]


def test_a_pending_entry_is_waited_for_and_erased_after_it_is_sequenced(client, site, people):
    ready = people()[0]
    visitor = Visitor(client, site)
    visitor.decide()
    ask(ready)
    ask(visitor)
    logging.disable(logging.CRITICAL)
    run_jobs(days=1)
    assert of(ready) == []
    assert len(of(visitor)) == 1
    assert (last_job(site).state, "wait until a signed checkpoint covers" in last_job(site).error) == ("queued", True)
    settle()
    run_jobs(days=1, minutes=5)
    logging.disable(logging.NOTSET)
    assert of(visitor) == []
    assert last_job(site).state == "done"


def test_under_a_legal_hold_a_request_waits_and_is_carried_out_when_it_is_lifted(site, people):
    visitor = people()[0]
    transact(lambda c: hold.place(c, site.id, reason="a lawsuit", now=clock.now()))
    assert ask(visitor).due_ms is None
    run_jobs(days=1)
    assert len(of(visitor)) == 2
    with pytest.raises(hold.OnHold):
        transact(erase.unit(site.id, now=clock.now() + timedelta(days=2)))
    transact(lambda c: hold.lift(c, site.id))
    run_jobs(days=1)
    assert of(visitor) == []


def test_a_full_batch_is_followed_by_another(site, people, monkeypatch):
    monkeypatch.setattr(erase, "LARGEST_BATCH", 2)
    for visitor in people(5):
        ask(visitor)
    run_jobs(days=1)
    assert last_job(site).result == {"requests": 5}
    assert all(row.visitor_id is None for row in rows())


def test_records_from_before_the_log_are_forgotten_too(people):
    from sqlalchemy import delete

    from consent.ledger.models import entry_table

    visitor = people()[0]
    transact(lambda c: c.execute(delete(entry_table).where(entry_table.c.kind < int(Kind.POLICY_PUBLISHED))))
    ask(visitor)
    run_jobs(days=1)
    assert of(visitor) == []


def erase_by_command(visitor, *more):
    done = CliRunner().invoke(
        main, ["visitors", "erase", "--site", visitor.site.key, "--visitor", id_of(visitor), *more]
    )
    assert done.exit_code == 0, done.output
    return done.output.strip()


def test_the_command_asks_for_the_next_batch(people):
    visitor = people()[0]
    assert erase_by_command(visitor).startswith("Will be erased by ")
    assert len(of(visitor)) == 2
    run_jobs(days=1)
    assert of(visitor) == []
    assert erase_by_command(visitor) == "Nothing is kept about this visitor."


def test_the_command_can_erase_at_once_and_alone(site, people):
    first, second = people(2)
    ask(second)
    assert erase_by_command(first, "--now", "--by", "Sato") == "Erased."
    assert of(first) == []
    assert len(of(second)) == 2
    (account,) = accounts(site)
    assert len(account["erased"]) == 2
    assert entry(account["record_id"]).subject == b'{"by":"Sato"}'


def test_the_command_says_why_it_cannot_erase_at_once(client, site, people):
    visitor = Visitor(client, site)
    visitor.decide()
    assert erase_by_command(visitor, "--now").startswith("No signed checkpoint covers the newest records yet.")
    held = people()[0]
    transact(lambda c: hold.place(c, site.id, reason="a lawsuit", now=clock.now()))
    assert erase_by_command(held).startswith("The site is under a legal hold.")


def test_windows_are_the_same_for_every_process():
    moment = clock.parse_wire("2026-11-25T13:30:00Z")
    assert requests.window_start(moment, 24) == clock.parse_wire("2026-11-25T00:00:00Z")
    assert requests.window_start(moment, 6) == clock.parse_wire("2026-11-25T12:00:00Z")
