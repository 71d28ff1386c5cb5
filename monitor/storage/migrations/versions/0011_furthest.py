"""furthest: how far a unit came before it was cut short, so that only standing still counts as a failure

Revision: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.add_column(sa.Column("furthest", sa.Integer(), server_default="0", nullable=False))
