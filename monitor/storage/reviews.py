"""People's decisions on listings. They are only ever added; the latest on a listing is the one that holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import aliased

from monitor.mistake import MistakeError
from monitor.storage import tables
from monitor.storage.tables import Campaign, Listing, Run, Sighting, Unit
from monitor.storage.upsert import batches, insert_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import ColumnElement, Connection


class Decision(StrEnum):
    """What a person said of a listing."""

    #: it offers what was suspected: it may become a lead
    CONFIRMED = "confirmed"
    #: it does not; the reason says why it was suspected all the same
    REJECTED = "rejected"
    #: cannot be decided from what was seen
    MORE_INFORMATION = "more information"
    #: another listing stands for it, see `Review.duplicate_of`
    DUPLICATE = "duplicate"


@dataclass(frozen=True, kw_only=True, slots=True)
class Review:
    """One decision of one person on one listing."""

    listing_id: int
    decision: Decision
    reviewer: str
    #: when it was made, with its zone
    decided_at: datetime
    #: code of the reason
    reason: str | None = None
    comment: str | None = None
    #: name of the campaign under which it was made
    campaign: str | None = None
    #: name of the file, or by what means: cli, console
    source: str = "cli"
    #: row of the file, as the spreadsheet counts
    source_row: int | None = None
    #: id of the review list that it was made from
    list_id: int | None = None
    #: the listing that stands for this one
    duplicate_of: int | None = None
    #: digest of the listing that it was made on; None takes the one of now
    listing_digest: str | None = None
    #: None until it is recorded
    id: int | None = None
    #: when it came into the database
    recorded_at: datetime | None = None


class UnknownListingError(MistakeError):
    """A decision names a listing that is not in the database; the message says which."""


class UnknownCampaignError(MistakeError):
    """A decision names a campaign that never ran; the message says which."""


def record(connection: Connection, reviews: Sequence[Review]) -> None:
    """Add decisions; all or none, by the caller's transaction.

    Args:
        connection: a writing transaction.
        reviews: in the order in which they were made.

    Raises:
        UnknownListingError: one is on a listing, or a duplicate of one, that is not there.
        UnknownCampaignError: one was made under a campaign that never ran.

    """
    if not reviews:
        return
    known = {each.listing_id for each in reviews}
    known.update(each.duplicate_of for each in reviews if each.duplicate_of is not None)
    digests = listing_digests(connection, known)
    if missing := known - digests.keys():
        raise UnknownListingError(
            f"there is no listing {min(missing)}; the list of suspects shows their numbers"
        )
    campaigns = campaign_ids(connection, {each.campaign for each in reviews if each.campaign is not None})
    now = datetime.now(UTC)
    rows = [
        {
            **{name: getattr(each, name) for name in _COPIED},
            "decision": each.decision.value,
            "campaign_id": None if each.campaign is None else campaigns[each.campaign],
            "recorded_at": now,
            "listing_digest": each.listing_digest or digests[each.listing_id],
        }
        for each in reviews
    ]
    connection.execute(insert_for(connection, tables.Review), rows)


def current_reviews(connection: Connection, listing_ids: Iterable[int]) -> dict[int, Review]:
    """Return the decision that holds for each of these listings; those without one are left out."""
    found: dict[int, Review] = {}
    for batch in batches(sorted(set(listing_ids))):
        # in the order of time: the last one of each listing stays
        for review in _reviews(connection, tables.Review.listing_id.in_(batch)):
            found[review.listing_id] = review
    return found


def reviews_before(connection: Connection, listing_ids: Iterable[int], until: datetime) -> dict[int, Review]:
    """Return the decision that held for each of these listings just before a moment."""
    found: dict[int, Review] = {}
    for batch in batches(sorted(set(listing_ids))):
        which = tables.Review.listing_id.in_(batch) & (tables.Review.decided_at < until)
        found.update((review.listing_id, review) for review in _reviews(connection, which))
    return found


def reviews_of(connection: Connection, listing_id: int) -> list[Review]:
    """List every decision on a listing, oldest first."""
    return _reviews(connection, tables.Review.listing_id == listing_id)


def latest_reviews(connection: Connection, most: int) -> list[Review]:
    """List the `most` decisions that were recorded last, oldest first."""
    last = select(tables.Review.id).order_by(tables.Review.id.desc()).limit(most)
    return _reviews(connection, tables.Review.id.in_(last))


def reviews_from(connection: Connection, list_id: int) -> list[Review]:
    """List every decision that a review list brought, oldest first."""
    return _reviews(connection, tables.Review.list_id == list_id)


def confirmed(connection: Connection, campaign: str | None = None) -> list[int]:
    """List the listings whose decision that holds is `CONFIRMED`, by id.

    Args:
        connection: any transaction.
        campaign: only those seen by a run of this campaign, as in `ListingFilter`.

    """
    query = select(Listing.id).where(Listing.id.in_(decided(Decision.CONFIRMED))).order_by(Listing.id)
    if campaign is not None:
        seen = (
            select(Sighting.listing_id).join(Unit).join(Run).join(Campaign).where(Campaign.name == campaign)
        )
        query = query.where(Listing.id.in_(seen))
    return list(connection.execute(query).scalars())


def decided(*decisions: Decision) -> Any:  # noqa: ANN401 - a SELECT to put into another
    """Select the ids of the listings for which one of `decisions` holds now."""
    later = aliased(tables.Review)
    overruled = exists().where(
        later.listing_id == tables.Review.listing_id,
        or_(
            later.decided_at > tables.Review.decided_at,
            (later.decided_at == tables.Review.decided_at) & (later.id > tables.Review.id),
        ),
    )
    values = [each.value for each in decisions]
    return select(tables.Review.listing_id).where(tables.Review.decision.in_(values), ~overruled)


def listing_digests(connection: Connection, listing_ids: Iterable[int]) -> dict[int, str]:
    """Return the digest of what each of these listings says now; unknown ones are left out."""
    found: dict[int, str] = {}
    for batch in batches(sorted(set(listing_ids))):
        rows = connection.execute(select(Listing.id, Listing.digest).where(Listing.id.in_(batch)))
        found.update((row.id, row.digest) for row in rows)
    return found


def campaign_ids(connection: Connection, names: set[str]) -> dict[str, int]:
    """Return the ids of campaigns by their names.

    Raises:
        UnknownCampaignError: one never ran.

    """
    rows = connection.execute(select(Campaign.name, Campaign.id).where(Campaign.name.in_(names)))
    ids = {row.name: row.id for row in rows}
    for name in sorted(names - ids.keys()):
        raise UnknownCampaignError(f"no campaign {name!r} has run yet; `monitor schedule list` shows them")
    return ids


#: Columns that have the name and the value of the field.
_COPIED = (
    "listing_id",
    "reviewer",
    "decided_at",
    "reason",
    "comment",
    "source",
    "source_row",
    "list_id",
    "duplicate_of",
)


def _reviews(connection: Connection, which: ColumnElement[bool]) -> list[Review]:
    table = tables.Review
    query = (
        select(table, Campaign.name.label("campaign"))
        .outerjoin(Campaign, table.campaign_id == Campaign.id)
        .where(which)
        .order_by(table.decided_at, table.id)
    )
    return [
        Review(
            **{name: getattr(row, name) for name in _COPIED},
            id=row.id,
            recorded_at=row.recorded_at,
            decision=Decision(row.decision),
            campaign=row.campaign,
            listing_digest=row.listing_digest,
        )
        for row in connection.execute(query)
    ]
