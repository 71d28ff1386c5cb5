"""draws: reproducible selections, what was drawn, and what the tests said

Revision: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "draw",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("identity", sa.String(length=64), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("seed", sa.String(length=200), nullable=False),
        sa.Column("algorithm", sa.String(length=40), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("population_sha256", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("manifest", sa.Text(), nullable=False),
        sa.Column("manifest_sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_draw_campaign_id_campaign")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw")),
        sa.UniqueConstraint("identity", name=op.f("uq_draw_identity")),
    )
    op.create_index(op.f("ix_draw_campaign_id"), "draw", ["campaign_id"])
    op.create_index(op.f("ix_draw_population_sha256"), "draw", ["population_sha256"])
    op.create_table(
        "draw_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("listing_digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["draw_id"], ["draw.id"], name=op.f("fk_draw_item_draw_id_draw")),
        sa.ForeignKeyConstraint(["listing_id"], ["listing.id"], name=op.f("fk_draw_item_listing_id_listing")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw_item")),
        sa.UniqueConstraint("number", name=op.f("uq_draw_item_number")),
        sa.UniqueConstraint("draw_id", "position", name=op.f("uq_draw_item_draw_id")),
        sa.UniqueConstraint("draw_id", "listing_id", name="uq_draw_item_draw_id_listing_id"),
    )
    op.create_index(op.f("ix_draw_item_listing_id"), "draw_item", ["listing_id"])
    op.create_table(
        "draw_result",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("report_number", sa.Text(), nullable=True),
        sa.Column("laboratory", sa.Text(), nullable=True),
        sa.Column("reported_on", sa.Date(), nullable=True),
        sa.Column("failed_items", sa.Text(), nullable=True),
        sa.Column("producer", sa.Text(), nullable=True),
        sa.Column("retest_on", sa.Date(), nullable=True),
        sa.Column("retest_provisional", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_row", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["draw_item.id"], name=op.f("fk_draw_result_item_id_draw_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw_result")),
        sa.UniqueConstraint("item_id", "stage", name=op.f("uq_draw_result_item_id")),
    )
