"""erasure and retention"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# PostgreSQL's ANALYZE keeps samples of a column's values, which no erasure would reach.
_UNSAMPLED = {
    "consent_record": ("content_hash", "visitor_id", "page_path", "client_ms", "ip_prefix", "previous_record_id"),
    "visitor_state": ("visitor_id",),
    "ledger_entry": ("evidence", "evidence_salt", "subject", "subject_salt"),
    "erasure_request": ("visitor_id",),
}
_EVENTS = sa.text("kind >= 128")


def upgrade() -> None:
    op.create_table(
        "erasure_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("visitor_id", sa.String(length=32), nullable=True),
        sa.Column("both_halves", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("until_ms", sa.BigInteger(), nullable=False),
        sa.Column("requested_ms", sa.BigInteger(), nullable=False),
        sa.Column("due_ms", sa.BigInteger(), nullable=False),
        sa.Column("done_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure_request")),
    )
    op.create_index("ix_erasure_request_site_done", "erasure_request", ["site_id", "done_ms"])
    op.create_table(
        "retention_rule",
        sa.Column("site_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("keep_days", sa.Integer(), nullable=False),
        sa.Column("updated_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", name=op.f("pk_retention_rule")),
    )
    op.create_table(
        "ledger_hold",
        sa.Column("site_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", name=op.f("pk_ledger_hold")),
    )
    op.create_index(
        "ix_ledger_entry_events",
        "ledger_entry",
        ["site_id", "kind"],
        sqlite_where=_EVENTS,
        postgresql_where=_EVENTS,
    )
    with op.batch_alter_table("consent_record", schema=None) as batch_op:
        batch_op.alter_column("content_hash", existing_type=sa.LargeBinary(length=32), nullable=True)
        batch_op.alter_column("visitor_id", existing_type=sa.String(length=32), nullable=True)
        # With the time behind the visitor; without it SQLite looks for a visitor through the index by time.
        batch_op.drop_index("ix_consent_record_site_visitor")
        batch_op.create_index("ix_consent_record_site_visitor", ["site_id", "visitor_id", "received_ms"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        for table, columns in _UNSAMPLED.items():
            for column in columns:
                op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS 0")


def downgrade() -> None:
    """Of erased records nothing is left to put into columns that must not be empty: they get empty ones."""
    op.execute("UPDATE consent_record SET content_hash = '', visitor_id = '' WHERE content_hash IS NULL")
    with op.batch_alter_table("consent_record", schema=None) as batch_op:
        batch_op.drop_index("ix_consent_record_site_visitor")
        batch_op.create_index("ix_consent_record_site_visitor", ["site_id", "visitor_id"], unique=False)
        batch_op.alter_column("content_hash", existing_type=sa.LargeBinary(length=32), nullable=False)
        batch_op.alter_column("visitor_id", existing_type=sa.String(length=32), nullable=False)
    op.drop_index("ix_ledger_entry_events", table_name="ledger_entry")
    for table in ("ledger_hold", "retention_rule", "erasure_request"):
        op.drop_table(table)
