"""Consent records are appended and never changed; only an erasure takes away what leads to a person.

The state is derived: the last record of each visitor.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, String, Table, Text

from consent.db import metadata

# SQLite counts rows by itself only in an INTEGER primary key; PostgreSQL needs the larger type.
RowId = BigInteger().with_variant(Integer, "sqlite")

record_table = Table(
    "consent_record",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    # No foreign key to the site: deleting one must never reach its evidence.
    Column("site_id", Integer, nullable=False),
    Column("record_id", String(36), nullable=False, unique=True),
    # What the client sent, for telling a repeat from a forgery. It was made from the page and the time as well, so it
    # goes with them: both absent say that the record is erased.
    Column("content_hash", LargeBinary(32)),
    Column("visitor_id", String(32)),
    Column("decision", String(12), nullable=False),
    Column("source", String(12), nullable=False),
    Column("categories", Text, nullable=False),  # canonical JSON
    Column("services", Text, nullable=False),
    Column("policy_version", String(64), nullable=False),
    Column("script", String(16)),
    Column("language", String(12), nullable=False),
    Column("page_path", Text),
    Column("gpc", Boolean, nullable=False),
    Column("region", String(12)),
    Column("region_source", String(12), nullable=False),
    Column("legal_model", String(12), nullable=False),
    Column("client_ms", BigInteger),
    Column("received_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
    Column("ip_prefix", String(50)),
    Column("browser_family", String(20)),
    Column("device_class", String(12)),
    Column("previous_record_id", String(36)),
    Column("kind", BigInteger, nullable=False),  # consent.records.kinds: derived, for finding only
)
# The export and every list read a site's records in the order of arrival.
Index("ix_consent_record_site_received", record_table.c.site_id, record_table.c.received_ms, record_table.c.id)
# A visitor's own records, for showing and for erasing them.
Index("ix_consent_record_site_visitor", record_table.c.site_id, record_table.c.visitor_id, record_table.c.received_ms)
# The newest of each kind: what a filter leaves over is found without reading the rest.
Index(
    "ix_consent_record_site_kind",
    *(record_table.c.site_id, record_table.c.kind, record_table.c.received_ms, record_table.c.id),
)

# How often the first layer was shown. Nothing in it leads to anybody: two views of one person cannot be told from those of two.
showing_table = Table(
    "banner_showing",
    metadata,
    Column("site_id", Integer, primary_key=True),
    Column("day", String(10), primary_key=True),  # UTC
    Column("policy_version", String(64), primary_key=True),
    Column("language", String(12), primary_key=True),
    Column("device_class", String(12), primary_key=True),  # empty where the policy keeps nothing of the browser
    Column("views", BigInteger, nullable=False),
)

state_table = Table(
    "visitor_state",
    metadata,
    Column("site_id", Integer, primary_key=True),
    Column("visitor_id", String(32), primary_key=True),
    Column("record_id", String(36), nullable=False),
    Column("decision", String(12), nullable=False),
    Column("categories", Text, nullable=False),
    Column("services", Text, nullable=False),
    Column("policy_version", String(64), nullable=False),
    Column("material_since", Integer, nullable=False),
    Column("decided_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
)
# Counting whose decision holds reads this alone; it grows at its right edge, for expiry runs forward.
Index("ix_visitor_state_holding", state_table.c.site_id, state_table.c.material_since, state_table.c.expires_ms)
