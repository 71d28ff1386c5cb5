"""Listings with their findings, as exporters and the console show them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, select

from monitor.classifiers import FindingKind
from monitor.storage import tables
from monitor.storage.evidence import listings_with_evidence
from monitor.storage.findings import finding_from
from monitor.storage.records import SELLER_COLUMNS, joined_seller, listing_from
from monitor.storage.relistings import RelistingLine, relisted_from
from monitor.storage.reviews import Decision, decided
from monitor.storage.tables import Campaign, Listing, Run, Seller, Sighting, Site, Unit
from monitor.storage.upsert import BATCH

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from decimal import Decimal

    from sqlalchemy import BindParameter, Connection

    import monitor.listing
    from monitor.classifiers import Finding


@dataclass(frozen=True, kw_only=True, slots=True)
class ListingFilter:
    """Which listings are wanted; all conditions hold together."""

    suspects_only: bool = True
    #: seen by this run
    run_id: int | None = None
    #: seen by any run of this campaign
    campaign: str | None = None
    #: leave out those whose own page said that they are gone
    on_sale_only: bool = True
    #: one of these
    listing_ids: tuple[int, ...] | None = None
    #: this decision holds for it
    decision: Decision | None = None
    #: neither confirmed nor rejected nor a duplicate yet
    undecided_only: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class SuspectRow:
    """One listing with everything that an analyst reads of it."""

    id: int
    site: str
    site_title: str
    url: str
    title: str
    price: Decimal | None
    currency: str
    image_url: str | None
    category: str | None
    subcategory: str | None
    risk: float
    suspect: bool
    reasons: tuple[str, ...]
    #: those that hold now, hazards first, then as found
    findings: tuple[Finding, ...]
    attributes: Mapping[str, str]
    seller_name: str | None
    seller_url: str | None
    licence_name: str | None
    credit_code: str | None
    address: str | None
    stated_place: str | None
    detail_seen: bool
    first_seen_at: datetime
    last_seen_at: datetime
    gone_at: datetime | None
    #: when it was last seen on offer again after it had been gone
    back_at: datetime | None = None
    lexicon_version: str
    #: a page that shows it is preserved as evidence (已固证)
    preserved: bool = False
    #: of all that people would call a change
    digest: str = ""
    #: gone listings that it looks like (疑似重新上架), the most alike first
    relisted_from: tuple[RelistingLine, ...] = ()


@dataclass(frozen=True, slots=True)
class ListingMark:
    """How the classifiers judged a listing, and no more."""

    id: int
    category: str | None
    suspect: bool
    lexicon_version: str


def count_listings(connection: Connection, wanted: ListingFilter) -> int:
    """Count what `listings` would give."""
    return int(connection.execute(_filtered(select(func.count(Listing.id)), wanted)).scalar_one())


def listings(connection: Connection, wanted: ListingFilter) -> Iterator[SuspectRow]:
    """Give listings, highest risk first, in flat memory."""
    query = _filtered(
        select(
            Listing,
            Site.name.label("site"),
            Site.title.label("site_title"),
            Seller.name.label("seller_name"),
            Seller.url.label("seller_url"),
            Seller.licence_name,
            Seller.credit_code,
            Seller.address,
            Seller.stated_place,
        )
        .select_from(Listing)
        .join(Site, Listing.site_id == Site.id)
        .outerjoin(Seller, Listing.seller_id == Seller.id),
        wanted,
    ).order_by(Listing.risk.desc(), Listing.id)
    stream = _streamed(connection, query)
    for rows in _pieces(stream):
        ids = [row.id for row in rows]
        findings, preserved = _findings(connection, ids), listings_with_evidence(connection, ids)
        relisted = relisted_from(connection, ids)
        for row in rows:
            yield _suspect(row, findings[row.id], relisted.get(row.id, ()), preserved=row.id in preserved)


def listings_by_id(connection: Connection, listing_ids: Iterable[int]) -> dict[int, SuspectRow]:
    """Give these listings by id, suspects or not, on sale or not, highest risk first."""
    wanted = ListingFilter(suspects_only=False, on_sale_only=False, listing_ids=tuple(listing_ids))
    return {row.id: row for row in listings(connection, wanted)}


def stored_listings(connection: Connection, wanted: ListingFilter) -> Iterator[monitor.listing.Listing]:
    """Give listings as extraction made them, in flat memory, so that classifiers can judge them again."""
    return (listing for _, listing in numbered_listings(connection, wanted))


def numbered_listings(
    connection: Connection, wanted: ListingFilter
) -> Iterator[tuple[int, monitor.listing.Listing]]:
    """As `stored_listings`, with their ids."""
    seller = tables.Seller.__table__
    columns = [seller.c[name].label(f"seller_{name}") for name in ("key", *SELLER_COLUMNS)]
    query = _filtered(
        select(Listing, Site.name.label("site"), *columns)
        .select_from(Listing)
        .join(Site, Listing.site_id == Site.id)
        .outerjoin(seller, Listing.seller_id == seller.c.id),
        wanted,
    ).order_by(Listing.id)
    for row in _streamed(connection, query):
        yield row.id, listing_from(row, row.site, joined_seller(row))


def listing_marks(connection: Connection, wanted: ListingFilter) -> Iterator[ListingMark]:
    """Give how listings were judged, by id, in flat memory."""
    columns = (Listing.id, Listing.category, Listing.suspect, Listing.lexicon_version)
    query = _filtered(select(*columns), wanted).order_by(Listing.id)
    for row in _streamed(connection, query):
        yield ListingMark(*row)


def _streamed(connection: Connection, query: Any) -> Any:  # noqa: ANN401 - a SELECT and its rows
    # an option of the connection would stay with it, and PostgreSQL could not insert through it any more
    return connection.execute(query.execution_options(stream_results=True))


def _pieces(stream: Any) -> Iterator[Sequence[Any]]:  # noqa: ANN401 - rows of a join
    while rows := stream.fetchmany(BATCH):
        yield rows


def _filtered(query: Any, wanted: ListingFilter) -> Any:  # noqa: ANN401 - any SELECT on listing
    if wanted.suspects_only:
        query = query.where(Listing.suspect)
    if wanted.on_sale_only:
        query = query.where(Listing.gone_at.is_(None))
    if wanted.listing_ids is not None:
        # written into the statement: there may be more of them than it may have variables
        ids: BindParameter[int] = bindparam(
            "listing_ids", wanted.listing_ids, expanding=True, literal_execute=True
        )
        query = query.where(Listing.id.in_(ids))
    if wanted.decision is not None:
        query = query.where(Listing.id.in_(decided(wanted.decision)))
    if wanted.undecided_only:
        over = (Decision.CONFIRMED, Decision.REJECTED, Decision.DUPLICATE)
        query = query.where(Listing.id.not_in(decided(*over)))
    if wanted.run_id is not None or wanted.campaign is not None:
        seen = select(Sighting.listing_id).join(Unit)
        if wanted.run_id is not None:
            seen = seen.where(Unit.run_id == wanted.run_id)
        if wanted.campaign is not None:
            seen = seen.join(Run).join(Campaign).where(Campaign.name == wanted.campaign)
        query = query.where(Listing.id.in_(seen))
    return query


def _findings(connection: Connection, listing_ids: Sequence[int]) -> dict[int, tuple[Finding, ...]]:
    kinds = list(FindingKind)
    rows = connection.execute(
        select(tables.Finding)
        .where(tables.Finding.listing_id.in_(listing_ids), tables.Finding.superseded_at.is_(None))
        .order_by(tables.Finding.id)
    )
    found: dict[int, list[Finding]] = defaultdict(list)
    for row in rows:
        found[row.listing_id].append(finding_from(row))
    return defaultdict(
        tuple, {key: tuple(sorted(each, key=lambda f: kinds.index(f.kind))) for key, each in found.items()}
    )


def _suspect(
    row: Any,  # noqa: ANN401 - of the join
    findings: tuple[Finding, ...],
    relisted: tuple[RelistingLine, ...],
    *,
    preserved: bool,
) -> SuspectRow:
    return SuspectRow(
        id=row.id,
        site=row.site,
        site_title=row.site_title,
        url=row.url,
        title=row.title,
        price=row.price,
        currency=row.currency,
        image_url=row.image_url,
        category=row.category,
        subcategory=row.subcategory,
        risk=row.risk,
        suspect=row.suspect,
        reasons=tuple(row.reasons),
        findings=findings,
        attributes=row.details["attributes"],
        seller_name=row.seller_name,
        seller_url=row.seller_url,
        licence_name=row.licence_name,
        credit_code=row.credit_code,
        address=row.address,
        stated_place=row.stated_place,
        detail_seen=row.detail_seen,
        first_seen_at=row.first_seen_at,
        last_seen_at=row.last_seen_at,
        gone_at=row.gone_at,
        back_at=row.back_at,
        lexicon_version=row.lexicon_version,
        preserved=preserved,
        digest=row.digest,
        relisted_from=relisted,
    )
