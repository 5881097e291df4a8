"""What accounts for something that is missing: the entry of the log that names it."""

from dataclasses import dataclass

import orjson
from sqlalchemy import Connection, select

from consent.ledger.models import entry_table
from consent.merkle.entry import Kind


@dataclass(frozen=True)
class Account:
    """`kind` is `erasure` or `retention`."""

    record_id: str
    kind: str
    reason: str
    at_ms: int


def account_of(connection: Connection, record_id: str) -> Account | None:
    """Of the erased halves of this entry; None where nothing was erased, or nothing accounts for it."""
    by = select(entry_table.c.erased_by).where(entry_table.c.record_id == record_id).scalar_subquery()
    columns = (entry_table.c[name] for name in ("record_id", "kind", "received_ms", "evidence"))
    row = connection.execute(select(*columns).where(entry_table.c.record_id == by)).one_or_none()
    if row is None or row.evidence is None:
        return None
    kind = "retention" if row.kind == Kind.RETENTION else "erasure"
    return Account(row.record_id, kind, orjson.loads(row.evidence)["reason"], row.received_ms)
