"""The tables of the log. Times are milliseconds since the epoch.

An entry is written once. Sequencing gives it its log and index, and an erasure takes a half away; nothing else changes it.
Tiles and checkpoints are never deleted; where an epoch ends, what no checkpoint covers goes into the next one.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
)

from consent.db import metadata

# SQLite counts rows by itself only in an INTEGER primary key; PostgreSQL needs the larger type.
RowId = BigInteger().with_variant(Integer, "sqlite")

# One row for each epoch of a site's log. The head (size, root, frontier) is what the sequencer last committed.
log_table = Table(
    "ledger_log",
    metadata,
    Column("log_id", Integer, primary_key=True),
    # No foreign keys in this room: deleting a site must never reach its evidence.
    Column("site_id", Integer, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("origin", String(300), nullable=False, unique=True),  # the first line of its checkpoints
    Column("state", String(8), nullable=False),  # active or frozen
    Column("size", BigInteger, nullable=False),
    Column("root", LargeBinary(32), nullable=False),
    Column("frontier", LargeBinary, nullable=False),
    Column("integrated_ms", BigInteger, nullable=False),
    # Of the entries' received times, since they last stepped back; 0 where there is none.
    Column("latest_ms", BigInteger, nullable=False),
    UniqueConstraint("site_id", "epoch", name="uq_ledger_log_site_epoch"),
)

entry_table = Table(
    "ledger_entry",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("site_id", Integer, nullable=False),
    Column("record_id", String(36), nullable=False, unique=True),
    Column("log_id", Integer),  # both absent: the entry is pending
    Column("leaf_index", BigInteger),
    Column("received_ms", BigInteger, nullable=False),
    Column("kind", SmallInteger, nullable=False),
    Column("schema", SmallInteger, nullable=False),
    Column("leaf_hash", LargeBinary(32), nullable=False),
    Column("evidence", LargeBinary),
    Column("evidence_salt", LargeBinary(32)),
    Column("subject", LargeBinary),
    Column("subject_salt", LargeBinary(32)),
    # What is left of an erased half: its commitment, so that the leaf can still be computed.
    Column("evidence_commitment", LargeBinary(32)),
    Column("subject_commitment", LargeBinary(32)),
    Column("erased_by", String(36)),  # record_id of the entry that accounts for it
    # Why it is kept out of the tree: its stored bytes no longer give its leaf hash. Never thrown away.
    Column("quarantine", String(200)),
)
Index("ix_ledger_entry_leaf", entry_table.c.log_id, entry_table.c.leaf_index, unique=True)
# The queue: to be in it is the state, so what commits late or out of order cannot be passed over.
PENDING = entry_table.c.leaf_index.is_(None) & entry_table.c.quarantine.is_(None)
Index(
    "ix_ledger_entry_pending",
    entry_table.c.site_id,
    entry_table.c.id,
    sqlite_where=PENDING,
    postgresql_where=PENDING,
)

# What was done to a site, for the account of everything that is missing.
EVENTS = entry_table.c.kind >= literal_column("128")  # a literal, or SQLite would not see that the index fits
Index(
    "ix_ledger_entry_events",
    entry_table.c.site_id,
    entry_table.c.kind,
    sqlite_where=EVENTS,
    postgresql_where=EVENTS,
)

# While there is a row, nothing of the site is erased.
hold_table = Table(
    "ledger_hold",
    metadata,
    Column("site_id", Integer, primary_key=True, autoincrement=False),
    Column("reason", Text, nullable=False),
    Column("since_ms", BigInteger, nullable=False),
)

tile_table = Table(
    "ledger_tile",
    metadata,
    Column("log_id", Integer, primary_key=True),
    Column("level", SmallInteger, primary_key=True),
    Column("tile_index", BigInteger, primary_key=True),
    Column("data", LargeBinary, nullable=False),  # up to 256 hashes of 32 bytes
)

checkpoint_table = Table(
    "ledger_checkpoint",
    metadata,
    Column("log_id", Integer, primary_key=True),
    Column("size", BigInteger, primary_key=True),
    Column("root", LargeBinary(32), nullable=False),
    Column("note", Text, nullable=False),
    Column("signed_ms", BigInteger, nullable=False),
)

# Public keys only: what signs is derived from a secret that is not in the database.
key_table = Table(
    "ledger_key",
    metadata,
    Column("vkey", String(400), primary_key=True),
    Column("name", String(320), nullable=False),  # the origin of a log, or …/receipts
    Column("generation", Integer, nullable=False),
    Column("not_before_ms", BigInteger, nullable=False),
    Column("retired_ms", BigInteger),
    UniqueConstraint("name", "generation", name="uq_ledger_key_name_generation"),
)
