"""After the test (不合格后处理、追根溯源、复查): what follows from a failed sample.

Leads on the seller and on the producer, an entry on the list of failed products, the same product at other
sellers, words to search for it, and the day by which it is tested again. Each is made once for a sample,
however often the results are imported.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.classifiers import Basis, FindingKind
from monitor.leads.jurisdiction.jurisdiction import Role, locate
from monitor.leads.referral.referral import receiver_of
from monitor.leads.sampling.population import located
from monitor.leads.sampling.results import Outcome, Stage
from monitor.matching.listed_goods import import_entries, stored_entries
from monitor.matching.watchlist_entry import Entry, ListKind, goods_of
from monitor.matching.watchlist_findings import GROUNDS
from monitor.matching.watchlist_names import stated
from monitor.matching.watchlists import WatchlistIndex
from monitor.storage.lead_records import NewLead, Subject
from monitor.storage.lead_status import LeadKind
from monitor.storage.leads import open_lead
from monitor.storage.results import add_result, results
from monitor.storage.suspects import ListingFilter, listings_by_id, numbered_listings
from monitor.working_days import working_days_after

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from monitor.leads.sampling.results import CheckedResults, Result
    from monitor.leads.sampling.sampling_terms import SamplingTerms
    from monitor.storage import Connection
    from monitor.storage.results import StoredResult
    from monitor.storage.suspects import SuspectRow
    from monitor.working_days import Announced

#: What a failed test shows: the product does not meet a standard that safeguards people
#: (产品质量法 §13, §49).
FAILED_BASIS = (Basis.PQ49,)
#: Level of our own samplings, see `sampling_terms.yaml`.
OWN_LEVEL = "市级"
_LONGEST_WORD = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class Recorded:
    """What a list of results came to."""

    recorded: int
    failed: int
    #: numbers of the leads of failed samples, seller's and producer's
    leads: tuple[int, ...]
    #: new entries on the list of failed products
    entries: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SameProduct:
    """A listing of another seller that offers, or may offer, a product that failed."""

    listing_id: int
    site: str
    url: str
    title: str
    seller: str | None
    #: what the match rests on, in Chinese
    why: str
    #: 0–100
    score: float


@dataclass(frozen=True, kw_only=True, slots=True)
class FollowUp:
    """What is to be done about one failed sample."""

    result: StoredResult
    row: SuspectRow
    entry: Entry | None
    same: tuple[SameProduct, ...]
    #: words for `monitor crawl --query` and for ``search: - words`` of a plan
    words: tuple[str, ...]


def record_results(
    connection: Connection,
    checked: CheckedResults,
    *,
    terms: SamplingTerms,
    by: str,
    source: str,
    now: datetime,
    announced: Mapping[int, Announced] | None = None,
) -> Recorded:
    """Record results, and open what follows from those that failed.

    Args:
        connection: a writing transaction.
        checked: rows held against their draw.
        terms: working days to the re-test.
        by: who imports them.
        source: name of the file.
        now: a time with its zone.
        announced: rest days that are newer than the library's.

    """
    rows = listings_by_id(connection, {each.sample.listing_id for each in checked.new})
    leads: list[int] = []
    entries: list[Entry] = []
    for result in checked.new:
        retest = None
        if result.outcome is Outcome.FAILED and result.reported_on is not None:
            retest = working_days_after(result.reported_on, terms.retest_after, announced or {})
            row = rows[result.sample.listing_id]
            leads += _open_leads(connection, result, row, by=by, source=source, now=now)
            entries.append(_entry(result, row))
        add_result(
            connection,
            result.sample.item_id,
            {
                "stage": result.stage.value,
                "outcome": result.outcome.value,
                "report_number": result.report_number,
                "laboratory": result.laboratory,
                "reported_on": result.reported_on,
                "failed_items": result.failed_items,
                "producer": result.producer,
                "retest_on": None if retest is None else retest.day,
                "retest_provisional": retest is not None and retest.provisional,
                "recorded_at": now,
                "source": source,
                "source_row": result.row,
            },
        )
    new = 0
    if entries:
        listed = import_entries(
            connection, entries, kind=ListKind.FAILED, source=f"检验结果 {source}", sha256=None, at=now
        )
        new = listed.new
    failed = sum(each.outcome is Outcome.FAILED for each in checked.new)
    return Recorded(recorded=len(checked.new), failed=failed, leads=tuple(leads), entries=new)


def follow_ups(connection: Connection, *, draw_id: int | None = None) -> list[FollowUp]:
    """Say what is to be done about every failed sample, with the same product at other sellers as stored now.

    A sample that passed when it was tested again (复检) needs nothing.
    """
    every = results(connection, draw_id=draw_id)
    cleared = {
        each.sample.item_id
        for each in every
        if each.stage == Stage.REINSPECTION and each.outcome == Outcome.PASSED
    }
    failed = {
        each.sample.item_id: each
        for each in every
        if each.outcome == Outcome.FAILED and each.sample.item_id not in cleared
    }
    rows = listings_by_id(connection, (each.sample.listing_id for each in failed.values()))
    entries = {
        each.published: each
        for each in stored_entries(connection, kinds=[ListKind.FAILED])
        if each.published is not None
    }
    numbers = {each.sample.number: each.sample.listing_id for each in failed.values()}
    found = _same_products(connection, {n: entries.get(_published(n)) for n in numbers}, numbers)
    return [
        FollowUp(
            result=each,
            row=rows[each.sample.listing_id],
            entry=(entry := entries.get(_published(each.sample.number))),
            same=tuple(found.get(each.sample.number, ())),
            words=search_words(entry, rows[each.sample.listing_id]),
        )
        for each in failed.values()
    ]


def search_words(entry: Entry | None, row: SuspectRow) -> tuple[str, ...]:
    """Words by which the same product is found on other sites.

    What kind of thing it is (the laboratory's name for it, else the words that the finding rests on) with its
    brand, its model, its producer; the beginning of the title where nothing of that is known.
    """
    kind = _kind(entry, row)
    stated_there = row.attributes
    brand, model, producer = (
        (entry.brand, entry.model, entry.producer)
        if entry is not None
        else (stated_there.get("brand"), stated_there.get("model"), stated_there.get("manufacturer"))
    )
    tells = [value for text in (brand, model, producer) if (value := stated(text)) is not None]
    words = [f"{value} {kind}" if value not in kind else kind for value in tells]
    if brand and model:
        words.insert(0, f"{brand} {model}")
    return tuple(dict.fromkeys(words)) or (" ".join(row.title.split())[:_LONGEST_WORD],)


def _kind(entry: Entry | None, row: SuspectRow) -> str:
    if entry is not None and entry.product_name != row.title:
        return entry.product_name[:_LONGEST_WORD]
    kinds = (FindingKind.HAZARD, FindingKind.FOCUS)
    words = [f.matched for kind in kinds for f in row.findings if f.kind is kind and f.field == "title"]
    return words[0] if words else " ".join(row.title.split())[:_LONGEST_WORD]


def _open_leads(
    connection: Connection, result: Result, row: SuspectRow, *, by: str, source: str, now: datetime
) -> list[int]:
    """Open the seller's and the producer's lead; both name the sample."""
    producer = result.producer or row.attributes.get("manufacturer")
    address = result.producer_address or row.attributes.get("manufacturer_address")
    seller = Subject(
        name=row.licence_name or row.seller_name, credit_code=row.credit_code, address=row.address
    )
    wanted = [(LeadKind.SELLER, seller, located(row))]
    if producer:
        place = locate(address, role=Role.PRODUCER)
        wanted.append((LeadKind.PRODUCER, Subject(name=producer, address=address), place))
    return [
        open_lead(
            connection,
            NewLead(
                kind=kind,
                receiver=receiver_of(FAILED_BASIS, place),
                subject=subject,
                listing_ids=(row.id,),
                origin=f"抽样 {result.sample.number} 检验不合格（{result.failed_items}）",
                origin_key=f"draw-item:{result.sample.item_id}:{kind.name.lower()}",
                by=by,
                at=now,
                campaign=result.sample.campaign,
                source=source,
            ),
        )
        for kind, subject, place in wanted
    ]


def _entry(result: Result, row: SuspectRow) -> Entry:
    """The product as an entry of the list of failed products: what the goods say goes before the page."""
    stated_there = row.attributes
    return Entry(
        kind=ListKind.FAILED,
        product_name=result.product_name or stated_there.get("product_name") or row.title,
        brand=result.brand or stated(stated_there.get("brand")),
        model=result.model or stated(stated_there.get("model")),
        barcode=result.barcode or stated(stated_there.get("barcode")),
        ccc_number=stated(stated_there.get("ccc_number")),
        producer=result.producer or stated(stated_there.get("manufacturer")),
        seller=row.licence_name or row.seller_name,
        level=OWN_LEVEL,
        defect=result.failed_items,
        stated_on=result.reported_on,
        published=_published(result.sample.number),
        source_row=result.row,
    )


def _published(number: str) -> str:
    return f"抽样编号 {number}"


def _same_products(
    connection: Connection, entries: Mapping[str, Entry | None], drawn: Mapping[str, int]
) -> dict[str, list[SameProduct]]:
    """Look through all stored listings once; `drawn`: 抽样编号 → the listing it was bought from."""
    number_of = {entry.digest: number for number, entry in entries.items() if entry is not None}
    index = WatchlistIndex(entry for entry in entries.values() if entry is not None)
    found: dict[str, list[SameProduct]] = {}
    if not index.size:
        return found
    for listing_id, listing in numbered_listings(connection, ListingFilter(suspects_only=False)):
        for match in index.match(goods_of(listing)):
            number = number_of[match.entry.digest]
            if drawn[number] == listing_id:
                continue
            same = SameProduct(
                listing_id=listing_id,
                site=listing.site,
                url=listing.url,
                title=listing.title,
                seller=None if listing.seller is None else listing.seller.name,
                why=GROUNDS[match.by],
                score=match.score,
            )
            found.setdefault(number, []).append(same)
    return {number: sorted(each, key=lambda s: (-s.score, s.listing_id)) for number, each in found.items()}
