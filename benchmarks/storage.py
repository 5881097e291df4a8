"""What a record takes on disk, indexes included: while it lives, and what stays when everything in it was erased."""

from collections.abc import Iterator

from benchmarks.report import Measure, compare
from benchmarks.stores import Location, Store

PARTS = {
    "record": ("consent_record", "visitor_state"),
    "entry": ("ledger_entry",),
    "tree": ("ledger_tile",),
}
# An upper bound of an erasure: every half of every record, and no record of what was decided.
ERASE = """
UPDATE ledger_entry SET evidence = NULL, evidence_salt = NULL, evidence_commitment = leaf_hash,
    subject = NULL, subject_salt = NULL, subject_commitment = leaf_hash, erased_by = record_id;
DELETE FROM consent_record;
DELETE FROM visitor_state;
"""


def measures(store: Store, template: str, rows: int) -> Iterator[Measure]:
    """On a copy of a filled location."""
    with store.copy(template) as location:
        _compact(location)
        living = {part: _bytes(location, tables) for part, tables in PARTS.items()}
        location.execute(ERASE)
        _compact(location)
        erased = {part: _bytes(location, tables) for part, tables in PARTS.items()}
    for part, taken in living.items():
        yield compare(f"{store.name}: bytes of a record, {part}", round(taken / rows), None)
    yield compare(f"{store.name}: bytes of a record, living", round(sum(living.values()) / rows), None)
    yield compare(f"{store.name}: bytes of a record, for good", round(sum(erased.values()) / rows), None)


def _compact(location: Location) -> None:
    location.execute("VACUUM FULL" if location.database_url else "VACUUM")


def _bytes(location: Location, tables: tuple[str, ...]) -> int:
    return sum(_of_table(location, table) for table in tables)


def _of_table(location: Location, table: str) -> int:
    """Rows and indexes."""
    if location.database_url:
        return location.count(f"SELECT pg_total_relation_size('{table}')")
    return location.count(
        f"SELECT sum(pgsize) FROM dbstat JOIN sqlite_schema AS s USING (name) WHERE s.tbl_name = '{table}'"
    )
