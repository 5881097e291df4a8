"""Forgetting: what the readable tables know of a person. The log's halves are `consent.ledger.erase`'s."""

from collections.abc import Iterable

from sqlalchemy import Connection, delete, func, select, update

from consent.db import few_at_a_time
from consent.records.models import record_table, state_table

# Whatever the subject half holds, and the hash that was made from it.
SUBJECT_COLUMNS = (
    "content_hash",
    "visitor_id",
    "page_path",
    "client_ms",
    "ip_prefix",
    "browser_family",
    "device_class",
    "previous_record_id",
)
TABLES = (record_table, state_table)


def count_of(connection: Connection, site_id: int, visitor_id: str) -> int:
    ours = record_table.c.site_id == site_id, record_table.c.visitor_id == visitor_id
    return int(connection.execute(select(func.count()).select_from(record_table).where(*ours)).scalar_one())


def last_received_ms(connection: Connection, site_id: int, visitor_id: str) -> int | None:
    """When the visitor's newest record came; None where there is none, or all of them are erased."""
    statement = select(record_table.c.received_ms).where(
        record_table.c.site_id == site_id, record_table.c.visitor_id == visitor_id
    )
    return connection.execute(statement.order_by(record_table.c.received_ms.desc()).limit(1)).scalar()


def records_of(connection: Connection, site_id: int, visitor_id: str, *, until_ms: int) -> list[str]:
    """The ids of the visitor's records that had come by then."""
    statement = select(record_table.c.record_id).where(
        record_table.c.site_id == site_id,
        record_table.c.visitor_id == visitor_id,
        record_table.c.received_ms <= until_ms,
    )
    return list(connection.execute(statement.order_by(record_table.c.id)).scalars())


def forget_subject(connection: Connection, record_ids: Iterable[str]) -> None:
    """The records stay, and say nothing any more about whose they were."""
    nothing = dict.fromkeys(SUBJECT_COLUMNS)
    for some in few_at_a_time(record_ids):
        connection.execute(update(record_table).where(record_table.c.record_id.in_(some)).values(nothing))


def forget_records(connection: Connection, record_ids: Iterable[str]) -> None:
    """The rows go as a whole. What is left of them is in the log."""
    for some in few_at_a_time(record_ids):
        connection.execute(delete(record_table).where(record_table.c.record_id.in_(some)))


def forget_state(connection: Connection, site_id: int, visitor_id: str, *, until_ms: int) -> None:
    """The current decision, unless it is newer."""
    connection.execute(
        delete(state_table).where(
            state_table.c.site_id == site_id,
            state_table.c.visitor_id == visitor_id,
            state_table.c.decided_ms <= until_ms,
        )
    )


def forget_old_states(connection: Connection, site_id: int, *, expired_before_ms: int) -> None:
    connection.execute(
        delete(state_table).where(state_table.c.site_id == site_id, state_table.c.expires_ms < expired_before_ms)
    )
