"""One way to write: nothing is lost, nobody pays for another's failure, nobody is answered before the commit."""

import os
import sqlite3
import threading
import traceback

import psycopg
import pytest
from sqlalchemy import Column, Integer, Table, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from consent import db as database
from consent.db import db, metadata, transact
from consent.errors import ConsentError, DatabaseUnavailable

# What only this database has to promise; PostgreSQL locks rows, and flushes by default.
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def counter(app):
    table = Table("test_counter", metadata, Column("id", Integer, primary_key=True), Column("value", Integer))
    table.create(db.engine)
    transact(lambda connection: connection.execute(insert(table).values(id=1, value=0)))
    yield table
    metadata.remove(table)


def in_threads(app, count, work):
    failures = []

    def run():
        with app.app_context():
            try:
                work()
            except Exception as error:
                failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


def add_one(table):
    def unit(connection):
        value = connection.execute(select(table.c.value).where(table.c.id == 1).with_for_update()).scalar()
        connection.execute(update(table).where(table.c.id == 1).values(value=value + 1))

    return unit


def value_of(table):
    with db.engine.connect() as connection:
        return connection.execute(select(table.c.value)).scalar()


def test_no_update_is_lost_among_many_threads(app, counter):
    assert in_threads(app, 16, lambda: [transact(add_one(counter)) for _ in range(12)]) == []
    assert value_of(counter) == 16 * 12


def test_a_failing_unit_takes_nobody_elses_work_with_it(app, counter):
    class Refused(ConsentError):
        pass

    def fails(connection):
        add_one(counter)(connection)
        raise Refused("no")

    def both():
        transact(add_one(counter))
        with pytest.raises(Refused):
            transact(fails)

    assert in_threads(app, 8, both) == []
    assert value_of(counter) == 8


def test_the_result_of_the_unit_is_returned(app, counter):
    assert transact(lambda connection: connection.execute(text("SELECT 41 + 1")).scalar()) == 42


def test_what_a_statement_held_is_in_no_error_and_so_in_no_log(app, counter):
    with pytest.raises(IntegrityError) as caught:
        transact(lambda connection: connection.execute(insert(counter).values(id=1, value=1_234_567)))
    assert "test_counter" in str(caught.value)
    assert "1234567" not in str(caught.value)


SPEAKING = {
    "twice the same": "INSERT INTO test_counter (id, value) VALUES (987654, 1), (987654, 2)",
    "no number": "SELECT CAST('987654 Anna' AS integer)",
    "no JSON": """SELECT CAST('{"visitor": 987654 Anna}' AS json)""",
}


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("statement", SPEAKING.values(), ids=SPEAKING)
def test_what_the_server_quotes_is_in_no_error_and_so_in_no_log(app, counter, statement):
    with pytest.raises(DBAPIError) as error:
        transact(lambda connection: connection.execute(text(statement.replace(":", "\\:"))))
    said = "".join(traceback.format_exception(error.value)).replace(statement, "")
    assert error.value.orig.sqlstate in said
    assert "987654" not in said


def driver_of(connection):
    """What the statements of the hot path go to."""
    return connection.connection.driver_connection


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("statement", SPEAKING.values(), ids=SPEAKING)
def test_nor_where_the_statement_went_straight_to_the_driver(app, counter, statement):
    with pytest.raises(psycopg.Error) as error:
        transact(lambda connection: driver_of(connection).execute(statement))
    said = "".join(traceback.format_exception(error.value)).replace(statement, "")
    assert error.value.sqlstate in said
    assert "987654" not in said


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_server_that_takes_too_long_for_the_driver_is_an_outage(app, counter):
    def unit(connection):
        add_one(counter)(connection)
        driver_of(connection).execute("SET LOCAL statement_timeout = 10")
        driver_of(connection).execute("SELECT pg_sleep(10)")

    with pytest.raises(DatabaseUnavailable):
        transact(unit)
    assert value_of(counter) == 0


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_server_that_goes_under_the_driver_s_hands_is_an_outage(app, counter):
    def unit(connection):
        driver = driver_of(connection)
        add_one(counter)(connection)
        (pid,) = driver.execute("SELECT pg_backend_pid()").fetchone()
        with db.engine.connect() as other:
            other.exec_driver_sql(f"SELECT pg_terminate_backend({pid})")
        driver.execute("SELECT 1")

    with pytest.raises(DatabaseUnavailable):
        transact(unit)
    transact(add_one(counter))
    assert value_of(counter) == 1


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_who_only_reads_holds_no_transaction_open(app, counter):
    """Beginning and ending one are two more ways to the server; one that stays open keeps dead rows from being cleaned up."""
    backend = "SELECT xact_start IS NULL FROM pg_stat_activity WHERE pid = "
    with db.engine.connect() as reader, db.engine.connect() as other:
        reader.execute(select(counter))
        pid = reader.exec_driver_sql("SELECT pg_backend_pid()").scalar()
        assert other.exec_driver_sql(f"{backend}{pid}").scalar() is True
    with database.transactional(db.engine).connect() as writer, db.engine.connect() as other:
        pid = writer.exec_driver_sql("SELECT pg_backend_pid()").scalar()
        assert other.exec_driver_sql(f"{backend}{pid}").scalar() is False


@ON_SQLITE
def test_sqlite_flushes_every_commit_to_disk(app):
    with db.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


@ON_SQLITE
def test_a_unit_opens_no_file_beside_the_database(app, counter):
    """What its savepoint puts aside, SQLite takes to a file of its own beyond 64 KB: there nothing is ever erased."""

    def many_pages(connection):
        before = len(os.listdir("/dev/fd"))
        connection.execute(update(counter).values(value=counter.c.value + 1))
        return len(os.listdir("/dev/fd")) - before

    rows = [{"id": number, "value": 0} for number in range(2, 40_000)]  # a hundred pages
    transact(lambda connection: connection.execute(insert(counter), rows))
    assert transact(many_pages) == 0
    assert value_of(counter) == 1


@ON_SQLITE
def test_a_database_locked_by_another_process_is_a_503_and_not_a_500(app, counter, visitor, monkeypatch):
    monkeypatch.setattr(database, "BUSY_TIMEOUT_MS", 100)
    db.engine.dispose()
    other = sqlite3.connect(db.engine.url.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        answer = visitor.decide()
        assert (answer.status_code, answer.json["code"]) == (503, "database_unavailable")
        assert int(answer.headers["Retry-After"]) > 0
    finally:
        other.execute("ROLLBACK")
    assert visitor.decide().status_code == 201


def test_the_writer_works_on_after_a_fork(app, counter):
    """gunicorn forks its workers; a thread does not come along."""
    transact(add_one(counter))
    db.engine.dispose()
    child = os.fork()
    if child == 0:
        try:
            db.engine.dispose(close=False)
            transact(add_one(counter))
            os._exit(0)
        except BaseException:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0
    assert value_of(counter) == 2


def test_a_caller_hears_of_a_commit_that_failed(app, counter, monkeypatch):
    from sqlalchemy import event

    def fail_commit(connection):
        raise database.OperationalError("COMMIT", {}, Exception("disk I/O error"))

    event.listen(db.engine, "commit", fail_commit)
    try:
        with pytest.raises(DatabaseUnavailable):
            transact(add_one(counter))
    finally:
        event.remove(db.engine, "commit", fail_commit)
    assert value_of(counter) == 0
