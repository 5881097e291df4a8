"""Who did what: an append-only list, and for what concerns a site an entry of its log as well."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from consent.accounts.models import deed_table, user_table
from consent.accounts.users import User
from consent.clock import to_ms
from consent.ledger.events import record_event
from consent.merkle.canonical import canonical_bytes
from consent.merkle.entry import Kind

PAGE = 50


@dataclass(frozen=True)
class Deed:
    id: int
    at_ms: int
    by: str | None  # None: the user is no more, or it was done on the command line
    what: str
    details: dict[str, Any]


def note(
    connection: Connection,
    who: User | str | None,
    what: str,
    now: datetime,
    *,
    site_id: int | None = None,
    **details: Any,
) -> None:
    """In the transaction of what was done. `who` names what is no user, such as a token; None: done on the command line.

    `details` MUST NOT hold secrets, or what could name a visitor. They stay in the log for good, so that people are in
    them by their ids only; `by` can be erased from it.
    """
    user = who if isinstance(who, User) else None
    row = {"at_ms": to_ms(now), "user_id": user.id if user else None, "site_id": site_id, "what": what}
    connection.execute(insert(deed_table).values(**row, details=canonical_bytes(details).decode()))
    if site_id is not None:
        content = {"what": what, "details": details}
        record_event(connection, site_id, Kind.DEED, content, now, by=who.email if isinstance(who, User) else who)


def of_site(connection: Connection, site_id: int, *, before: int | None = None) -> tuple[list[Deed], bool]:
    """The newest first, and whether there are older ones. `before`: the id of the last one that was shown."""
    joined = select(deed_table, user_table.c.email).outerjoin(user_table, user_table.c.id == deed_table.c.user_id)
    wanted = joined.where(deed_table.c.site_id == site_id)
    if before is not None:
        wanted = wanted.where(deed_table.c.id < before)
    rows = connection.execute(wanted.order_by(deed_table.c.id.desc()).limit(PAGE + 1)).all()
    found = [Deed(row.id, row.at_ms, row.email, row.what, json.loads(row.details)) for row in rows[:PAGE]]
    return found, len(rows) > PAGE
