"""Site leases: one crawler a site, whoever started it, on however many machines.

A lease is renewed in the transaction of every commit, so a crawler that lost it cannot write; its `token`
grows with each owner. An owner that died on this machine is recognised and its lease taken over at once; one
on another machine has to expire.
"""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select, update

from monitor.mistake import MistakeError
from monitor.storage.tables import Site, SiteLease
from monitor.storage.upsert import insert_for

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row


# made once: every commit of a page prolongs the lease
_PROLONG = (
    update(SiteLease)
    .where(
        SiteLease.site_id == bindparam("site"),
        SiteLease.owner == bindparam("whose"),
        SiteLease.token == bindparam("since"),
    )
    .values(expires_at=bindparam("until"))
)


class LeaseHeldError(MistakeError):
    """Another crawler is on the site."""


class LeaseLostError(Exception):
    """Our lease expired and another crawler took the site over; stop and write nothing more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Lease:
    """The right to crawl one site, until it expires."""

    site_id: int
    owner: str
    #: Fencing token: higher than that of every earlier owner.
    token: int
    #: Seconds from each renewal to the expiry.
    seconds: float


def this_process() -> str:
    """Name the running process so that another one can tell whether it still lives: host, pid, start time."""
    pid = os.getpid()
    return f"{socket.gethostname()}:{pid}:{_started(pid)}"


def acquire(connection: Connection, site_id: int, owner: str, seconds: float) -> Lease:
    """Take the lease of a site, if it is free, expired, our own, or left by a dead process of this machine.

    Raises:
        LeaseHeldError: a living owner has it; the message names it and says until when.

    """
    now = datetime.now(UTC)
    row = connection.execute(select(SiteLease).where(SiteLease.site_id == site_id).with_for_update()).first()
    if row is not None and _is_held(row, owner):
        name = connection.execute(select(Site.name).where(Site.id == site_id)).scalar_one()
        raise LeaseHeldError(
            f"site {name} is being crawled by {row.owner} (lease until {row.expires_at:%H:%M:%S} UTC): "
            "wait for it to end, or stop it"
        )
    lease = Lease(site_id=site_id, owner=owner, token=row.token + 1 if row else 1, seconds=seconds)
    values = {"owner": owner, "token": lease.token, "expires_at": now + timedelta(seconds=seconds)}
    statement = insert_for(connection, SiteLease).values(site_id=site_id, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["site_id"], set_=values))
    return lease


def holder(connection: Connection, site_id: int, owner: str) -> str | None:
    """Name the living owner that keeps `owner` from taking the lease now; None when it is to be had."""
    row = connection.execute(select(SiteLease).where(SiteLease.site_id == site_id)).first()
    return str(row.owner) if row is not None and _is_held(row, owner) else None


def renew(connection: Connection, lease: Lease) -> None:
    """Prolong a lease; call it in the transaction whose writes it guards.

    Raises:
        LeaseLostError: it is no longer ours.

    """
    expiry = datetime.now(UTC) + timedelta(seconds=lease.seconds)
    whose = {"site": lease.site_id, "whose": lease.owner, "since": lease.token}
    changed = connection.execute(_PROLONG, {**whose, "until": expiry}).rowcount
    if changed != 1:
        raise LeaseLostError(
            f"the lease of site {lease.site_id} (token {lease.token}) went to another crawler"
        )


def release(connection: Connection, lease: Lease) -> None:
    """Give a lease back; harmless when it is no longer ours. The row stays, so that tokens keep growing."""
    connection.execute(
        update(SiteLease)
        .where(
            SiteLease.site_id == lease.site_id, SiteLease.owner == lease.owner, SiteLease.token == lease.token
        )
        .values(expires_at=datetime.now(UTC))
    )


def _is_held(row: Row[Any], owner: str) -> bool:
    return row.owner != owner and row.expires_at > datetime.now(UTC) and not is_dead(row.owner)


def is_dead(owner: str) -> bool:
    """Whether `owner`, as `this_process` names it, ran on this machine and runs no more."""
    host, _, rest = owner.partition(":")
    pid, _, started = rest.partition(":")
    if host != socket.gethostname() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return _started(int(pid)) != started


def _started(pid: int) -> str:
    """Start time of a process in clock ticks since boot; empty where the system does not tell.

    Empty also for a zombie: a process that was killed and whose parent has not taken note does nothing more.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
    state, *fields = stat.rpartition(")")[2].split()
    return "" if state == "Z" else fields[18]
