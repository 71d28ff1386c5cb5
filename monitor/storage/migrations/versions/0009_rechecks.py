"""rechecks: looks at listings' own pages, when a listing came back, and relistings

Revision: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("listing", schema=None) as batch_op:
        batch_op.add_column(sa.Column("back_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "recheck",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("rests_on", sa.Text(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["listing_id"], ["listing.id"], name=op.f("fk_recheck_listing_id_listing")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_recheck_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recheck")),
        sa.UniqueConstraint("listing_id", "unit_id", name=op.f("uq_recheck_listing_id")),
    )
    with op.batch_alter_table("recheck", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recheck_unit_id"), ["unit_id"], unique=False)
    op.create_table(
        "relisting",
        sa.Column("gone_listing_id", sa.Integer(), nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["gone_listing_id"], ["listing.id"], name=op.f("fk_relisting_gone_listing_id_listing")
        ),
        sa.ForeignKeyConstraint(["listing_id"], ["listing.id"], name=op.f("fk_relisting_listing_id_listing")),
        sa.PrimaryKeyConstraint("gone_listing_id", "listing_id", name=op.f("pk_relisting")),
    )
    with op.batch_alter_table("relisting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_relisting_listing_id"), ["listing_id"], unique=False)
