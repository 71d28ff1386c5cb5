"""Suspects that are watched (复查), and what is known of each, for whoever decides which to look at again."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, or_, select

from monitor.config import SHANGHAI
from monitor.storage.evidence import listings_with_evidence
from monitor.storage.gone import CheckOutcome
from monitor.storage.leads import asked_listings, rechecks_asked
from monitor.storage.rechecks import checks_of
from monitor.storage.reviews import Decision, decided
from monitor.storage.scheduling import GOING
from monitor.storage.tables import (
    OWN_PAGE,
    Campaign,
    Finding,
    Listing,
    Recheck,
    Run,
    ServiceRun,
    Sighting,
    Site,
    Unit,
    UnitStatus,
)
from monitor.storage.upsert import batches

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from sqlalchemy import Connection

    from monitor.storage.gone import Check

#: Name of the campaign that all runs of rechecks belong to, and how people call it.
RECHECK, RECHECK_TITLE = "recheck", "复查"


@dataclass(frozen=True, kw_only=True, slots=True)
class Watched:
    """A listing that may have to be looked at again."""

    listing_id: int
    #: name of the site
    site: str
    #: of its own page
    url: str
    #: when the first finding on it was made, else when it was first seen
    found_at: datetime
    #: names of the campaigns that saw it
    campaigns: frozenset[str]
    #: a page that shows it is preserved; else it is 未固证
    preserved: bool
    #: looks at its own page, oldest first
    checks: tuple[Check, ...]
    #: a unit that will look at its page is waiting or at work
    waiting: bool
    #: from when on a lead in force wants its page looked at; None when none does
    asked_from: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckLine:
    """One look of one run, as people read it."""

    listing_id: int
    site: str
    title: str
    url: str
    outcome: CheckOutcome
    rests_on: str | None
    gone_at: datetime | None
    back_at: datetime | None


def watched(
    connection: Connection,
    *,
    campaign: str | None = None,
    site: str | None = None,
    listing_ids: Collection[int] | None = None,
) -> list[Watched]:
    """Load suspects that no person rejected, and what leads want looked at, by id; all conditions hold.

    Args:
        connection: a reading transaction.
        campaign: only those seen by this campaign.
        site: only those of this site.
        listing_ids: instead of suspects, just these listings, suspects or not.

    """
    query = select(Listing.id, Listing.url, Listing.first_seen_at, Site.name).join(Site).order_by(Listing.id)
    if site is not None:
        query = query.where(Site.name == site)
    if campaign is not None:
        seen = select(Sighting.listing_id).join(Unit).join(Run).join(Campaign)
        query = query.where(Listing.id.in_(seen.where(Campaign.name == campaign)))
    if listing_ids is None:
        suspects = and_(Listing.suspect, Listing.id.not_in(decided(Decision.REJECTED)))
        open_ones = query.where(or_(suspects, Listing.id.in_(asked_listings())))
        rows = list(connection.execute(open_ones).all())
    else:
        wanted = batches(sorted(listing_ids))
        rows = [row for ids in wanted for row in connection.execute(query.where(Listing.id.in_(ids)))]
    open_units, asked = _open_units(connection), rechecks_asked(connection)
    found = [each for batch in batches(rows) for each in _watched(connection, batch, open_units)]
    return [replace(each, asked_from=_midnight(asked.get(each.listing_id))) for each in found]


def last_orders(connection: Connection) -> dict[str, dict[str, Any]]:
    """Say of every site what the newest run that was told to visit it was told: profile, address, pace.

    A site that no run was ever told to visit (it is known from files) is not there.
    """
    found: dict[str, dict[str, Any]] = {}
    rows = connection.execute(select(Run.orders).where(Run.started_at.is_not(None)).order_by(Run.id.desc()))
    for (orders,) in rows:
        for order in orders.get("sites", ()):
            found.setdefault(order["name"], {**order, "resting": []})
    return found


def left_by_hand(connection: Connection) -> list[int]:
    """List the runs of rechecks that were begun by hand and cut short, oldest first."""
    return list(
        connection.execute(
            select(Run.id)
            .join(Campaign)
            .outerjoin(ServiceRun)
            .where(Campaign.name == RECHECK, Run.status.in_(GOING), ServiceRun.run_id.is_(None))
            .order_by(Run.id)
        ).scalars()
    )


def check_lines(connection: Connection, run_id: int) -> list[CheckLine]:
    """List what the looks of one run came to, gone ones first, then by listing."""
    rows = connection.execute(
        select(
            Listing.id.label("listing_id"),
            Site.name.label("site"),
            Listing.title,
            Listing.url,
            Listing.gone_at,
            Listing.back_at,
            Recheck.outcome,
            Recheck.rests_on,
        )
        .select_from(Recheck)
        .join(Unit, Recheck.unit_id == Unit.id)
        .join(Listing, Recheck.listing_id == Listing.id)
        .join(Site, Listing.site_id == Site.id)
        .where(Unit.run_id == run_id)
        .order_by(Listing.gone_at.is_(None), Listing.id)
    )
    return [
        CheckLine(**{**row._mapping, "outcome": CheckOutcome(row.outcome)})  # noqa: SLF001 - public API
        for row in rows
    ]


def _watched(connection: Connection, rows: Sequence[Any], open_units: set[tuple[str, str]]) -> list[Watched]:
    ids = [row.id for row in rows]
    found_at = {
        row.listing_id: row.at
        for row in connection.execute(
            select(Finding.listing_id, func.min(Finding.found_at).label("at"))
            .where(Finding.listing_id.in_(ids))
            .group_by(Finding.listing_id)
        )
    }
    campaigns: dict[int, set[str]] = defaultdict(set)
    seen = select(Sighting.listing_id, Campaign.name).join(Unit).join(Run).join(Campaign).distinct()
    for row in connection.execute(seen.where(Sighting.listing_id.in_(ids))):
        campaigns[row.listing_id].add(row.name)
    preserved = listings_with_evidence(connection, ids)
    checks = checks_of(connection, ids)
    return [
        Watched(
            listing_id=row.id,
            site=row.name,
            url=row.url,
            found_at=found_at.get(row.id, row.first_seen_at),
            campaigns=frozenset(campaigns[row.id]),
            preserved=row.id in preserved,
            checks=tuple(checks[row.id]),
            waiting=(row.name, row.url) in open_units,
        )
        for row in rows
    ]


def _midnight(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time(0), SHANGHAI)


def _open_units(connection: Connection) -> set[tuple[str, str]]:
    """Site and URL of every own page that is going to be looked at."""
    rows = connection.execute(
        select(Site.name, Unit.key)
        .join(Site, Unit.site_id == Site.id)
        .where(
            Unit.kind.in_(OWN_PAGE),
            Unit.status.in_([UnitStatus.PENDING, UnitStatus.RUNNING]),
        )
    )
    return {(row.name, row.key) for row in rows}
