"""What one page brought, committed in one transaction: the checkpoint of a crawl."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select, update

from monitor.storage import tables
from monitor.storage.evidence import PreservedRecords, record_evidence
from monitor.storage.findings import replace_findings
from monitor.storage.health import PageFacts, record_page
from monitor.storage.leases import Lease, renew
from monitor.storage.pictures import FetchedPicture, record_picture
from monitor.storage.rechecks import PageCheck, record_check, record_return
from monitor.storage.records import (
    SELLER_COLUMNS,
    joined_seller,
    listing_columns,
    listing_from,
    says_nothing_new,
    seller_from,
)
from monitor.storage.records import seller_columns as columns_of_seller
from monitor.storage.runs import UnitOrder, add_units
from monitor.storage.upsert import batches, insert_new, upsert
from monitor.storage.watchlists import with_standing_matches

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import Connection, Select

    from monitor.classifiers import Classification
    from monitor.listing import Listing, Seller


@dataclass(frozen=True, kw_only=True, slots=True)
class SeenListing:
    """A listing, joined with what was known of it, and what the classifiers say of the whole."""

    listing: Listing
    classification: Classification
    #: this page is the listing's own
    from_detail: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class UnitEnd:
    """How a unit ended: done, failed or blocked, and why."""

    status: tables.UnitStatus
    reason: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PageOutcome:
    """Everything that one page of one unit brought."""

    run_id: int
    unit_id: int
    received_at: datetime
    #: 1 for the first page of the unit in this attempt
    page: int
    seen: tuple[SeenListing, ...] = ()
    #: from licence pages
    sellers: tuple[Seller, ...] = ()
    #: what this page, a listing's own, says of whether it is still offered
    check: PageCheck | None = None
    #: what the page gave, in numbers
    facts: PageFacts | None = None
    #: the picture that the unit was about
    picture: FetchedPicture | None = None
    #: units that follow from this page
    follow: tuple[UnitOrder, ...] = ()
    #: set with the last page of the unit
    end: UnitEnd | None = None
    #: what was kept of the page, on disk already
    preserved: PreservedRecords | None = None


def known_listings(connection: Connection, site: tuple[int, str], keys: Sequence[str]) -> dict[str, Listing]:
    """Load what is known of listings, by key.

    Args:
        connection: any transaction.
        site: the site's id and name.
        keys: `Listing.key` of those wanted.

    """
    known: dict[str, Listing] = {}
    for batch in batches(list(dict.fromkeys(keys))):
        for row in connection.execute(_KNOWN, {"site": site[0], "keys": batch}):
            known[row.key] = listing_from(row, site[1], joined_seller(row))
    return known


def sellers_with_licence(connection: Connection, site: int, licence_url: str) -> list[Seller]:
    """Load the sellers of a site that link to one licence page."""
    table = tables.Seller.__table__
    rows = connection.execute(
        select(table).where(table.c.site_id == site, table.c.licence_url == licence_url)
    )
    return [seller_from(dict(row._mapping), row.key) for row in rows]  # noqa: SLF001 - public API


def commit_page(connection: Connection, lease: Lease, outcome: PageOutcome) -> None:
    """Write one page's outcome; the caller's transaction makes it all or nothing.

    Raises:
        LeaseLostError: another crawler took the site over; nothing is written.

    """
    renew(connection, lease)
    sellers = [seen.listing.seller for seen in outcome.seen if seen.listing.seller is not None]
    seller_ids = _write_sellers(connection, lease.site_id, outcome, [*sellers, *outcome.sellers])
    if outcome.seen:
        _write_listings(connection, lease.site_id, outcome, seller_ids)
    if outcome.facts is not None:
        record_page(connection, outcome.unit_id, outcome.page, outcome.facts)
    if outcome.check is not None:
        record_check(
            connection, lease.site_id, outcome.check, unit_id=outcome.unit_id, at=outcome.received_at
        )
    if outcome.picture is not None:
        record_picture(
            connection, lease.site_id, outcome.picture, unit_id=outcome.unit_id, at=outcome.received_at
        )
    if outcome.preserved is not None:
        record_evidence(connection, lease, outcome.preserved, unit_id=outcome.unit_id)
    add_units(connection, outcome.run_id, lease.site_id, outcome.follow)
    connection.execute(_TURN_PAGE, {"unit": outcome.unit_id, "page": outcome.page})
    if outcome.end is not None:
        end = {"status": outcome.end.status, "reason": outcome.end.reason, "finished_at": datetime.now(UTC)}
        connection.execute(update(tables.Unit).where(tables.Unit.id == outcome.unit_id).values(**end))


def _write_sellers(
    connection: Connection, site: int, outcome: PageOutcome, sellers: Iterable[Seller]
) -> dict[str, int]:
    """Write sellers that are new or say something new, note that the rest were seen; return all ids."""
    stated: dict[str, Seller] = {}
    for seller in sellers:
        if (key := seller.key) is not None:
            known = stated.get(key)
            if known != seller:  # most rows of a page say the same of one seller
                stated[key] = seller if known is None else known.merged(seller)
    if not stated:
        return {}
    ids: dict[str, int] = {}
    silent: list[int] = []
    for row in _keyed(connection, _SELLERS, site, list(stated)):
        ids[row.key] = row.id
        if says_nothing_new(stated[row.key], row):
            silent.append(row.id)
            del stated[row.key]
        else:
            known = seller_from(dict(row._mapping), row.key)  # noqa: SLF001 - public API
            stated[row.key] = known.merged(stated[row.key])
    for batch in batches(silent):
        connection.execute(_SELLERS_SEEN, {"ids": batch, "at": outcome.received_at})
    rows = [
        {
            "site_id": site,
            "key": key,
            **columns_of_seller(seller),
            "first_run_id": outcome.run_id,
            "first_seen_at": outcome.received_at,
            "last_seen_at": outcome.received_at,
        }
        for key, seller in sorted(stated.items())
    ]
    upsert(connection, tables.Seller, rows, unique=["site_id", "key"], keep=["first_run_id", "first_seen_at"])
    fresh = [key for key in stated if key not in ids]
    return ids | {row.key: row.id for row in _keyed(connection, _SELLER_IDS, site, fresh)}


def _write_listings(connection: Connection, site: int, outcome: PageOutcome, sellers: dict[str, int]) -> None:
    seen = {item.listing.key: item for item in outcome.seen}
    before = {row.key: row for row in _keyed(connection, _DIGESTS, site, list(seen))}
    seen = _with_matches(connection, seen, {key: row.id for key, row in before.items()})
    rows = [_listing_row(site, outcome, item, sellers) for _, item in sorted(seen.items())]
    for row in rows:
        previous = before.get(row["key"])
        row["detail_seen"] = row["detail_seen"] or (previous is not None and previous.detail_seen)
    returned = [row.id for row in before.values() if row.gone_at is not None]
    record_return(connection, returned, outcome.received_at)
    upsert(
        connection,
        tables.Listing,
        rows,
        unique=["site_id", "key"],
        keep=["first_run_id", "first_seen_at"],
    )
    fresh = [key for key in seen if key not in before]
    ids = {key: row.id for key, row in before.items()}
    ids |= {row.key: row.id for row in _keyed(connection, _DIGESTS, site, fresh)}
    observations = [
        {
            "listing_id": ids[row["key"]],
            "run_id": outcome.run_id,
            "observed_at": outcome.received_at,
            **{name: row[name] for name in ("title", "price", "details", "digest")},
        }
        for row in rows
        if row["key"] not in before or before[row["key"]].digest != row["digest"]
    ]
    insert_new(connection, tables.Observation, observations, unique=["listing_id", "run_id", "digest"])
    sightings = [{"unit_id": outcome.unit_id, "listing_id": each} for each in ids.values()]
    insert_new(connection, tables.Sighting, sightings, unique=["unit_id", "listing_id"])
    replace_findings(
        connection,
        {ids[key]: item.classification for key, item in seen.items()},
        fresh={ids[key] for key in fresh},
        at=outcome.received_at,
    )


def _with_matches(
    connection: Connection, seen: dict[str, SeenListing], ids: dict[str, int]
) -> dict[str, SeenListing]:
    """Let what lists said of known listings count where nobody looked at the lists again."""
    said = with_standing_matches(
        connection, {ids[key]: item.classification for key, item in seen.items() if key in ids}
    )
    return {
        key: replace(item, classification=said[ids[key]]) if ids.get(key) in said else item
        for key, item in seen.items()
    }


def _listing_row(
    site: int, outcome: PageOutcome, item: SeenListing, sellers: dict[str, int]
) -> dict[str, Any]:
    seller, said = item.listing.seller, item.classification
    return {
        "site_id": site,
        **listing_columns(item.listing),
        "seller_id": sellers.get(seller.key) if seller is not None and seller.key else None,
        "category": said.category,
        "subcategory": said.subcategory,
        "risk": said.risk,
        "suspect": said.suspect,
        "reasons": said.reasons,
        "lexicon_version": said.lexicon_version,
        "detail_seen": item.from_detail,
        "first_run_id": outcome.run_id,
        "last_run_id": outcome.run_id,
        "first_seen_at": outcome.received_at,
        "last_seen_at": outcome.received_at,
        "gone_at": None,
    }


def _keyed(connection: Connection, query: Select[Any], site: int, keys: list[str]) -> Iterator[Any]:
    """Rows of a site with some keys; where none is wanted the database is not asked."""
    for batch in batches(keys):
        yield from connection.execute(query, {"site": site, "keys": batch})


def _of_site(table: Any, *columns: Any) -> Select[Any]:  # noqa: ANN401 - as the tables are typed
    return select(*columns).where(
        table.c.site_id == bindparam("site"), table.c.key.in_(bindparam("keys", expanding=True))
    )


# made once: for the few rows of a page, making a statement takes as long as running it
_listing: Any = tables.Listing.__table__
_seller: Any = tables.Seller.__table__
_KNOWN = _of_site(
    _listing,
    _listing,
    *(_seller.c[name].label(f"seller_{name}") for name in ("key", *SELLER_COLUMNS)),
).select_from(_listing.outerjoin(_seller, _listing.c.seller_id == _seller.c.id))
_DIGESTS = _of_site(
    _listing, *(_listing.c[name] for name in ("key", "id", "digest", "detail_seen", "gone_at"))
)
_SELLERS = _of_site(_seller, *(_seller.c[name] for name in ("id", "key", *SELLER_COLUMNS)))
_SELLER_IDS = _of_site(_seller, _seller.c.key, _seller.c.id)
_SELLERS_SEEN = (
    update(_seller)
    .where(_seller.c.id.in_(bindparam("ids", expanding=True)))
    .values(last_seen_at=bindparam("at"))
)
_TURN_PAGE = update(tables.Unit).where(tables.Unit.id == bindparam("unit")).values(pages=bindparam("page"))
