"""How units went: what each page gave, the verdict on each unit, and the alerts that follow."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Float, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from monitor.storage.tables.base import Base


class HealthVerdict(StrEnum):
    """What is to be thought of a unit, beside its own history."""

    #: as usual
    OK = "ok"
    #: a captcha, a login, a refusal stands before the content; also behind status 200
    BLOCKED = "blocked"
    #: pages came and were answered well, but what is read from them has collapsed: the profile needs a look
    LAYOUT_CHANGED = "layout changed"
    #: really nothing: the site says so itself
    EMPTY = "empty"
    #: it went, but worse than usual: errors, far fewer listings, far slower
    DEGRADED = "degraded"


class UnitPage(Base):
    """What one page of a unit gave, in its last attempt."""

    __tablename__ = "unit_page"
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    #: 1 for the first page
    number: Mapped[int] = mapped_column(primary_key=True)
    #: HTTP status; None where no page came
    status: Mapped[int | None]
    #: see `extraction.page.Verdict`; None where no page came
    verdict: Mapped[str | None] = mapped_column(String(20))
    #: what the verdict rests on: a marker, an error
    reason: Mapped[str | None] = mapped_column(Text)
    listings: Mapped[int]
    #: how many of its listings state a field: title, price, seller, url, attributes
    filled: Mapped[dict[str, Any]]


class UnitHealth(Base):
    """The verdict on a unit, with the numbers that it rests on; the history of later ones."""

    __tablename__ = "unit_health"
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    verdict: Mapped[str] = mapped_column(String(20), index=True)
    #: Chinese, most important first; empty when it is ok
    reasons: Mapped[list[str]]
    pages: Mapped[int]
    listings: Mapped[int]
    #: field → share of listings that state it, 0–1
    fills: Mapped[dict[str, Any]]
    #: HTTP status → pages
    statuses: Mapped[dict[str, Any]]
    #: block markers that stood on its pages
    markers: Mapped[list[str]]
    #: from its beginning to its end
    seconds: Mapped[float | None] = mapped_column(Float)
    judged_at: Mapped[datetime]


class Alert(Base):
    """One thing to be told to one channel: the outbox, so that nothing is lost over a restart."""

    __tablename__ = "alert"
    __table_args__ = (
        UniqueConstraint("channel", "key"),
        Index("ix_alert_sent_at_due_at", "sent_at", "due_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    #: name of the channel in the rule file
    channel: Mapped[str] = mapped_column(String(60))
    #: what it is about; the same thing is told to a channel once
    key: Mapped[str] = mapped_column(String(200))
    run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id"), index=True)
    #: sent alone and at once; else it waits for the digest
    urgent: Mapped[bool]
    #: Chinese, masked
    title: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    #: not to be sent before this
    due_at: Mapped[datetime]
    attempts: Mapped[int]
    #: what went wrong the last time
    problem: Mapped[str | None] = mapped_column(Text)
    #: when the channel took it; None while it waits
    sent_at: Mapped[datetime | None]
