"""Campaigns, runs and units: what is to be done, what was done, and who is at it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from monitor.mistake import MistakeError
from monitor.storage.leases import Lease, renew
from monitor.storage.tables import Campaign, ImportedFile, Run, RunStatus, Site, Unit, UnitKind, UnitStatus
from monitor.storage.upsert import insert_for, insert_new, upsert

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Connection


#: Runs of files that people handed in: no crawler takes them up, and none is compared with them.
IMPORTS = select(ImportedFile.run_id)


class AlreadyFiredError(MistakeError):
    """The campaign was fired for this time before; UNIQUE(campaign, scheduled_at) says so."""


class UnknownRunError(MistakeError):
    """There is no run of this number."""


@dataclass(frozen=True, kw_only=True, slots=True)
class UnitOrder:
    """A unit that somebody wants done."""

    kind: UnitKind
    #: the query, the start URL, or the URL of the page
    key: str


@dataclass(frozen=True, kw_only=True, slots=True)
class UnitToDo(UnitOrder):
    """A unit that waits in the database."""

    id: int
    attempts: int


@dataclass(frozen=True, kw_only=True, slots=True)
class RunOrders:
    """A run as its crawlers need it."""

    id: int
    campaign: str
    scheduled_at: datetime
    status: RunStatus
    orders: dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class NewRun:
    """A run that is to be made."""

    campaign_id: int
    scheduled_at: datetime
    #: why it fires, or why it did not: for people
    reason: str
    #: see `tables.Run.orders`
    orders: dict[str, Any]
    lexicon_version: str
    late: bool = False
    status: RunStatus = RunStatus.PENDING


def ensure_site(connection: Connection, *, name: str, title: str, base_url: str) -> int:
    """Return the id of a site, making or updating its row."""
    row = {"name": name, "title": title, "base_url": base_url}
    upsert(connection, Site, [row], unique=["name"])
    return site_id(connection, name)


def site_id(connection: Connection, name: str) -> int:
    """Return the id of a site that is known to be there."""
    return connection.execute(select(Site.id).where(Site.name == name)).scalar_one()


def ensure_campaign(connection: Connection, *, name: str, title: str, plan_digest: str | None) -> int:
    """Return the id of a campaign, making or updating its row."""
    row = {"name": name, "title": title, "plan_digest": plan_digest}
    upsert(connection, Campaign, [row], unique=["name"])
    return connection.execute(select(Campaign.id).where(Campaign.name == name)).scalar_one()


def create_run(connection: Connection, new: NewRun) -> int:
    """Make the run of a campaign at one time.

    Raises:
        AlreadyFiredError: it was made before, here or by another scheduler.

    """
    values = {field.name: getattr(new, field.name) for field in dataclasses.fields(new)}
    try:
        with connection.begin_nested():
            key = connection.execute(insert_for(connection, Run).values(**values)).inserted_primary_key
    except IntegrityError:
        at = f"{new.scheduled_at:%F %T %Z}"
        raise AlreadyFiredError(f"campaign {new.campaign_id} was already fired for {at}") from None
    assert key is not None
    return int(key[0])


def add_units(connection: Connection, run_id: int, site: int, orders: Sequence[UnitOrder]) -> None:
    """Add units to a run; those it has already stay as they are."""
    rows = [
        {
            "run_id": run_id,
            "site_id": site,
            "kind": order.kind,
            "key": order.key,
            "status": UnitStatus.PENDING,
            "attempts": 0,
            "pages": 0,
            "furthest": 0,
        }
        for order in dict.fromkeys(orders)
    ]
    insert_new(connection, Unit, rows, unique=["run_id", "site_id", "kind", "key"])


def unfinished_run(connection: Connection, campaign: str) -> int | None:
    """Return the newest run of `campaign` that has begun and has units left for crawlers, if any."""
    return connection.execute(
        select(Run.id)
        .join(Campaign)
        .where(
            Campaign.name == campaign,
            Run.status.in_([RunStatus.PENDING, RunStatus.RUNNING]),
            Run.id.not_in(IMPORTS),
        )
        .order_by(Run.id.desc())
        .limit(1)
    ).scalar_one_or_none()


def finished_runs(connection: Connection, campaign: str) -> int:
    """Count the runs of `campaign` that were brought to their end."""
    return connection.execute(
        select(func.count())
        .select_from(Run)
        .join(Campaign)
        .where(Campaign.name == campaign, Run.status == RunStatus.DONE)
    ).scalar_one()


def last_finished_run(connection: Connection, campaign: str) -> int | None:
    """Return the newest run of crawlers for `campaign` that was brought to its end, if any."""
    return connection.execute(
        select(func.max(Run.id))
        .join(Campaign)
        .where(Campaign.name == campaign, Run.status == RunStatus.DONE, Run.id.not_in(IMPORTS))
    ).scalar_one()


def load_run(connection: Connection, run_id: int) -> RunOrders:
    """Load what a crawler needs to know of its run.

    Raises:
        UnknownRunError: there is none of this number.

    """
    row = connection.execute(
        select(Run.id, Campaign.name, Run.scheduled_at, Run.status, Run.orders)
        .join(Campaign)
        .where(Run.id == run_id)
    ).first()
    if row is None:
        raise UnknownRunError(f"there is no run {run_id}; `monitor runs` lists those there are")
    return RunOrders(
        id=row.id,
        campaign=row.name,
        scheduled_at=row.scheduled_at,
        status=RunStatus(row.status),
        orders=row.orders,
    )


def start_run(connection: Connection, run_id: int) -> None:
    """Say that crawlers are at work on a run."""
    connection.execute(
        update(Run)
        .where(Run.id == run_id)
        .values(status=RunStatus.RUNNING, started_at=func.coalesce(Run.started_at, datetime.now(UTC)))
    )


def finish_run(connection: Connection, run_id: int) -> bool:
    """Close a run if every unit has ended; say whether it is closed."""
    left = connection.execute(
        select(func.count())
        .select_from(Unit)
        .where(Unit.run_id == run_id, Unit.status.in_([UnitStatus.PENDING, UnitStatus.RUNNING]))
    ).scalar_one()
    if left:
        return False
    connection.execute(
        update(Run).where(Run.id == run_id).values(status=RunStatus.DONE, finished_at=datetime.now(UTC))
    )
    return True


def reopen_failed(connection: Connection, run_id: int) -> int:
    """Make the failed and blocked units of a run pending again; return how many."""
    count = connection.execute(
        update(Unit)
        .where(Unit.run_id == run_id, Unit.status.in_([UnitStatus.FAILED, UnitStatus.BLOCKED]))
        .values(status=UnitStatus.PENDING)
    ).rowcount
    if count:
        connection.execute(
            update(Run).where(Run.id == run_id).values(status=RunStatus.PENDING, finished_at=None)
        )
    return count


def take_over(connection: Connection, lease: Lease, run_id: int) -> None:
    """Make pending again what an earlier crawler of this site left half done.

    An attempt that came further than any before it does not count: a long unit may be cut short as often as
    people stop the machine. One that always dies at the same page is given up in the end.
    """
    renew(connection, lease)
    left = update(Unit).where(
        Unit.run_id == run_id, Unit.site_id == lease.site_id, Unit.status == UnitStatus.RUNNING
    )
    connection.execute(
        left.where(Unit.pages > Unit.furthest).values(
            status=UnitStatus.PENDING, furthest=Unit.pages, attempts=1
        )
    )
    connection.execute(left.values(status=UnitStatus.PENDING))


def pending_units(
    connection: Connection, run_id: int, site: int, kinds: Sequence[UnitKind], *, most: int | None = None
) -> list[UnitToDo]:
    """List what is to be done on one site, or the first `most` of it, oldest first.

    Pictures are in nobody's way: of them only when no page is left to be done.
    """
    pages = [kind for kind in kinds if kind is not UnitKind.PICTURE]
    found = _oldest(connection, run_id, site, pages, most)
    if not found and UnitKind.PICTURE in kinds:
        return _oldest(connection, run_id, site, [UnitKind.PICTURE], most)
    return found


def _oldest(
    connection: Connection, run_id: int, site: int, kinds: Sequence[UnitKind], most: int | None
) -> list[UnitToDo]:
    rows = connection.execute(
        select(Unit.id, Unit.kind, Unit.key, Unit.attempts)
        .where(*_pending(run_id, site, kinds))
        .order_by(Unit.id)
        .limit(most)
    )
    return [UnitToDo(id=row.id, kind=UnitKind(row.kind), key=row.key, attempts=row.attempts) for row in rows]


def begin_units(connection: Connection, lease: Lease, unit_ids: Sequence[int]) -> None:
    """Mark units as being worked on by the holder of `lease`."""
    renew(connection, lease)
    connection.execute(
        update(Unit)
        .where(Unit.id.in_(unit_ids))
        .values(status=UnitStatus.RUNNING, attempts=Unit.attempts + 1, pages=0, started_at=datetime.now(UTC))
    )


def give_up(
    connection: Connection,
    run_id: int,
    site: int,
    kinds: Sequence[UnitKind],
    *,
    attempts: int,
    reason: str,
) -> None:
    """End as failed what is to be done on one site and was tried `attempts` times or more."""
    connection.execute(
        update(Unit)
        .where(*_pending(run_id, site, kinds), Unit.attempts >= attempts)
        .values(status=UnitStatus.FAILED, reason=reason, finished_at=datetime.now(UTC))
    )


def _pending(run_id: int, site: int, kinds: Sequence[UnitKind]) -> list[ColumnElement[bool]]:
    return [
        Unit.run_id == run_id,
        Unit.site_id == site,
        Unit.status == UnitStatus.PENDING,
        Unit.kind.in_(kinds),
    ]
