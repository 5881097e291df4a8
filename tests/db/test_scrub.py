"""What was erased leaves the files, or somebody is told that it has not."""

import os
import traceback

import pytest
from sqlalchemy import text

from consent import scrub
from consent.db import db, metadata, transact
from consent.records.models import record_table
from tests.database_files import database_bytes

NEEDLE = "1f0e9d8c7b6a59483726150403f2e1d0"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def write(statement):
    transact(lambda connection: connection.execute(text(statement), {"needle": NEEDLE}))


def come_and_go():
    write("INSERT INTO site (key, name, origins, log_origin, created_ms) VALUES ('k', :needle, '[]', 'o', 1)")
    write("DELETE FROM site WHERE name = :needle")


def test_a_deleted_row_is_in_the_files_until_they_are_rewritten(app, tmp_path):
    come_and_go()
    assert NEEDLE.encode() in database_bytes(tmp_path)
    scrub.rewrite(metadata.sorted_tables)
    assert NEEDLE.encode() not in database_bytes(tmp_path)


@SQLITE
def test_a_reader_that_does_not_end_is_reported(app, tmp_path, monkeypatch):
    monkeypatch.setattr(scrub, "PAUSE_S", 0)
    monkeypatch.setattr(scrub, "ATTEMPTS", 2)  # each waits until the database gives up
    write("INSERT INTO site (key, name, origins, log_origin, created_ms) VALUES ('k', :needle, '[]', 'o', 1)")
    with db.engine.connect() as reader:
        reader.execute(text("SELECT * FROM site")).all()
        write("DELETE FROM site WHERE name = :needle")
        with pytest.raises(scrub.ScrubHeldBack, match="something reads"):
            scrub.scrub([record_table])
    scrub.scrub([record_table])
    assert NEEDLE.encode() not in database_bytes(tmp_path)


@SQLITE
def test_a_writer_that_does_not_end_is_reported(app):
    with db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=10")
    with db.engine.connect().execution_options(sqlite_begin="IMMEDIATE") as writer:
        writer.execute(text("DELETE FROM site"))
        with pytest.raises(scrub.ScrubHeldBack, match="busy"):
            scrub.scrub([record_table])


@SQLITE
def test_the_new_file_is_not_made_in_memory(app):
    """The writer has connections keep in memory what is temporary; a copy of the database would be all of it."""
    write("CREATE TABLE large (content BLOB)")
    for _ in range(60):
        write("INSERT INTO large VALUES (randomblob(1000000))")
    db.engine.dispose()
    child = os.fork()
    if child == 0:
        try:
            db.engine.dispose(close=False)
            write("DELETE FROM site")  # this connection goes back to the pool, and scrubbing takes it from there
            with db.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA hard_heap_limit=40000000")  # nothing raises it again in a process
            scrub.scrub([record_table])
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_the_command_rewrites_everything(app, tmp_path):
    from click.testing import CliRunner

    from consent.cli import main

    come_and_go()
    assert CliRunner().invoke(main, ["db", "scrub"]).exit_code == 0
    assert NEEDLE.encode() not in database_bytes(tmp_path)
