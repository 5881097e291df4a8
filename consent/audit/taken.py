"""What was taken away: every export and bundle that the site's log knows of, with who and why."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, or_, select

from consent.accounts import deeds
from consent.accounts.users import User
from consent.errors import ConsentError
from consent.ledger.models import EVENTS, entry_table
from consent.merkle.entry import Kind

EXPORTED = "records_exported"  # the deed, whichever way the records went
MOST = 50
_REASON = re.compile(r"[^\x00-\x1f\x7f]{1,500}")
_COLUMNS = ("kind", "received_ms", "evidence", "subject")


class ReasonMissing(ConsentError):
    status = 422
    code = "reason_missing"

    def __init__(self) -> None:
        super().__init__("Say why you export: up to 500 characters, on one line.")


@dataclass(frozen=True)
class Taking:
    """`what` is `bundle` or `records`. `by` is None where their name was erased."""

    at_ms: int
    what: str
    by: str | None
    reason: str
    details: dict[str, Any]


def checked(reason: str) -> str:
    """Raises ReasonMissing."""
    found = reason.strip()
    if not _REASON.fullmatch(found):
        raise ReasonMissing
    return found


def note(
    connection: Connection, site_id: int, who: User | str, now: datetime, *, reason: str, **about: str | int
) -> None:
    """Before the first line leaves: an export that breaks off has taken something away, too. Raises ReasonMissing."""
    deeds.note(connection, who, EXPORTED, now, site_id=site_id, reason=checked(reason), **about)


def history(connection: Connection, site_id: int) -> list[Taking]:
    """The newest first, MOST of them."""
    is_export = entry_table.c.kind == int(Kind.EXPORT)
    deed = entry_table.c.kind == int(Kind.DEED)
    statement = select(*(entry_table.c[name] for name in _COLUMNS)).where(
        EVENTS, entry_table.c.site_id == site_id, or_(is_export, deed)
    )
    found = connection.execute(statement.order_by(entry_table.c.id.desc()))
    takings = (taking for row in found if (taking := _taking(row)))
    return [taking for taking, _ in zip(takings, range(MOST), strict=False)]


def _taking(row: Any) -> Taking | None:
    said = orjson.loads(row.evidence)
    by = orjson.loads(row.subject)["by"] if row.subject else None
    if row.kind == Kind.EXPORT:
        return Taking(row.received_ms, "bundle", by, said["reason"], said)
    if said["what"] != EXPORTED:
        return None
    return Taking(row.received_ms, "records", by, said["details"]["reason"], said["details"])
