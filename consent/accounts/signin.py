"""Signing in: the password, then the second factor where there is one. Wrong tries lock the account for a while.

An unknown address, a wrong password and a locked account look the same.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select, update

from consent.accounts import passwords
from consent.accounts.models import user_table
from consent.accounts.users import User, user_of
from consent.clock import to_ms

FREE_TRIES = 5
FIRST_LOCK = timedelta(minutes=1)
LONGEST_LOCK = timedelta(hours=1)


def look_up(connection: Connection, email: str) -> Any:
    """What the database knows of an address; None where nobody has it."""
    found = connection.execute(select(user_table).where(user_table.c.email == email.strip().lower()))
    return found.one_or_none()


def check(row: Any, password: str, now: datetime) -> bool:
    """Takes as long for nobody as for somebody, and touches no database: hashing takes a tenth of a second."""
    fits = passwords.fits(row.password_hash if row else None, password)
    return fits and row.disabled_ms is None and not locked(row, now)


def locked(row: Any, now: datetime) -> bool:
    return row.locked_until_ms is not None and row.locked_until_ms > to_ms(now)


def succeed(connection: Connection, row: Any) -> User:
    values = {"failures": 0, "locked_until_ms": None}
    connection.execute(update(user_table).where(user_table.c.id == row.id).values(values))
    return user_of(row)


def fail(connection: Connection, user_id: int, now: datetime) -> None:
    """Counts in the database, so that tries at the same moment all count. Each lock is twice as long as the last."""
    tried = update(user_table).where(user_table.c.id == user_id).values(failures=user_table.c.failures + 1)
    connection.execute(tried)
    failures = connection.execute(select(user_table.c.failures).where(user_table.c.id == user_id)).scalar_one()
    if failures < FREE_TRIES:
        return
    lock = min(FIRST_LOCK * 2 ** min(failures - FREE_TRIES, 10), LONGEST_LOCK)
    until = update(user_table).where(user_table.c.id == user_id).values(locked_until_ms=to_ms(now + lock))
    connection.execute(until)
