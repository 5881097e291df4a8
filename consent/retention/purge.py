"""What is past its date goes: both halves of the entry, and the readable row. The leaf and its place in the log stay."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, func, not_, or_, select

from consent.ledger import erase, hold
from consent.ledger.models import entry_table
from consent.merkle.entry import Kind
from consent.records import forget
from consent.records.models import record_table
from consent.retention.rules import Rule, rule_of

REASON = "retention"
# One entry of the log accounts for so many, and one transaction holds up other writers for so long.
LARGEST_BATCH = 1_000
TABLES = (*forget.TABLES, entry_table)


@dataclass(frozen=True)
class Purged:
    """`more`: the batch was full."""

    records: int
    more: bool


@dataclass(frozen=True)
class Report:
    """How a site stands: `expired` is what a run would take now, if no hold stands."""

    rule: Rule
    held: hold.Hold | None
    records: int
    oldest_ms: int | None
    expired: int


def unit(site_id: int, now: datetime) -> Callable[[Connection], Purged]:
    """The unit of work for `transact`: one batch, the oldest first. Raises OnHold."""

    def purge(connection: Connection) -> Purged:
        hold.check(connection, site_id)
        cutoff_ms = rule_of(connection, site_id).cutoff_ms(now)
        record_ids = _expired(connection, site_id, cutoff_ms)
        asked = dict.fromkeys(record_ids, erase.BOTH)
        erase.erase(connection, site_id, asked, kind=Kind.RETENTION, reason=REASON, now=now)
        forget.forget_records(connection, record_ids)
        more = len(record_ids) == LARGEST_BATCH
        if not more:  # once in a run: it looks at every state of the site
            forget.forget_old_states(connection, site_id, expired_before_ms=cutoff_ms)
        return Purged(len(record_ids), more)

    return purge


def report(connection: Connection, site_id: int, now: datetime) -> Report:
    """Changes nothing."""
    rule = rule_of(connection, site_id)
    of_site = record_table.c.site_id == site_id
    # Asked separately, the oldest is the first of an index; beside the count it is compared with every record.
    records = connection.execute(select(func.count()).where(of_site)).scalar_one()
    oldest_ms = connection.execute(select(func.min(record_table.c.received_ms)).where(of_site)).scalar_one()
    expired = expired_under(connection, site_id, rule, now)
    return Report(rule, hold.standing(connection, site_id), records, oldest_ms, expired)


def expired_under(connection: Connection, site_id: int, rule: Rule, now: datetime) -> int:
    """How many records a run would take, if this were the rule."""
    statement = select(func.count()).select_from(_WITH_ENTRY).where(_past(site_id, rule.cutoff_ms(now)))
    return int(connection.execute(statement).scalar_one())


def has_expired(connection: Connection, site_id: int, now: datetime) -> bool:
    statement = select(record_table.c.id).select_from(_WITH_ENTRY)
    past = _past(site_id, rule_of(connection, site_id).cutoff_ms(now))
    return connection.execute(statement.where(past).limit(1)).first() is not None


def _expired(connection: Connection, site_id: int, cutoff_ms: int) -> list[str]:
    statement = select(record_table.c.record_id).select_from(_WITH_ENTRY).where(_past(site_id, cutoff_ms))
    in_order = statement.order_by(record_table.c.received_ms, record_table.c.id).limit(LARGEST_BATCH)
    return list(connection.execute(in_order).scalars())


def _past(site_id: int, cutoff_ms: int) -> ColumnElement[bool]:
    # Nothing expires before it is received, and by that order there is an index. What is not settled is left for later.
    return and_(
        record_table.c.site_id == site_id,
        record_table.c.received_ms < cutoff_ms,
        record_table.c.expires_ms < cutoff_ms,
        or_(entry_table.c.id.is_(None), not_(erase.UNSETTLED)),
    )


_WITH_ENTRY = record_table.outerjoin(entry_table, entry_table.c.record_id == record_table.c.record_id)
