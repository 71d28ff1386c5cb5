"""Supplied files: which are known, how far each was read, and the run that they make together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update

from monitor.storage.runs import (
    NewRun,
    UnitOrder,
    UnitToDo,
    add_units,
    begin_units,
    create_run,
    ensure_campaign,
    site_id,
    take_over,
)
from monitor.storage.tables import ImportedFile, Site, Unit, UnitKind, UnitStatus
from monitor.storage.upsert import insert_new

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from monitor.storage.leases import Lease


@dataclass(frozen=True, kw_only=True, slots=True)
class SuppliedFile:
    """A file that somebody hands in; the fields are those of `tables.ImportedFile`."""

    name: str
    kind: str
    size: int
    sha256: str
    reading: str
    columns: str | None
    mapping: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownFile:
    """A file that was handed in before, or is about to be read."""

    id: int
    run_id: int
    unit: UnitToDo
    position: int
    listings: int
    ended_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CampaignName:
    """The campaign that files are handed in for."""

    name: str
    title: str
    plan_digest: str | None = None


def known_file(connection: Connection, sha256: str, reading: str) -> KnownFile | None:
    """Find a file by its bytes and how it is read; None when it was never handed in so."""
    row = connection.execute(
        select(
            ImportedFile.id,
            ImportedFile.run_id,
            ImportedFile.position,
            ImportedFile.listings,
            ImportedFile.ended_at,
            Unit.id.label("unit_id"),
            Unit.key,
            Unit.attempts,
        )
        .join(Unit, ImportedFile.unit_id == Unit.id)
        .where(ImportedFile.sha256 == sha256, ImportedFile.reading == reading)
    ).first()
    if row is None:
        return None
    unit = UnitToDo(id=row.unit_id, kind=UnitKind.FILE, key=row.key, attempts=row.attempts)
    return KnownFile(
        id=row.id,
        run_id=row.run_id,
        unit=unit,
        position=row.position,
        listings=row.listings,
        ended_at=row.ended_at,
    )


def confirmed_mapping(connection: Connection, columns: str) -> dict[str, str] | None:
    """Return the map that the last table with the same columns was imported with, if there was one."""
    return connection.execute(
        select(ImportedFile.mapping)
        .where(ImportedFile.columns == columns)
        .order_by(ImportedFile.id.desc())
        .limit(1)
    ).scalar_one_or_none()


def plan_files(
    connection: Connection,
    files: Sequence[SuppliedFile],
    campaign: CampaignName,
    *,
    units_site: int,
    lexicon_version: str,
) -> int:
    """Make a run with a unit a file, in the caller's transaction; return its number.

    Args:
        connection: a writing transaction.
        files: none of them known.
        campaign: made when it is not there.
        units_site: site that the units stand under; listings have sites of their own.
        lexicon_version: of the classifiers.

    """
    now = datetime.now(UTC)
    new = NewRun(
        campaign_id=ensure_campaign(
            connection, name=campaign.name, title=campaign.title, plan_digest=campaign.plan_digest
        ),
        scheduled_at=now,
        reason="导入文件",
        orders={"sites": [], "files": [{"name": each.name, "sha256": each.sha256} for each in files]},
        lexicon_version=lexicon_version,
    )
    run_id = create_run(connection, new)
    orders = [UnitOrder(kind=UnitKind.FILE, key=_unit_key(each)) for each in files]
    add_units(connection, run_id, units_site, orders)
    units = {
        row.key: row.id for row in connection.execute(select(Unit.key, Unit.id).where(Unit.run_id == run_id))
    }
    rows = [
        {
            "run_id": run_id,
            "unit_id": units[_unit_key(each)],
            "name": each.name,
            "kind": each.kind,
            "size": each.size,
            "sha256": each.sha256,
            "reading": each.reading,
            "columns": each.columns,
            "mapping": dict(each.mapping),
            "position": 0,
            "listings": 0,
            "begun_at": now,
        }
        for each in files
    ]
    connection.execute(insert(ImportedFile), rows)
    return run_id


def begin_file(connection: Connection, lease: Lease, file: KnownFile) -> None:
    """Say that a file is being read by the holder of `lease`, the lease of the units' site."""
    take_over(connection, lease, file.run_id)
    begin_units(connection, lease, [file.unit.id])


def advance(connection: Connection, file: KnownFile, position: int, listings: int) -> None:
    """Say how far a file is committed, in the transaction that commits what was read."""
    connection.execute(
        update(ImportedFile).where(ImportedFile.id == file.id).values(position=position, listings=listings)
    )


def end_file(connection: Connection, file: KnownFile, *, rejected: int, reason: str) -> None:
    """Say that all of a file was read, and what came of it."""
    now = datetime.now(UTC)
    connection.execute(
        update(ImportedFile).where(ImportedFile.id == file.id).values(rejected=rejected, ended_at=now)
    )
    connection.execute(
        update(Unit)
        .where(Unit.id == file.unit.id)
        .values(status=UnitStatus.DONE, reason=reason, finished_at=now)
    )


def fail_file(connection: Connection, file: KnownFile, reason: str) -> None:
    """Say that a file cannot be read to its end; what was committed of it stays."""
    connection.execute(
        update(Unit)
        .where(Unit.id == file.unit.id)
        .values(status=UnitStatus.FAILED, reason=reason, finished_at=datetime.now(UTC))
    )


def _unit_key(file: SuppliedFile) -> str:
    return f"{file.name} {file.sha256[:12]}"


def make_site(connection: Connection, *, name: str, title: str, base_url: str) -> int:
    """Return the id of a site; one that is there stays as it is."""
    row = {"name": name, "title": title, "base_url": base_url}
    insert_new(connection, Site, [row], unique=["name"])
    return site_id(connection, name)
