"""What alerts are about, and their outbox: what waits, what went out, what went wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from monitor.classifiers import FindingKind, Severity
from monitor.storage.tables import Alert, Finding, Listing, Run, Sighting, Site, Unit, UnitKind, UnitStatus
from monitor.storage.upsert import batches, insert_new

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta

    from sqlalchemy import Connection


@dataclass(frozen=True, kw_only=True, slots=True)
class HazardFact:
    """A dangerous good that a run found, as far as it is told."""

    listing_id: int
    site_title: str
    title: str
    url: str
    #: id of the hazard
    hazard: str
    #: its Chinese name as found
    term: str
    severity: Severity


@dataclass(frozen=True, kw_only=True, slots=True)
class BlockedUnit:
    """A unit that a site refused."""

    site: str
    kind: UnitKind
    key: str
    reason: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class WaitingAlert:
    """One thing to be told to one channel."""

    id: int
    channel: str
    urgent: bool
    title: str
    text: str
    attempts: int


@dataclass(frozen=True, kw_only=True, slots=True)
class AlertLine:
    """The same as people read it."""

    id: int
    channel: str
    run_id: int | None
    urgent: bool
    title: str
    text: str
    created_at: datetime
    due_at: datetime
    attempts: int
    problem: str | None
    sent_at: datetime | None


def fresh_hazards(connection: Connection, run_id: int) -> list[HazardFact]:
    """List the dangerous goods that were found since a run began, on suspects that it saw on offer."""
    began = select(Run.started_at).where(Run.id == run_id).scalar_subquery()
    seen = select(Sighting.listing_id).join(Unit).where(Unit.run_id == run_id)
    rows = connection.execute(
        select(
            Listing.id.label("listing_id"),
            Site.title.label("site_title"),
            Listing.title,
            Listing.url,
            Finding.rule.label("hazard"),
            Finding.term,
            Finding.severity,
        )
        .select_from(Finding)
        .join(Listing, Finding.listing_id == Listing.id)
        .join(Site, Listing.site_id == Site.id)
        .where(
            Listing.suspect,
            Listing.gone_at.is_(None),
            Finding.kind == FindingKind.HAZARD,
            Finding.superseded_at.is_(None),
            Finding.found_at >= began,
            Finding.listing_id.in_(seen),
        )
        .order_by(Listing.id, Finding.id)
    )
    return [HazardFact(**{**row._mapping, "severity": Severity(row.severity)}) for row in rows]  # noqa: SLF001


def blocked_units(connection: Connection, run_id: int) -> list[BlockedUnit]:
    """List the units of a run that were refused so far."""
    rows = connection.execute(
        select(Site.name.label("site"), Unit.kind, Unit.key, Unit.reason)
        .join(Site, Unit.site_id == Site.id)
        .where(Unit.run_id == run_id, Unit.status == UnitStatus.BLOCKED)
        .order_by(Unit.id)
    )
    return [BlockedUnit(**{**row._mapping, "kind": UnitKind(row.kind)}) for row in rows]  # noqa: SLF001


def put_alerts(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Put alerts into the outbox; what a channel was told, or is to be told, stays as it is."""
    for batch in batches(rows):
        given = [{**row, "attempts": 0} for row in batch]
        insert_new(connection, Alert, given, unique=["channel", "key"])


def take_due(connection: Connection, now: datetime, held: timedelta) -> list[WaitingAlert]:
    """Take what is due out of everybody else's reach for the time `held`, oldest first.

    Who takes it says afterwards that it went out, or did not; when he dies, it is due again after that time.
    """
    rows = connection.execute(
        select(Alert)
        .where(Alert.sent_at.is_(None), Alert.due_at <= now)
        .order_by(Alert.id)
        .with_for_update(skip_locked=True)
    ).all()
    for batch in batches([row.id for row in rows]):
        connection.execute(update(Alert).where(Alert.id.in_(batch)).values(due_at=now + held))
    return [
        WaitingAlert(
            id=row.id,
            channel=row.channel,
            urgent=row.urgent,
            title=row.title,
            text=row.text,
            attempts=row.attempts,
        )
        for row in rows
    ]


def went_out(connection: Connection, ids: Sequence[int], at: datetime) -> None:
    """Say that a channel took alerts."""
    for batch in batches(ids):
        connection.execute(
            update(Alert)
            .where(Alert.id.in_(batch))
            .values(sent_at=at, problem=None, attempts=Alert.attempts + 1)
        )


def went_wrong(connection: Connection, ids: Sequence[int], problem: str, due_at: datetime) -> None:
    """Say that a channel did not take alerts, why, and when to try again."""
    for batch in batches(ids):
        connection.execute(
            update(Alert)
            .where(Alert.id.in_(batch))
            .values(problem=problem, due_at=due_at, attempts=Alert.attempts + 1)
        )


def alert_lines(connection: Connection, *, sent: bool = False, limit: int = 50) -> list[AlertLine]:
    """List what waits, or with `sent` what went out, the newest first."""
    which = Alert.sent_at.is_not(None) if sent else Alert.sent_at.is_(None)
    names = AlertLine.__dataclass_fields__
    rows = connection.execute(select(Alert).where(which).order_by(Alert.id.desc()).limit(limit))
    return [AlertLine(**{name: getattr(row, name) for name in names}) for row in rows]
