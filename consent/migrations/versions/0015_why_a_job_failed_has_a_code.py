"""why a job failed has a code"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.add_column(sa.Column("error_code", sa.String(length=40), nullable=True))
    _forget()


def _forget() -> None:
    """What an unexpected error said may hold what a statement held, and nothing tells such a text from others."""
    op.execute(
        "UPDATE job SET error_code = 'job_failed', "
        "error = 'It failed unexpectedly. The worker''s log says more, under job ' || id || '.' WHERE error IS NOT NULL"
    )


def downgrade() -> None:
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_column("error_code")
