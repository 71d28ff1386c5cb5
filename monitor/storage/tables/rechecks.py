"""Looks at listings' own pages, and listings that came back under another address."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Float, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from monitor.storage.tables.base import Base


class Recheck(Base):
    """One look at a listing's own page (复查), by a recheck or a detail unit, and what it came to."""

    __tablename__ = "recheck"
    __table_args__ = (UniqueConstraint("listing_id", "unit_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    checked_at: Mapped[datetime]
    #: see `storage.gone.CheckOutcome`
    outcome: Mapped[str] = mapped_column(String(20))
    #: what the outcome rests on: a marker, an HTTP status, an error
    rests_on: Mapped[str | None] = mapped_column(Text)
    #: digest of the listing as its own page made it then, to tell a change; None where it was not seen
    digest: Mapped[str | None] = mapped_column(String(64))


class Relisting(Base):
    """A listing that looks like one that is gone, come back (疑似重新上架): a clue, not a proof."""

    __tablename__ = "relisting"
    gone_listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), primary_key=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), primary_key=True, index=True)
    #: 0–1, see `matching.relisting`
    score: Mapped[float] = mapped_column(Float)
    #: Chinese, most important first
    reasons: Mapped[list[str]]
    found_at: Mapped[datetime]
