"""Lists that went out to be reviewed: what stood on them, and what was drawn from how many."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from monitor.storage import tables
from monitor.storage.reviews import Decision, Review, UnknownCampaignError, current_reviews
from monitor.storage.tables import Campaign
from monitor.storage.upsert import insert_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection


class Role(StrEnum):
    """Why a listing stands on a list; its reviewer does not see it."""

    #: its risk passed the threshold
    SUSPECT = "suspect"
    #: drawn at random of those whose risk did not
    SAMPLE = "sample"


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewItem:
    """One listing of a list."""

    listing_id: int
    role: Role
    category: str | None
    #: of the listing as it was shown
    listing_digest: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Stratum:
    """Of one category: how many were filtered out, and how many of these the list shows."""

    category: str | None
    filtered_out: int
    sampled: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewList:
    """A list that went out."""

    #: written into the workbook
    identity: str
    #: SHA-256 over the list
    digest: str
    #: name of the campaign; None for a list over all
    campaign: str | None
    made_at: datetime
    scope: Mapping[str, Any]
    seed: str
    lexicon_versions: tuple[str, ...]
    strata: tuple[Stratum, ...]
    #: in the order of the rows
    items: tuple[ReviewItem, ...]
    #: None until it is stored
    id: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SampledCategory:
    """What people found among the filtered-out listings of one category."""

    category: str | None
    #: listings that were filtered out when the newest list was made
    filtered_out: int
    #: of these, drawn on a list
    sampled: int
    #: of the drawn, decided one way or the other
    decided: int
    #: of the decided, confirmed: the filter missed them
    missed: int


def add_list(connection: Connection, made: ReviewList) -> int:
    """Store a list that goes out, and return its id.

    Raises:
        UnknownCampaignError: it never ran.

    """
    campaign_id = None
    if made.campaign is not None:
        campaign_id = connection.execute(
            select(Campaign.id).where(Campaign.name == made.campaign)
        ).scalar_one_or_none()
        if campaign_id is None:
            raise UnknownCampaignError(f"no campaign {made.campaign!r} has run yet")
    statement = insert_for(connection, tables.ReviewList).values(
        identity=made.identity,
        digest=made.digest,
        campaign_id=campaign_id,
        made_at=made.made_at,
        scope=dict(made.scope),
        seed=made.seed,
        lexicon_versions=list(made.lexicon_versions),
        strata=[
            {"category": each.category, "filtered_out": each.filtered_out, "sampled": each.sampled}
            for each in made.strata
        ],
    )
    key = connection.execute(statement).inserted_primary_key
    assert key is not None
    rows = [
        {
            "list_id": key[0],
            "listing_id": each.listing_id,
            "position": position,
            "role": each.role.value,
            "category": each.category,
            "listing_digest": each.listing_digest,
        }
        for position, each in enumerate(made.items, 1)
    ]
    if rows:
        connection.execute(insert_for(connection, tables.ReviewItem), rows)
    return int(key[0])


def find_list(connection: Connection, identity: str) -> ReviewList | None:
    """Load the list that a workbook names; None if it did not go out from this database."""
    found = _lists(connection, tables.ReviewList.identity == identity)
    return found[0] if found else None


def sampled_before(connection: Connection, campaign: str | None) -> dict[tuple[str, ...], set[int]]:
    """Return the drawn listings that are decided already, by the lexicon versions of their lists."""
    found: dict[tuple[str, ...], set[int]] = defaultdict(set)
    for each in _scope(connection, campaign):
        decided = _decided_samples(connection, [each])
        found[each.lexicon_versions].update(
            item.listing_id for item, decision in decided.items() if decision is not None
        )
    return found


def sample_results(connection: Connection, campaign: str | None) -> list[SampledCategory]:
    """Count what people found among filtered-out listings, a category each; empty if none was ever drawn.

    The lists of one campaign count together as long as the lexicon is that of the newest: a lexicon that was
    mended with the misses at hand would otherwise be judged by what it was mended with. A listing that is a
    duplicate counts as the one it repeats. What is not decided, or needs more information, is left out.

    Args:
        connection: any transaction.
        campaign: of which lists; None takes those over all campaigns.

    """
    lists = _scope(connection, campaign)
    if not lists:
        return []
    newest = lists[-1]
    same = [each for each in lists if each.lexicon_versions == newest.lexicon_versions]
    results = _decided_samples(connection, same)
    found: dict[str | None, list[Decision | None]] = defaultdict(list)
    for item, decision in results.items():
        found[item.category].append(decision)
    return [
        SampledCategory(
            category=each.category,
            filtered_out=each.filtered_out,
            sampled=len(found[each.category]),
            decided=sum(decision is not None for decision in found[each.category]),
            missed=found[each.category].count(Decision.CONFIRMED),
        )
        for each in newest.strata
    ]


def _scope(connection: Connection, campaign: str | None) -> list[ReviewList]:
    if campaign is None:
        return _lists(connection, tables.ReviewList.campaign_id.is_(None))
    return _lists(connection, Campaign.name == campaign)


def _decided_samples(
    connection: Connection, lists: Iterable[ReviewList]
) -> dict[ReviewItem, Decision | None]:
    """Say of every drawn listing, each once, whether it is confirmed or rejected."""
    items = {item.listing_id: item for each in lists for item in each.items if item.role is Role.SAMPLE}
    reviews = current_reviews(connection, items)
    originals = current_reviews(
        connection, [each.duplicate_of for each in reviews.values() if each.duplicate_of is not None]
    )
    return {item: _final(reviews.get(number), originals) for number, item in items.items()}


def _final(review: Review | None, originals: Mapping[int, Review]) -> Decision | None:
    if review is not None and review.decision is Decision.DUPLICATE and review.duplicate_of is not None:
        review = originals.get(review.duplicate_of)
    if review is None or review.decision not in {Decision.CONFIRMED, Decision.REJECTED}:
        return None
    return review.decision


def _lists(connection: Connection, which: ColumnElement[bool]) -> list[ReviewList]:
    table = tables.ReviewList
    rows = connection.execute(
        select(table, Campaign.name.label("campaign"))
        .outerjoin(Campaign, table.campaign_id == Campaign.id)
        .where(which)
        .order_by(table.made_at, table.id)
    ).all()
    items = _items(connection, [row.id for row in rows])
    return [
        ReviewList(
            id=row.id,
            identity=row.identity,
            digest=row.digest,
            campaign=row.campaign,
            made_at=row.made_at,
            scope=row.scope,
            seed=row.seed,
            lexicon_versions=tuple(row.lexicon_versions),
            strata=tuple(Stratum(**each) for each in row.strata),
            items=tuple(items[row.id]),
        )
        for row in rows
    ]


def _items(connection: Connection, list_ids: list[int]) -> dict[int, list[ReviewItem]]:
    table = tables.ReviewItem
    found: dict[int, list[ReviewItem]] = defaultdict(list)
    for row in connection.execute(
        select(table).where(table.list_id.in_(list_ids)).order_by(table.list_id, table.position)
    ):
        found[row.list_id].append(
            ReviewItem(
                listing_id=row.listing_id,
                role=Role(row.role),
                category=row.category,
                listing_digest=row.listing_digest,
            )
        )
    return found
