"""The log of a site, epoch by epoch. Its first origin names the site's log for good; later epochs add `/e2`, `/e3` …"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from consent.clock import to_ms
from consent.errors import ConsentError
from consent.ledger.models import log_table
from consent.merkle.tree import EMPTY_ROOT, Frontier


class LogUnknown(ConsentError):
    status = 404
    code = "log_unknown"

    def __init__(self) -> None:
        super().__init__("There is no such log, or it is not active.")


class LogIncomplete(ConsentError):
    """What the tree counts is not all there, so nothing can be made of these leaves."""

    status = 500
    code = "log_incomplete"

    def __init__(self, origin: str, leaf_index: int) -> None:
        super().__init__(
            f"Leaf {leaf_index} of {origin} is not in the database. `consent ledger fsck` says what else is missing."
        )


@dataclass(frozen=True)
class Log:
    log_id: int
    site_id: int
    epoch: int
    origin: str
    state: str
    size: int
    root: bytes
    frontier: bytes
    integrated_ms: int
    latest_ms: int

    def tree(self) -> Frontier:
        return Frontier.from_bytes(self.size, self.frontier)


def open_log(connection: Connection, site_id: int, origin: str, now: datetime, *, epoch: int = 1) -> Log:
    """An empty, active log."""
    row = {
        "site_id": site_id,
        "epoch": epoch,
        "origin": origin,
        "state": "active",
        "size": 0,
        "root": EMPTY_ROOT,
        "frontier": b"",
        "integrated_ms": to_ms(now),
        "latest_ms": 0,
    }
    connection.execute(insert(log_table).values(row))
    return active(connection, site_id)


def _log(row: Any) -> Log:
    return Log(**row._mapping)


def active(connection: Connection, site_id: int) -> Log:
    """Raises LogUnknown."""
    statement = select(log_table).where(log_table.c.site_id == site_id, log_table.c.state == "active")
    row = connection.execute(statement).one_or_none()
    if row is None:
        raise LogUnknown
    return _log(row)


def take(connection: Connection, site_id: int) -> Log | None:
    """The active log, locked until the end of the transaction; None where another worker has it."""
    row = connection.execute(_TAKE, {"site": site_id}).one_or_none()
    return _log(row) if row else None


def extended(connection: Connection, log: Log, head: dict[str, Any]) -> bool:
    """Writes the new `size`, `root`, `frontier`, `integrated_ms` and `latest_ms`, unless the log has moved on since."""
    known = {"log": log.log_id, "size_before": log.size}
    return connection.execute(_EXTEND, {**known, **head}).rowcount == 1


def epochs(connection: Connection, site_id: int) -> list[Log]:
    """Every epoch of the site, the oldest first."""
    statement = select(log_table).where(log_table.c.site_id == site_id).order_by(log_table.c.epoch)
    return [_log(row) for row in connection.execute(statement)]


def by_id(connection: Connection, log_id: int) -> Log:
    return _log(connection.execute(select(log_table).where(log_table.c.log_id == log_id)).one())


def by_origin(connection: Connection, origin: str) -> Log:
    """An active log. Raises LogUnknown."""
    statement = select(log_table).where(log_table.c.origin == origin, log_table.c.state == "active")
    row = connection.execute(statement).one_or_none()
    if row is None:
        raise LogUnknown
    return _log(row)


def every_epoch(connection: Connection) -> list[Log]:
    """Frozen ones too."""
    return [_log(row) for row in connection.execute(select(log_table).order_by(log_table.c.site_id, log_table.c.epoch))]


def everyone(connection: Connection) -> list[Log]:
    """The active log of every site."""
    statement = select(log_table).where(log_table.c.state == "active").order_by(log_table.c.site_id)
    return [_log(row) for row in connection.execute(statement)]


def base_of(origin: str, epoch: int) -> str:
    """The origin of the first epoch: what evidence and receipts call the log, whatever epoch it ends up in."""
    return origin if epoch == 1 else origin.removesuffix(f"/e{epoch}")


# Once for all: to put a statement together takes longer than to run it, and a batch holds SQLite's one writer.
_TAKE = (
    select(log_table)
    .where(log_table.c.site_id == bindparam("site"), log_table.c.state == "active")
    .with_for_update(skip_locked=True)
)
_EXTEND = (
    update(log_table)
    .where(log_table.c.log_id == bindparam("log"), log_table.c.size == bindparam("size_before"))
    .values({name: bindparam(name) for name in ("size", "root", "frontier", "integrated_ms", "latest_ms")})
)
