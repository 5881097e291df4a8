"""The database: one metadata, one engine, and `transact`, the only way in which anything is written.

PostgreSQL: each unit of work is its own transaction.
SQLite: concurrent units share one `BEGIN IMMEDIATE … COMMIT` through a single writer thread, a savepoint each, and every
caller is answered after the shared commit. With `synchronous=FULL` one flush to disk then pays for many records, and
the read-modify-write races of SQLite's deferred transactions cannot happen (docs/adr/0002).
"""

import os
import queue
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from itertools import islice
from typing import Any, Protocol, TypeVar

from flask import Flask, Response, current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, ExceptionContext, MetaData, event
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from consent.config import Config, ConfigError
from consent.errors import DatabaseUnavailable, problem_response

T = TypeVar("T")
Unit = Callable[[Connection], T]
Waiting = queue.SimpleQueue[tuple[Callable[[Connection], Any], "Future[Any]"]]

# The last one is SQLite's own, from where the writer speaks to the driver.
OUTAGES = (OperationalError, InterfaceError, InternalError, PoolTimeout, sqlite3.OperationalError)
BUSY_TIMEOUT_MS = 5_000
MOST_UNITS_IN_A_GROUP = 64
_MOST_IDS = 500

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)
db = SQLAlchemy(metadata=metadata)


class Writer(Protocol):
    def transact(self, unit: Unit[T]) -> T: ...


class DirectWriter:
    """A transaction for each unit: PostgreSQL has its own group commit."""

    def __init__(self, engine: Engine):
        self._engine = transactional(engine)
        driver: Any = engine.dialect.loaded_dbapi  # for statements that go straight to it
        self._error = driver.Error
        self._outages = (*OUTAGES, driver.OperationalError, driver.InterfaceError, driver.InternalError)

    def transact(self, unit: Unit[T]) -> T:
        try:
            with self._engine.begin() as connection:
                return unit(connection)
        except self._outages as error:
            _say_no_values(error)
            raise DatabaseUnavailable from error
        except self._error as error:
            _say_no_values(error)
            raise


class GroupWriter:
    """One thread that commits the units of many callers together (SQLite)."""

    def __init__(self, engine: Engine):
        self._engine = engine.execution_options(sqlite_begin="IMMEDIATE")
        self._lock = threading.Lock()
        self._pid = 0
        self._waiting: Waiting

    def transact(self, unit: Unit[T]) -> T:
        future: Future[T] = Future()
        self._queue_of_this_process().put((unit, future))
        return future.result()

    def _queue_of_this_process(self) -> Waiting:
        # A thread does not survive fork(): a worker that inherits this object starts a thread and a queue of its own.
        if self._pid != os.getpid():
            with self._lock:
                if self._pid != os.getpid():
                    self._waiting = queue.SimpleQueue()
                    threading.Thread(target=self._run, args=(self._waiting,), name="writer", daemon=True).start()
                    self._pid = os.getpid()
        return self._waiting

    def _run(self, waiting: Waiting) -> None:
        while True:
            group = [waiting.get()]
            while len(group) < MOST_UNITS_IN_A_GROUP:
                try:
                    group.append(waiting.get_nowait())
                except queue.Empty:
                    break
            self._settle(group)

    def _settle(self, group: list[tuple[Unit[Any], Future[Any]]]) -> None:
        """Commits the group, then answers. Nobody is answered before the commit that holds their unit has returned."""
        try:
            with self._engine.begin() as connection:
                outcomes = [_attempt(connection, unit) for unit, _ in group]
        except BaseException as error:  # the writer must outlive whatever happened; every caller hears of it
            failure = DatabaseUnavailable() if isinstance(error, OUTAGES) else error
            failure.__cause__ = None if failure is error else error
            for _, future in group:
                future.set_exception(failure)
            return
        for (_, future), (result, failed) in zip(group, outcomes, strict=True):
            if failed is None:
                future.set_result(result)
            else:
                future.set_exception(failed)


def _attempt(connection: Connection, unit: Unit[Any]) -> tuple[Any, Exception | None]:
    """Runs one unit in a savepoint, so that its failure takes nobody else's work with it.

    The savepoint goes straight to the driver: through SQLAlchemy it would cost as much as the unit itself.
    """
    driver: Any = connection.connection.driver_connection
    driver.execute("SAVEPOINT unit")
    try:
        result = unit(connection)
    except OUTAGES:
        raise
    except Exception as error:
        driver.execute("ROLLBACK TO unit")
        driver.execute("RELEASE unit")
        return None, error
    driver.execute("RELEASE unit")
    return result, None


