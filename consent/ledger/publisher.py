"""Publishing: a signature over a head that is already committed.

Signing before the commit would fork the log whenever the commit fails. Here the order is: read the committed head, ask
the guard, write the guard, sign, store. Ed25519 is deterministic and the note has no time in it, so doing it again after a
crash gives the same bytes.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects import postgresql, sqlite

from consent.clock import to_ms
from consent.db import db, transact
from consent.errors import ConsentError
from consent.ledger import logs, tiles
from consent.ledger.guard import Guard, RolledBack
from consent.ledger.keys import KeyLost, Keyring
from consent.ledger.models import checkpoint_table, log_table
from consent.merkle.checkpoint import Checkpoint, sign
from consent.merkle.tiles import TileInvalid

CLOCK_TOLERANCE_MS = 5_000
_INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class ClockWentBack(ConsentError):
    status = 503
    code = "clock_went_back"

    def __init__(self, by_ms: int) -> None:
        super().__init__(
            f"The clock is {by_ms / 1000:.0f} s behind the log's last entry; nothing is published until it is right."
        )


class Publisher:
    def __init__(self, guard: Guard, keyring: Keyring):
        self._guard = guard
        self._keyring = keyring

    def publish(self, site_id: int, now: datetime) -> bool:
        """Signs the committed head of the site's active log. False where there is nothing new.

        Raises RolledBack, ClockWentBack, KeyLost.
        """
        with db.engine.connect() as connection:
            origin = logs.active(connection, site_id).origin
        signer = self._keyring.signer(origin)
        with self._guard.held(origin):
            log = self._next(site_id, now)
            if log is None:
                return False
            self._guard.remember(log.origin, log.size, log.root)
        note = sign(Checkpoint(log.origin, log.size, log.root), signer)
        row = {"log_id": log.log_id, "size": log.size, "root": log.root, "note": note, "signed_ms": to_ms(now)}
        transact(lambda connection: _store(connection, row))
        return True

    def _next(self, site_id: int, now: datetime) -> logs.Log | None:
        """The committed head, where it may be signed and is not yet."""
        with db.engine.connect() as connection:
            log = logs.active(connection, site_id)
            self._check(connection, log)
            last = newest(connection, log.log_id)
        if log.size == (last.size if last else 0):
            return None
        _check_clock(log, now)
        return log

    def refusal(self, connection: Connection, log: logs.Log, now: datetime) -> ConsentError | None:
        """Why the head of an active log would not be signed now; None where it would. Writes nothing."""
        try:
            self._check(connection, log)
            _check_clock(log, now)
            self._keyring.check(connection, log.origin)
        except (RolledBack, ClockWentBack, KeyLost) as error:
            return error
        return None

    def _check(self, connection: Connection, log: logs.Log) -> None:
        self._guard.check(log.origin, log.size, lambda size: _root_at(connection, log, size))


def _check_clock(log: logs.Log, now: datetime) -> None:
    behind = log.integrated_ms - to_ms(now)
    if behind > CLOCK_TOLERANCE_MS:
        raise ClockWentBack(behind)


def _root_at(connection: Connection, log: logs.Log, size: int) -> bytes:
    """No root at all where the tiles cannot give it: then it is not the one that was signed."""
    try:
        return log.root if size == log.size else tiles.root_at(connection, log.log_id, size)
    except TileInvalid:
        return b""


def _store(connection: Connection, row: dict[str, Any]) -> None:
    # Another publisher may have signed the same head: its note is the same, byte for byte.
    connection.execute(_INSERT[connection.dialect.name](checkpoint_table).values(row).on_conflict_do_nothing())


def newest(connection: Connection, log_id: int) -> Any:
    """The last checkpoint: `size`, `root`, `note`, `signed_ms`; None where there is none yet."""
    statement = select(checkpoint_table).where(checkpoint_table.c.log_id == log_id)
    return connection.execute(statement.order_by(checkpoint_table.c.size.desc()).limit(1)).one_or_none()


def at_least(connection: Connection, log_id: int, size: int) -> Any:
    """The first checkpoint that covers so many entries; None where none does yet."""
    statement = select(checkpoint_table).where(checkpoint_table.c.log_id == log_id, checkpoint_table.c.size >= size)
    return connection.execute(statement.order_by(checkpoint_table.c.size).limit(1)).one_or_none()


def grown(connection: Connection) -> list[int]:
    """The sites whose log has entries that no checkpoint covers."""
    signed = (
        select(func.max(checkpoint_table.c.size))
        .where(checkpoint_table.c.log_id == log_table.c.log_id)
        .scalar_subquery()
    )
    statement = select(log_table.c.site_id).where(
        log_table.c.state == "active", log_table.c.size > func.coalesce(signed, 0)
    )
    return list(connection.execute(statement).scalars())
