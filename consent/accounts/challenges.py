"""Challenges of passkeys: random, good for a few minutes, for one answer."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert

from consent.accounts.ceremony import PasskeyRefused
from consent.accounts.models import passkey_challenge_table
from consent.accounts.safe import token_hash
from consent.clock import to_ms

LIVES = timedelta(minutes=5)


def give(
    connection: Connection, now: datetime, *, session_id: int | None = None, user_handle: bytes | None = None
) -> bytes:
    """With the session and the handle of whoever adds a passkey. What nobody answered in time is deleted."""
    challenge = secrets.token_bytes(32)
    connection.execute(delete(passkey_challenge_table).where(passkey_challenge_table.c.expires_ms <= to_ms(now)))
    about = {"session_id": session_id, "user_handle": user_handle, "expires_ms": to_ms(now + LIVES)}
    connection.execute(insert(passkey_challenge_table).values(challenge_hash=_hash(challenge), **about))
    return challenge


def take(connection: Connection, challenge: bytes, now: datetime, *, session_id: int | None = None) -> bytes | None:
    """Returns the handle that it was given with. Raises PasskeyRefused where it was not given, to this session.

    MUST be committed before the answer is looked at, so that a wrong one uses it up, too.
    """
    given = delete(passkey_challenge_table).where(
        passkey_challenge_table.c.challenge_hash == _hash(challenge),
        passkey_challenge_table.c.session_id.is_not_distinct_from(session_id),
        passkey_challenge_table.c.expires_ms > to_ms(now),
    )
    found = connection.execute(given.returning(passkey_challenge_table.c.user_handle)).one_or_none()
    if found is None:
        raise PasskeyRefused
    handle: bytes | None = found.user_handle
    return handle


def _hash(challenge: bytes) -> str:
    return token_hash(challenge.hex())
