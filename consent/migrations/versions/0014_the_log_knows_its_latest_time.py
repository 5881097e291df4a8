"""the log knows its latest time"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("ledger_log", schema=None) as batch_op:
        batch_op.add_column(sa.Column("latest_ms", sa.BigInteger(), nullable=True))
    _fill()
    with op.batch_alter_table("ledger_log", schema=None) as batch_op:
        batch_op.alter_column("latest_ms", existing_type=sa.BigInteger(), nullable=False)


def _fill() -> None:
    """Of every epoch, in one pass over the entries: no log notes a step back yet, so the latest time is the largest."""
    op.execute(
        "UPDATE ledger_log SET latest_ms = "
        "coalesce((SELECT max(received_ms) FROM ledger_entry WHERE ledger_entry.log_id = ledger_log.log_id), 0)"
    )


def downgrade() -> None:
    with op.batch_alter_table("ledger_log", schema=None) as batch_op:
        batch_op.drop_column("latest_ms")
