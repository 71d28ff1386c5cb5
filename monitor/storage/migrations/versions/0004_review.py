"""review: lists that go out to be reviewed, and the decisions on listings

Revision: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "review_list",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("identity", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("scope", sa.JSON(), nullable=False),
        sa.Column("seed", sa.String(length=200), nullable=False),
        sa.Column("lexicon_versions", sa.JSON(), nullable=False),
        sa.Column("strata", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_review_list_campaign_id_campaign")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_list")),
        sa.UniqueConstraint("identity", name=op.f("uq_review_list_identity")),
    )
    op.create_index(op.f("ix_review_list_campaign_id"), "review_list", ["campaign_id"])
    op.create_table(
        "review_item",
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=True),
        sa.Column("listing_digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["list_id"], ["review_list.id"], name=op.f("fk_review_item_list_id_review_list")
        ),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listing.id"], name=op.f("fk_review_item_listing_id_listing")
        ),
        sa.PrimaryKeyConstraint("list_id", "listing_id", name=op.f("pk_review_item")),
    )
    op.create_index(op.f("ix_review_item_listing_id"), "review_item", ["listing_id"])
    op.create_table(
        "review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("decision", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("reviewer", sa.String(length=100), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_row", sa.Integer(), nullable=True),
        sa.Column("list_id", sa.Integer(), nullable=True),
        sa.Column("duplicate_of", sa.Integer(), nullable=True),
        sa.Column("listing_digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["listing_id"], ["listing.id"], name=op.f("fk_review_listing_id_listing")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_review_campaign_id_campaign")
        ),
        sa.ForeignKeyConstraint(["list_id"], ["review_list.id"], name=op.f("fk_review_list_id_review_list")),
        sa.ForeignKeyConstraint(
            ["duplicate_of"], ["listing.id"], name=op.f("fk_review_duplicate_of_listing")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
    )
    op.create_index("ix_review_listing_id_decided_at", "review", ["listing_id", "decided_at"])
    op.create_index(op.f("ix_review_list_id"), "review", ["list_id"])
