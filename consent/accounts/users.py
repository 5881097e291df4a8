"""People who sign in."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from consent.accounts.models import user_table
from consent.clock import to_ms
from consent.errors import ConsentError

LANGUAGES = ("ja", "en")
_EMAIL = re.compile(r"[^@\s\x00-\x1f]{1,64}@[^@\s\x00-\x1f]{1,189}")


class UserInvalid(ConsentError):
    status = 422
    code = "user_invalid"


class UserUnknown(ConsentError):
    status = 404
    code = "user_unknown"

    def __init__(self) -> None:
        super().__init__("There is no such user.")


@dataclass(frozen=True)
class User:
    id: int
    email: str
    name: str
    language: str
    time_zone: str
    may_create_sites: bool
    has_second_factor: bool


def normal_email(text: str) -> str:
    """Raises UserInvalid."""
    email = text.strip().lower()
    if not _EMAIL.fullmatch(email):
        raise UserInvalid(f"{text.strip()[:80]!r} is not an e-mail address.")
    return email


def create(
    connection: Connection,
    *,
    email: str,
    name: str,
    password_hash: str,
    now: datetime,
    language: str = "en",
    time_zone: str = "UTC",
    may_create_sites: bool = False,
) -> User:
    """Raises UserInvalid, also where the address has an account."""
    row: dict[str, Any] = {
        "email": normal_email(email),
        **_profile(name, language, time_zone),
        "password_hash": password_hash,
        "may_create_sites": may_create_sites,
        "created_ms": to_ms(now),
        "failures": 0,
    }
    try:
        with connection.begin_nested():
            connection.execute(insert(user_table).values(row))
    except IntegrityError:
        raise UserInvalid("This e-mail address has an account already.") from None
    return by_email(connection, row["email"])


def change(connection: Connection, user_id: int, *, name: str, language: str, time_zone: str) -> None:
    """Raises UserInvalid."""
    values = _profile(name, language, time_zone)
    connection.execute(update(user_table).where(user_table.c.id == user_id).values(values))


@cache
def time_zones() -> frozenset[str]:
    """Their names. The library looks through its files each time, for a thirtieth of a second."""
    return frozenset(available_timezones())


def _profile(name: str, language: str, time_zone: str) -> dict[str, str]:
    if not 1 <= len(name.strip()) <= 200:
        raise UserInvalid("A user needs a name of at most 200 characters.")
    if language not in LANGUAGES:
        raise UserInvalid(f"The language is one of {', '.join(LANGUAGES)}.")
    if time_zone not in time_zones():
        raise UserInvalid(f"{time_zone[:80]!r} is no time zone.")
    return {"name": name.strip(), "language": language, "time_zone": time_zone}


def set_password(connection: Connection, user_id: int, password_hash: str) -> None:
    """Also ends a lock."""
    values = {"password_hash": password_hash, "failures": 0, "locked_until_ms": None}
    connection.execute(update(user_table).where(user_table.c.id == user_id).values(values))


def nobody_yet(connection: Connection) -> bool:
    return connection.execute(select(func.count()).select_from(user_table)).scalar_one() == 0


def by_email(connection: Connection, email: str) -> User:
    """Raises UserUnknown."""
    row = connection.execute(select(user_table).where(user_table.c.email == email.strip().lower())).one_or_none()
    if row is None:
        raise UserUnknown
    return user_of(row)


def by_id(connection: Connection, user_id: int) -> User:
    """Raises UserUnknown."""
    row = connection.execute(select(user_table).where(user_table.c.id == user_id)).one_or_none()
    if row is None:
        raise UserUnknown
    return user_of(row)


def emails(connection: Connection, ids: Collection[int]) -> dict[int, str]:
    """Of those who still are there."""
    found = connection.execute(select(user_table.c.id, user_table.c.email).where(user_table.c.id.in_(ids)))
    return {row.id: row.email for row in found}


def names(connection: Connection, ids: Collection[int]) -> dict[int, str]:
    """Of those who still are there."""
    found = connection.execute(select(user_table.c.id, user_table.c.name).where(user_table.c.id.in_(ids)))
    return {row.id: row.name for row in found}


def everyone(connection: Connection) -> list[User]:
    return [user_of(row) for row in connection.execute(select(user_table).order_by(user_table.c.email))]


def user_of(row: Any) -> User:
    return User(
        row.id, row.email, row.name, row.language, row.time_zone, row.may_create_sites, row.totp_secret is not None
    )
