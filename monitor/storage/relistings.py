"""Listings that look like one that is gone (疑似重新上架): what to compare, and what was found."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from monitor.classifiers import FindingKind
from monitor.storage.pictures import fingerprints, picture_address
from monitor.storage.reviews import Decision, decided
from monitor.storage.tables import Finding, Listing, Relisting, Seller, Site
from monitor.storage.upsert import batches, insert_new

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from datetime import datetime
    from decimal import Decimal

    from sqlalchemy import Connection


#: A listing that is gone for longer is not looked for any more. Inference: half a year covers two seasons.
REMEMBERED = timedelta(days=183)


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """A listing as far as it is compared with others."""

    listing_id: int
    site: str
    title: str
    price: Decimal | None = None
    brand: str | None = None
    model: str | None = None
    manufacturer: str | None = None
    ccc_number: str | None = None
    image_url: str | None = None
    #: what that picture looks like, if it was fetched: 128 bits as hexadecimal digits
    fingerprint: str | None = None
    #: the shop, as its site knows it
    seller_key: str | None = None
    credit_code: str | None = None
    #: what it is about: ids of hazards and key products, the taxonomy's id; offers that share none are not
    #: compared, unless they share a certificate or a picture, or have pictures that look alike
    subjects: frozenset[str] = frozenset()
    first_seen_at: datetime
    #: when it was last seen on offer
    last_seen_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class RelistingLink:
    """A listing that looks like one that is gone."""

    gone_listing_id: int
    listing_id: int
    #: 0–1
    score: float
    #: Chinese, most important first
    reasons: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class RelistingLine(RelistingLink):
    """The same as people read it."""

    gone_title: str
    gone_url: str
    gone_site: str
    gone_at: datetime | None
    title: str
    url: str
    site: str
    found_at: datetime


def gone_suspects(connection: Connection, since: datetime) -> list[Offer]:
    """Load every suspect that is gone since no earlier than `since`, and that no person rejected."""
    kept = Listing.id.not_in(decided(Decision.REJECTED))
    return list(_offers(connection, _columns().where(Listing.suspect, Listing.gone_at >= since, kept)))


def newcomers(connection: Connection, since: datetime) -> list[Offer]:
    """Load every listing on offer that was first seen after `since`."""
    query = _columns().where(Listing.gone_at.is_(None), Listing.first_seen_at > since)
    return list(_offers(connection, query))


def save_relistings(connection: Connection, links: Iterable[RelistingLink], at: datetime) -> int:
    """Keep links; those that are known stay as they were found. Returns how many are new."""
    rows = [
        {
            "gone_listing_id": link.gone_listing_id,
            "listing_id": link.listing_id,
            "score": link.score,
            "reasons": list(link.reasons),
            "found_at": at,
        }
        for link in links
    ]
    known = {(row[0], row[1]) for row in connection.execute(_pairs())}
    fresh = [row for row in rows if (row["gone_listing_id"], row["listing_id"]) not in known]
    for batch in batches(fresh):
        insert_new(connection, Relisting, batch, unique=["gone_listing_id", "listing_id"])
    return len(fresh)


def relistings(
    connection: Connection, listing_ids: Collection[int] | None = None, *, limit: int | None = None
) -> list[RelistingLine]:
    """List what was found, the newest first, then by score.

    Args:
        connection: a reading transaction.
        listing_ids: only of these listings, as the ones that came up again.
        limit: no more than so many.

    """
    query = _lines()
    if listing_ids is None:
        return [_line(row) for row in connection.execute(query.limit(limit) if limit else query)]
    found = []
    for batch in batches(list(listing_ids)):
        found += [_line(row) for row in connection.execute(query.where(Relisting.listing_id.in_(batch)))]
    return found[:limit]


def relisted_from(
    connection: Connection, listing_ids: Collection[int]
) -> dict[int, tuple[RelistingLine, ...]]:
    """Say of listings which gone ones they look like, the most alike first; those of none are left out."""
    found: dict[int, list[RelistingLine]] = defaultdict(list)
    for line in relistings(connection, listing_ids):
        found[line.listing_id].append(line)
    return {key: tuple(sorted(lines, key=lambda line: -line.score)) for key, lines in found.items()}


def _pairs() -> Any:  # noqa: ANN401 - a SELECT
    return select(Relisting.gone_listing_id, Relisting.listing_id)


@cache
def _lines() -> Any:  # noqa: ANN401 - a SELECT; made once, as with new aliases it would be compiled each time
    gone, gone_site = aliased(Listing), aliased(Site)
    return (
        select(
            Relisting,
            gone.title.label("gone_title"),
            gone.url.label("gone_url"),
            gone.gone_at,
            gone_site.name.label("gone_site"),
            Listing.title,
            Listing.url,
            Site.name.label("site"),
        )
        .join(Listing, Relisting.listing_id == Listing.id)
        .join(Site, Listing.site_id == Site.id)
        .join(gone, Relisting.gone_listing_id == gone.id)
        .join(gone_site, gone.site_id == gone_site.id)
        .order_by(Relisting.found_at.desc(), Relisting.score.desc(), Relisting.listing_id)
    )


def _columns() -> Any:  # noqa: ANN401 - a SELECT
    return (
        select(
            Listing.id,
            Site.name.label("site"),
            Listing.title,
            Listing.price,
            Listing.details,
            Listing.image_url,
            Listing.subcategory,
            Listing.first_seen_at,
            Listing.last_seen_at,
            Seller.key.label("seller_key"),
            Seller.credit_code,
        )
        .select_from(Listing)
        .join(Site, Listing.site_id == Site.id)
        .outerjoin(Seller, Listing.seller_id == Seller.id)
        .order_by(Listing.id)
    )


def _offers(connection: Connection, query: Any) -> Iterator[Offer]:  # noqa: ANN401 - a SELECT
    for rows in batches(connection.execute(query).all()):
        subjects = _subjects(connection, [row.id for row in rows])
        addresses = {row.id: picture_address(row.image_url) for row in rows}
        prints = fingerprints(connection, filter(None, addresses.values()))
        for row in rows:
            attributes = row.details["attributes"]
            own = {row.subcategory} if row.subcategory else set()
            yield Offer(
                listing_id=row.id,
                site=row.site,
                title=row.title,
                price=row.price,
                brand=row.details["brand"] or attributes.get("brand"),
                model=attributes.get("model"),
                manufacturer=attributes.get("manufacturer"),
                ccc_number=attributes.get("ccc_number"),
                image_url=row.image_url,
                fingerprint=prints.get(addresses[row.id] or ""),
                seller_key=row.seller_key,
                credit_code=row.credit_code,
                subjects=frozenset(subjects[row.id] | own),
                first_seen_at=row.first_seen_at,
                last_seen_at=row.last_seen_at,
            )


def _subjects(connection: Connection, listing_ids: Sequence[int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    rows = connection.execute(
        select(Finding.listing_id, Finding.rule).where(
            Finding.listing_id.in_(listing_ids),
            Finding.superseded_at.is_(None),
            Finding.kind.in_([FindingKind.HAZARD, FindingKind.FOCUS]),
        )
    )
    for row in rows:
        found[row.listing_id].add(row.rule)
    return found


def _line(row: Any) -> RelistingLine:  # noqa: ANN401 - a row of a join
    values = dict(row._mapping)  # noqa: SLF001 - public API
    return RelistingLine(**{**values, "reasons": tuple(values["reasons"])})
