"""What the schedule service has accounted for, campaign by campaign, and what is paused.

`checked_until` moves forward in the transaction that records the firings before it: a firing is never
forgotten between two services or two lives of one. UNIQUE(campaign, scheduled_at) keeps it from coming twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select, update

from monitor.storage.tables import Campaign, Run, RunStatus, ServiceRun, Unit
from monitor.storage.upsert import batches, insert_new

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

#: Runs whose crawlers may still have to visit sites.
GOING = (RunStatus.PENDING, RunStatus.RUNNING)


@dataclass(frozen=True, kw_only=True, slots=True)
class CampaignClock:
    """How far a campaign is accounted for."""

    id: int
    name: str
    #: None until a service has seen its plan
    checked_until: datetime | None
    #: since when it is paused
    paused_at: datetime | None
    #: its newest run that a service is at, or is to take up
    going: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Accounted:
    """A firing that did not become a crawl, and why."""

    scheduled_at: datetime
    status: RunStatus
    #: for people
    reason: str


def campaign_clocks(connection: Connection) -> dict[str, CampaignClock]:
    """Say how far every campaign is accounted for, by name."""
    going = (
        select(Run.campaign_id, func.max(Run.id).label("run_id"))
        .join(ServiceRun)
        .where(ServiceRun.ended_at.is_(None), Run.status.in_(GOING))
        .group_by(Run.campaign_id)
        .subquery("going")
    )
    rows = connection.execute(
        select(Campaign.id, Campaign.name, Campaign.checked_until, Campaign.paused_at, going.c.run_id)
        .outerjoin(going, going.c.campaign_id == Campaign.id)
        .order_by(Campaign.name)
    )
    return {
        row.name: CampaignClock(
            id=row.id,
            name=row.name,
            checked_until=row.checked_until,
            paused_at=row.paused_at,
            going=row.run_id,
        )
        for row in rows
    }


def lock_campaign(connection: Connection, name: str, title: str) -> CampaignClock:
    """Return a campaign's clock and keep every other service from it until the transaction ends."""
    row = {"name": name, "title": title, "plan_digest": None}
    insert_new(connection, Campaign, [row], unique=["name"])
    connection.execute(select(Campaign.id).where(Campaign.name == name).with_for_update())
    return campaign_clocks(connection)[name]


def advance(connection: Connection, names: Iterable[str], until: datetime) -> None:
    """Say that every firing of these campaigns up to `until` is accounted for; never moves back."""
    connection.execute(
        update(Campaign)
        .where(Campaign.name.in_(list(names)))
        .where((Campaign.checked_until < until) | Campaign.checked_until.is_(None))
        .values(checked_until=until)
    )


def advance_from(connection: Connection, seen: Mapping[str, datetime], until: datetime) -> None:
    """Say that nothing came due between what was seen of these campaigns and `until`.

    A campaign whose `checked_until` is no longer what was seen is left alone: another service may have taken
    firings back meanwhile, and nobody has looked at those.
    """
    for name, since in seen.items():
        connection.execute(
            update(Campaign)
            .where(Campaign.name == name, Campaign.checked_until == since, Campaign.checked_until < until)
            .values(checked_until=until)
        )


def record(connection: Connection, campaign_id: int, accounted: Sequence[Accounted]) -> None:
    """Record firings that did not become a crawl; those that have a run already keep it."""
    rows = [
        {
            "campaign_id": campaign_id,
            "scheduled_at": each.scheduled_at,
            "status": each.status,
            "reason": each.reason,
            "late": False,
            "lexicon_version": "",
            "orders": {},
        }
        for each in accounted
    ]
    insert_new(connection, Run, rows, unique=["campaign_id", "scheduled_at"])


def accounted_times(connection: Connection, campaign_id: int, since: datetime) -> frozenset[datetime]:
    """The times after `since` for which a campaign has a run of whatever status."""
    rows = connection.execute(
        select(Run.scheduled_at).where(Run.campaign_id == campaign_id, Run.scheduled_at > since)
    )
    return frozenset(rows.scalars())


def run_at(connection: Connection, campaign_id: int, scheduled_at: datetime) -> int:
    """Return the run of a firing that is accounted for."""
    return connection.execute(
        select(Run.id).where(Run.campaign_id == campaign_id, Run.scheduled_at == scheduled_at)
    ).scalar_one()


def take_back(connection: Connection, campaign_id: int, now: datetime) -> int:
    """Account anew for everything after `now`, because the clock was ahead.

    Firings whose run was taken up keep it and will not come again. Returns how many others are yet to come.
    """
    connection.execute(update(Campaign).where(Campaign.id == campaign_id).values(checked_until=now))
    untouched = list(
        connection.execute(
            select(Run.id)
            .outerjoin(ServiceRun)
            .where(
                Run.campaign_id == campaign_id,
                Run.scheduled_at > now,
                Run.started_at.is_(None),
                ServiceRun.claimed_at.is_(None),
            )
        ).scalars()
    )
    for batch in batches(untouched):
        connection.execute(delete(ServiceRun).where(ServiceRun.run_id.in_(batch)))
        connection.execute(delete(Unit).where(Unit.run_id.in_(batch)))
        connection.execute(delete(Run).where(Run.id.in_(batch)))
    return len(untouched)


def pause(connection: Connection, campaign_id: int, at: datetime | None) -> None:
    """Pause a campaign from `at` on; None lets it fire again."""
    connection.execute(update(Campaign).where(Campaign.id == campaign_id).values(paused_at=at))
