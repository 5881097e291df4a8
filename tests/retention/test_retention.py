"""Records are kept for their time and not longer; what was done to the log is kept for good."""

from datetime import timedelta

import pytest
import time_machine
from click.testing import CliRunner
from sqlalchemy import func, select

from consent import clock, jobs, worker
from consent.cli import main
from consent.db import db, transact
from consent.ledger import hold
from consent.ledger.models import entry_table
from consent.merkle.entry import Kind
from consent.records.models import record_table, state_table
from consent.retention import jobs as retention_jobs
from consent.retention import purge, rules
from tests.people import Visitor
from tests.settled import accounts, damage, entry, head, settle

LIFETIME = 180  # days, of the example policy


@pytest.fixture
def decided(client, site):
    """Two visitors with a sequenced decision each."""
    settle()  # or time that is travelled later would look like a log that does not keep up
    made = [Visitor(client, site) for _ in range(2)]
    for visitor in made:
        visitor.decide()
    settle()
    return made


def count(table, *where):
    with db.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(table).where(*where)).scalar_one()


def record_ids():
    with db.engine.connect() as connection:
        return list(connection.execute(select(record_table.c.record_id).order_by(record_table.c.id)).scalars())


def run_daily(**later):
    with time_machine.travel(clock.now() + timedelta(**later), tick=True):
        worker.housekeeping()
        while worker.run_job():
            pass


def last_job(site):
    with db.engine.connect() as connection:
        found = jobs.of_site(connection, site.id, retention_jobs.KIND)
    return found[0] if found else None


def command(*words):
    done = CliRunner().invoke(main, ["retention", *words])
    return done.exit_code, done.output.strip()


def test_a_record_goes_three_years_after_its_decision_has_expired_and_not_a_day_before(site, decided):
    names, before = record_ids(), head(site)
    run_daily(days=LIFETIME + rules.DEFAULT_DAYS - 1)
    assert record_ids() == names
    assert last_job(site) is None
    run_daily(days=LIFETIME + rules.DEFAULT_DAYS + 1)
    assert record_ids() == []
    assert count(state_table) == 0
    assert all((entry(name).evidence, entry(name).subject) == (None, None) for name in names)
    assert last_job(site).result == {"records": 2}
    assert head(site) == before
    settle()
    assert damage(site) == []


def test_the_account_of_retention_names_both_halves(site, decided):
    run_daily(days=2_000)
    (account,) = accounts(site, Kind.RETENTION)
    assert [(place["index"], place["halves"]) for place in account["erased"]] == [
        (1, ["evidence", "subject"]),
        (2, ["evidence", "subject"]),
    ]
    assert (account["type"], account["reason"]) == ("retention", "retention")


def test_what_was_done_to_the_log_is_kept(site, decided):
    run_daily(days=2_000)
    settle()
    run_daily(days=9_000)
    assert count(entry_table, entry_table.c.kind >= 0x80, entry_table.c.evidence.is_(None)) == 0
    assert count(entry_table, entry_table.c.kind >= 0x80) == 2  # the policy's publication, and the account


def test_newer_records_stay(site, decided):
    with time_machine.travel(clock.now() + timedelta(days=100), tick=True):
        decided[0].decide("reject_all")
        settle()
    old, newest = record_ids()[:2], record_ids()[2]
    run_daily(days=LIFETIME + rules.DEFAULT_DAYS + 1)
    assert record_ids() == [newest]
    assert entry(newest).evidence is not None
    assert entry(old[0]).evidence is None
    assert count(state_table) == 1


def test_each_site_has_its_own_rule(client, site, other_site, decided):
    elsewhere = Visitor(client, other_site)
    elsewhere.send(elsewhere.body(), origin="https://other.example")
    settle()
    assert command("set", "--site", site.key, "30")[0] == 0
    run_daily(days=LIFETIME + 31)
    assert count(record_table, record_table.c.site_id == site.id) == 0
    assert count(record_table, record_table.c.site_id == other_site.id) == 1


@pytest.mark.parametrize("days", ["0", "-1", "99999"])
def test_a_rule_without_sense_is_refused(site, days):
    code, said = command("set", "--site", site.key, "--", days)
    assert code == 1
    assert "[rule_invalid]" in said


