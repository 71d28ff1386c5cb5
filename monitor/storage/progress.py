"""Coverage of runs, counted from units and sightings: never guessed, never double."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import case, distinct, func, select

from monitor.storage.health import health_counts
from monitor.storage.tables import (
    Campaign,
    Listing,
    Run,
    RunStatus,
    Sighting,
    Site,
    Unit,
    UnitHealth,
    UnitKind,
    UnitStatus,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteProgress:
    """How far one site of a run is."""

    site: str
    units: int
    done: int
    failed: int
    blocked: int
    pages: int
    #: distinct listings seen
    listings: int
    #: of which are suspects now
    suspects: int

    @property
    def ended(self) -> int:
        """Units that will not be worked on any more."""
        return self.done + self.failed + self.blocked


@dataclass(frozen=True, kw_only=True, slots=True)
class RunSummary:
    """One line of `monitor runs`."""

    id: int
    campaign: str
    title: str
    scheduled_at: datetime
    status: RunStatus
    late: bool
    reason: str
    started_at: datetime | None
    finished_at: datetime | None
    units: int
    ended: int
    listings: int
    suspects: int
    #: units by their verdict, as far as they were judged; see `storage.health`
    health: Mapping[str, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class UnitReport:
    """One unit as people see it."""

    site: str
    kind: UnitKind
    key: str
    status: UnitStatus
    attempts: int
    pages: int
    listings: int
    reason: str | None
    #: verdict of health, and what it rests on (Chinese); None while it is not judged
    health: str | None = None
    health_reasons: tuple[str, ...] = ()


def site_progress(connection: Connection, run_id: int) -> list[SiteProgress]:
    """Say how far each site of a run is, by site name."""
    units = connection.execute(
        select(
            Site.name,
            func.count().label("units"),
            *(
                func.sum(case((Unit.status == status, 1), else_=0)).label(status.value)
                for status in (UnitStatus.DONE, UnitStatus.FAILED, UnitStatus.BLOCKED)
            ),
            func.sum(Unit.pages).label("pages"),
        )
        .join(Site, Unit.site_id == Site.id)
        .where(Unit.run_id == run_id)
        .group_by(Site.name)
        .order_by(Site.name)
    ).all()
    seen = {
        row.name: row
        for row in connection.execute(
            select(
                Site.name,
                func.count(distinct(Listing.id)).label("listings"),
                func.count(distinct(case((Listing.suspect, Listing.id)))).label("suspects"),
            )
            .select_from(Sighting)
            .join(Unit)
            .join(Site)
            .join(Listing, Sighting.listing_id == Listing.id)
            .where(Unit.run_id == run_id)
            .group_by(Site.name)
        )
    }
    return [
        SiteProgress(
            site=row.name,
            units=row.units,
            done=row.done,
            failed=row.failed,
            blocked=row.blocked,
            pages=row.pages,
            listings=seen[row.name].listings if row.name in seen else 0,
            suspects=seen[row.name].suspects if row.name in seen else 0,
        )
        for row in units
    ]


def run_summaries(connection: Connection, *, limit: int = 20, run_id: int | None = None) -> list[RunSummary]:
    """List runs, newest first; with `run_id` that one only."""
    query = (
        select(Run, Campaign.name.label("campaign"), Campaign.title)
        .join(Campaign)
        .order_by(Run.id.desc())
        .limit(limit)
    )
    if run_id is not None:
        query = query.where(Run.id == run_id)
    summaries = []
    found = connection.execute(query).all()
    health = health_counts(connection, [row.id for row in found])
    for row in found:
        sites = site_progress(connection, row.id)
        summaries.append(
            RunSummary(
                id=row.id,
                campaign=row.campaign,
                title=row.title,
                scheduled_at=row.scheduled_at,
                status=RunStatus(row.status),
                late=row.late,
                reason=row.reason,
                started_at=row.started_at,
                finished_at=row.finished_at,
                units=sum(site.units for site in sites),
                ended=sum(site.ended for site in sites),
                listings=sum(site.listings for site in sites),
                suspects=sum(site.suspects for site in sites),
                health={verdict.value: count for verdict, count in health.get(row.id, {}).items()},
            )
        )
    return summaries


def unit_reports(connection: Connection, run_id: int) -> list[UnitReport]:
    """List the units of a run in the order they were made, each with its yield."""
    seen = (
        select(Sighting.unit_id, func.count().label("listings")).group_by(Sighting.unit_id).subquery("seen")
    )
    rows = connection.execute(
        select(
            Site.name,
            Unit.kind,
            Unit.key,
            Unit.status,
            Unit.attempts,
            Unit.pages,
            Unit.reason,
            UnitHealth.verdict,
            UnitHealth.reasons,
            func.coalesce(seen.c.listings, 0).label("listings"),
        )
        .join(Site, Unit.site_id == Site.id)
        .outerjoin(seen, seen.c.unit_id == Unit.id)
        .outerjoin(UnitHealth, UnitHealth.unit_id == Unit.id)
        .where(Unit.run_id == run_id)
        .order_by(Unit.id)
    )
    return [
        UnitReport(
            site=row.name,
            kind=UnitKind(row.kind),
            key=row.key,
            status=UnitStatus(row.status),
            attempts=row.attempts,
            pages=row.pages,
            listings=row.listings,
            reason=row.reason,
            health=row.verdict,
            health_reasons=tuple(row.reasons or ()),
        )
        for row in rows
    ]
