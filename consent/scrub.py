"""Scrubbing: what was erased leaves the files, too. It follows the commit of an erasure, outside of any transaction.

SQLite: old pages live on in the write-ahead log until a checkpoint truncates it, and `secure_delete` leaves a rest in the
gaps of pages that were rebuilt (1 of 300 erased ids, measured); `VACUUM` writes the file anew.
PostgreSQL: `VACUUM` takes dead rows out of every query's sight. Their bytes stay in unused space of the files until it is
used again, or until the tables are written anew, which locks them: `rewrite` is a command of its own.
"""

import time
from collections.abc import Iterable

from sqlalchemy import Table

from consent.db import OUTAGES, db
from consent.errors import ConsentError

ATTEMPTS = 20
PAUSE_S = 0.25


class ScrubHeldBack(ConsentError):
    """What was erased is erased; its bytes may still be in a file. Scrubbing again later is enough."""

    status = 503
    code = "scrub_held_back"


def scrub(tables: Iterable[Table]) -> None:
    """Raises ScrubHeldBack."""
    if db.engine.dialect.name == "sqlite":
        _rewrite_sqlite()
    else:
        _vacuum("VACUUM (ANALYZE)", tables)


def rewrite(tables: Iterable[Table]) -> None:
    """As `scrub`, and on PostgreSQL the tables are written anew: nobody reads or writes them meanwhile.

    Raises ScrubHeldBack.
    """
    if db.engine.dialect.name == "sqlite":
        _rewrite_sqlite()
    else:
        _vacuum("VACUUM (FULL, ANALYZE)", tables)


def _rewrite_sqlite() -> None:
    # The copy is as large as the database; the writer has its connections keep in memory what is temporary.
    _run("PRAGMA temp_store=FILE", "VACUUM")
    for _ in range(ATTEMPTS):
        busy, *_ = _run("PRAGMA wal_checkpoint(TRUNCATE)")
        if not busy:
            return
        time.sleep(PAUSE_S)
    raise ScrubHeldBack("The write-ahead log could not be emptied: something reads from the database all the time.")


def _run(*statements: str) -> tuple[int, ...]:
    """Straight to the driver: none of them may stand in a transaction, and SQLAlchemy would open one.

    Returns what the last one gives.
    """
    connection = db.engine.raw_connection()
    try:
        cursor = connection.cursor()
        for statement in statements:
            cursor.execute(statement)
        return tuple(cursor.fetchone() or ())
    except OUTAGES as error:
        raise ScrubHeldBack(f"The database is busy ({error}); erased bytes may still be in its files.") from error
    finally:
        connection.close()


def _vacuum(statement: str, tables: Iterable[Table]) -> None:
    try:
        with db.engine.connect() as connection:
            connection.detach()  # what is set on it is set for nobody else
            connection.exec_driver_sql("SET statement_timeout = 0")
            for table in tables:
                connection.exec_driver_sql(f"{statement} {table.name}")
    except OUTAGES as error:
        raise ScrubHeldBack(f"The database is busy ({error}); erased bytes may still be in its files.") from error
