"""`consent seed`: many plausible records, for trying out and for measuring. Never on a site with real visitors."""

import random
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import click
import orjson
from rich.progress import Progress
from sqlalchemy import Connection, insert

from consent import clock, sites
from consent.db import transact
from consent.ledger import sequencer
from consent.ledger.append import Opening, append_many, sealed
from consent.policies import publish
from consent.records import evidence
from consent.records.kinds import kind_of
from consent.records.lookup import read_rules
from consent.records.models import record_table, state_table
from consent.records.rules import NECESSARY, Rules
from consent.signing import new_visitor_id

_AT_ONCE = 5_000
_DAYS = 180
# By how many in a thousand, and where each is usually made.
_DECISIONS = {"accept_all": 440, "reject_all": 393, "custom": 150, "withdraw": 14, "gpc": 3}
_SOURCES = {"custom": "preferences", "withdraw": "preferences", "gpc": "gpc"}
_FAMILIES = ("chrome", "safari", "edge", "firefox", "samsung", "other")


def _row(rules: Rules, site_id: int, received_ms: int, chance: random.Random) -> dict[str, Any]:
    decision = chance.choices(list(_DECISIONS), list(_DECISIONS.values()))[0]
    granted = {name: _grants(decision, category, chance) for name, category in rules.services.items()}
    categories = {name: name == NECESSARY or _on(name, granted, rules) for name in rules.categories}
    if decision == "accept_all":
        categories = dict.fromkeys(categories, True)
    row = {
        "site_id": site_id,
        "record_id": _uuid7(received_ms, chance),
        "content_hash": chance.randbytes(32),
        "visitor_id": new_visitor_id(),
        "decision": decision,
        "source": _SOURCES.get(decision, "banner"),
        "categories": orjson.dumps(categories, option=orjson.OPT_SORT_KEYS).decode(),
        "services": orjson.dumps(granted, option=orjson.OPT_SORT_KEYS).decode(),
        "policy_version": rules.version,
        "script": None,
        "language": _language(rules, chance),
        "page_path": f"/products/{chance.randrange(400)}",
        "gpc": decision == "gpc" or chance.random() < 0.05,
        "region": None,
        "region_source": "none",
        "legal_model": "opt_in",
        "client_ms": received_ms - chance.randrange(2_000),
        "received_ms": received_ms,
        "expires_ms": received_ms + rules.lifetime_days * 86_400_000,
        "ip_prefix": f"203.0.{chance.randrange(256)}.0/24" if rules.keep_ip_prefix else None,
        "browser_family": chance.choice(_FAMILIES) if rules.keep_browser else None,
        "device_class": chance.choice(("desktop", "phone", "tablet")) if rules.keep_browser else None,
        "previous_record_id": None,
    }
    return {**row, "kind": kind_of(row)}


def _language(rules: Rules, chance: random.Random) -> str:
    """Each is four times as rare as the one before: of ten, the last is what nearly nobody speaks."""
    languages = sorted(rules.languages)
    return chance.choices(languages, [0.25**place for place in range(len(languages))])[0]


def _uuid7(milliseconds: int, chance: random.Random) -> str:
    """A UUIDv7 of a moment in the past (RFC 9562, section 5.7)."""
    bits = milliseconds << 80 | 7 << 76 | chance.getrandbits(12) << 64 | 2 << 62 | chance.getrandbits(62)
    return str(UUID(int=bits))


def _grants(decision: str, category: str, chance: random.Random) -> bool:
    return category == NECESSARY or decision == "accept_all" or (decision == "custom" and chance.random() < 0.4)


def _on(category: str, granted: dict[str, bool], rules: Rules) -> bool:
    return any(on for name, on in granted.items() if rules.services[name] == category)


def _state(row: dict[str, Any], rules: Rules) -> dict[str, Any]:
    copied = {column.name: row[column.name] for column in state_table.c if column.name in row}
    return {**copied, "decided_ms": row["received_ms"], "material_since": rules.material_since}


def _entry(row: dict[str, Any], site: sites.Site) -> Opening:
    return sealed(
        kind=evidence.kind_of(row["decision"]),
        received_ms=row["received_ms"],
        evidence=evidence.evidence_of(row, site_key=site.key, log=site.log_origin),
        subject=evidence.subject_of(row),
    )


def _batches(rules: Rules, site_id: int, count: int) -> Iterator[list[dict[str, Any]]]:
    chance = random.Random(0)  # noqa: S311 (the same data every time, and nothing secret in it)
    end = clock.now()
    step = timedelta(days=_DAYS) / max(count, 1)
    for start in range(0, count, _AT_ONCE):
        moments = (end - step * (count - number) for number in range(start, min(start + _AT_ONCE, count)))
        yield [_row(rules, site_id, clock.to_ms(moment), chance) for moment in moments]


@click.command()
@click.option("--site", "site_key", required=True)
@click.option("--records", default=10_000, show_default=True, type=click.IntRange(1))
def seed(site_key: str, records: int) -> None:
    """Fill a site with made-up records, for trying out and measuring. They are in its log, sequenced."""

    def rules_of(connection: Connection) -> tuple[sites.Site, Rules]:
        site = sites.find(connection, site_key)
        publication = publish.current(connection, site.id)
        if publication is None:
            raise click.ClickException("Publish a policy first.")
        return site, read_rules(connection, site.id, publication.policy_version)

    site, rules = transact(rules_of)
    with Progress() as progress:
        task = progress.add_task("records", total=records)
        for rows in _batches(rules, site.id, records):
            transact(partial(_store, rows=rows, site=site, rules=rules))
            progress.advance(task, len(rows))


def _store(connection: Connection, rows: list[dict[str, Any]], site: sites.Site, rules: Rules) -> None:
    """Sequenced at once: records of months ago that wait would look like a log that is far behind."""
    connection.execute(insert(record_table), rows)
    connection.execute(insert(state_table), [_state(row, rules) for row in rows])
    append_many(connection, site.id, {row["record_id"]: _entry(row, site) for row in rows})
    sequencer.unit(site.id, clock.to_ms(clock.now()), largest=2 * _AT_ONCE)(connection)
