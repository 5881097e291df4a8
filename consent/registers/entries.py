"""What both registers have in common: appending an entry, its hash in the site's log, corrections."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Table, insert, select
from sqlalchemy.exc import IntegrityError

from consent.accounts import deeds
from consent.accounts.users import User
from consent.clock import to_ms
from consent.errors import ConsentError
from consent.merkle.canonical import canonical_bytes, digest


class EntryUnknown(ConsentError):
    status = 404
    code = "register_entry_unknown"

    def __init__(self, number: int) -> None:
        super().__init__(f"The register of this site has no entry {number}.")


class EntryCorrected(ConsentError):
    """Somebody else has corrected it in between, or it was corrected before."""

    status = 409
    code = "register_entry_corrected"

    def __init__(self, number: int) -> None:
        super().__init__(f"Entry {number} is corrected already. Correct the entry that did it.")


class Entry(Protocol):
    @property
    def id(self) -> int: ...
    @property
    def corrects_id(self) -> int | None: ...


E = TypeVar("E", bound=Entry)


def append(
    connection: Connection,
    table: Table,
    site_id: int,
    values: Mapping[str, Any],
    *,
    what: str,
    corrects: int | None,
    user: User | None,
    now: datetime,
) -> Any:
    """The new row. `what`: the deed that the site's log is told of: service, recipient and hash, and no names of people.

    Raises EntryUnknown, EntryCorrected.
    """
    if corrects is not None and corrects not in {row.id for row in rows(connection, table, site_id)}:
        raise EntryUnknown(corrects)
    content = {**values, "corrects_id": corrects}
    row = {**content, "site_id": site_id, "sha256": digest(canonical_bytes(content)), "added_ms": to_ms(now)}
    try:
        with connection.begin_nested():
            made = connection.execute(insert(table).values(row).returning(*table.c)).one()
    except IntegrityError:
        raise EntryCorrected(corrects or 0) from None
    told = {"service": made.service_id, "recipient": made.recipient, "entry": made.id, "sha256": made.sha256}
    deeds.note(connection, user, what, now, site_id=site_id, **told, **({"corrects": corrects} if corrects else {}))
    return made


def rows(connection: Connection, table: Table, site_id: int) -> list[Any]:
    """The newest first."""
    query = select(table).where(table.c.site_id == site_id).order_by(table.c.id.desc())
    return list(connection.execute(query))


def holding(found: Iterable[E]) -> list[E]:
    """Without those that another one corrects."""
    every = list(found)
    corrected = {each.corrects_id for each in every}
    return [each for each in every if each.id not in corrected]
