"""What the report of a run is made of, beside coverage (`progress`) and changes (`changes`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from monitor.classifiers import FindingKind
from monitor.storage.tables import Finding, Listing, Run, RunStatus, Seller, Sighting, Site, Unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

#: Words are compared with what a campaign had seen so long before.
BASELINE_AGE = timedelta(days=7)


@dataclass(frozen=True, kw_only=True, slots=True)
class SuspectFact:
    """A suspect that a run saw, as far as it is counted."""

    listing_id: int
    site: str
    category: str | None
    #: what the page or the licence states, as sellers wrote it
    stated_place: str | None
    address: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SuspectHazard:
    """One hazard or key product that a suspect is about."""

    listing_id: int
    kind: FindingKind
    rule: str
    term: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PlainListing:
    """A children's good that nothing speaks against."""

    title: str
    url: str
    site: str
    seller_id: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class PlainListings:
    """Unflagged children's goods of a campaign: those that came after `baseline`, and those of before."""

    #: the run up to which listings count as earlier; None when there is nothing to compare with
    baseline: int | None
    later: tuple[PlainListing, ...] = ()
    earlier: tuple[PlainListing, ...] = ()


def resting_words(connection: Connection, run_id: int) -> dict[str, list[dict[str, Any]]]:
    """Load the words that rested in a run, by site; see `campaigns.selection`."""
    orders = connection.execute(select(Run.orders).where(Run.id == run_id)).scalar_one()
    return {each["name"]: each.get("resting", []) for each in orders.get("sites", ())}


def site_titles(connection: Connection, run_id: int) -> dict[str, str]:
    """Chinese names of the sites of a run, by their name."""
    rows = connection.execute(
        select(Site.name, Site.title).where(Site.id.in_(select(Unit.site_id).where(Unit.run_id == run_id)))
    )
    return {row.name: row.title for row in rows}


def suspect_facts(connection: Connection, run_id: int) -> list[SuspectFact]:
    """List the suspects that a run saw, each once; whether one is a suspect is said as of now."""
    rows = connection.execute(
        select(
            Listing.id.label("listing_id"),
            Site.title.label("site"),
            Listing.category,
            Seller.stated_place,
            Seller.address,
        )
        .join(Site, Listing.site_id == Site.id)
        .outerjoin(Seller, Listing.seller_id == Seller.id)
        .where(Listing.suspect, Listing.id.in_(_seen_by(run_id)))
        .order_by(Listing.id)
    )
    return [SuspectFact(**row._mapping) for row in rows]  # noqa: SLF001 - public API


def suspect_hazards(connection: Connection, run_id: int) -> list[SuspectHazard]:
    """List what the suspects of a run are about, each hazard and key product of a listing once."""
    rows = connection.execute(
        select(Finding.listing_id, Finding.kind, Finding.rule, func.min(Finding.term).label("term"))
        .join(Listing, Listing.id == Finding.listing_id)
        .where(
            Listing.suspect,
            Finding.superseded_at.is_(None),
            Finding.kind.in_([FindingKind.HAZARD, FindingKind.FOCUS]),
            Finding.listing_id.in_(_seen_by(run_id)),
        )
        .group_by(Finding.listing_id, Finding.kind, Finding.rule)
        .order_by(Finding.listing_id, Finding.kind, Finding.rule)
    )
    return [
        SuspectHazard(listing_id=row.listing_id, kind=FindingKind(row.kind), rule=row.rule, term=row.term)
        for row in rows
    ]


def plain_listings(connection: Connection, run_id: int) -> PlainListings:
    """List a campaign's unflagged children's goods, those seen up to the baseline and those only after it.

    The baseline is the campaign's newest finished run that is a week older than this one, else its first.
    """
    baseline = _baseline(connection, run_id)
    if baseline is None:
        return PlainListings(baseline=None)
    campaign = select(Run.campaign_id).where(Run.id == run_id).scalar_subquery()
    seen = select(Sighting.listing_id).join(Unit).join(Run).where(Run.campaign_id == campaign)
    before = seen.where(Run.id <= baseline)
    after = seen.where(Run.id > baseline, Run.id <= run_id)
    plain = (
        select(Listing.title, Listing.url, Site.title.label("site"), Listing.seller_id)
        .join(Site, Listing.site_id == Site.id)
        .where(Listing.suspect.is_(False), Listing.category.is_not(None))
        .order_by(Listing.id)
    )
    later = plain.where(Listing.first_run_id > baseline, Listing.id.in_(after), Listing.id.not_in(before))
    return PlainListings(
        baseline=baseline,
        later=_listings(connection, later),
        earlier=_listings(connection, plain.where(Listing.id.in_(before))),
    )


def _listings(connection: Connection, query: Any) -> tuple[PlainListing, ...]:  # noqa: ANN401 - a SELECT
    return tuple(PlainListing(**row._mapping) for row in connection.execute(query))  # noqa: SLF001 - public API


def _baseline(connection: Connection, run_id: int) -> int | None:
    this = connection.execute(select(Run.campaign_id, Run.scheduled_at).where(Run.id == run_id)).one()
    earlier: Sequence[Any] = connection.execute(
        select(Run.id, Run.scheduled_at)
        .where(Run.campaign_id == this.campaign_id, Run.id < run_id, Run.status == RunStatus.DONE)
        .order_by(Run.id)
    ).all()
    old = [row.id for row in earlier if row.scheduled_at <= this.scheduled_at - BASELINE_AGE]
    if old:
        return int(old[-1])
    return int(earlier[0].id) if earlier else None


def _seen_by(run_id: int) -> Any:  # noqa: ANN401 - a SELECT
    return select(Sighting.listing_id).join(Unit).where(Unit.run_id == run_id)
