"""案件线索移送函 and 涉嫌违法线索告知函: one letter to each authority that receives confirmed leads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from monitor.exporters.letters.letter_facts import filled, lead_facts, letter_facts
from monitor.exporters.letters.letter_file import Contents, Desk, WrittenLetter, write_letter
from monitor.leads.jurisdiction.jurisdiction_book import jurisdiction_book
from monitor.leads.referral.drafting import Draft, DraftPlan, ReferralOrder, plan_drafts
from monitor.leads.referral.lead_terms import Series
from monitor.storage.engine import reading
from monitor.storage.lead_letters import campaign_title

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from monitor.storage import Engine


@dataclass(frozen=True, kw_only=True, slots=True)
class Referred:
    """What an order came to."""

    letters: tuple[WrittenLetter, ...]
    #: with what is held back: incomplete leads, and listings that go nowhere
    plan: DraftPlan


def export_letters(
    engine: Engine, folder: Path, order: ReferralOrder, desk: Desk, *, now: datetime
) -> Referred:
    """Write a letter to each receiver, store leads and letters, and say what is held back.

    Args:
        engine: the database.
        folder: where letters and evidence packs come to stand; made when it is not there.
        order: what is to be referred.
        desk: who drafts, by which terms, with which evidence.
        now: a time with its zone; day and year of the letters.

    Raises:
        NotConfirmedError: the order names a listing that is not confirmed.
        ExportError: a file could not be written; letters written before stand.
        EvidenceError: a record is not as it was preserved.
        LayoutError: a layout is missing or cannot be filled.

    """
    terms = desk.days.terms
    with reading(engine) as connection:
        plan = plan_drafts(connection, order, terms)
        title = None if order.campaign is None else campaign_title(connection, order.campaign)
    written = []
    for drafts in plan.letters:
        series = Series.REFERRAL if drafts[0].receiver.special is None else Series.SPECIAL

        def context(
            said: Contents, drafts: Sequence[Draft] = drafts, series: Series = series
        ) -> dict[str, Any]:
            return _context(drafts, said, desk, series=series, title=title, now=now)

        written.append(write_letter(engine, folder, drafts, series, desk, context=context, now=now))
    return Referred(letters=tuple(written), plan=plan)


def _context(
    drafts: Sequence[Draft], said: Contents, desk: Desk, *, series: Series, title: str | None, now: datetime
) -> dict[str, Any]:
    terms = desk.days.terms
    special = drafts[0].receiver.special
    routes = {each.basis: each for each in jurisdiction_book().special_routes}
    authority = "" if special is None else routes[special].authority
    leads = [lead_facts(draft, str(n), terms) for n, draft in enumerate(drafts, 1)]
    listings = [listing for lead in leads for listing in lead.listings]
    requests = terms.requests.referral if special is None else terms.requests.special
    return {
        **letter_facts(drafts, listings, said, terms, series=series, campaign=title, now=now),
        "authority": authority,
        "route_confidence": "" if special is None else routes[special].confidence,
        "leads": leads,
        "requests": filled(requests, terms, authority=authority),
        "verify_days": terms.days.verify,
        "incomplete": any(lead.missing for lead in leads),
        "completeness_source": terms.completeness_source,
    }
