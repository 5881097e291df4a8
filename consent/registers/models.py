"""Entries are appended and never changed: a correction is a new entry that names the old one. `held_ms` alone is set later."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text

from consent.db import metadata


def _entry(name: str, *columns: Column[object]) -> Table:
    """Without foreign keys: deleting a site must not reach what has to be kept for three years."""
    return Table(
        name,
        metadata,
        Column("id", Integer, primary_key=True),
        Column("site_id", Integer, nullable=False),
        Column("service_id", String(64), nullable=False),  # as the policy calls it
        Column("recipient", String(200), nullable=False),  # the legal entity
        *columns,
        Column("corrects_id", Integer, unique=True),  # an entry is corrected once
        Column("sha256", String(64), nullable=False),  # of the entry's canonical bytes, as the log has it
        Column("added_ms", BigInteger, nullable=False),
        Index(f"ix_{name}_site_id", "site_id"),
    )


confirmation_table = _entry(
    "consent_confirmation",
    Column("address", String(400), nullable=False),
    Column("representative", String(200), nullable=False),
    Column("data_items", Text, nullable=False),
    Column("method", String(10), nullable=False),
    Column("informed_abroad", Boolean, nullable=False),
    Column("confirmed_by", String(200), nullable=False),
    Column("confirmed_on", String(10), nullable=False),
    Column("provided_from", String(10), nullable=False),
    Column("provided_until", String(10)),  # null: it goes on
    Column("evidence", Text, nullable=False),
)

transfer_table = _entry(
    "foreign_transfer",
    Column("country", String(2), nullable=False),
    Column("basis", String(12), nullable=False),
    Column("system", Text, nullable=False),
    Column("system_source", String(2000), nullable=False),
    Column("system_on", String(10)),
    Column("measures", Text, nullable=False),
    Column("checked_on", String(10), nullable=False),
    Column("checked_by", String(200), nullable=False),
    Column("due_on", String(10)),  # null: no check is asked for
    Column("held_ms", BigInteger),  # when the log was told that the service is held back
)
