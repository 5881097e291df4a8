"""What was taken away: every export and bundle that the site's log knows of, with who and why."""

from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, or_, select

from consent.ledger.models import EVENTS, entry_table
from consent.merkle.entry import Kind

EXPORTED = "records_exported"  # the deed of a download from the web UI
MOST = 50
_COLUMNS = ("kind", "received_ms", "evidence", "subject")


@dataclass(frozen=True)
class Taking:
    """`what` is `bundle` or `records`. `by` is None where their name was erased."""

    at_ms: int
    what: str
    by: str | None
    reason: str
    details: dict[str, Any]


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
