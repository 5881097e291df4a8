"""the verifiable log"""

import time

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_PENDING = sa.text("leaf_index IS NULL AND quarantine IS NULL")
_EMPTY_ROOT = bytes.fromhex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")


def upgrade() -> None:
    op.create_table(
        "ledger_log",
        sa.Column("log_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.Column("frontier", sa.LargeBinary(), nullable=False),
        sa.Column("integrated_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("log_id", name=op.f("pk_ledger_log")),
        sa.UniqueConstraint("origin", name=op.f("uq_ledger_log_origin")),
        sa.UniqueConstraint("site_id", "epoch", name="uq_ledger_log_site_epoch"),
    )
    op.create_table(
        "ledger_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.String(length=36), nullable=False),
        sa.Column("log_id", sa.Integer(), nullable=True),
        sa.Column("leaf_index", sa.BigInteger(), nullable=True),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("schema", sa.SmallInteger(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("evidence", sa.LargeBinary(), nullable=True),
        sa.Column("evidence_salt", sa.LargeBinary(length=32), nullable=True),
        sa.Column("subject", sa.LargeBinary(), nullable=True),
        sa.Column("subject_salt", sa.LargeBinary(length=32), nullable=True),
        sa.Column("evidence_commitment", sa.LargeBinary(length=32), nullable=True),
        sa.Column("subject_commitment", sa.LargeBinary(length=32), nullable=True),
        sa.Column("erased_by", sa.String(length=36), nullable=True),
        sa.Column("quarantine", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entry")),
        sa.UniqueConstraint("record_id", name=op.f("uq_ledger_entry_record_id")),
    )
    op.create_index("ix_ledger_entry_leaf", "ledger_entry", ["log_id", "leaf_index"], unique=True)
    op.create_index(
        "ix_ledger_entry_pending",
        "ledger_entry",
        ["site_id", "id"],
        sqlite_where=_PENDING,
        postgresql_where=_PENDING,
    )
    op.create_table(
        "ledger_tile",
        sa.Column("log_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("tile_index", sa.BigInteger(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("log_id", "level", "tile_index", name=op.f("pk_ledger_tile")),
    )
    op.create_table(
        "ledger_checkpoint",
        sa.Column("log_id", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("signed_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("log_id", "size", name=op.f("pk_ledger_checkpoint")),
    )
    op.create_table(
        "ledger_key",
        sa.Column("vkey", sa.String(length=400), nullable=False),
        sa.Column("name", sa.String(length=320), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("not_before_ms", sa.BigInteger(), nullable=False),
        sa.Column("retired_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("vkey", name=op.f("pk_ledger_key")),
        sa.UniqueConstraint("name", "generation", name="uq_ledger_key_name_generation"),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("arguments", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("due_ms", sa.BigInteger(), nullable=False),
        sa.Column("lease_ms", sa.BigInteger(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("finished_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("key", name=op.f("uq_job_key")),
    )
    op.create_index("ix_job_state_due", "job", ["state", "due_ms"], unique=False)
    op.create_table(
        "banner_file",
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=81), nullable=False),
        sa.Column("file", sa.String(length=40), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("first_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "name", "file", name=op.f("pk_banner_file")),
    )
    with op.batch_alter_table("site", schema=None) as batch_op:
        batch_op.add_column(sa.Column("log_origin", sa.String(length=300), nullable=True))
    _open_logs()
    with op.batch_alter_table("site", schema=None) as batch_op:
        batch_op.alter_column("log_origin", existing_type=sa.String(length=300), nullable=False)
        batch_op.create_unique_constraint(batch_op.f("uq_site_log_origin"), ["log_origin"])
    with op.batch_alter_table("consent_record", schema=None) as batch_op:
        batch_op.create_index("ix_consent_record_site_visitor", ["site_id", "visitor_id"], unique=False)


def _open_logs() -> None:
    """Sites from before get an empty log. What they recorded before it is in no log, and nothing pretends that it were."""
    connection = op.get_bind()
    for site_id, key in connection.execute(sa.text("SELECT id, key FROM site")).all():
        origin = {"origin": f"consent/{key}", "site": site_id}
        connection.execute(sa.text("UPDATE site SET log_origin = :origin WHERE id = :site"), origin)
        head = {**origin, "root": _EMPTY_ROOT, "frontier": b"", "now": int(time.time() * 1000)}
        connection.execute(
            sa.text(
                "INSERT INTO ledger_log (site_id, epoch, origin, state, size, root, frontier, integrated_ms) "
                "VALUES (:site, 1, :origin, 'active', 0, :root, :frontier, :now)"
            ),
            head,
        )


def downgrade() -> None:
    with op.batch_alter_table("consent_record", schema=None) as batch_op:
        batch_op.drop_index("ix_consent_record_site_visitor")
    with op.batch_alter_table("site", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_site_log_origin"), type_="unique")
        batch_op.drop_column("log_origin")
    for table in ("banner_file", "job", "ledger_key", "ledger_checkpoint", "ledger_tile", "ledger_entry", "ledger_log"):
        op.drop_table(table)
