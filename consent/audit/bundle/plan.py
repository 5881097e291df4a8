"""What is asked for: a bundle of one range of one log."""

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from consent import clock
from consent.audit.bundle.ranges import Range
from consent.audit.verify.manifest import NO_SUBJECT
from consent.ledger import logs
from consent.ledger.models import checkpoint_table


@dataclass(frozen=True)
class Plan:
    """`by` is the person or token that asked, `reason` what they gave as their reason: both go into the log."""

    site_key: str
    log: logs.Log
    start: int
    end: int
    complete: bool
    since: datetime
    until: datetime
    mode: str
    reason: str
    by: str

    @property
    def base(self) -> str:
        """What evidence calls the log, whatever its epoch."""
        return logs.base_of(self.log.origin, self.log.epoch)

    @property
    def with_subject(self) -> bool:
        return self.mode != NO_SUBJECT

    @property
    def size(self) -> int:
        return self.end - self.start

    def as_arguments(self) -> dict[str, Any]:
        """JSON, for a job."""
        copied = ("site_key", "start", "end", "complete", "mode", "reason", "by")
        times = {"since_ms": clock.to_ms(self.since), "until_ms": clock.to_ms(self.until)}
        return {**{name: getattr(self, name) for name in copied}, **times, "log_id": self.log.log_id}


def of_range(found: Range, *, site_key: str, since: datetime, until: datetime, mode: str, reason: str, by: str) -> Plan:
    return Plan(site_key, found.log, found.start, found.end, found.complete, since, until, mode, reason, by)


def of_arguments(connection: Connection, arguments: dict[str, Any]) -> Plan:
    values = dict(arguments)
    log = logs.by_id(connection, values.pop("log_id"))
    since, until = (clock.from_ms(values.pop(name)) for name in ("since_ms", "until_ms"))
    return Plan(log=log, since=since, until=until, **values)


def checkpoint_note(connection: Connection, plan: Plan, size: int) -> str:
    """The published one of that size."""
    statement = select(checkpoint_table.c.note).where(
        checkpoint_table.c.log_id == plan.log.log_id, checkpoint_table.c.size == size
    )
    return str(connection.execute(statement).scalar_one())


def as_lines(hashes: Iterable[bytes]) -> bytes:
    """A proof as text: one base64 hash on each line."""
    return "".join(f"{b64encode(digest).decode()}\n" for digest in hashes).encode()
