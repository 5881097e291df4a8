"""The numbers on a site's page: what was decided, by whom of those who were asked, and how the log stands."""

from dataclasses import dataclass
from typing import Any

import orjson
from flask import g, request
from sqlalchemy import Connection, select

from consent import clock
from consent.admin import shell
from consent.db import db
from consent.ledger import checking, logs, publisher, sequencer
from consent.policies import publish
from consent.records.models import record_table
from consent.sites import Site
from consent.statistics import charts, reading
from consent.statistics.reading import CHOICES, Span

PERIODS = (7, 30, 90)
LATEST = 10
TABLES = ("language", "device_class", "policy_version")  # each in a table of its own


@dataclass(frozen=True)
class Share:
    """`change` in percentage points against the period before; None where that had nothing."""

    name: str
    granted: int
    decided: int
    percent: float
    change: float | None


def numbers(site: Site) -> dict[str, Any]:
    """What `_dashboard.html` shows."""
    days = request.args.get("days", type=int)
    days = days if days in PERIODS else PERIODS[1]
    span = Span.of_days(clock.now().date(), days)
    with db.engine.connect() as connection:
        by_day = reading.by_day(connection, site.id, span)
        showings = reading.showings_by_day(connection, site.id, span)
        return {
            "days": days,
            "periods": PERIODS,
            "totals": _totals(by_day, showings),
            "chart": charts.bars(by_day),
            "by_day": by_day,
            "shares": _shares(connection, site.id, span),
            "tables": {name: reading.by(connection, site.id, span, name) for name in TABLES},
            "latest": _latest(connection, site.id),
            "log": _log(connection, site.id),
        }


def categories(site: Site) -> dict[str, str]:
    """Their names, as the current policy has them in the user's language, or else in its first."""
    with db.engine.connect() as connection:
        current = publish.current(connection, site.id)
        document = orjson.loads(publish.by_version(connection, current.policy_version)) if current else {}
    return {each["id"]: _name(each["name"]) for each in document.get("categories", [])}


def _name(text: str | dict[str, str]) -> str:
    return text if isinstance(text, str) else text.get(g.language) or next(iter(text.values()))


def _totals(by_day: dict[str, dict[str, int]], showings: dict[str, int]) -> dict[str, int | None]:
    """`ignored` counts views without a choice; None where nobody counts how often the banner is shown."""
    summed = {
        decision: sum(day.get(decision, 0) for day in by_day.values()) for decision in (*CHOICES, "withdraw", "gpc")
    }
    shown = sum(showings.values()) or None
    asked = sum(summed[choice] for choice in CHOICES)
    return {**summed, "decided": asked, "shown": shown, "ignored": None if shown is None else max(0, shown - asked)}


def _shares(connection: Connection, site_id: int, span: Span) -> list[Share]:
    now, before = (reading.by_category(connection, site_id, each) for each in (span, span.before()))
    return [_share(name, now[name], before.get(name)) for name in sorted(now) if name != "necessary"]


def _share(name: str, now: tuple[int, int], before: tuple[int, int] | None) -> Share:
    percent = 100 * now[0] / now[1]
    change = None if before is None else percent - 100 * before[0] / before[1]
    return Share(name, *now, percent, change)


def _latest(connection: Connection, site_id: int) -> list[Any]:
    columns = (
        record_table.c[name] for name in ("record_id", "decision", "source", "language", "device_class", "received_ms")
    )
    newest = select(*columns).where(record_table.c.site_id == site_id)
    return list(
        connection.execute(newest.order_by(record_table.c.received_ms.desc(), record_table.c.id.desc()).limit(LATEST))
    )


def _log(connection: Connection, site_id: int) -> dict[str, Any]:
    log = logs.active(connection, site_id)
    last, checked = publisher.newest(connection, log.log_id), checking.last(connection, site_id)
    return {
        "size": log.size,
        "pending": sequencer.count_pending(connection, site_id),
        "oldest_ms": sequencer.oldest_pending_ms(connection, site_id),
        "signed_ms": last.signed_ms if last else None,
        "signed_size": last.size if last else None,
        "checked": checked,
        "check_failure": shell.failure(checked.failed),
    }
