"""Evidence of listings from the database: what letters list, and the pack that goes with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.evidence.pack import Held, PackedChain, write_pack
from monitor.evidence.timestamp import stamps_of
from monitor.evidence.transcript import PackedListing
from monitor.storage.evidence import evidence_of, listings_with_evidence, records

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from monitor.storage import Connection
    from monitor.storage.evidence import Anchor, ListingEvidence, RecordPlace


def preserved_pages(connection: Connection, listing_ids: Sequence[int]) -> list[ListingEvidence]:
    """List the preserved pages of listings, oldest first; those that are 未固证 have none."""
    kept = listings_with_evidence(connection, listing_ids)
    return evidence_of(connection, [each for each in listing_ids if each in kept]) if kept else []


def pack_pages(
    connection: Connection,
    evidence_dir: Path,
    to: Path,
    pages: Sequence[ListingEvidence],
    *,
    now: datetime,
) -> None:
    """Write the evidence pack of preserved pages.

    Raises:
        EvidenceError: a record is not as it was preserved, or the file cannot be written.

    """
    chains = [
        _packed_chain(connection, anchor, [each for each in pages if each.anchor.id == anchor.id])
        for anchor in {each.anchor.id: each.anchor for each in pages}.values()
    ]
    runs = dict.fromkeys(chain.run_id for chain in chains)
    stamps = [stamp for run in runs for stamp in stamps_of(evidence_dir, run)]
    write_pack(to, evidence_dir, chains, [_packed_listing(each) for each in pages], now=now, stamps=stamps)


def _packed_chain(connection: Connection, anchor: Anchor, found: Sequence[ListingEvidence]) -> PackedChain:
    """Take the pages, and with them the opening of their chain and its snapshots of robots.txt."""
    every = records(connection, anchor.id)
    pages = {each.record.sequence for each in found}
    wanted = [each for each in every if each.sequence in pages or each.kind in {"opening", "robots"}]
    return PackedChain(
        run_id=anchor.run_id,
        file=anchor.file,
        head=anchor.head,
        records=tuple(each.sha256 for each in every),
        held=tuple(_held(each) for each in wanted),
    )


def _held(record: RecordPlace) -> Held:
    return Held(sequence=record.sequence, offset=record.offset, length=record.length, sha256=record.sha256)


def _packed_listing(found: ListingEvidence) -> PackedListing:
    return PackedListing(
        listing_id=found.listing_id,
        key=found.key,
        file=found.anchor.file,
        sequence=found.record.sequence,
        run_id=found.anchor.run_id,
        campaign=found.campaign_title,
    )
