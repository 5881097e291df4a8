"""counting decisions that hold"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_visitor_state_holding", "visitor_state", ["site_id", "material_since", "expires_ms"])


def downgrade() -> None:
    op.drop_index("ix_visitor_state_holding", table_name="visitor_state")
