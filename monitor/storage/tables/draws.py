"""Draws for sampling: their manifests, what was drawn, and what the tests said. Rows are only ever added."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from monitor.storage.tables.base import Base


class Draw(Base):
    """One reproducible random selection (抽样)."""

    __tablename__ = "draw"
    id: Mapped[int] = mapped_column(primary_key=True)
    #: SHA-256 over all that decides what is drawn: drawing the same again finds this row
    identity: Mapped[str] = mapped_column(String(64), unique=True)
    #: None for a draw over all campaigns
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"), index=True)
    seed: Mapped[str] = mapped_column(String(200))
    algorithm: Mapped[str] = mapped_column(String(40))
    population: Mapped[int]
    population_sha256: Mapped[str] = mapped_column(String(64), index=True)
    made_at: Mapped[datetime]
    #: JSON, see `monitor.leads.sampling.manifest`: enough to repeat the draw without this database
    manifest: Mapped[str] = mapped_column(Text)
    #: the manifest's own digest, as printed on the lists
    manifest_sha256: Mapped[str] = mapped_column(String(64))


class DrawItem(Base):
    """One listing that was drawn (抽中样品)."""

    __tablename__ = "draw_item"
    __table_args__ = (
        UniqueConstraint("draw_id", "position"),
        UniqueConstraint("draw_id", "listing_id", name="uq_draw_item_draw_id_listing_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    draw_id: Mapped[int] = mapped_column(ForeignKey("draw.id"))
    #: 抽样编号, as on the forms
    number: Mapped[str] = mapped_column(String(40), unique=True)
    #: 1 for the first row of the list
    position: Mapped[int]
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), index=True)
    #: `Listing.digest` at that time
    listing_digest: Mapped[str] = mapped_column(String(64))


class DrawResult(Base):
    """What a laboratory said of one sample (检验结果)."""

    __tablename__ = "draw_result"
    __table_args__ = (UniqueConstraint("item_id", "stage"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("draw_item.id"))
    #: test (检验), reinspection asked for by who disagrees (复检), or re-test after mending (复查)
    stage: Mapped[str] = mapped_column(String(20))
    #: passed, failed, or not bought
    outcome: Mapped[str] = mapped_column(String(20))
    report_number: Mapped[str | None] = mapped_column(Text)
    laboratory: Mapped[str | None] = mapped_column(Text)
    reported_on: Mapped[date | None] = mapped_column(Date)
    #: 不合格项目
    failed_items: Mapped[str | None] = mapped_column(Text)
    #: as printed on the bought goods
    producer: Mapped[str | None] = mapped_column(Text)
    #: when it has to be tested again; of failed samples
    retest_on: Mapped[date | None] = mapped_column(Date)
    #: the days counted reach into a year whose rest days are not published
    retest_provisional: Mapped[bool]
    recorded_at: Mapped[datetime]
    source: Mapped[str] = mapped_column(Text)
    #: row of the file, as the spreadsheet counts
    source_row: Mapped[int]
