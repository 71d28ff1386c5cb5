"""What a run found changed since the campaign's run before it: new, changed, vanished."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from monitor.storage.runs import IMPORTS
from monitor.storage.tables import (
    Listing,
    Observation,
    Run,
    RunStatus,
    Seller,
    Sighting,
    Site,
    Unit,
    UnitKind,
    UnitStatus,
)

if TYPE_CHECKING:
    from decimal import Decimal

    from sqlalchemy import Connection


@dataclass(frozen=True, kw_only=True, slots=True)
class ListingNote:
    """A listing worth a line in the report."""

    site: str
    title: str
    url: str
    suspect: bool
    price: Decimal | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ListingChange(ListingNote):
    """A listing that now says something else."""

    old_title: str
    old_price: Decimal | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SellerNote:
    """A seller that was not known before."""

    site: str
    name: str | None
    url: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class RunChanges:
    """What a run found changed since `previous`, the campaign's run before it; None for the first run."""

    previous: int | None
    new: tuple[ListingNote, ...] = ()
    changed: tuple[ListingChange, ...] = ()
    #: Seen by the previous run, not by this one, on sites that this one read to the end. Not seen is not
    #: gone: a listing is gone only when its own page says so.
    vanished: tuple[ListingNote, ...] = ()
    new_sellers: tuple[SellerNote, ...] = ()


def run_changes(connection: Connection, run_id: int) -> RunChanges:
    """Compare a run with the campaign's run before it. The first run has nothing to compare with."""
    previous = _previous_run(connection, run_id)
    if previous is None:
        return RunChanges(previous=None)
    return RunChanges(
        previous=previous,
        new=_new(connection, run_id),
        changed=_changed(connection, run_id),
        vanished=_vanished(connection, run_id, previous),
        new_sellers=_new_sellers(connection, run_id),
    )


def _previous_run(connection: Connection, run_id: int) -> int | None:
    """Crawls are compared with crawls, and files that people handed in with such files."""
    this = select(Run.campaign_id).where(Run.id == run_id).scalar_subquery()
    imported = connection.execute(select(Run.id).where(Run.id == run_id, Run.id.in_(IMPORTS))).first()
    return connection.execute(
        select(func.max(Run.id)).where(
            Run.campaign_id == this,
            Run.id < run_id,
            Run.status == RunStatus.DONE,
            Run.id.in_(IMPORTS) if imported else Run.id.not_in(IMPORTS),
        )
    ).scalar_one()


_NOTE = (Site.name.label("site"), Listing.title, Listing.url, Listing.suspect, Listing.price)


def _new(connection: Connection, run_id: int) -> tuple[ListingNote, ...]:
    rows = connection.execute(
        select(*_NOTE).join(Site).where(Listing.first_run_id == run_id).order_by(Site.name, Listing.key)
    )
    return tuple(ListingNote(**row._mapping) for row in rows)  # noqa: SLF001 - public API


def _changed(connection: Connection, run_id: int) -> tuple[ListingChange, ...]:
    """Compare the last observation of this run with the last one before it, by title and price.

    A listing whose detail page was read for the first time has a new observation without having changed.
    """
    earlier = (
        select(
            Observation.listing_id,
            func.max(Observation.id).filter(Observation.run_id < run_id).label("before"),
        )
        .where(
            Observation.listing_id.in_(select(Observation.listing_id).where(Observation.run_id == run_id)),
            Observation.run_id <= run_id,
        )
        .group_by(Observation.listing_id)
        .subquery("earlier")
    )
    rows = connection.execute(
        select(*_NOTE, Observation.title.label("old_title"), Observation.price.label("old_price"))
        .select_from(earlier)
        .join(Observation, Observation.id == earlier.c.before)
        .join(Listing, Listing.id == earlier.c.listing_id)
        .join(Site)
        .order_by(Site.name, Listing.key)
    )
    notes = (ListingChange(**row._mapping) for row in rows)  # noqa: SLF001 - public API
    return tuple(note for note in notes if (note.title, note.price) != (note.old_title, note.old_price))


def _seen_by(run_id: int) -> Any:  # noqa: ANN401 - a SELECT
    return select(Sighting.listing_id).join(Unit).where(Unit.run_id == run_id)


def _vanished(connection: Connection, run_id: int, previous: int) -> tuple[ListingNote, ...]:
    whole = (
        select(Unit.site_id)
        .where(Unit.run_id == run_id, Unit.kind.in_([UnitKind.SEARCH, UnitKind.SHOP]))
        .group_by(Unit.site_id)
        .having(func.count().filter(Unit.status != UnitStatus.DONE) == 0)
    )
    rows = connection.execute(
        select(*_NOTE)
        .join(Site)
        .where(
            Listing.id.in_(_seen_by(previous)),
            Listing.id.not_in(_seen_by(run_id)),
            Listing.site_id.in_(whole),
        )
        .order_by(Site.name, Listing.key)
    )
    return tuple(ListingNote(**row._mapping) for row in rows)  # noqa: SLF001 - public API


def _new_sellers(connection: Connection, run_id: int) -> tuple[SellerNote, ...]:
    rows = connection.execute(
        select(Site.name.label("site"), Seller.name, Seller.url)
        .join(Site)
        .where(Seller.first_run_id == run_id)
        .order_by(Site.name, Seller.key)
    )
    return tuple(SellerNote(**row._mapping) for row in rows)  # noqa: SLF001 - public API
