"""Erasing what is kept about visitors: readable tables and log in one transaction, several visitors in one account.

The account in the log lists places. Of one person alone, the list would say which places belong together; so requests are
carried out together.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from consent.ledger import erase as log_erase
from consent.ledger import hold
from consent.ledger.erase import BOTH, ONLY_SUBJECT, Halves
from consent.ledger.models import entry_table
from consent.merkle.entry import Kind
from consent.records import forget
from consent.visitors import requests
from consent.visitors.models import request_table

LARGEST_BATCH = 100
TABLES = (*forget.TABLES, entry_table, request_table)  # where a visitor's bytes can be


@dataclass(frozen=True)
class Outcome:
    """`waiting`: requests that must wait until a checkpoint covers their entries. `more`: the batch was full."""

    done: int = 0
    waiting: int = 0
    more: bool = False


@dataclass(frozen=True)
class _Task:
    request: Any
    record_ids: list[str]

    @property
    def halves(self) -> Halves:
        return BOTH if self.request.both_halves else ONLY_SUBJECT


def unit(
    site_id: int, *, now: datetime, only: int | None = None, by: str | None = None
) -> Callable[[Connection], Outcome]:
    """The unit of work for `transact`: every due request of the site, or `only` that one. Raises OnHold."""

    def erase(connection: Connection) -> Outcome:
        hold.check(connection, site_id)
        found = (
            requests.due(connection, site_id, now, most=LARGEST_BATCH)
            if only is None
            else requests.one(connection, only)
        )
        tasks = [_Task(each, _records(connection, each)) for each in found]
        unsettled = log_erase.unsettled_among(connection, (name for task in tasks for name in task.record_ids))
        ready = [task for task in tasks if unsettled.isdisjoint(task.record_ids)]
        _account(connection, site_id, ready, now=now, by=by)
        for task in ready:
            _forget(connection, task)
        requests.done(connection, [task.request.id for task in ready], now)
        return Outcome(len(ready), len(tasks) - len(ready), more=bool(ready) and len(found) == LARGEST_BATCH)

    return erase


def _records(connection: Connection, request: Any) -> list[str]:
    return forget.records_of(connection, request.site_id, request.visitor_id, until_ms=request.until_ms)


def _account(connection: Connection, site_id: int, tasks: list[_Task], *, now: datetime, by: str | None) -> None:
    """One entry of the log for each reason."""
    asked: dict[str, dict[str, Halves]] = defaultdict(dict)
    for task in tasks:
        for record_id in task.record_ids:
            before = asked[task.request.reason].get(record_id, ONLY_SUBJECT)
            asked[task.request.reason][record_id] = before | task.halves
    for reason, halves in sorted(asked.items()):
        log_erase.erase(connection, site_id, halves, kind=Kind.ERASURE, reason=reason, now=now, by=by)


def _forget(connection: Connection, task: _Task) -> None:
    forget.forget_state(connection, task.request.site_id, task.request.visitor_id, until_ms=task.request.until_ms)
    if task.request.both_halves:
        forget.forget_records(connection, task.record_ids)
    else:
        forget.forget_subject(connection, task.record_ids)
