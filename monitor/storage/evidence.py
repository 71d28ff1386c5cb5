"""Chains of preserved records: where each stands, what its bytes must be, and which listing it shows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select, update

from monitor.mistake import MistakeError
from monitor.storage.leases import renew
from monitor.storage.tables import (
    Campaign,
    Evidence,
    EvidenceAnchor,
    EvidenceListing,
    Listing,
    Run,
    Site,
)
from monitor.storage.upsert import batches, insert_all, insert_for, insert_new

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection

    from monitor.storage.leases import Lease


# made once, as in `storage.crawl`: nearly every page of a bad shop is kept
_ANCHOR = (
    update(EvidenceAnchor)
    .where(EvidenceAnchor.id == bindparam("anchor"), EvidenceAnchor.records <= bindparam("last"))
    .values(
        records=bindparam("reached"),
        length=bindparam("bytes"),
        head=bindparam("value"),
        anchored_at=bindparam("at"),
    )
)
_RECORD = select(Evidence.id).where(
    Evidence.anchor_id == bindparam("anchor"), Evidence.sequence == bindparam("number")
)
_SHOWN = select(Listing.id).where(
    Listing.site_id == bindparam("site"), Listing.key.in_(bindparam("keys", expanding=True))
)


class NoEvidenceError(MistakeError):
    """Nothing is preserved of what was asked for; the message says of what."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordPlace:
    """One record of a chain: where it stands and what its bytes must be."""

    #: 0 for the record that opens the chain
    sequence: int
    #: opening, robots, page, licence, gone, picture, screenshot, rows, recovery
    kind: str
    url: str | None
    collected_at: datetime
    offset: int
    length: int
    #: SHA-256 of the stored bytes
    sha256: str
    #: value of the chain after it
    chain: str
    #: SHA-256 of the response as received
    response_sha256: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PreservedRecords:
    """Records that are on disk and not yet referred to."""

    #: `Anchor.id` of their chain
    anchor_id: int
    #: in the order of the chain
    records: tuple[RecordPlace, ...]
    #: `Listing.key` of the suspects that the page among them shows
    listing_keys: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Anchor:
    """How far a chain reaches, as far as the database knows."""

    id: int
    run_id: int
    site: str
    file: str
    process: str
    opened_at: datetime
    records: int
    length: int
    head: str
    anchored_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class ListingEvidence:
    """One preserved page of one listing, with what people call it by."""

    listing_id: int
    #: `Listing.key`, by which the record names it
    key: str
    anchor: Anchor
    record: RecordPlace
    campaign_title: str


def open_chain(connection: Connection, lease: Lease, *, run_id: int, file: str, genesis: str) -> int:
    """Say that a chain begins, before its file is made, and return its id.

    Args:
        connection: a writing transaction.
        lease: of the site; its owner is the writing process.
        run_id: the run.
        file: within the evidence folder.
        genesis: value of the chain before its first record.

    Raises:
        LeaseLostError: another crawler took the site over.

    """
    renew(connection, lease)
    now = datetime.now(UTC)
    statement = insert_for(connection, EvidenceAnchor).values(
        run_id=run_id,
        site_id=lease.site_id,
        file=file,
        process=lease.owner,
        opened_at=now,
        records=0,
        length=0,
        head=genesis,
        anchored_at=now,
    )
    key = connection.execute(statement).inserted_primary_key
    assert key is not None
    return int(key[0])


def record_evidence(
    connection: Connection, lease: Lease, preserved: PreservedRecords, *, unit_id: int | None = None
) -> None:
    """Refer to records, and move the anchor of their chain to the last of them."""
    last = preserved.records[-1]
    rows = [
        {
            "anchor_id": preserved.anchor_id,
            "unit_id": unit_id if each.kind in _SHOWING else None,
            **{name: getattr(each, name) for name in _PLACE},
        }
        for each in preserved.records
    ]
    insert_all(connection, Evidence, rows)
    reached = {
        "reached": last.sequence + 1,
        "bytes": last.offset + last.length,
        "value": last.chain,
        "at": datetime.now(UTC),
    }
    connection.execute(_ANCHOR, {"anchor": preserved.anchor_id, "last": last.sequence, **reached})
    if preserved.listing_keys:
        _link(connection, lease.site_id, preserved)


def anchors(connection: Connection, run_id: int | None = None) -> list[Anchor]:
    """List the chains of a run, or all, oldest first."""
    query = _anchors().order_by(EvidenceAnchor.id)
    if run_id is not None:
        query = query.where(EvidenceAnchor.run_id == run_id)
    return [_anchor(row) for row in connection.execute(query)]


def records(connection: Connection, anchor_id: int) -> list[RecordPlace]:
    """List the records of a chain, in order."""
    query = select(Evidence).where(Evidence.anchor_id == anchor_id).order_by(Evidence.sequence)
    return [_place(row) for row in connection.execute(query.with_only_columns(*_columns()))]


