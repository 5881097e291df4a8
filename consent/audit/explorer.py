"""The consent records of a site, filtered, the newest first: what the evidence explorer lists."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, tuple_

from consent.audit import kinds
from consent.audit.kinds import Condition
from consent.records.models import record_table

PAGE = 50
_LISTED = (
    *("id", "record_id", "decision", "source", "categories", "policy_version", "language"),
    *("page_path", "received_ms", "visitor_id"),
)
Place = tuple[int, int]  # received_ms, id: times alone are not unique, so pages would skip or repeat


@dataclass(frozen=True)
class Filter:
    """None: whatever it is. `since_ms` is included, `until_ms` is not. `granted` belongs to `category`."""

    since_ms: int | None = None
    until_ms: int | None = None
    decision: str | None = None
    category: str | None = None
    granted: bool = True
    language: str | None = None
    policy_version: str | None = None
    source: str | None = None
    visitor_id: str | None = None


@dataclass(frozen=True)
class Page:
    """`older`: where the next page begins; None where this is the last one."""

    records: list[Any]
    older: Place | None


def page(connection: Connection, site_id: int, wanted: Filter, *, before: Place | None = None) -> Page:
    of_kind, place = _of_kind(wanted), _of_place(wanted, before)
    columns = [record_table.c[name] for name in _LISTED]
    if of_kind and wanted.visitor_id is None:
        dialect = connection.dialect.name
        statement = kinds.newest(columns, site_id, of_kind, place, dialect=dialect, limit=PAGE + 1)
    else:
        conditions = (each(record_table) for each in (*of_kind, *place))
        statement = select(*columns).where(record_table.c.site_id == site_id, *conditions)
    newest_first = statement.order_by(*(column.desc() for column in _ORDER)).limit(PAGE + 1)
    found = list(connection.execute(newest_first.prefix_with("/* evidence.list */")))
    more = len(found) > PAGE
    records = found[:PAGE]
    return Page(records, (records[-1].received_ms, records[-1].id) if more else None)


def neighbours(connection: Connection, site_id: int, record_id: str) -> tuple[str | None, str | None]:
    """The same visitor's record before and after this one; none where it is erased and nobody knows whose it was."""
    own = select(record_table).where(record_table.c.site_id == site_id, record_table.c.record_id == record_id)
    row = connection.execute(own).one_or_none()
    if row is None or row.visitor_id is None:
        return None, None
    place = tuple_(*_ORDER)
    here = tuple_(row.received_ms, row.id)
    theirs = select(record_table.c.record_id).where(
        record_table.c.site_id == site_id, record_table.c.visitor_id == row.visitor_id
    )
    before = theirs.where(place < here).order_by(*(column.desc() for column in _ORDER)).limit(1)
    after = theirs.where(place > here).order_by(*_ORDER).limit(1)
    return connection.execute(before).scalar(), connection.execute(after).scalar()


def _of_kind(wanted: Filter) -> list[Condition]:
    """On what the records of a kind have in common."""
    named = {name: getattr(wanted, name) for name in ("decision", "language", "policy_version", "source")}
    found = [_equals(name, value) for name, value in named.items() if value is not None]
    if wanted.category is not None:
        # The column is canonical JSON of ids and flags, so this text is in it exactly where the flag is set so.
        text = f'"{wanted.category}":{"true" if wanted.granted else "false"}'
        found.append(lambda table: table.c.categories.contains(text, autoescape=True))
    return found


def _of_place(wanted: Filter, before: Place | None) -> list[Condition]:
    """On what is particular about a record."""
    found = [] if wanted.visitor_id is None else [_equals("visitor_id", wanted.visitor_id)]
    if wanted.since_ms is not None:
        found.append(lambda table: table.c.received_ms >= wanted.since_ms)
    if wanted.until_ms is not None:
        found.append(lambda table: table.c.received_ms < wanted.until_ms)
    if before is not None:
        found.append(lambda table: tuple_(table.c.received_ms, table.c.id) < tuple_(*before))
    return found


def _equals(name: str, value: Any) -> Condition:
    return lambda table: table.c[name] == value


_ORDER = (record_table.c.received_ms, record_table.c.id)
