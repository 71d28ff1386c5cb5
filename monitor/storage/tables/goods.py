"""Sites, sellers, listings, what they said over time, and the findings on them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Float, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from monitor.storage.tables.base import Base


class Site(Base):
    """Where listings are published (平台/网站)."""

    __tablename__ = "site"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    #: Chinese name for people
    title: Mapped[str] = mapped_column(String(200))
    base_url: Mapped[str] = mapped_column(Text)


class SiteLease(Base):
    """Who may crawl a site now. `token` grows with every new owner, so a late writer is told apart."""

    __tablename__ = "site_lease"
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), primary_key=True)
    owner: Mapped[str] = mapped_column(String(200))
    token: Mapped[int]
    expires_at: Mapped[datetime]


class Seller(Base):
    """Who offers a listing (经营者/店铺)."""

    __tablename__ = "seller"
    __table_args__ = (UniqueConstraint("site_id", "key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    key: Mapped[str] = mapped_column(Text)
    name: Mapped[str | None] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(Text)
    licence_url: Mapped[str | None] = mapped_column(Text)
    licence_name: Mapped[str | None] = mapped_column(Text)
    credit_code: Mapped[str | None] = mapped_column(String(40), index=True)
    address: Mapped[str | None] = mapped_column(Text)
    stated_place: Mapped[str | None] = mapped_column(Text)
    #: names of fields that were searched for, see `monitor.listing.Seller.looked_for`
    looked_for: Mapped[list[str]]
    first_run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id"))
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]


class Listing(Base):
    """One product offer at one URL (商品信息), as known now; its past stands in `observation`."""

    __tablename__ = "listing"
    __table_args__ = (UniqueConstraint("site_id", "key"), Index("ix_listing_suspect_risk", "suspect", "risk"))
    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    key: Mapped[str] = mapped_column(Text)
    url: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    price: Mapped[Decimal | None]
    currency: Mapped[str] = mapped_column(String(3))
    image_url: Mapped[str | None] = mapped_column(Text)
    seller_id: Mapped[int | None] = mapped_column(ForeignKey("seller.id"), index=True)
    #: everything else of `monitor.listing.Listing`: attributes, description, sales, looked_for …
    details: Mapped[dict[str, Any]]
    #: SHA-256 of all that people would call a change
    digest: Mapped[str] = mapped_column(String(64))
    category: Mapped[str | None] = mapped_column(String(20), index=True)
    subcategory: Mapped[str | None] = mapped_column(String(60))
    risk: Mapped[float] = mapped_column(Float)
    suspect: Mapped[bool]
    reasons: Mapped[list[str]]
    lexicon_version: Mapped[str] = mapped_column(String(64))
    #: its own detail page was read
    detail_seen: Mapped[bool]
    first_run_id: Mapped[int] = mapped_column(ForeignKey("run.id"))
    last_run_id: Mapped[int] = mapped_column(ForeignKey("run.id"), index=True)
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    #: since when it is gone, by the rule of `storage.gone`; None again when it is back
    gone_at: Mapped[datetime | None]
    #: when it was last seen on offer again after it had been gone; None while it never came back
    back_at: Mapped[datetime | None]


class Observation(Base):
    """What a listing said at one moment (采集记录); a new one is kept only when something changed."""

    __tablename__ = "observation"
    __table_args__ = (UniqueConstraint("listing_id", "run_id", "digest"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"))
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"), index=True)
    observed_at: Mapped[datetime]
    title: Mapped[str] = mapped_column(Text)
    price: Mapped[Decimal | None]
    details: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(String(64))


class Finding(Base):
    """One reason to look (疑点); superseded ones are kept."""

    __tablename__ = "finding"
    __table_args__ = (Index("ix_finding_listing_id_superseded_at", "listing_id", "superseded_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"))
    kind: Mapped[str] = mapped_column(String(10))
    rule: Mapped[str] = mapped_column(String(80), index=True)
    field: Mapped[str] = mapped_column(String(120))
    start: Mapped[int]
    end: Mapped[int]
    matched: Mapped[str] = mapped_column(Text)
    term: Mapped[str] = mapped_column(Text)
    evasion: Mapped[str | None] = mapped_column(String(20))
    severity: Mapped[str] = mapped_column(String(10))
    basis: Mapped[list[str]]
    confidence: Mapped[float] = mapped_column(Float)
    reason: Mapped[str] = mapped_column(Text)
    lexicon_version: Mapped[str] = mapped_column(String(64))
    found_at: Mapped[datetime]
    #: when the listing or the lexicon changed so that it no longer holds
    superseded_at: Mapped[datetime | None]
