"""The tables, as typed models. A change here needs a migration; a test compares the two."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Float,
    ForeignKey,
    Index,
    MetaData,
    Numeric,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect


class UtcDateTime(TypeDecorator[datetime]):
    """A point in time: refuses naive values, stores UTC, gives back aware UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse what has no zone."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value!r}: give it a timezone, e.g. datetime.now(UTC)")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """SQLite gives back naive values; they are UTC."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class RunStatus(StrEnum):
    """Where a run stands."""

    #: made, no crawler has started
    PENDING = "pending"
    #: crawlers are at work, or died and left it so: its units tell
    RUNNING = "running"
    #: every unit has ended, in whatever way
    DONE = "done"
    #: not started, and its time has passed: `reason` says why
    MISSED = "missed"
    #: not started, because the campaign's run before it was still going and covers it
    COALESCED = "coalesced"


class ServiceState(StrEnum):
    """What a service said last; one that died still says `working`, but its heart stands still."""

    WORKING = "working"
    #: told to stop: fires nothing more, its crawlers end their open pages
    DRAINING = "draining"
    #: stopped in good order; what it left is taken up by the next one
    DRAINED = "drained"


class UnitKind(StrEnum):
    """What a unit fetches."""

    #: a site × a query, all pages
    SEARCH = "search"
    #: a whole shop: sitemap or shelves
    SHOP = "shop"
    #: one detail page
    DETAIL = "detail"
    #: one seller's licence page (亮照)
    LICENCE = "licence"


class UnitStatus(StrEnum):
    """Where a unit stands; the last three are its ends."""

    #: nobody has begun it, or who began it died
    PENDING = "pending"
    #: a crawler that holds the site's lease is on it
    RUNNING = "running"
    #: all its pages were read and their listings are committed
    DONE = "done"
    #: it could not be read; `reason` says why. Run again to try again
    FAILED = "failed"
    #: the site refuses: captcha, login, robots.txt. Never circumvented
    BLOCKED = "blocked"


class Base(DeclarativeBase):
    """Names every constraint, so that migrations can name it too."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime(),
        Decimal: Numeric(12, 2),
        dict[str, Any]: JSON(),
        list[str]: JSON(),
        list[Any]: JSON(),
    }


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
    #: when its own page last said that it is no longer offered; None again when it is back
    gone_at: Mapped[datetime | None]


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


class Campaign(Base):
    """A special action (专项行动): the plan it was last fired with."""

    __tablename__ = "campaign"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    plan_digest: Mapped[str | None] = mapped_column(String(64))
    #: every firing up to this time is accounted for by a row of `run`; None until a service has seen the plan
    checked_until: Mapped[datetime | None]
    #: since when it does not fire, because a person said so
    paused_at: Mapped[datetime | None]


class Run(Base):
    """One firing of a campaign at one scheduled time (采集任务).

    UNIQUE(campaign, scheduled_at): the database itself makes a double firing impossible.
    """

    __tablename__ = "run"
    __table_args__ = (UniqueConstraint("campaign_id", "scheduled_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    scheduled_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(10))
    #: why it fired, or why it did not: for people
    reason: Mapped[str] = mapped_column(Text)
    #: fired after its time, because the machine slept
    late: Mapped[bool]
    lexicon_version: Mapped[str] = mapped_column(String(64))
    #: what it was told to do (sites, base URLs, budgets): a run can be resumed from this alone
    orders: Mapped[dict[str, Any]]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class ServiceRun(Base):
    """A run that the schedule service is to bring to its end, files included; runs by hand have none."""

    __tablename__ = "service_run"
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"), primary_key=True)
    #: after this its crawlers visit no site any more; what is left is shown as not looked at
    closes_at: Mapped[datetime]
    #: the service that is at it, see `Service.owner`; None while nobody is
    owner: Mapped[str | None] = mapped_column(String(200))
    #: when a service first took it up
    claimed_at: Mapped[datetime | None]
    #: attempts that ended in a problem
    failures: Mapped[int]
    #: what went wrong the last time, for people
    problem: Mapped[str | None] = mapped_column(Text)
    #: not to be tried again before this
    not_before: Mapped[datetime | None]
    #: when the run was over and its files were written; None while there is something left to do
    ended_at: Mapped[datetime | None] = mapped_column(index=True)


class Service(Base):
    """One process of `monitor schedule run`, and when it last gave a sign of life."""

    __tablename__ = "service"
    #: host, pid and start time, see `leases.this_process`
    owner: Mapped[str] = mapped_column(String(200), primary_key=True)
    started_at: Mapped[datetime]
    beat_at: Mapped[datetime]
    version: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(10))
    #: what a person should mend: plans that cannot be read, a clock that went back
    problems: Mapped[list[str]]


class Unit(Base):
    """One checkpointed piece of a run (采集单元)."""

    __tablename__ = "unit"
    __table_args__ = (
        UniqueConstraint("run_id", "site_id", "kind", "key"),
        Index("ix_unit_run_id_site_id_status", "run_id", "site_id", "status"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    kind: Mapped[str] = mapped_column(String(10))
    #: the query, the start URL, or the URL of the page
    key: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(10))
    attempts: Mapped[int]
    #: pages of the last attempt
    pages: Mapped[int]
    #: what its end rests on: verdict of health, marker found, HTTP status
    reason: Mapped[str | None] = mapped_column(Text)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class Sighting(Base):
    """Which unit saw which listing: yields are counted from here, so that a resumed unit counts once."""

    __tablename__ = "sighting"
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), primary_key=True, index=True)


class EvidenceAnchor(Base):
    """How far one chain of preserved records reaches: the word that the files are checked against."""

    __tablename__ = "evidence_anchor"
    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"), index=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    #: within the evidence folder, with forward slashes
    file: Mapped[str] = mapped_column(Text, unique=True)
    #: which process writes it: host, process and start time
    process: Mapped[str] = mapped_column(String(200))
    opened_at: Mapped[datetime]
    #: how many records are committed
    records: Mapped[int]
    #: bytes of the file that they take
    length: Mapped[int] = mapped_column(BigInteger)
    #: value of the chain after the last of them
    head: Mapped[str] = mapped_column(String(64))
    anchored_at: Mapped[datetime]


class Evidence(Base):
    """One preserved record (电子证据): where it stands and what its bytes must be."""

    __tablename__ = "evidence"
    __table_args__ = (UniqueConstraint("anchor_id", "sequence"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    anchor_id: Mapped[int] = mapped_column(ForeignKey("evidence_anchor.id"))
    sequence: Mapped[int]
    #: opening, robots, page, recovery
    kind: Mapped[str] = mapped_column(String(10))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    url: Mapped[str | None] = mapped_column(Text)
    collected_at: Mapped[datetime]
    offset: Mapped[int] = mapped_column(BigInteger)
    length: Mapped[int] = mapped_column(BigInteger)
    #: SHA-256 of the stored bytes
    sha256: Mapped[str] = mapped_column(String(64))
    #: value of the chain after it
    chain: Mapped[str] = mapped_column(String(64))
    #: SHA-256 of the response as received, of pages
    response_sha256: Mapped[str | None] = mapped_column(String(64))


class EvidenceListing(Base):
    """Which listings a preserved page shows; those with none are 未固证."""

    __tablename__ = "evidence_listing"
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), primary_key=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), primary_key=True, index=True)
