"""A new password: whoever had the old one is out, and older links for another one open nothing."""

from datetime import datetime

from sqlalchemy import Connection

from consent.accounts import deeds, links, sessions, users
from consent.accounts.users import User


def new_password(
    connection: Connection, user: User, password_hash: str, now: datetime, *, keep_session: int | None = None
) -> None:
    users.set_password(connection, user.id, password_hash)
    sessions.end_all(connection, user.id, but=keep_session)
    links.revoke_resets(connection, user.email, now)
    deeds.note(connection, user, "password_changed", now)
