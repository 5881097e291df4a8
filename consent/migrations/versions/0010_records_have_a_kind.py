"""records have a kind"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

PARTS = ("decision", "source", "language", "policy_version", "categories")


def upgrade() -> None:
    with op.batch_alter_table("consent_record", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.BigInteger(), nullable=True))
    _fill()
    with op.batch_alter_table("consent_record", schema=None) as batch_op:
        batch_op.alter_column("kind", existing_type=sa.BigInteger(), nullable=False)
        batch_op.create_index("ix_consent_record_site_kind", ["site_id", "kind", "received_ms", "id"])


def _fill() -> None:
    """One pass over the records, whatever the number of kinds."""
    connection, record = op.get_bind(), sa.table("consent_record", *(sa.column(name) for name in (*PARTS, "kind")))
    columns = (sa.Column(name, sa.Text(), nullable=False) for name in PARTS)
    known = op.create_table("kind_of_records", *columns, sa.Column("kind", sa.BigInteger(), nullable=False))
    op.create_index("ix_kind_of_records", "kind_of_records", PARTS[:-1])
    found = connection.execute(sa.select(*(record.c[name] for name in PARTS)).distinct()).all()
    if found:
        connection.execute(sa.insert(known), [{**row._mapping, "kind": _kind(row._mapping)} for row in found])
    same = (known.c[name] == record.c[name] for name in PARTS)
    connection.execute(sa.update(record).values(kind=sa.select(known.c.kind).where(*same).scalar_subquery()))
    op.drop_table("kind_of_records")


def _kind(row: Mapping[str, Any]) -> int:
    """As in consent/records/kinds.py on the day of this migration."""
    digest = sha256("\n".join(row[name] for name in PARTS).encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def downgrade() -> None:
    with op.batch_alter_table("consent_record", schema=None) as batch_op:
        batch_op.drop_index("ix_consent_record_site_kind")
        batch_op.drop_column("kind")
