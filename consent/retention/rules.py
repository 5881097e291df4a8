"""How long a record outlives the decision in it. What it proves may be disputed for as long as a claim can be made."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from consent.clock import to_ms
from consent.errors import ConsentError
from consent.retention.models import rule_table

# Three years: the time for which Japan's APPI (enforcement rules, art. 29) has records of provision kept.
DEFAULT_DAYS = 3 * 365 + 1
MOST_DAYS = 36_525


class RuleInvalid(ConsentError):
    status = 422
    code = "rule_invalid"

    def __init__(self, keep_days: int) -> None:
        super().__init__(f"{keep_days} days: records are kept for 1 to {MOST_DAYS} days after their decision expires.")


@dataclass(frozen=True)
class Rule:
    keep_days: int = DEFAULT_DAYS
    updated_ms: int | None = None  # None: nobody has set it

    def cutoff_ms(self, now: datetime) -> int:
        """What expired before this moment is no longer kept."""
        return to_ms(now - timedelta(days=self.keep_days))


def rule_of(connection: Connection, site_id: int) -> Rule:
    statement = select(rule_table.c.keep_days, rule_table.c.updated_ms).where(rule_table.c.site_id == site_id)
    row = connection.execute(statement).one_or_none()
    return Rule(*row) if row else Rule()


def of_days(keep_days: int) -> Rule:
    """Raises RuleInvalid."""
    if not 1 <= keep_days <= MOST_DAYS:
        raise RuleInvalid(keep_days)
    return Rule(keep_days)


def set_rule(connection: Connection, site_id: int, *, keep_days: int, now: datetime) -> None:
    """Raises RuleInvalid."""
    of_days(keep_days)
    connection.execute(delete(rule_table).where(rule_table.c.site_id == site_id))
    connection.execute(insert(rule_table).values(site_id=site_id, keep_days=keep_days, updated_ms=to_ms(now)))
