"""A review list comes back: is it ours, what does it say, and what of it is recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.leads.review.review_check import (
    CheckedRow,
    FilledRow,
    Known,
    Outcome,
    check_rows,
    listing_number,
)
from monitor.mistake import MistakeError
from monitor.storage.review_lists import ReviewList, find_list
from monitor.storage.reviews import current_reviews, listing_digests, record, reviews_from

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from monitor.storage import Connection


class ForeignListError(MistakeError):
    """A list went out from another database or for another campaign; the message says which."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Returned:
    """A list that came back, as its file says."""

    #: name of the file
    source: str
    identity: str
    #: None for a list over all campaigns
    campaign: str | None
    rows: Sequence[FilledRow]


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportOptions:
    """How a list is to be taken."""

    #: of rows that name none
    reviewer: str | None = None
    #: the campaign that the list must be of; None takes any
    campaign: str | None = None
    #: let decisions of the list replace those that others made meanwhile
    override: bool = False


def check_returned(
    connection: Connection, returned: Returned, options: ImportOptions, *, now: datetime
) -> list[CheckedRow]:
    """Say of every row what becomes of it, and record nothing.

    Raises:
        ForeignListError: the list is not of this database, or of another campaign.

    """
    made = _own_list(connection, returned, options)
    assert made.id is not None
    listed = [item.listing_id for item in made.items]
    current = current_reviews(connection, listed)
    numbers = (listing_number(row.duplicate_of) for row in returned.rows)
    named = [number for number in numbers if number is not None]
    known = Known(
        made=made,
        current=current | current_reviews(connection, named),
        brought=reviews_from(connection, made.id),
        digests=listing_digests(connection, [*listed, *named]),
    )
    return check_rows(
        returned.rows,
        known,
        source=returned.source,
        now=now,
        reviewer=options.reviewer,
        override=options.override,
    )


def import_returned(
    connection: Connection, returned: Returned, options: ImportOptions, *, now: datetime
) -> list[CheckedRow]:
    """Check a list and record its new decisions; the caller's writing transaction makes it all or nothing.

    Raises:
        ForeignListError: the list is not of this database, or of another campaign.

    """
    checked = check_returned(connection, returned, options, now=now)
    record(connection, [row.review for row in checked if row.outcome is Outcome.NEW and row.review])
    return checked


def _own_list(connection: Connection, returned: Returned, options: ImportOptions) -> ReviewList:
    made = find_list(connection, returned.identity)
    if made is None:
        raise ForeignListError(
            f"{returned.source}: the list {returned.identity} did not go out from this database: "
            "import it where it was exported"
        )
    if made.campaign != returned.campaign:
        raise ForeignListError(
            f"{returned.source}: says that it is of {_named(returned.campaign)}, but this list is of "
            f"{_named(made.campaign)}: fill in the original file"
        )
    if options.campaign is not None and options.campaign != made.campaign:
        raise ForeignListError(
            f"{returned.source}: is of {_named(made.campaign)}, not of {_named(options.campaign)}"
        )
    return made


def _named(campaign: str | None) -> str:
    return "all campaigns" if campaign is None else f"the campaign {campaign!r}"
