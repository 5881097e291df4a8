"""What is kept about one visitor, for themselves: every record that still knows whose it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, select

from consent.clock import wire
from consent.records.models import record_table

PAGE = 50
_LISTED = ("id", "record_id", "decision", "source", "received_ms")
_COPIED = (
    *("record_id", "visitor_id", "decision", "source", "policy_version", "script", "language", "page_path", "gpc"),
    *("region", "region_source", "legal_model", "ip_prefix", "browser_family", "device_class", "previous_record_id"),
)
_TIMES = {"client_time": "client_ms", "received_time": "received_ms", "expires_at": "expires_ms"}


@dataclass(frozen=True)
class Listed:
    """`id` is the place in the list, for `before`."""

    id: int
    record_id: str
    decision: str
    source: str
    received_ms: int


def of_visitor(connection: Connection, site_id: int, visitor_id: str, *, before: int | None = None) -> list[Listed]:
    """The newest PAGE of them, or those before the one with this `id`."""
    wanted = select(*(record_table.c[name] for name in _LISTED)).where(*_theirs(site_id, visitor_id))
    if before is not None:
        wanted = wanted.where(record_table.c.id < before)
    found = connection.execute(wanted.order_by(record_table.c.id.desc()).limit(PAGE))
    return [Listed(**row._mapping) for row in found]


def everything(connection: Connection, site_id: int, visitor_id: str) -> Iterator[dict[str, Any]]:
    """All of it, the oldest first, under the names of the export."""
    wanted = select(record_table).where(*_theirs(site_id, visitor_id)).order_by(record_table.c.id)
    for row in connection.execute(wanted):
        yield {
            **{name: row._mapping[name] for name in _COPIED},
            "categories": orjson.loads(row.categories),
            "services": orjson.loads(row.services),
            **{name: None if row._mapping[ms] is None else wire(row._mapping[ms]) for name, ms in _TIMES.items()},
        }


def _theirs(site_id: int, visitor_id: str) -> tuple[Any, Any]:
    return record_table.c.site_id == site_id, record_table.c.visitor_id == visitor_id
