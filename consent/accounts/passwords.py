"""Passwords: argon2id (RFC 9106) with the library's own cost, few at a time: each takes a tenth of a second and 64 MB."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from consent.errors import ConsentError

SHORTEST = 12
LONGEST = 200
_HASHER = PasswordHasher()
_AT_ONCE = threading.BoundedSemaphore(2)
_MOST_WAITING = 6  # threads, those at it included: the others go on recording, whoever tries passwords
_PLACES = threading.BoundedSemaphore(_MOST_WAITING)


@cache
def _nobodys() -> str:
    """Made at the first need: at import it would cost every process its time and its memory."""
    return _HASHER.hash("nobody has this password")


class PasswordWeak(ConsentError):
    status = 422
    code = "password_weak"

    def __init__(self) -> None:
        super().__init__(f"A password needs {SHORTEST} to {LONGEST} characters, and must not hold the e-mail address.")


class PasswordsBusy(ConsentError):
    status = 503
    code = "passwords_busy"

    def __init__(self) -> None:
        super().__init__("Many people sign in at the moment. Try again in a few seconds.", headers={"Retry-After": "5"})


@contextmanager
def _in_turn() -> Iterator[None]:
    """Raises PasswordsBusy instead of letting every thread of the server wait here."""
    if not _PLACES.acquire(blocking=False):
        raise PasswordsBusy
    try:
        with _AT_ONCE:
            yield
    finally:
        _PLACES.release()


def check(password: str, email: str) -> None:
    """Length and nothing else of its form (NIST SP 800-63B, section 5.1.1.2). Raises PasswordWeak."""
    name = email.partition("@")[0]
    if not SHORTEST <= len(password) <= LONGEST or (len(name) > 3 and name in password.lower()):
        raise PasswordWeak


def hashed(password: str) -> str:
    """Raises PasswordsBusy."""
    with _in_turn():
        return _HASHER.hash(password)


def fits(password_hash: str | None, password: str) -> bool:
    """None, for a user who is not there, takes as long as any. Raises PasswordsBusy."""
    with _in_turn():
        try:
            return _HASHER.verify(password_hash or _nobodys(), password[:LONGEST]) and password_hash is not None
        except (VerificationError, InvalidHashError):
            return False
