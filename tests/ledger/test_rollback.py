"""A database that went back: nothing is signed on it, records are still taken, and a new epoch repairs it."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import make_url

from consent import worker
from consent.cli import main
from consent.db import db
from consent.ledger import logs
from consent.ledger.guard import RolledBack
from consent.ledger.ledger import ledger
from consent.ledger.models import tile_table
from consent.loop import News


class Backups:
    """Copies of the database as an operator makes them: a file, or a database made from a template."""

    def __init__(self, url, postgres):
        self._url, self._postgres = make_url(url), postgres

    def take(self):
        db.engine.dispose()
        if self._postgres:
            self._postgres.create_database(f"{self._url.database}_old", template=self._url.database)
        else:
            with closing(sqlite3.connect(self._url.database)) as live, closing(sqlite3.connect(self._old)) as copy:
                live.backup(copy)

    def restore(self):
        db.engine.dispose()
        if self._postgres:
            self._postgres.drop_database(self._url.database)
            self._postgres.create_database(self._url.database, template=f"{self._url.database}_old")
        else:
            for end in ("-wal", "-shm"):
                Path(f"{self._url.database}{end}").unlink(missing_ok=True)
            shutil.copy(self._old, self._url.database)

    @property
    def _old(self):
        return f"{self._url.database}.old"


@pytest.fixture
def backups(app, database_url, request):
    on_sqlite = database_url.startswith("sqlite")
    return Backups(database_url, None if on_sqlite else request.getfixturevalue("postgres"))


@pytest.fixture
def rolled_back(log, backups):
    """Fifty entries were signed after the backup was taken."""
    log.grow(20)
    backups.take()
    log.grow(50)
    backups.restore()
    return log


def status():
    result = CliRunner().invoke(main, ["ledger", "status"], env={"COLUMNS": "250"})
    assert result.exit_code == 0, result.output
    return result.output


def reopen(log, reason="restored a backup"):
    result = CliRunner().invoke(main, ["ledger", "new-epoch", "--log", log.head.origin, "--reason", reason])
    assert result.exit_code == 0, result.output


def test_a_shorter_log_is_not_signed_and_the_reason_is_said(rolled_back, visitor):
    assert visitor.decide().status_code == 201
    rolled_back.sequence()
    with pytest.raises(RolledBack, match="71 entries were signed and the database has 22"):
        rolled_back.publish()
    assert "log_rolled_back" in status()
    assert "Nothing is published: " in status()
    assert "new-epoch" in status()


def test_a_log_that_grew_past_what_was_signed_with_other_entries_is_not_signed_either(rolled_back):
    rolled_back.append(60)
    rolled_back.sequence()
    with pytest.raises(RolledBack, match="not the ones that were signed"):
        rolled_back.publish()
    assert "log_rolled_back" in status()


def test_a_sound_log_is_active_in_the_status(log):
    log.grow(3)
    assert "active" in status()
    assert "Nothing is published" not in status()


def test_the_worker_goes_on_sequencing_and_says_why_it_does_not_publish(rolled_back, monkeypatch):
    said = []
    monkeypatch.setattr(worker.log, "error", lambda event, **facts: said.append((event, facts["code"])))
    monkeypatch.setattr(worker, "held_up", News())
    rolled_back.append(3)
    worker.sequence()
    worker.publish()
    assert rolled_back.pending() == 0
    assert said == [("not_published", "log_rolled_back")]
    worker.publish()
    assert len(said) == 1, "once an hour, and not at every turn"


def test_a_new_epoch_repairs_it_and_names_what_was_signed_last(rolled_back):
    old = rolled_back.head
    signed = ledger().guard.last(old.origin)
    reopen(rolled_back)
    new = rolled_back.head
    assert (new.origin, new.epoch, new.size) == (f"{old.origin}/e2", 2, 1)
    first = rolled_back.entries()[-1].evidence
    assert f'"previous_signed":{{"root":"{signed.root}","size":71}}'.encode() in first
    assert b'"reason":"restored a backup"' in first
    rolled_back.grow(5)
    assert rolled_back.last_checkpoint().size == 6
    assert rolled_back.damage() == []


def test_what_was_promised_after_the_restore_is_included_in_the_new_epoch(rolled_back, visitor):
    """It had an index already, in a tree that nobody will ever sign."""
    answers = [visitor.decide() for _ in range(3)]
    rolled_back.append(300)
    rolled_back.sequence()
    reopen(rolled_back)
    rolled_back.sequence()
    rolled_back.publish()
    tokens = [answer.json["receipt"]["token"] for answer in answers]
    proofs = [visitor.client.get(f"/api/v1/receipts/{token}").json for token in tokens]
    assert [proof["status"] for proof in proofs] == ["included"] * 3
    assert all(f"\n{rolled_back.head.origin}\n" in proof["proof"] for proof in proofs)
    assert rolled_back.damage() == []


def test_the_frozen_log_keeps_its_checkpoints_and_gets_no_more_entries(rolled_back):
    old = rolled_back.head
    reopen(rolled_back)
    rolled_back.grow(3)
    frozen = rolled_back.read(lambda connection: logs.by_id(connection, old.log_id))
    assert (frozen.state, frozen.size) == ("frozen", 21)
    assert [row.size for row in rolled_back.checkpoints(old.log_id)] == [1, 21]


def test_a_second_epoch_can_follow_the_first(rolled_back):
    for _ in range(2):
        reopen(rolled_back)
        rolled_back.grow(2)
    assert rolled_back.head.origin.endswith("/consent/example/e3")
    assert rolled_back.damage() == []


def test_a_guard_file_that_cannot_be_read_stops_publishing_until_a_new_epoch(log, tmp_path):
    log.grow(2)
    (file,) = (tmp_path / "ledger-guard").glob("*.json")
    file.write_text("{")
    log.append()
    log.sequence()
    with pytest.raises(RolledBack, match="cannot be read"):
        log.publish()
    assert "log_rolled_back" in status()
    reopen(log, "the guard file was lost")
    log.sequence()
    log.publish()
    assert log.last_checkpoint().size == 2


def test_a_log_whose_tiles_are_damaged_goes_on_in_a_new_epoch(log):
    log.grow(5)
    log.alter(tile_table, tile_table.c.level == 0, data=b"")
    log.append(2)
    worker.sequence()
    assert log.pending() == 2, "nothing can be added to it"
    reopen(log, "a tile was lost")
    log.sequence()
    log.publish()
    assert log.last_checkpoint().size == 3


def test_unsigned_entries_that_filled_tiles_leave_no_trace_in_the_frozen_log(log):
    log.grow(300)
    log.append(900)
    log.sequence()
    reopen(log, "a try")
    assert log.pending() == 900
    log.sequence()
    log.publish()
    assert log.damage() == []
    assert log.last_checkpoint().size == 901
