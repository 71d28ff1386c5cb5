"""What the statistics of a campaign are counted from: one row a listing, a finding, a search, a sample."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from monitor.classifiers import FindingKind
from monitor.storage.reviews import Review, UnknownCampaignError, reviews_before
from monitor.storage.tables import (
    Campaign,
    Draw,
    DrawItem,
    DrawResult,
    Finding,
    Listing,
    Run,
    Seller,
    Sighting,
    Site,
    Unit,
    UnitKind,
)

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class ListingFact:
    """A listing that the campaign saw; category and suspicion are those of now."""

    id: int
    #: Chinese name of the site
    site: str
    category: str | None
    suspect: bool
    first_seen_at: datetime
    seller_id: int | None
    credit_code: str | None
    address: str | None


@dataclass(frozen=True, slots=True)
class FindingFact:
    """A rule that speaks against a suspect now."""

    listing_id: int
    kind: FindingKind
    rule: str


@dataclass(frozen=True, slots=True)
class QueryFact:
    """A search that showed a listing."""

    listing_id: int
    query: str


@dataclass(frozen=True, slots=True)
class SampleFact:
    """A listing that was drawn, and what its test or its reinspection said; None while none did."""

    listing_id: int
    outcome: str | None


@dataclass(frozen=True, kw_only=True)
class CampaignFacts:
    """Everything that the statistics of a campaign count, up to a moment."""

    #: Chinese
    title: str
    listings: list[ListingFact]
    findings: list[FindingFact]
    queries: list[QueryFact]
    samples: list[SampleFact]
    #: decisions that held at that moment
    reviews: dict[int, Review]


def campaign_facts(connection: Connection, campaign: str, until: datetime) -> CampaignFacts:
    """Load what happened in a campaign before `until`.

    Args:
        connection: a reading transaction.
        campaign: its name.
        until: runs planned, decisions made, draws and results recorded before this count.

    Raises:
        UnknownCampaignError: it never ran.

    """
    row = connection.execute(
        select(Campaign.id, Campaign.title).where(Campaign.name == campaign)
    ).one_or_none()
    if row is None:
        raise UnknownCampaignError(f"no campaign {campaign!r} has run yet; `monitor runs` lists what ran")
    seen = (
        select(Sighting.listing_id)
        .join(Unit)
        .join(Run)
        .where(Run.campaign_id == row.id, Run.scheduled_at < until)
    )
    listings = _listings(connection, seen)
    return CampaignFacts(
        title=row.title,
        listings=listings,
        findings=_findings(connection, seen),
        queries=_queries(connection, row.id, until),
        samples=_samples(connection, row.id, until),
        reviews=reviews_before(connection, [each.id for each in listings], until),
    )


def _listings(connection: Connection, seen: Any) -> list[ListingFact]:  # noqa: ANN401 - a SELECT of ids
    columns = (Listing.id, Site.title, Listing.category, Listing.suspect, Listing.first_seen_at)
    query = (
        select(*columns, Listing.seller_id, Seller.credit_code, Seller.address)
        .select_from(Listing)
        .join(Site, Listing.site_id == Site.id)
        .outerjoin(Seller, Listing.seller_id == Seller.id)
        .where(Listing.id.in_(seen))
        .order_by(Listing.id)
    )
    return [ListingFact(*row) for row in connection.execute(query)]


def _findings(connection: Connection, seen: Any) -> list[FindingFact]:  # noqa: ANN401 - a SELECT of ids
    query = (
        select(Finding.listing_id, Finding.kind, Finding.rule)
        .join(Listing, Finding.listing_id == Listing.id)
        .where(Finding.listing_id.in_(seen), Finding.superseded_at.is_(None), Listing.suspect)
        .order_by(Finding.id)
    )
    # a rule counts once for a listing, in however many places it speaks
    rows = connection.execute(query)
    return list(dict.fromkeys(FindingFact(row.listing_id, FindingKind(row.kind), row.rule) for row in rows))


def _queries(connection: Connection, campaign_id: int, until: datetime) -> list[QueryFact]:
    query = (
        select(Sighting.listing_id, Unit.key)
        .join(Unit, Sighting.unit_id == Unit.id)
        .join(Run, Unit.run_id == Run.id)
        .where(Run.campaign_id == campaign_id, Run.scheduled_at < until, Unit.kind == UnitKind.SEARCH)
        .distinct()
        .order_by(Unit.key, Sighting.listing_id)
    )
    return [QueryFact(*row) for row in connection.execute(query)]


def _samples(connection: Connection, campaign_id: int, until: datetime) -> list[SampleFact]:
    drawn = connection.execute(
        select(DrawItem.id, DrawItem.listing_id)
        .join(Draw, DrawItem.draw_id == Draw.id)
        .where(Draw.campaign_id == campaign_id, Draw.made_at < until)
        .order_by(DrawItem.id)
    ).all()
    results = connection.execute(
        select(DrawResult.item_id, DrawResult.outcome)
        .join(DrawItem, DrawResult.item_id == DrawItem.id)
        .join(Draw, DrawItem.draw_id == Draw.id)
        .where(
            Draw.campaign_id == campaign_id,
            DrawResult.recorded_at < until,
            # what was mended afterwards had failed all the same
            DrawResult.stage != "retest",
        )
        .order_by(DrawResult.id)
    )
    # test, then reinspection: what was recorded last holds
    outcomes = {row.item_id: row.outcome for row in results}
    return [SampleFact(row.listing_id, outcomes.get(row.id)) for row in drawn]