def few_at_a_time(ids: Iterable[str]) -> Iterator[list[str]]:
    """For `IN (…)`: no database takes as many values in one statement as an erasure may concern."""
    remaining = iter(ids)
    while some := list(islice(remaining, _MOST_IDS)):
        yield some


def transact(unit: Unit[T]) -> T:
    """Runs `unit(connection)` and returns its result after the commit that makes it durable.

    The unit must only talk to the database: on SQLite it runs in the writer's thread. It must not commit.
    Raises what the unit raises (its own writes are rolled back), or DatabaseUnavailable.
    """
    writer: Writer = current_app.extensions["consent.writer"]
    return writer.transact(unit)


def transactional(engine: Engine) -> Engine:
    """Whose connections begin a transaction with their first statement, as SQLite's all do."""
    return engine if engine.dialect.name == "sqlite" else engine.execution_options(isolation_level="READ COMMITTED")


@contextmanager
def snapshot() -> Iterator[Connection]:
    """For reading much: every statement sees the database as the first one did, whatever is written meanwhile."""
    # SQLite has it from WAL; PostgreSQL's default shows each statement what was committed before it.
    level = {} if db.engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    with db.engine.execution_options(**level).connect() as connection:
        yield connection


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver must not open transactions of its own kind
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")  # NORMAL may forget an acknowledged commit on power loss
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA secure_delete=ON")  # for all who write: an update, too, leaves the old bytes otherwise
        cursor.execute("PRAGMA cache_size=-16384")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
        if mode == "IMMEDIATE":
            # What a savepoint may have to put back. Beyond 64 KB it would go to a file from then on: that was more than all
            # else that a record writes, and pages of records stood where no erasure reaches.
            connection.exec_driver_sql("PRAGMA temp_store=MEMORY")
        connection.exec_driver_sql(f"BEGIN {mode}")


def _prepare_postgres(engine: Engine) -> None:
    @event.listens_for(engine, "handle_error")
    def say_no_values(context: ExceptionContext) -> None:
        _say_no_values(context.original_exception, context.sqlalchemy_exception)


def _say_no_values(original: BaseException, wrapping: BaseException | None = None) -> None:
    """Errors go into the log, and the server's words quote what it was given: the record's own, or its visitor's."""
    said = getattr(original, "diag", None)
    if said is None or said.sqlstate is None:
        return  # the connection's, which has seen no value
    named = (said.sqlstate, said.schema_name, said.table_name, said.column_name, said.constraint_name)
    for error in (original, wrapping):
        if error is not None:
            error.args = (f"{type(original).__name__}: {' '.join(filter(None, named))}",)


def _engine_options(config: Config) -> dict[str, Any]:
    quiet = {"hide_parameters": True}  # an error goes into the log, and the values of its statement may be personal
    if config.on_sqlite:
        return quiet
    return quiet | {
        # What only reads begins no transaction: beginning and ending one are two more ways to the server and back.
        "isolation_level": "AUTOCOMMIT",
        "pool_size": config.threads,
        "max_overflow": 4,
        "pool_timeout": 5,
        "connect_args": {"connect_timeout": 3, "options": "-c statement_timeout=15000 -c lock_timeout=5000"},
    }


def _answer_outage(_error: Exception) -> Response:
    outage = DatabaseUnavailable()
    response = problem_response(outage.status, outage.code, outage.detail)
    response.headers.update(outage.headers)
    return response


def _make_data_dir(config: Config) -> None:
    try:
        config.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        problem = (
            f"CONSENT_DATA_DIR {config.data_dir} cannot be made ({error.strerror}): name a folder that may be written"
        )
        raise ConfigError([problem]) from error


def register(app: Flask) -> None:
    for outage in OUTAGES:
        app.register_error_handler(outage, _answer_outage)


def init_app(app: Flask, config: Config) -> None:
    """Raises ConfigError where there can be no data folder."""
    if config.on_sqlite:
        _make_data_dir(config)
    app.config["SQLALCHEMY_DATABASE_URI"] = config.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = _engine_options(config)
    db.init_app(app)
    with app.app_context():
        if config.on_sqlite:
            _prepare_sqlite(db.engine)
        else:
            _prepare_postgres(db.engine)
        app.extensions["consent.writer"] = (GroupWriter if config.on_sqlite else DirectWriter)(db.engine)
