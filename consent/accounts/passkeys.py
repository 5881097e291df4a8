"""Passkeys of a user: added, used, removed. Adding and removing are deeds."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from consent.accounts import deeds
from consent.accounts.ceremony import Made, PasskeyRefused
from consent.accounts.models import passkey_table, user_table
from consent.accounts.users import User, user_of
from consent.clock import to_ms
from consent.errors import ConsentError

LONGEST_NAME = 80


class PasskeyUnknown(ConsentError):
    status = 404
    code = "passkey_unknown"

    def __init__(self) -> None:
        super().__init__("There is no such passkey.")


class PasskeyNameless(ConsentError):
    status = 422
    code = "passkey_nameless"

    def __init__(self) -> None:
        super().__init__(f"A passkey needs a name of at most {LONGEST_NAME} characters.")


@dataclass(frozen=True)
class Passkey:
    id: int
    user_id: int
    credential_id: bytes
    public_key: bytes
    user_handle: bytes
    sign_count: int
    name: str
    created_ms: int
    used_ms: int | None


def of_user(connection: Connection, user_id: int) -> list[Passkey]:
    """The newest first."""
    found = select(passkey_table).where(passkey_table.c.user_id == user_id).order_by(passkey_table.c.id.desc())
    return [_passkey(row) for row in connection.execute(found)]


def find(connection: Connection, *, passkey_id: int, user_id: int) -> Passkey:
    """Raises PasskeyUnknown."""
    theirs = passkey_table.c.id == passkey_id, passkey_table.c.user_id == user_id
    row = connection.execute(select(passkey_table).where(*theirs)).one_or_none()
    if row is None:
        raise PasskeyUnknown
    return _passkey(row)


def handle_of(connection: Connection, user_id: int) -> bytes:
    """The random name under which a user's devices file their passkeys: it tells nobody who they are."""
    there = of_user(connection, user_id)
    return there[0].user_handle if there else secrets.token_bytes(32)


def add(connection: Connection, user: User, made: Made, *, handle: bytes, name: str, now: datetime) -> None:
    """Raises PasskeyNameless, and PasskeyRefused where somebody has this credential already."""
    name = name.strip()
    if not 1 <= len(name) <= LONGEST_NAME:
        raise PasskeyNameless
    row = {
        "user_id": user.id,
        "credential_id": made.credential_id,
        "public_key": made.public_key,
        "user_handle": handle,
        "sign_count": made.sign_count,
        "name": name,
        "created_ms": to_ms(now),
    }
    try:
        with connection.begin_nested():
            made_id = connection.execute(insert(passkey_table).values(row).returning(passkey_table.c.id)).scalar_one()
    except IntegrityError:
        raise PasskeyRefused from None
    deeds.note(connection, user, "passkey_added", now, passkey_id=made_id)


def remove(connection: Connection, user: User, passkey_id: int, now: datetime) -> None:
    """Raises PasskeyUnknown."""
    theirs = passkey_table.c.id == passkey_id, passkey_table.c.user_id == user.id
    if connection.execute(delete(passkey_table).where(*theirs)).rowcount != 1:
        raise PasskeyUnknown
    deeds.note(connection, user, "passkey_removed", now, passkey_id=passkey_id)


def whose(connection: Connection, credential_id: bytes) -> tuple[Passkey, User]:
    """Raises PasskeyRefused where nobody has it, and where they were disabled."""
    joined = select(passkey_table).where(passkey_table.c.credential_id == credential_id)
    row = connection.execute(joined).one_or_none()
    if row is None:
        raise PasskeyRefused
    owner = connection.execute(select(user_table).where(user_table.c.id == row.user_id)).one()
    if owner.disabled_ms is not None:
        raise PasskeyRefused
    return _passkey(row), user_of(owner)


def note_used(connection: Connection, passkey: Passkey, sign_count: int, now: datetime) -> None:
    """Raises PasskeyRefused where the same counter was used at the same moment: one of the two is a copy."""
    same = passkey_table.c.id == passkey.id, passkey_table.c.sign_count == passkey.sign_count
    values = {"sign_count": sign_count, "used_ms": to_ms(now)}
    if connection.execute(update(passkey_table).where(*same).values(values)).rowcount != 1:
        raise PasskeyRefused


def _passkey(row: Any) -> Passkey:
    return Passkey(**row._mapping)
