"""What a letter says, as its Word layout takes it: plain text and marked text, nothing left to compute.

The names of the fields are what people write into the layouts (docs/leads.md lists them).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from monitor.config import SHANGHAI
from monitor.evidence.head import run_head
from monitor.exporters.letters.letter_words import (
    BasisLine,
    basis_lines,
    original_words,
    other_clues,
    plain,
    rules_hit,
    suspected_acts,
    title_of,
)
from monitor.leads.jurisdiction.jurisdiction_book import jurisdiction_book
from monitor.leads.referral.completeness import legal_bases

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from docxtpl import RichText

    from monitor.exporters.letters.letter_file import Contents
    from monitor.leads.referral.drafting import Draft
    from monitor.leads.referral.lead_terms import LeadTerms, Series
    from monitor.storage.evidence import Anchor, ListingEvidence
    from monitor.storage.lead_snapshot import LeadSnapshot

#: Shown where a page said nothing.
NOT_SEEN = "未采到"
#: Left to be filled in by hand.
BLANK = "＿＿＿＿＿＿"
_CLUES_ONLY = "宣传或标识存在疑点"


@dataclass(frozen=True, kw_only=True, slots=True)
class ListingFacts:
    """One listing."""

    #: ``2.1``: the first listing of the second subject
    mark: str
    id: int
    platform: str
    shop: str
    shop_url: str
    url: str
    #: the site's own number of the item
    item: str
    title: RichText
    price: str
    sales: str
    seen: str
    acts: str
    #: claims and marks: what the page says, contradicts or leaves out
    clues: list[str]
    words: list[RichText]
    rules: str
    bases: str
    preserved: str


@dataclass(frozen=True, kw_only=True, slots=True)
class LeadFactsShown:
    """One subject with its listings."""

    mark: str
    #: number of the lead; None while it is not opened
    id: int | None
    kind: str
    origin: str
    subject: str
    code: str
    address: str
    acts: str
    rule: str
    rule_text: str
    confidence: str
    why: list[str]
    score: str
    #: ``主体｜统一社会信用代码：页面未公示``
    missing: list[str]
    #: every element with where it came from
    elements: list[str]
    listings: list[ListingFacts]


@dataclass(frozen=True, kw_only=True, slots=True)
class EvidenceFacts:
    """One preserved record."""

    mark: str
    listings: str
    file: str
    url: str
    at: str
    by: str
    sha256: str
    response: str
    chain: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AnchorFacts:
    """How far the chain of a file of records reaches, and the head of its run."""

    run: int
    run_head: str
    file: str
    head: str
    records: int


def money(snapshot: LeadSnapshot) -> str:
    """State the price as the page did."""
    if snapshot.price is None:
        return NOT_SEEN
    unit = "元" if snapshot.currency == "CNY" else f" {snapshot.currency}"
    return f"{snapshot.price:,.2f}{unit}"


def local(moment: datetime) -> str:
    """State a time as people of the bureau read it."""
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"


def day(moment: datetime) -> str:
    """State a day as letters do: 2026年9月5日."""
    at = moment.astimezone(SHANGHAI)
    return f"{at.year}年{at.month}月{at.day}日"


def listing_facts(snapshot: LeadSnapshot, mark: str) -> ListingFacts:
    """State one listing."""
    return ListingFacts(
        mark=mark,
        id=snapshot.listing_id,
        platform=plain(snapshot.site_title),
        shop=plain(snapshot.seller_name) or NOT_SEEN,
        shop_url=plain(snapshot.seller_url) or NOT_SEEN,
        url=plain(snapshot.url),
        item=plain(snapshot.key) if snapshot.key != snapshot.url else NOT_SEEN,
        title=title_of(snapshot),
        price=money(snapshot),
        sales=NOT_SEEN if snapshot.sales is None else f"{snapshot.sales:,}（页面所示）",
        seen=f"{local(snapshot.first_seen_at)} 首次采集，{local(snapshot.last_seen_at)} 最近一次",
        acts="；".join(suspected_acts(snapshot)) or _CLUES_ONLY,
        clues=other_clues(snapshot),
        words=original_words(snapshot),
        rules="；".join(rules_hit(snapshot)),
        bases="、".join(code.value for code in legal_bases(snapshot)) or BLANK,
        preserved="已固证" if snapshot.preserved else "未固证",
    )


def lead_facts(draft: Draft, mark: str, terms: LeadTerms) -> LeadFactsShown:
    """State one lead."""
    found = draft.completeness
    listings = [listing_facts(each, f"{mark}.{n}") for n, each in enumerate(draft.snapshots, 1)]
    acts = dict.fromkeys(act for each in draft.snapshots for act in suspected_acts(each))
    if draft.lead_id is not None:  # opened elsewhere: a failed sample says more than the page
        acts = {plain(draft.origin): None} | acts
    rule = draft.receiver.rule
    return LeadFactsShown(
        mark=mark,
        id=draft.lead_id,
        kind=terms.kinds[draft.kind],
        origin=plain(draft.origin),
        subject=plain(draft.subject.name) or BLANK,
        code=plain(draft.subject.credit_code) or BLANK,
        address=plain(draft.subject.address) or BLANK,
        acts="；".join(acts) or _CLUES_ONLY,
        rule=rule or "",
        rule_text="" if rule is None else jurisdiction_book().rule(rule).basis,
        confidence=draft.receiver.confidence or "",
        why=[plain(each) for each in draft.receiver.why],
        score=f"{found.score:.0%}",
        missing=[f"{each.term.group}｜{each.term.title}：{plain(each.where)}" for each in found.missing],
        elements=[
            f"{each.term.group}｜{each.term.title}：{'有' if each.present else '缺'}，{plain(each.where)}"
            for each in found.elements
        ],
        listings=listings,
    )


def own_pages(pages: Sequence[ListingEvidence], urls: dict[int, str]) -> list[ListingEvidence]:
    """Choose what a letter lists: each listing's own pages, else the last one that shows it.

    Args:
        pages: all preserved pages, oldest first within a listing.
        urls: listing → its own address.

    """
    found: list[ListingEvidence] = []
    for listing_id, url in urls.items():
        showing = [page for page in pages if page.listing_id == listing_id]
        found += [page for page in showing if page.record.url == url] or showing[-1:]
    return found


def evidence_facts(pages: Sequence[ListingEvidence], marks: dict[int, str]) -> list[EvidenceFacts]:
    """State every preserved record once, with the listings it shows."""
    by_record: dict[tuple[int, int], list[ListingEvidence]] = {}
    for page in sorted(pages, key=lambda each: (each.record.collected_at, each.anchor.id)):
        by_record.setdefault((page.anchor.id, page.record.sequence), []).append(page)
    return [
        EvidenceFacts(
            mark=str(number),
            listings="、".join(marks[each.listing_id] for each in shown),
            file=f"{shown[0].anchor.file} 第 {shown[0].record.sequence} 条",
            url=plain(shown[0].record.url),
            at=local(shown[0].record.collected_at),
            by=plain(shown[0].anchor.process),
            sha256=shown[0].record.sha256,
            response=shown[0].record.response_sha256 or "",
            chain=shown[0].record.chain,
        )
        for number, shown in enumerate(by_record.values(), 1)
    ]


def anchor_facts(pages: Iterable[ListingEvidence], of_runs: Sequence[Anchor]) -> list[AnchorFacts]:
    """State the heads that pin the evidence: of each file, and of its whole run.

    Args:
        pages: what is listed.
        of_runs: every chain of the runs they belong to.

    """
    heads = {
        run: run_head((each.file, each.records, each.head) for each in of_runs if each.run_id == run)
        for run in {each.run_id for each in of_runs}
    }
    chains = {page.anchor.id: page.anchor for page in pages}
    return [
        AnchorFacts(
            run=each.run_id,
            run_head=heads[each.run_id],
            file=each.file,
            head=each.head,
            records=each.records,
        )
        for each in sorted(chains.values(), key=lambda chain: chain.id)
    ]


def office_facts(terms: LeadTerms) -> dict[str, str]:
    """State who writes; what the terms leave empty is left blank."""
    office = terms.office
    return {
        "bureau": office.bureau,
        "department": office.department,
        "address": office.address or BLANK,
        "contact": office.contact or BLANK,
        "phone": office.phone or BLANK,
    }


def filled(lines: Iterable[str], terms: LeadTerms, **more: str) -> list[str]:
    """Fill the numbers of days, and `more`, into the lines of a letter."""
    days: dict[str, Any] = {name: getattr(terms.days, name).days for name in type(terms.days).model_fields}
    return [line.format(**days, **more) for line in lines]


def bases_of(drafts: Iterable[Draft]) -> list[BasisLine]:
    """State the legal bases of a letter, each once."""
    return basis_lines(code for draft in drafts for each in draft.snapshots for code in legal_bases(each))


def letter_facts(
    drafts: Sequence[Draft],
    listings: Sequence[ListingFacts],
    said: Contents,
    terms: LeadTerms,
    *,
    series: Series,
    campaign: str | None,
    now: datetime,
) -> dict[str, Any]:
    """State what every letter says: who writes to whom, of how much, on which bases, with which evidence.

    Args:
        drafts: the leads of the letter, all for one receiver.
        listings: theirs, as the letter marks them.
        said: the preserved pages and their pack.
        terms: of the office.
        series: which kind of letter.
        campaign: its title; None for all campaigns.
        now: a time with its zone.

    """
    marks = {listing.id: listing.mark for listing in listings}
    urls = {each.listing_id: each.url for draft in drafts for each in draft.snapshots}
    pack, pack_sha256 = said.pack or ("", "")
    return {
        **office_facts(terms),
        "title": terms.letters[series].title,
        "number_source": terms.number_source,
        "date": day(now),
        "receiver": drafts[0].receiver.name,
        "campaign": campaign or "网络交易监测",
        "lead_count": len(drafts),
        "listing_count": len(marks),
        "bases": bases_of(drafts),
        "monitoring": terms.monitoring,
        "evidence": evidence_facts(own_pages(said.pages, urls), marks),
        "records": len({(page.anchor.id, page.record.sequence) for page in said.pages}),
        "anchors": anchor_facts(said.pages, said.chains),
        "pack": pack,
        "pack_sha256": pack_sha256,
    }
