"""registers of the law of Japan"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create(
        "consent_confirmation",
        sa.Column("address", sa.String(length=400), nullable=False),
        sa.Column("representative", sa.String(length=200), nullable=False),
        sa.Column("data_items", sa.Text(), nullable=False),
        sa.Column("method", sa.String(length=10), nullable=False),
        sa.Column("informed_abroad", sa.Boolean(), nullable=False),
        sa.Column("confirmed_by", sa.String(length=200), nullable=False),
        sa.Column("confirmed_on", sa.String(length=10), nullable=False),
        sa.Column("provided_from", sa.String(length=10), nullable=False),
        sa.Column("provided_until", sa.String(length=10), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=False),
    )
    _create(
        "foreign_transfer",
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("basis", sa.String(length=12), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("system_source", sa.String(length=2000), nullable=False),
        sa.Column("system_on", sa.String(length=10), nullable=True),
        sa.Column("measures", sa.Text(), nullable=False),
        sa.Column("checked_on", sa.String(length=10), nullable=False),
        sa.Column("checked_by", sa.String(length=200), nullable=False),
        sa.Column("due_on", sa.String(length=10), nullable=True),
        sa.Column("held_ms", sa.BigInteger(), nullable=True),
    )


def _create(name: str, *columns: sa.Column) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.String(length=64), nullable=False),
        sa.Column("recipient", sa.String(length=200), nullable=False),
        *columns,
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("added_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("corrects_id", name=op.f(f"uq_{name}_corrects_id")),
    )
    op.create_index(op.f(f"ix_{name}_site_id"), name, ["site_id"])


def downgrade() -> None:
    op.drop_table("foreign_transfer")
    op.drop_table("consent_confirmation")
