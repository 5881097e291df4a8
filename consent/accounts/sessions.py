"""Sessions: a random token in a cookie, its hash in the database. A new one after each step of signing in, so that
nobody signs in to a session that somebody else has made.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from consent.accounts.models import session_table, user_table
from consent.accounts.safe import new_token, token_hash
from consent.accounts.users import User, user_of
from consent.clock import to_ms

PASSWORD, COMPLETE = "password", "complete"
LIVES = {PASSWORD: timedelta(minutes=10), COMPLETE: timedelta(days=14)}
IDLE = timedelta(hours=12)
_SEEN_EVERY = timedelta(minutes=5)  # a look at a page is not worth a write each time


@dataclass(frozen=True)
class Session:
    id: int
    user: User
    stage: str
    created_ms: int
    seen_ms: int
    browser_family: str
    device_class: str


def begin(
    connection: Connection, user_id: int, *, stage: str, browser_family: str, device_class: str, now: datetime
) -> str:
    """The token for the cookie."""
    token = new_token()
    row = {
        "token_hash": token_hash(token),
        "user_id": user_id,
        "stage": stage,
        "created_ms": to_ms(now),
        "seen_ms": to_ms(now),
        "expires_ms": to_ms(now + LIVES[stage]),
        "browser_family": browser_family,
        "device_class": device_class,
    }
    connection.execute(insert(session_table).values(row))
    return token


def find(connection: Connection, token: str, now: datetime) -> Session | None:
    """None for an unknown, expired or idle one, and where the user was disabled since."""
    columns = [column.label(f"session_{column.name}") for column in session_table.c]
    joined = select(user_table, *columns).join(user_table, user_table.c.id == session_table.c.user_id)
    row = connection.execute(joined.where(session_table.c.token_hash == token_hash(token))).one_or_none()
    if row is None or row.disabled_ms is not None:
        return None
    if row.session_expires_ms <= to_ms(now) or row.session_seen_ms <= to_ms(now - IDLE):
        return None
    return Session(
        row.session_id,
        user_of(row),
        row.session_stage,
        row.session_created_ms,
        row.session_seen_ms,
        row.session_browser_family,
        row.session_device_class,
    )


def is_stale(session: Session, now: datetime) -> bool:
    """Whether it is time to note that it was seen."""
    return session.seen_ms <= to_ms(now - _SEEN_EVERY)


def note_seen(connection: Connection, session_id: int, now: datetime) -> None:
    connection.execute(update(session_table).where(session_table.c.id == session_id).values(seen_ms=to_ms(now)))


def end(connection: Connection, session_id: int, user_id: int) -> None:
    connection.execute(
        delete(session_table).where(session_table.c.id == session_id, session_table.c.user_id == user_id)
    )


def end_all(connection: Connection, user_id: int, *, but: int | None = None) -> None:
    """After a new password: whoever had the old one is out."""
    others = delete(session_table).where(session_table.c.user_id == user_id)
    connection.execute(others if but is None else others.where(session_table.c.id != but))


def of_user(connection: Connection, user: User, now: datetime) -> list[Session]:
    living = select(session_table).where(
        session_table.c.user_id == user.id,
        session_table.c.stage == COMPLETE,
        session_table.c.expires_ms > to_ms(now),
        session_table.c.seen_ms > to_ms(now - IDLE),
    )
    found = connection.execute(living.order_by(session_table.c.seen_ms.desc()))
    return [
        Session(row.id, user, row.stage, row.created_ms, row.seen_ms, row.browser_family, row.device_class)
        for row in found
    ]
