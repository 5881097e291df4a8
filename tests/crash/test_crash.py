"""Killed at every step: what was acknowledged is there once and in the tree, and nothing was signed that is not."""

import shutil
import sys

import pytest
from sqlalchemy import delete

from consent import sites
from consent.db import db, transactional
from consent.ledger.ledger import ledger
from consent.ledger.models import entry_table
from consent.merkle.checkpoint import Checkpoint, sign
from consent.records.models import record_table
from tests.conftest import fresh_postgres
from tests.crash import campaign
from tests.crash.plans import FOLDER, Plans
from tests.crash.verdict import Outside, judge
from tests.ledger.site_log import SiteLog
from tests.people import ORIGIN
from tests.platform import Platform

KILLS = 10  # on each database; `make test-crash` does more


@pytest.fixture(params=["sqlite", "postgresql"])
def platform(request, tmp_path):
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_sqlite"), tmp_path / "consent.sqlite")
        made = Platform(tmp_path)
    else:
        made = Platform(tmp_path, fresh_postgres(request.getfixturevalue("postgres")))
    yield made
    with made.app.app_context():
        db.engine.dispose()


def test_processes_killed_at_any_step_lose_nothing_and_fork_nothing(platform, tmp_path):
    found = campaign.run(platform, tmp_path / "plans", kills=KILLS)
    assert (found.not_reached, found.deaths.total()) == (0, KILLS)
    assert found.acknowledged > 20, "the load never got through"
    assert found.checkpoints > 1
    assert found.verdict.wrong() == {}


@pytest.mark.parametrize("platform", ["postgresql"], indirect=True)
@pytest.mark.parametrize(("publisher", "forks"), [([], 0), (["--sign-before-commit"], 1)])
def test_a_publisher_that_signs_before_the_commit_is_caught(platform, tmp_path, publisher, forks):
    """The negative control: its batch is lost with it, and an entry that commits late comes to stand in the middle."""
    key, plans = platform.make_site([ORIGIN]), Plans(tmp_path / "plans")
    plans.add("worker", "head moved, not committed", 1)
    with platform.app.app_context(), transactional(db.engine).connect() as late:
        log = SiteLog(sites.find(late, key))
        log.append_one(late, "0190a000-0000-7000-8000-000000000001")
        log.append(3)
        command = [sys.executable, "-m", "tests.crash.worker", *publisher]
        platform.spawn(command, **{FOLDER: str(tmp_path / "plans")}).wait()
        late.commit()
        log.sequence()
        log.publish()
        assert plans.deaths().total() == 1
        assert len(judge(key, Outside({}, [], plans.signed())).forks) == forks


@pytest.fixture
def judged(visitor, site):
    """The verdict on a small log after `change(log, receipts, signed)` was done to it."""

    def after(change):
        log = SiteLog(site)
        answers = [visitor.decide().json for _ in range(3)]
        log.sequence()
        log.publish()
        outside = Outside({answer["record_id"]: answer["receipt"] for answer in answers}, [], [])
        change(log, outside)
        return judge(site.key, outside).wrong()

    return after


def deleting(table):
    def change(log, outside):
        name = next(iter(outside.receipts))
        with transactional(db.engine).begin() as connection:
            connection.execute(delete(table).where(table.c.record_id == name))

    return change


def another_promise(log, outside):
    first, second, _ = outside.receipts.values()
    first["promise"] = second["promise"]


def another_opening(log, outside):
    first, second, _ = outside.receipts.values()
    first["opening"] = second["opening"]


def the_same_leaf_again(log, outside):
    first, second, _ = outside.receipts
    leaf = next(row.leaf_hash for row in log.entries() if row.record_id == first)
    log.alter(entry_table, entry_table.c.record_id == second, leaf_hash=leaf)


def a_note_of_another_tree(log, outside):
    signer = ledger().keyring.signer(log.head.origin)
    outside.signed.append(sign(Checkpoint(log.head.origin, 2, bytes(32)), signer))


def a_guard_of_another_tree(log, outside):
    ledger().guard.remember(log.head.origin, 2, bytes(32))


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (lambda log, outside: None, set()),
        (deleting(record_table), {"lost"}),
        (deleting(entry_table), {"lost", "gaps", "forks", "unkept_promises", "damage"}),
        (another_promise, {"unkept_promises"}),
        (another_opening, {"unkept_promises"}),
        (the_same_leaf_again, {"twice", "forks", "unkept_promises", "damage"}),
        (a_note_of_another_tree, {"forks"}),
        (a_guard_of_another_tree, {"forks"}),
        (lambda log, outside: log.append(), {"waiting"}),
        (lambda log, outside: outside.changed.append("x"), {"changed_promises"}),
    ],
)
def test_the_verdict_sees_each_kind_of_wrong(judged, change, wrong):
    assert set(judged(change)) == wrong
