"""What the dashboard asks. Days are UTC days, `first` and `last` included."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from consent.records.models import showing_table
from consent.statistics.models import category_count_table, decision_count_table

CHOICES = ("accept_all", "custom", "reject_all")  # what somebody decides who was asked


@dataclass(frozen=True)
class Span:
    first: date
    last: date

    @classmethod
    def of_days(cls, last: date, days: int) -> "Span":
        return cls(last - timedelta(days=days - 1), last)

    @property
    def days(self) -> list[str]:
        count = (self.last - self.first).days + 1
        return [(self.first + timedelta(days=number)).isoformat() for number in range(count)]

    def before(self) -> "Span":
        """As many days, just before."""
        return Span.of_days(self.first - timedelta(days=1), len(self.days))

    def within(self, day: Any) -> Any:
        return day.between(self.first.isoformat(), self.last.isoformat())


def by_day(connection: Connection, site_id: int, span: Span) -> dict[str, dict[str, int]]:
    """{day: {decision: how many}}, with every day of the span."""
    found: dict[str, dict[str, int]] = {day: defaultdict(int) for day in span.days}
    c = decision_count_table.c
    summed = select(c.day, c.decision, func.sum(c.decisions).label("n"))
    for row in connection.execute(summed.where(c.site_id == site_id, span.within(c.day)).group_by(c.day, c.decision)):
        found[row.day][row.decision] = int(row.n)
    return found


def showings_by_day(connection: Connection, site_id: int, span: Span) -> dict[str, int]:
    c = showing_table.c
    summed = select(c.day, func.sum(c.views).label("n")).where(c.site_id == site_id, span.within(c.day))
    return {row.day: int(row.n) for row in connection.execute(summed.group_by(c.day))}


def by_category(connection: Connection, site_id: int, span: Span) -> dict[str, tuple[int, int]]:
    """{category: (granted, decided)}"""
    c = category_count_table.c
    summed = select(c.category, c.granted, func.sum(c.decisions).label("n"))
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in connection.execute(
        summed.where(c.site_id == site_id, span.within(c.day)).group_by(c.category, c.granted)
    ):
        found[row.category][0] += int(row.n) if row.granted else 0
        found[row.category][1] += int(row.n)
    return {category: (granted, decided) for category, (granted, decided) in found.items()}


def by(connection: Connection, site_id: int, span: Span, column: str) -> dict[str, dict[str, int]]:
    """{value of the column: {decision: how many}}, of those who were asked; the most frequent value first."""
    c = decision_count_table.c
    summed = select(c[column], c.decision, func.sum(c.decisions).label("n"))
    wanted = summed.where(c.site_id == site_id, span.within(c.day), c.decision.in_(CHOICES))
    found: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(CHOICES, 0))
    for value, decision, decisions in connection.execute(wanted.group_by(c[column], c.decision)):
        found[value][decision] = int(decisions)
    return dict(sorted(found.items(), key=lambda pair: -sum(pair[1].values())))