def test_a_legal_hold_stops_the_daily_run_and_the_command_until_it_is_released(site, decided):
    command("hold", "--site", site.key, "--reason", "a lawsuit")
    run_daily(days=2_000)
    assert len(record_ids()) == 2
    assert last_job(site) is None
    with time_machine.travel(clock.now() + timedelta(days=2_000)):
        code, said = command("run", "--site", site.key)
        assert code == 1
        assert "[legal_hold]" in said
        assert "a lawsuit" in said
    assert command("release", "--site", site.key) == (0, "The hold is lifted.")
    assert command("release", "--site", site.key) == (0, "There was no hold.")
    run_daily(days=2_001)
    assert record_ids() == []


def test_a_dry_run_counts_and_changes_nothing(site, decided):
    with time_machine.travel(clock.now() + timedelta(days=2_000)):
        code, said = command("run", "--site", site.key, "--dry-run")
        assert (code, said) == (0, "2 of 2 records are past their date. Nothing was changed.")
        assert len(record_ids()) == 2
        assert accounts(site, Kind.RETENTION) == []
        assert command("run", "--site", site.key) == (0, "2 records were erased.")
        assert command("run", "--site", site.key) == (0, "0 records were erased.")
    assert len(accounts(site, Kind.RETENTION)) == 1


def test_the_overview_says_what_is_kept_and_what_a_run_took(site, other_site, decided):
    code, said = command("show", "--site", site.key)
    assert code == 0
    assert "1,096" in said
    assert "(default)" in said
    assert other_site.key not in said
    run_daily(days=2_000)
    command("hold", "--site", site.key, "--reason", "lawsuit")
    _, said = command("show")
    assert "2 records" in said
    assert "lawsuit" in said
    assert other_site.key in said
    assert command("show", "--site", "nobody")[0] == 1


def test_the_report_names_the_oldest_record_of_the_site_alone(client, site, other_site, decided):
    elsewhere = Visitor(client, other_site)
    with time_machine.travel(clock.now() + timedelta(days=2), tick=True):
        Visitor(client, site).decide()
        elsewhere.send(elsewhere.body(), origin="https://other.example")
    with db.engine.connect() as connection:
        older, newer = (purge.report(connection, each.id, clock.now()) for each in (site, other_site))
    first = select(record_table.c.received_ms).order_by(record_table.c.id)
    with db.engine.connect() as connection:
        received = list(connection.execute(first).scalars())
    assert (older.records, older.oldest_ms) == (3, received[0])
    assert (newer.records, newer.oldest_ms) == (1, received[-1])


def test_a_long_backlog_goes_in_batches(site, decided, monkeypatch):
    monkeypatch.setattr(purge, "LARGEST_BATCH", 1)
    run_daily(days=2_000)
    assert last_job(site).result == {"records": 2}
    assert len(accounts(site, Kind.RETENTION)) == 2


def test_a_pending_entry_is_left_for_the_next_day(client, site, decided):
    Visitor(client, site).decide()
    run_daily(days=2_000)
    assert len(record_ids()) == 1
    settle()
    run_daily(days=2_001)
    assert record_ids() == []


def test_a_day_has_one_run_however_often_the_schedule_is_asked(site, decided):
    with time_machine.travel(clock.now() + timedelta(days=2_000)):
        for _ in range(3):
            retention_jobs.enqueue_due(clock.now())
    with db.engine.connect() as connection:
        assert len(jobs.of_site(connection, site.id, retention_jobs.KIND)) == 1


def test_a_record_whose_subject_was_erased_before_still_goes_in_its_time(site, decided):
    from consent.visitors import erase, requests

    visitor_id = decided[0].token.split(".")[0]
    transact(requests.unit(site.id, visitor_id, hours=24, now=clock.now()))
    transact(erase.unit(site.id, now=clock.now() + timedelta(days=2)))
    run_daily(days=2_000)
    assert record_ids() == []
    assert [place["halves"] for place in accounts(site, Kind.RETENTION)[0]["erased"]] == [
        ["evidence"],
        ["evidence", "subject"],
    ]
    settle()
    assert damage(site) == []


def test_a_hold_can_be_placed_again_with_another_reason(site):
    for reason in ("first", "second"):
        transact(lambda c, reason=reason: hold.place(c, site.id, reason=reason, now=clock.now()))
    with db.engine.connect() as connection:
        assert hold.standing(connection, site.id).reason == "second"
