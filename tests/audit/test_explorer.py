"""What the explorer finds: the same as reading every record would, and without reading them."""

import random
import uuid
from dataclasses import replace
from itertools import product

import pytest
from sqlalchemy import event, insert

from consent.audit import explorer
from consent.audit.explorer import Filter
from consent.db import db, transact
from consent.records.kinds import PARTS, kind_of
from consent.records.models import record_table

CATEGORIES = ('{"analytics":false,"necessary":true}', '{"analytics":true,"necessary":true}')
USUAL = {
    "content_hash": b"0" * 32,
    "services": "{}",
    "gpc": False,
    "region_source": "none",
    "legal_model": "opt_in",
    "expires_ms": 10**12,
}


def row(site_id, chance, received_ms):
    made = {
        "site_id": site_id,
        "record_id": str(uuid.UUID(int=chance.getrandbits(128))),
        "visitor_id": f"v{chance.randrange(40)}",
        "decision": chance.choice(("accept_all", "reject_all", "custom")),
        "source": chance.choices(("banner", "api"), (9, 1))[0],
        "language": chance.choices(("ja", "en"), (9, 1))[0],
        "policy_version": chance.choice("ab") * 64,
        "categories": chance.choice(CATEGORIES),
        "received_ms": received_ms,
        **USUAL,
    }
    return {**made, "kind": kind_of(made)}


@pytest.fixture
def rows(site, other_site):
    """In the order of arrival, several of them in the same millisecond; of another site as many."""
    chance = random.Random(3)
    made = [row(each.id, chance, 1_000 + number // 3) for number in range(600) for each in (site, other_site)]
    transact(lambda connection: connection.execute(insert(record_table), made))
    return [each for each in made if each["site_id"] == site.id]


def fits(row, wanted):
    named = ("decision", "language", "policy_version", "source", "visitor_id")
    flag = f'"{wanted.category}":{"true" if wanted.granted else "false"}'
    return (
        all(getattr(wanted, name) in (None, row[name]) for name in named)
        and (wanted.category is None or flag in row["categories"])
        and (wanted.since_ms or 0) <= row["received_ms"] < (wanted.until_ms or 10**15)
    )


def every_page(site, wanted):
    found, before = [], None
    with db.engine.connect() as connection:
        while True:
            page = explorer.page(connection, site.id, wanted, before=before)
            found += [each.record_id for each in page.records]
            before = page.older
            if before is None:
                return found


FILTERS = [
    Filter(decision=decision, source=source, language=language, category=category, granted=granted, since_ms=since)
    for decision, source, language, category, granted, since in product(
        (None, "custom"), (None, "api", "import"), (None, "en"), (None, "analytics"), (True, False), (None, 1_050)
    )
]


def test_every_filter_finds_what_reading_everything_finds(site, rows):
    for wanted in FILTERS:
        for each in (
            wanted,
            replace(wanted, policy_version="a" * 64, until_ms=1_120),
            replace(wanted, visitor_id="v7"),
        ):
            expected = [row["record_id"] for row in reversed(rows) if fits(row, each)]
            assert every_page(site, each) == expected, each


def test_records_that_differ_in_anything_a_filter_knows_are_of_different_kinds(site):
    one = row(site.id, random.Random(1), 0)
    others = [{**one, name: "other"} for name in PARTS]
    assert len({kind_of(each) for each in (one, *others)}) == len(PARTS) + 1
    assert kind_of({**one, "visitor_id": "other", "received_ms": 9}) == kind_of(one)


def test_a_recorded_decision_is_of_its_kind(visitor):
    visitor.decide("custom", granted=["ga4"])
    with db.engine.connect() as connection:
        found = connection.execute(record_table.select()).one()
    assert found.kind == kind_of(found._mapping)


@pytest.fixture
def statements(app):
    seen = []

    def note(_connection, _cursor, statement, parameters, _context, _many):
        if "evidence.list" in statement:
            seen.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.engine, "before_cursor_execute", note)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # PostgreSQL plans by the number of rows
@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (Filter(decision="withdraw"), "ix_consent_record_site_kind"),
        (Filter(language="en", source="api", since_ms=5), "ix_consent_record_site_kind"),
        (Filter(category="analytics", granted=False), "ix_consent_record_site_kind"),
        (Filter(policy_version="b" * 64, until_ms=9), "ix_consent_record_site_kind"),
        (Filter(since_ms=5, until_ms=9), "ix_consent_record_site_received"),
        (Filter(visitor_id="v1", decision="custom"), "ix_consent_record_site_visitor"),
    ],
)
def test_no_filter_reads_the_records_of_a_site(site, statements, wanted, index):
    with db.engine.connect() as connection:
        explorer.page(connection, site.id, wanted, before=(7, 7))
        ((statement, parameters),) = statements
        plan = [line.detail for line in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
    reads = [line for line in plan if "consent_record" in line or "of_kind" in line or "other" in line]
    assert index in " ".join(plan)
    assert not [line for line in reads if line.startswith("SCAN")]
    assert not [line for line in reads if line.endswith("(site_id=?)") and "COVERING" not in line]
