"""Looks at listings' own pages (复查): recorded, and what they say together of where a listing is."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from monitor.storage.gone import Check, CheckOutcome, gone_since
from monitor.storage.tables import Listing, Recheck
from monitor.storage.upsert import batches, upsert

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection


@dataclass(frozen=True, kw_only=True, slots=True)
class PageCheck:
    """What one page says of whether the listing at `url` is still offered."""

    #: URL of the listing's own page, as asked for
    url: str
    outcome: CheckOutcome
    #: what it rests on: a marker, an HTTP status, an error; for people
    rests_on: str | None = None
    #: `Listing.key` of the listing that the page shows, when it shows one
    key: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Whereabouts:
    """Whether a listing is still offered, as far as is known."""

    #: since when it is gone; None while it is offered, or nothing says otherwise
    gone_at: datetime | None
    #: when it was last seen on offer again after it had been gone; None while it never came back
    back_at: datetime | None
    #: the last look at its own page; None when there was none
    checked_at: datetime | None = None
    outcome: CheckOutcome | None = None
    #: what that outcome rests on
    rests_on: str | None = None

    @property
    def came_back(self) -> bool:
        """It was gone and is on offer again."""
        return self.gone_at is None and self.back_at is not None


def record_check(connection: Connection, site: int, check: PageCheck, *, unit_id: int, at: datetime) -> None:
    """Record a look, and with it that its listing is gone, if the rule says so.

    To be called after the page's own listings are written. A look at a page of no known listing is dropped.
    """
    target = _target(connection, site, check)
    if target is None:
        return
    outcome, rests_on = check.outcome, check.rests_on
    if check.key is not None and check.key != target.key:
        outcome, rests_on = CheckOutcome.UNREACHABLE, f"the page shows another listing: {check.key}"
    before = _checks(connection, [target.id])[target.id]
    digest = target.digest if outcome.offers else None
    if outcome.offers and _last_digest(before, unit_id) not in (None, digest):
        outcome = CheckOutcome.CHANGED
    row = {
        "listing_id": target.id,
        "unit_id": unit_id,
        "checked_at": at,
        "outcome": outcome,
        "rests_on": rests_on,
        "digest": digest,
    }
    upsert(connection, Recheck, [row], unique=["listing_id", "unit_id"])
    if not outcome.denies or target.gone_at is not None:
        return
    looks = [Check(at=each.checked_at, outcome=CheckOutcome(each.outcome)) for each in before]
    gone = gone_since([*looks, Check(at=at, outcome=outcome)])
    if gone is not None:
        # a list may have shown it since: then it is gone anew, from this look on
        since = at if target.back_at is not None and target.back_at >= gone else gone
        connection.execute(update(Listing).where(Listing.id == target.id).values(gone_at=since))


def record_return(connection: Connection, listing_ids: Sequence[int], at: datetime) -> None:
    """Say that listings that were gone are on offer again."""
    for batch in batches(listing_ids):
        connection.execute(update(Listing).where(Listing.id.in_(batch)).values(gone_at=None, back_at=at))


def whereabouts(connection: Connection, listing_ids: Iterable[int]) -> Mapping[int, Whereabouts]:
    """Say of listings whether they are gone, came back, and what the last look at each one's page came to.

    Listings that are not there are left out.
    """
    found: dict[int, Whereabouts] = {}
    for batch in batches(list(dict.fromkeys(listing_ids))):
        checks = _checks(connection, batch)
        rows = connection.execute(
            select(Listing.id, Listing.gone_at, Listing.back_at).where(Listing.id.in_(batch))
        )
        for row in rows:
            last = checks[row.id][-1] if checks[row.id] else None
            found[row.id] = Whereabouts(
                gone_at=row.gone_at,
                back_at=row.back_at,
                checked_at=last.checked_at if last else None,
                outcome=CheckOutcome(last.outcome) if last else None,
                rests_on=last.rests_on if last else None,
            )
    return found


def checks_of(connection: Connection, listing_ids: Iterable[int]) -> dict[int, list[Check]]:
    """Load every look at the pages of listings, oldest first; an empty list for those without one."""
    found: dict[int, list[Check]] = {}
    for batch in batches(list(listing_ids)):
        rows = _checks(connection, batch)
        for listing in batch:
            looks = rows[listing]
            found[listing] = [Check(at=each.checked_at, outcome=CheckOutcome(each.outcome)) for each in looks]
    return found


def _target(connection: Connection, site: int, check: PageCheck) -> Any:  # noqa: ANN401 - a row
    columns = (Listing.id, Listing.key, Listing.url, Listing.digest, Listing.gone_at, Listing.back_at)
    query = select(*columns).where(Listing.site_id == site)
    shown = None
    if check.key is not None:
        shown = connection.execute(query.where(Listing.key == check.key)).first()
    if shown is not None and shown.url == check.url:
        return shown
    # slower, as there is no index of addresses: only for pages that do not show what was asked for
    asked = connection.execute(query.where(Listing.url == check.url).order_by(Listing.id)).first()
    return asked or shown


def _checks(connection: Connection, listing_ids: Sequence[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    rows = connection.execute(
        select(Recheck).where(Recheck.listing_id.in_(listing_ids)).order_by(Recheck.checked_at, Recheck.id)
    )
    for row in rows:
        found[row.listing_id].append(row)
    return found


def _last_digest(checks: Sequence[Any], unit_id: int) -> str | None:
    """What its own page said at the last look of another unit."""
    said = [each.digest for each in checks if each.digest is not None and each.unit_id != unit_id]
    return said[-1] if said else None