def listing_keys(connection: Connection, anchor_id: int) -> dict[int, frozenset[str]]:
    """Return the keys of the listings that each record of a chain shows, by the record's number."""
    rows = connection.execute(
        select(Evidence.sequence, Listing.key)
        .join(EvidenceListing, EvidenceListing.evidence_id == Evidence.id)
        .join(Listing, EvidenceListing.listing_id == Listing.id)
        .where(Evidence.anchor_id == anchor_id)
    )
    found: dict[int, set[str]] = defaultdict(set)
    for row in rows:
        found[row.sequence].add(row.key)
    return {number: frozenset(keys) for number, keys in found.items()}


def listings_with_evidence(connection: Connection, listing_ids: Iterable[int]) -> set[int]:
    """Tell which of these listings have a preserved page that offers them; the others are 未固证."""
    found: set[int] = set()
    for batch in batches(list(listing_ids)):
        query = (
            select(EvidenceListing.listing_id)
            .join(Evidence, EvidenceListing.evidence_id == Evidence.id)
            .where(EvidenceListing.listing_id.in_(batch), Evidence.kind.in_(_OFFERS))
            .distinct()
        )
        found.update(connection.execute(query).scalars())
    return found


def evidence_of(connection: Connection, listing_ids: Sequence[int]) -> list[ListingEvidence]:
    """List the preserved pages of listings, oldest first.

    Raises:
        NoEvidenceError: a listing is unknown, or is 未固证.

    """
    found: dict[int, list[ListingEvidence]] = defaultdict(list)
    for batch in batches(list(dict.fromkeys(listing_ids))):
        query = (
            _anchors()
            .add_columns(
                EvidenceListing.listing_id,
                Listing.key,
                Campaign.title.label("campaign_title"),
                *(column.label(f"record_{column.name}") for column in _columns()),
            )
            .join(Evidence, Evidence.anchor_id == EvidenceAnchor.id)
            .join(EvidenceListing, EvidenceListing.evidence_id == Evidence.id)
            .join(Listing, EvidenceListing.listing_id == Listing.id)
            .join(Run, EvidenceAnchor.run_id == Run.id)
            .join(Campaign, Run.campaign_id == Campaign.id)
            .where(EvidenceListing.listing_id.in_(batch))
            .order_by(Evidence.collected_at, Evidence.id)
        )
        for row in connection.execute(query):
            found[row.listing_id].append(
                ListingEvidence(
                    listing_id=row.listing_id,
                    anchor=_anchor(row),
                    record=_place(row, "record_"),
                    key=row.key,
                    campaign_title=row.campaign_title,
                )
            )
    for listing in listing_ids:
        if listing not in found:
            _refuse(connection, listing)
    return [each for listing in dict.fromkeys(listing_ids) for each in found[listing]]


_PLACE = tuple(RecordPlace.__dataclass_fields__)
#: Kinds of record that show what is offered. A row of a table that a person handed in is no page: such a
#: suspect is 未固证 until its page was visited.
_OFFERS = frozenset({"page"})
#: Kinds that are evidence of listings; a licence page says who sells, a gone page that it is offered no more,
#: a picture by what the good is recognised when it comes back.
_SHOWING = _OFFERS | {"rows", "licence", "gone", "screenshot", "picture"}


def _columns() -> list[Any]:
    return [getattr(Evidence, name) for name in _PLACE]


def _place(row: Any, prefix: str = "") -> RecordPlace:  # noqa: ANN401 - a row
    return RecordPlace(**{name: getattr(row, prefix + name) for name in _PLACE})


def _anchors() -> Any:  # noqa: ANN401 - a SELECT that is added to
    names = [name for name in Anchor.__dataclass_fields__ if name != "site"]
    columns = [getattr(EvidenceAnchor, name) for name in names]
    return (
        select(*columns, Site.name.label("site"))
        .select_from(EvidenceAnchor)
        .join(Site, EvidenceAnchor.site_id == Site.id)
    )


def _anchor(row: Any) -> Anchor:  # noqa: ANN401 - a row
    return Anchor(**{name: getattr(row, name) for name in Anchor.__dataclass_fields__})


def _link(connection: Connection, site_id: int, preserved: PreservedRecords) -> None:
    page = next(each for each in preserved.records if each.kind in _SHOWING)
    place = {"anchor": preserved.anchor_id, "number": page.sequence}
    evidence_id = connection.execute(_RECORD, place).scalar_one()
    for batch in batches(preserved.listing_keys):
        found = connection.execute(_SHOWN, {"site": site_id, "keys": batch}).scalars()
        rows = [{"evidence_id": evidence_id, "listing_id": each} for each in found]
        insert_new(connection, EvidenceListing, rows, unique=["evidence_id", "listing_id"])


def _refuse(connection: Connection, listing_id: int) -> None:
    known = connection.execute(select(Listing.title).where(Listing.id == listing_id)).scalar_one_or_none()
    if known is None:
        raise NoEvidenceError(f"there is no listing {listing_id}; the list of suspects shows their numbers")
    raise NoEvidenceError(f"listing {listing_id} has no preserved page (未固证): crawl its page again")
