"""Leads on their way to who is competent: letters, listings as they were then, and what happened to each."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Float, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from monitor.storage.tables.base import Base


class LeadLetter(Base):
    """One letter (移送函, 告知函): several leads to one receiver under one number (文号)."""

    __tablename__ = "lead_letter"
    __table_args__ = (UniqueConstraint("series", "year", "serial"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    #: which numbers run on: referral, special, notice
    series: Mapped[str] = mapped_column(String(20))
    year: Mapped[int]
    serial: Mapped[int]
    #: as printed
    number: Mapped[str] = mapped_column(String(200), unique=True)
    receiver: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]
    #: name of the Word file as it was written
    file: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    #: name of the evidence pack beside it; None where nothing was preserved
    pack_file: Mapped[str | None] = mapped_column(Text)
    pack_sha256: Mapped[str | None] = mapped_column(String(64))


class Lead(Base):
    """One subject for one receiver (线索). The columns of its status follow from its events."""

    __tablename__ = "lead"
    __table_args__ = (Index("ix_lead_status_due_on", "status", "due_on"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    #: None for leads that belong to no campaign
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"), index=True)
    #: the letter it went out with, the last one
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("lead_letter.id"), index=True)
    #: what it came from, for people: 审核, a sample's number …
    origin: Mapped[str] = mapped_column(Text)
    #: what it came from, for programs: one lead of each kind comes from it; None where leads may repeat
    origin_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    #: area of the place, six digits or a zone's local code
    area_code: Mapped[str | None] = mapped_column(String(20), index=True)
    #: receiving authority; None is 待核
    receiver: Mapped[str | None] = mapped_column(Text)
    #: R1–R9
    rule: Mapped[str | None] = mapped_column(String(4))
    #: how sure rule and receiver are, Chinese
    confidence: Mapped[str | None] = mapped_column(Text)
    #: why this receiver, Chinese, in the order in which it was weighed
    why: Mapped[list[str]]
    #: code of the legal basis for which it leaves market supervision (R8); None stays within
    special: Mapped[str | None] = mapped_column(String(10))
    #: 主体名称 as published or as printed on the goods
    subject: Mapped[str | None] = mapped_column(Text)
    credit_code: Mapped[str | None] = mapped_column(String(40))
    address: Mapped[str | None] = mapped_column(Text)
    #: name of the site that a notice goes to
    site: Mapped[str | None] = mapped_column(String(100))
    opened_at: Mapped[datetime]
    opened_by: Mapped[str] = mapped_column(String(100))
    #: completeness of the last letter, 0–1; None before the first
    score: Mapped[float | None] = mapped_column(Float)
    #: ids of what that letter lacked
    missing: Mapped[list[str]]
    status: Mapped[str] = mapped_column(String(20))
    #: the latest one
    result: Mapped[str | None] = mapped_column(String(20))
    #: day of Asia/Shanghai by which the next step is due; None when nothing is
    due_on: Mapped[date | None] = mapped_column(Date)
    #: which step is due: sign, result, settle …
    due_step: Mapped[str | None] = mapped_column(String(20))
    #: the count reached into a year whose rest days are not published
    due_provisional: Mapped[bool]
    #: day on which its listings are to be looked at again
    recheck_on: Mapped[date | None] = mapped_column(Date, index=True)


class LeadListing(Base):
    """A listing of a lead, with its words and findings as they were when the lead was opened."""

    __tablename__ = "lead_listing"
    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"), primary_key=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), primary_key=True, index=True)
    #: 1 for the first of the letter
    position: Mapped[int]
    #: `Listing.digest` then
    listing_digest: Mapped[str] = mapped_column(String(64))
    #: see `storage.lead_snapshot`
    snapshot: Mapped[dict[str, Any]]


class LeadEvent(Base):
    """What happened to a lead, who says so, and where that stands. Rows are only ever added."""

    __tablename__ = "lead_event"
    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"), index=True)
    #: see `storage.lead_status.LeadStep`
    step: Mapped[str] = mapped_column(String(20))
    #: status after it
    status: Mapped[str] = mapped_column(String(20))
    #: when it happened, as told
    happened_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    #: name of who says so
    by: Mapped[str] = mapped_column(String(100))
    note: Mapped[str | None] = mapped_column(Text)
    result: Mapped[str | None] = mapped_column(String(20))
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("lead_letter.id"))
    due_on: Mapped[date | None] = mapped_column(Date)
    #: of a draft: score and what was missing
    details: Mapped[dict[str, Any]]
    #: name of the file, or by what means: cli, console
    source: Mapped[str] = mapped_column(Text)
    #: row of the file, as the spreadsheet counts
    source_row: Mapped[int | None]
