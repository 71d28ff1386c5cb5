"""网络交易平台协查告知函: one letter to each platform, to take off, to report, to assist."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from monitor.config import SHANGHAI
from monitor.exporters.letters.letter_facts import ListingFacts, filled, letter_facts, listing_facts
from monitor.exporters.letters.letter_file import Contents, Desk, WrittenLetter, write_letter
from monitor.leads.jurisdiction.credit_code import read_credit_code
from monitor.leads.jurisdiction.jurisdiction import locate
from monitor.leads.referral.lead_life import due_after, recheck_after
from monitor.leads.referral.lead_terms import Series
from monitor.leads.referral.noticing import NoticeOrder, NoticePlan, plan_notices
from monitor.storage.engine import reading
from monitor.storage.lead_letters import campaign_title
from monitor.storage.lead_status import LeadStep

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from monitor.leads.referral.drafting import Draft
    from monitor.storage import Engine
    from monitor.storage.lead_snapshot import LeadSnapshot


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticeListing(ListingFacts):
    """One listing, with what the platform is asked to tell of its seller."""

    wanted: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Noticed:
    """What an order came to."""

    letters: tuple[WrittenLetter, ...]
    #: with the listings that go nowhere
    plan: NoticePlan


def export_notices(engine: Engine, folder: Path, order: NoticeOrder, desk: Desk, *, now: datetime) -> Noticed:
    """Write a letter to each platform, store leads and letters, and say what is held back.

    Args:
        engine: the database.
        folder: where letters and evidence packs come to stand; made when it is not there.
        order: what platforms are to be told of.
        desk: who drafts, by which terms, with which evidence.
        now: a time with its zone; day and year of the letters.

    Raises:
        NotConfirmedError: the order names a listing that is not confirmed.
        ExportError: a file could not be written; letters written before stand.
        EvidenceError: a record is not as it was preserved.
        LayoutError: the layout is missing or cannot be filled.

    """
    with reading(engine) as connection:
        plan = plan_notices(connection, order, desk.days.terms)
        title = None if order.campaign is None else campaign_title(connection, order.campaign)
    written = []
    for draft in plan.drafts.values():

        def context(said: Contents, draft: Draft = draft) -> dict[str, Any]:
            return _context(draft, said, desk, title=title, now=now)

        written.append(write_letter(engine, folder, [draft], Series.NOTICE, desk, context=context, now=now))
    return Noticed(letters=tuple(written), plan=plan)


def _context(draft: Draft, said: Contents, desk: Desk, *, title: str | None, now: datetime) -> dict[str, Any]:
    terms, today = desk.days.terms, now.astimezone(SHANGHAI).date()
    due = due_after(draft.kind, LeadStep.SEND, today, desk.days, None)
    again = recheck_after(draft.kind, LeadStep.SEND, today, desk.days, None)
    assert due is not None
    assert again is not None
    listings = [_listing(each, f"1.{n}") for n, each in enumerate(draft.snapshots, 1)]
    return {
        **letter_facts([draft], listings, said, terms, series=Series.NOTICE, campaign=title, now=now),
        "site_title": draft.snapshots[0].site_title,
        "listings": listings,
        "requests": filled(terms.requests.notice, terms),
        "grounds": terms.notice_basis,
        "answer_days": terms.days.platform,
        "verify_days": terms.days.platform,
        "answer_by": f"{due.day:%Y-%m-%d}",
        "provisional": "（节假日安排尚未公布，为暂定）" if due.provisional else "",
        "recheck_on": f"{again:%Y-%m-%d}",
    }


def _listing(snapshot: LeadSnapshot, mark: str) -> NoticeListing:
    facts = listing_facts(snapshot, mark)
    stated = {field.name: getattr(facts, field.name) for field in dataclasses.fields(ListingFacts)}
    return NoticeListing(**stated, wanted="、".join(_wanted(snapshot)))


def _wanted(snapshot: LeadSnapshot) -> list[str]:
    """Name what is not known of the seller: R5, the platform is asked first (inference)."""
    found = []
    if not snapshot.licence_name:
        found.append("主体名称")
    if not snapshot.credit_code or not read_credit_code(snapshot.credit_code).valid:
        found.append("统一社会信用代码（公示的缺失或校验不符）")
    place = locate(snapshot.address, code=snapshot.credit_code)
    if place.pending or place.contradictory:
        found.append("实际经营地址（公示信息不能确定管辖）")
    return [*found, "联系方式、交易信息"]
