"""Campaigns, their runs, the services that bring them to an end, and the units of a run."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from monitor.storage.tables.base import Base


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
    #: the page of a listing that is known: still on sale? changed? gone?
    RECHECK = "recheck"
    #: one file or saved page that a person supplied
    FILE = "file"
    #: the main picture of a listing, which may stand on another host; after all pages
    PICTURE = "picture"


#: Kinds of unit whose key is the URL of a listing's own page.
OWN_PAGE = (UnitKind.DETAIL, UnitKind.RECHECK)


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
    #: most pages that an attempt which was cut short had read
    furthest: Mapped[int] = mapped_column(default=0, server_default="0")
    #: what its end rests on: verdict of health, marker found, HTTP status
    reason: Mapped[str | None] = mapped_column(Text)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class Sighting(Base):
    """Which unit saw which listing: yields are counted from here, so that a resumed unit counts once."""

    __tablename__ = "sighting"
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), primary_key=True, index=True)
