"""People's decisions on listings, and the lists that they decided from. Rows are only ever added."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from monitor.storage.tables.base import Base


class ReviewList(Base):
    """One list that went out to be reviewed (审核清单): suspects, and a sample of what was filtered out."""

    __tablename__ = "review_list"
    id: Mapped[int] = mapped_column(primary_key=True)
    #: random, written into the workbook: by it a returned file is known
    identity: Mapped[str] = mapped_column(String(32), unique=True)
    #: SHA-256 over campaign, time and items
    digest: Mapped[str] = mapped_column(String(64))
    #: None for a list over all campaigns
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"), index=True)
    made_at: Mapped[datetime]
    #: which listings were asked for, and the threshold from which a listing is a suspect
    scope: Mapped[dict[str, Any]]
    #: of the random sample
    seed: Mapped[str] = mapped_column(String(200))
    #: of the listings that could have been drawn, in order
    lexicon_versions: Mapped[list[str]]
    #: the strata of the sample: ``{"category": id or null, "filtered_out": number, "sampled": number}``
    strata: Mapped[list[Any]]


class ReviewItem(Base):
    """One listing on a list, as its reviewer saw it."""

    __tablename__ = "review_item"
    list_id: Mapped[int] = mapped_column(ForeignKey("review_list.id"), primary_key=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), primary_key=True, index=True)
    #: 1 for the first row
    position: Mapped[int]
    #: suspect, or sample (of those filtered out); the list does not show which
    role: Mapped[str] = mapped_column(String(10))
    #: category at that time: its stratum
    category: Mapped[str | None] = mapped_column(String(20))
    #: `Listing.digest` at that time
    listing_digest: Mapped[str] = mapped_column(String(64))


class Review(Base):
    """One decision on one listing (审核); the latest one holds, the earlier ones stay."""

    __tablename__ = "review"
    __table_args__ = (Index("ix_review_listing_id_decided_at", "listing_id", "decided_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"))
    #: under which it was decided
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"))
    decision: Mapped[str] = mapped_column(String(20))
    #: code of the reason, see `monitor/leads/review_terms.yaml`
    reason: Mapped[str | None] = mapped_column(String(40))
    comment: Mapped[str | None] = mapped_column(Text)
    reviewer: Mapped[str] = mapped_column(String(100))
    decided_at: Mapped[datetime]
    #: when it came into the database
    recorded_at: Mapped[datetime]
    #: name of the file, or by what means: cli, console
    source: Mapped[str] = mapped_column(Text)
    #: row of the file, as the spreadsheet counts
    source_row: Mapped[int | None]
    list_id: Mapped[int | None] = mapped_column(ForeignKey("review_list.id"), index=True)
    #: the listing that stands for this one
    duplicate_of: Mapped[int | None] = mapped_column(ForeignKey("listing.id"))
    #: `Listing.digest` of what was decided on
    listing_digest: Mapped[str] = mapped_column(String(64))
