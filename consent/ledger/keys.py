"""Signing keys: derived from the platform's secrets, never stored; the database knows their public halves.

A key belongs to a name (the origin of a log for checkpoints and manifests, `<origin>/receipts` for receipts) and a
generation. HKDF (RFC 5869) keeps them apart from each other and from everything else the secrets are used for.
"""

import threading
from datetime import datetime
from typing import Any

from cachetools import TTLCache, cached
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Connection, select, update
from sqlalchemy.dialects import postgresql, sqlite

from consent import clock
from consent.clock import to_ms
from consent.db import transact
from consent.errors import ConsentError
from consent.ledger.models import key_table
from consent.merkle.note import Signer

FRESH_S = 60  # how long a process may go on with a key that was rotated
_INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class KeyLost(ConsentError):
    status = 503
    code = "signing_key_lost"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"None of CONSENT_SECRET_KEYS gives the key that signs for {name}. Put the former secret back at the end of the "
            "list, or make a new key (consent ledger rotate-key)."
        )


def derive(secret: str, name: str, generation: int) -> Signer:
    label = f"consent/signing-key/v1\0{name}\0{generation}".encode()
    seed = HKDF(algorithm=SHA256(), length=32, salt=None, info=label).derive(secret.encode())
    return Signer.from_seed(name, seed)


class Keyring:
    """Finds and makes keys. `secrets`: the first makes new keys, all are tried for old ones."""

    def __init__(self, secrets: tuple[str, ...]):
        self._secrets = secrets
        self.remembered = cached(TTLCache(maxsize=4096, ttl=FRESH_S), lock=threading.Lock())(self.signer)

    def signer(self, name: str) -> Signer:
        """The signer of today, made at its first use; `remembered` may be FRESH_S old. Outside of any transaction.

        Raises KeyLost.
        """
        return transact(lambda connection: self.current(connection, name, clock.now()))

    def current(self, connection: Connection, name: str, now: datetime) -> Signer:
        """Raises KeyLost."""
        row = newest(connection, name)
        if row is None:
            self._make(connection, name, 1, now)
            row = newest(connection, name)
        found = self._matching(row)
        if found is None:
            raise KeyLost(name)
        return found

    def check(self, connection: Connection, name: str) -> None:
        """Raises KeyLost where `current` would. Makes no key."""
        row = newest(connection, name)
        if row is not None and self._matching(row) is None:
            raise KeyLost(name)

    def rotate(self, connection: Connection, name: str, now: datetime) -> tuple[str | None, Signer]:
        """Retires the key and makes the next. Returns the retired public key and the new signer. Needs no former secret."""
        row = newest(connection, name)
        generation = row.generation + 1 if row else 1
        retired = update(key_table).where(key_table.c.name == name, key_table.c.retired_ms.is_(None))
        connection.execute(retired.values(retired_ms=to_ms(now)))
        self._make(connection, name, generation, now)
        return (row.vkey if row else None), derive(self._secrets[0], name, generation)

    def _make(self, connection: Connection, name: str, generation: int, now: datetime) -> None:
        signer = derive(self._secrets[0], name, generation)
        row = {"vkey": signer.vkey, "name": name, "generation": generation, "not_before_ms": to_ms(now)}
        # Two processes may make the first key at once: with the same secret it is the same key.
        connection.execute(_INSERT[connection.dialect.name](key_table).values(row).on_conflict_do_nothing())

    def _matching(self, row: Any) -> Signer | None:
        made = (derive(secret, row.name, row.generation) for secret in self._secrets)
        return next((signer for signer in made if signer.vkey == row.vkey), None)


def newest(connection: Connection, name: str) -> Any:
    statement = select(key_table).where(key_table.c.name == name).order_by(key_table.c.generation.desc()).limit(1)
    return connection.execute(statement).one_or_none()


def public_keys(connection: Connection, name: str) -> list[Any]:
    """Every key that ever signed for this name, the oldest first: `vkey`, `generation`, `not_before_ms`, `retired_ms`."""
    return list(connection.execute(select(key_table).where(key_table.c.name == name).order_by(key_table.c.generation)))
