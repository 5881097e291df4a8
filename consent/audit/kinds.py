"""The newest records of the kinds that fit a filter: whatever is asked, a page of each kind is read and no more.

A filter that fits few records would otherwise read all of a site's to find them (docs/adr/0017).
"""

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import CTE, ColumnElement, FromClause, Select, exists, func, select, true

from consent.records.models import record_table

Condition = Callable[[FromClause], ColumnElement[bool]]  # on a table with the columns of consent_record


def newest(
    columns: Iterable[Any],
    site_id: int,
    kind_fits: Iterable[Condition],
    place: Iterable[Condition],
    *,
    dialect: str,
    limit: int,
) -> Select[Any]:
    """`kind_fits`: on what the records of a kind have in common; `place`: on the rest. The caller puts them in order."""
    kinds = _kinds(site_id)
    of_kind = record_table.alias("of_kind")
    fits = (of_kind.c.site_id == site_id, of_kind.c.kind == kinds.c.kind)
    order = (of_kind.c.received_ms.desc(), of_kind.c.id.desc())
    ids = select(of_kind.c.id).where(*fits, *(each(of_kind) for each in place)).order_by(*order).limit(limit)
    joined = _joined(kinds, ids.correlate(kinds), dialect)
    return select(*columns).select_from(joined).where(_example_fits(kinds, site_id, kind_fits))


def _joined(kinds: CTE, ids: Select[Any], dialect: str) -> FromClause:
    """SQLite has no LATERAL, and looks up what a list names; PostgreSQL would compare each record with the list."""
    if dialect == "sqlite":
        return kinds.join(record_table, record_table.c.id.in_(ids))
    found = ids.lateral("found")
    return kinds.join(found, true()).join(record_table, record_table.c.id == found.c.id)


def _example_fits(kinds: CTE, site_id: int, conditions: Iterable[Condition]) -> ColumnElement[bool]:
    """Any record of a kind says what all of them say."""
    same = record_table.alias("same")
    one = select(same).where(same.c.site_id == site_id, same.c.kind == kinds.c.kind).limit(1).correlate(kinds)
    example = one.subquery("example")
    return exists().where(*(each(example) for each in conditions)).correlate(kinds)


def _kinds(site_id: int) -> CTE:
    """Every kind of the site, each found from the one before: a loose scan of ix_consent_record_site_kind."""
    first = select(func.min(record_table.c.kind).label("kind")).where(record_table.c.site_id == site_id)
    kinds = first.cte("kinds", recursive=True)
    other = record_table.alias("other")
    following = select(func.min(other.c.kind)).where(other.c.site_id == site_id, other.c.kind > kinds.c.kind)
    return kinds.union_all(select(following.correlate(kinds).scalar_subquery()).where(kinds.c.kind.is_not(None)))
