"""evidence: chains of preserved records, their anchors, and which listing each record shows

Revision: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "evidence_anchor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("process", sa.String(length=200), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.Column("anchored_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_evidence_anchor_run_id_run")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_evidence_anchor_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_anchor")),
        sa.UniqueConstraint("file", name=op.f("uq_evidence_anchor_file")),
    )
    with op.batch_alter_table("evidence_anchor", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evidence_anchor_run_id"), ["run_id"], unique=False)
    op.create_table(
        "evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("anchor_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("collected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("chain", sa.String(length=64), nullable=False),
        sa.Column("response_sha256", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["anchor_id"], ["evidence_anchor.id"], name=op.f("fk_evidence_anchor_id_evidence_anchor")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_evidence_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
        sa.UniqueConstraint("anchor_id", "sequence", name=op.f("uq_evidence_anchor_id")),
    )
    op.create_table(
        "evidence_listing",
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_evidence_listing_evidence_id_evidence")
        ),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listing.id"], name=op.f("fk_evidence_listing_listing_id_listing")
        ),
        sa.PrimaryKeyConstraint("evidence_id", "listing_id", name=op.f("pk_evidence_listing")),
    )
    with op.batch_alter_table("evidence_listing", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evidence_listing_listing_id"), ["listing_id"], unique=False)
