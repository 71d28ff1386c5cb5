"""Heartbeats: which schedule services live, and what the others said last."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from monitor.storage.leases import is_dead
from monitor.storage.tables import Service, ServiceState
from monitor.storage.upsert import upsert

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

#: A service on another machine that gave no sign for so long is taken for dead. One on this machine is asked.
SILENCE = timedelta(minutes=3)
#: How long the heartbeat of a service that is no more is kept, for `status`.
_KEPT = timedelta(days=30)


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceReport:
    """One service as `status` shows it."""

    owner: str
    started_at: datetime
    beat_at: datetime
    version: str
    state: ServiceState
    problems: tuple[str, ...]
    #: its process runs, as far as can be told from here
    alive: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Heartbeat:
    """What a service says of itself."""

    owner: str
    started_at: datetime
    beat_at: datetime
    version: str
    state: ServiceState
    problems: tuple[str, ...]


def beat(connection: Connection, heart: Heartbeat) -> None:
    """Give a sign of life."""
    row = {
        "owner": heart.owner,
        "started_at": heart.started_at,
        "beat_at": heart.beat_at,
        "version": heart.version,
        "state": heart.state,
        "problems": list(heart.problems),
    }
    upsert(connection, Service, [row], unique=["owner"])


def forget_old(connection: Connection, now: datetime) -> None:
    """Drop the heartbeats of services that ended long ago."""
    connection.execute(delete(Service).where(Service.beat_at < now - _KEPT))


def services(connection: Connection, now: datetime) -> list[ServiceReport]:
    """List services, those with the newest sign of life first."""
    return [
        ServiceReport(
            owner=row.owner,
            started_at=row.started_at,
            beat_at=row.beat_at,
            version=row.version,
            state=ServiceState(row.state),
            problems=tuple(row.problems),
            alive=row.state != ServiceState.DRAINED and _lives(row.owner, row.beat_at, now),
        )
        for row in connection.execute(select(Service.__table__).order_by(Service.beat_at.desc()))
    ]


def living(connection: Connection, now: datetime) -> frozenset[str]:
    """Name the services that live."""
    return frozenset(each.owner for each in services(connection, now) if each.alive)


def _lives(owner: str, beat_at: datetime, now: datetime) -> bool:
    if owner.partition(":")[0] == socket.gethostname():
        return not is_dead(owner)
    return now - beat_at < SILENCE
