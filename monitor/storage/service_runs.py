"""Runs of the schedule service: claimed by one service at a time, taken up by another when it died."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, case, func, or_, select, update
from sqlalchemy.orm import aliased

from monitor.storage.scheduling import GOING
from monitor.storage.services import living
from monitor.storage.tables import Campaign, Run, RunStatus, ServiceRun, Unit, UnitStatus
from monitor.storage.upsert import insert_new

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime, timedelta

    from sqlalchemy import Connection, Select


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """A run that one service is to bring to its end."""

    run_id: int
    campaign: str
    scheduled_at: datetime
    closes_at: datetime
    status: RunStatus
    #: attempts so far that ended in a problem
    failures: int

    @property
    def to_crawl(self) -> bool:
        """Sites are to be visited; else only its files are to be written."""
        return self.status in GOING

    @property
    def ran(self) -> bool:
        """It is, or is to become, a run that looked at sites."""
        return self.to_crawl or self.status is RunStatus.DONE


@dataclass(frozen=True, kw_only=True, slots=True)
class Claimant:
    """Who asks for runs."""

    owner: str
    #: runs that the claimant is at
    busy: Collection[int]

    def may_have(self, run_id: int, owner: str | None, alive: Collection[str]) -> bool:
        """Nobody is at it, or who was has died; our own that we are not at were left by a failed write."""
        if owner == self.owner:
            return run_id not in self.busy
        return owner is None or owner not in alive


def entrust(connection: Connection, run_id: int, closes_at: datetime) -> None:
    """Leave a run to the services, if it is not yet: to crawl unless it is over, and to write files."""
    row = {"run_id": run_id, "closes_at": closes_at, "failures": 0}
    insert_new(connection, ServiceRun, [row], unique=["run_id"])


def claimable(connection: Connection, claimant: Claimant, now: datetime) -> list[Claim]:
    """List the runs that `claimant` may take up, those that have waited longest first.

    Of each campaign it is the earliest that is not over, unless the campaign is paused; and those that are to
    visit no site any more but whose files are not written.
    """
    earlier, earlier_run = aliased(ServiceRun), aliased(Run)
    waits = (
        select(earlier.run_id)
        .join(earlier_run, earlier.run_id == earlier_run.id)
        .where(
            earlier.ended_at.is_(None),
            earlier_run.campaign_id == Run.campaign_id,
            earlier_run.scheduled_at < Run.scheduled_at,
            earlier_run.status.in_(GOING),
        )
        .exists()
    )
    to_crawl = and_(Run.status.in_(GOING), ServiceRun.closes_at > now, Campaign.paused_at.is_(None))
    alive = living(connection, now)
    rows = connection.execute(
        _open()
        .where(or_(ServiceRun.not_before.is_(None), ServiceRun.not_before <= now))
        .where(or_(to_crawl, Run.status.not_in(GOING)), ~waits)
        .order_by(Run.scheduled_at, Run.id)
    )
    return [
        Claim(
            run_id=row.run_id,
            campaign=row.name,
            scheduled_at=row.scheduled_at,
            closes_at=row.closes_at,
            status=RunStatus(row.status),
            failures=row.failures,
        )
        for row in rows
        if claimant.may_have(row.run_id, row.owner, alive)
    ]


def take(
    connection: Connection, claim: Claim, claimant: Claimant, now: datetime, *, late_after: timedelta
) -> bool:
    """Take a run up; False when another service was quicker. One begun so long after its time is late."""
    row = connection.execute(
        select(ServiceRun.owner, ServiceRun.claimed_at)
        .where(ServiceRun.run_id == claim.run_id, ServiceRun.ended_at.is_(None))
        .with_for_update()
    ).first()
    # asked only now: a service gives its first sign of life before it takes its first run
    if row is None or not claimant.may_have(claim.run_id, row.owner, living(connection, now)):
        return False
    connection.execute(
        update(ServiceRun)
        .where(ServiceRun.run_id == claim.run_id)
        .values(owner=claimant.owner, claimed_at=row.claimed_at or now)
    )
    if claim.to_crawl and row.claimed_at is None and now - claim.scheduled_at > late_after:
        connection.execute(update(Run).where(Run.id == claim.run_id).values(late=True))
    return True


def settle(connection: Connection, run_id: int, owner: str, now: datetime) -> None:
    """Say that a run is over and its files are written."""
    connection.execute(
        update(ServiceRun)
        .where(ServiceRun.run_id == run_id, ServiceRun.owner == owner)
        .values(owner=None, ended_at=now, problem=None, not_before=None)
    )


def give_back(
    connection: Connection,
    claim: Claim,
    owner: str,
    *,
    problem: str | None = None,
    not_before: datetime | None = None,
) -> None:
    """Leave a run to be taken up again, by whoever comes; with `problem` it counts as a failure."""
    connection.execute(
        update(ServiceRun)
        .where(ServiceRun.run_id == claim.run_id, ServiceRun.owner == owner)
        .values(
            owner=None,
            problem=problem,
            not_before=not_before,
            failures=ServiceRun.failures + int(problem is not None),
        )
    )


def close_expired(connection: Connection, claimant: Claimant, now: datetime, reason: str) -> list[int]:
    """End the runs whose time is over and that nobody is at; return their numbers.

    What a run has not looked at is shown as failed with `reason`; one that never began is missed. Their files
    are still to be written.
    """
    expired = connection.execute(
        _open().where(Run.status.in_(GOING), ServiceRun.closes_at <= now).with_for_update()
    ).all()
    alive = living(connection, now)
    closed = [row for row in expired if claimant.may_have(row.run_id, row.owner, alive)]
    for row in closed:
        connection.execute(
            update(Unit)
            .where(Unit.run_id == row.run_id, Unit.status.in_([UnitStatus.PENDING, UnitStatus.RUNNING]))
            .values(status=UnitStatus.FAILED, reason=reason, finished_at=now)
        )
        begun = row.started_at is not None
        end = {"status": RunStatus.DONE if begun else RunStatus.MISSED, "finished_at": now if begun else None}
        said = row.reason if begun else f"{row.reason}；{reason}"
        connection.execute(update(Run).where(Run.id == row.run_id).values(reason=said, **end))
    return [row.run_id for row in closed]


def _open() -> Select[int, datetime, int, str | None, datetime, str, datetime | None, str, str]:
    return (
        select(
            ServiceRun.run_id,
            ServiceRun.closes_at,
            ServiceRun.failures,
            ServiceRun.owner,
            Run.scheduled_at,
            Run.status,
            Run.started_at,
            Run.reason,
            Campaign.name,
        )
        .join(Run, ServiceRun.run_id == Run.id)
        .join(Campaign, Run.campaign_id == Campaign.id)
        .where(ServiceRun.ended_at.is_(None))
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class RunStanding:
    """A firing as `status` shows it, run or not."""

    run_id: int
    campaign: str
    scheduled_at: datetime
    status: RunStatus
    late: bool
    reason: str
    started_at: datetime | None
    finished_at: datetime | None
    #: the rest is about runs that are left to the services
    closes_at: datetime | None
    owner: str | None
    failures: int
    problem: str | None
    #: there is something left to do: crawl, or write files
    open: bool


def standings(connection: Connection, since: datetime) -> list[RunStanding]:
    """List the firings from `since` on, and all that are not over, newest first."""
    unfinished = and_(ServiceRun.run_id.is_not(None), ServiceRun.ended_at.is_(None))
    rows = connection.execute(
        select(
            Run.id,
            Campaign.name,
            Run.scheduled_at,
            Run.status,
            Run.late,
            Run.reason,
            Run.started_at,
            Run.finished_at,
            ServiceRun.closes_at,
            ServiceRun.owner,
            func.coalesce(ServiceRun.failures, 0).label("failures"),
            ServiceRun.problem,
            case((unfinished, True), else_=False).label("open"),
        )
        .join(Campaign, Run.campaign_id == Campaign.id)
        .outerjoin(ServiceRun, ServiceRun.run_id == Run.id)
        .where(or_(Run.scheduled_at >= since, unfinished))
        .order_by(Run.scheduled_at.desc(), Run.id.desc())
    )
    return [
        RunStanding(
            run_id=row.id,
            campaign=row.name,
            scheduled_at=row.scheduled_at,
            status=RunStatus(row.status),
            late=row.late,
            reason=row.reason,
            started_at=row.started_at,
            finished_at=row.finished_at,
            closes_at=row.closes_at,
            owner=row.owner,
            failures=row.failures,
            problem=row.problem,
            open=bool(row.open),
        )
        for row in rows
    ]
