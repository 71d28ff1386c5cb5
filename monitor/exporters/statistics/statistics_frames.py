"""Listings, leads and samples of a campaign as tables (pandas), each with its county and kind of goods."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from monitor.classifiers import FindingKind
from monitor.exporters.labels import hazard_names, labels, lexicon
from monitor.exporters.report.miss_words import category_name
from monitor.exporters.statistics.statistics_terms import statistics_terms
from monitor.leads.jurisdiction.districts import district_of
from monitor.leads.jurisdiction.jurisdiction import locate
from monitor.storage.lead_records import LeadFilter
from monitor.storage.lead_status import LeadKind, LeadStep
from monitor.storage.leads import events_of, leads
from monitor.storage.reviews import Decision

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.storage import Connection
    from monitor.storage.lead_records import StoredEvent
    from monitor.storage.statistics import CampaignFacts, FindingFact

#: Goods of no kind of the form.
OTHER_KIND = "其他"
_SECONDS_OF_A_DAY = 86_400


@dataclass(frozen=True, kw_only=True)
class Frames:
    """What is counted; `goods` is indexed by the listing's number."""

    #: site, category, kind, district, suspect, decision (None: none), first_seen_at
    goods: pd.DataFrame
    #: listing, kind, rule, name
    findings: pd.DataFrame
    #: listing, query
    queries: pd.DataFrame
    #: lead_kind, kind, district, sent, answered, result (None: none), days (from first seen to sent)
    leads: pd.DataFrame
    #: lead, listing
    lead_listings: pd.DataFrame
    #: kind, district, outcome (None: none)
    samples: pd.DataFrame


def frames(connection: Connection, facts: CampaignFacts, campaign: str, until: datetime) -> Frames:
    """Make the tables of a campaign, of what happened before `until`."""
    goods = _goods(facts)
    led, members = _leads(connection, goods, campaign, until)
    sampled = pd.DataFrame(
        [(each.listing_id, each.outcome) for each in facts.samples], columns=["listing", "outcome"]
    )
    return Frames(
        goods=goods,
        findings=pd.DataFrame(
            [(each.listing_id, each.kind, each.rule, _named(each)) for each in facts.findings],
            columns=["listing", "kind", "rule", "name"],
        ),
        queries=pd.DataFrame(
            [(each.listing_id, each.query) for each in facts.queries], columns=["listing", "query"]
        ),
        leads=led,
        lead_listings=members,
        samples=sampled.join(goods[["kind", "district"]], on="listing"),
    )


@cache
def kind_of(category: str | None) -> str:
    """Say under which kind of goods the form counts a category."""
    for kind in statistics_terms().form.kinds:
        if category in kind.categories:
            return kind.title
    return OTHER_KIND


def _goods(facts: CampaignFacts) -> pd.DataFrame:
    places: dict[tuple[str | None, str | None], str] = {}
    rows: list[dict[str, Any]] = []
    for each in facts.listings:
        published = (each.address, each.credit_code)
        if published not in places:
            places[published] = district_of(locate(each.address, code=each.credit_code).area_code)
        review = facts.reviews.get(each.id)
        rows.append(
            {
                "id": each.id,
                "site": each.site,
                "category": category_name(each.category),
                "kind": kind_of(each.category),
                "district": places[published],
                "suspect": each.suspect,
                "decision": None if review is None else review.decision.value,
                "first_seen_at": each.first_seen_at,
            }
        )
    columns = ["id", "site", "category", "kind", "district", "suspect", "decision", "first_seen_at"]
    table = pd.DataFrame(rows, columns=columns).set_index("id")
    table["suspect"] = table["suspect"].astype(bool) | (table["decision"] == Decision.CONFIRMED.value)
    return table


def _leads(
    connection: Connection, goods: pd.DataFrame, campaign: str, until: datetime
) -> tuple[pd.DataFrame, pd.DataFrame]:
    stored = [each for each in leads(connection, LeadFilter(campaign=campaign)) if each.opened_at < until]
    events = events_of(connection, [each.id for each in stored])
    rows: list[dict[str, Any]] = []
    for lead in stored:
        past = [each for each in events[lead.id] if each.happened_at < until]
        sent = _first(past, LeadStep.SEND)
        results = [each.result for each in past if each.result is not None]
        known = [each for each in lead.listing_ids if each in goods.index]
        rows.append(
            {
                "lead_kind": statistics_terms().lead_kinds[lead.kind],
                "referral": lead.kind in (LeadKind.SELLER, LeadKind.PRODUCER),
                "kind": goods.loc[known[0], "kind"] if known else OTHER_KIND,
                "district": district_of(lead.receiver.area_code),
                "sent": sent is not None,
                "answered": bool(results),
                "result": results[-1].value if results else None,
                "days": None if sent is None or not known else _days(goods, known, sent),
            }
        )
    columns = ["lead_kind", "referral", "kind", "district", "sent", "answered", "result", "days"]
    members = pd.DataFrame(
        [(lead.id, listing) for lead in stored for listing in lead.listing_ids],
        columns=["lead", "listing"],
    )
    return pd.DataFrame(rows, columns=columns), members


def _first(events: list[StoredEvent], step: LeadStep) -> datetime | None:
    return min((each.happened_at for each in events if each.step is step), default=None)


def _days(goods: pd.DataFrame, listings: list[int], sent: datetime) -> float:
    found = min(goods.loc[listings, "first_seen_at"])
    return float((sent - found).total_seconds() / _SECONDS_OF_A_DAY)


def _named(finding: FindingFact) -> str:
    """Name a rule; one that is no longer known has its id, so that a rule never has two names."""
    if finding.kind is FindingKind.FOCUS:
        return labels().focus.get(finding.rule, finding.rule)
    if finding.kind is FindingKind.WATCHLIST:
        return labels().watchlists.get(finding.rule, finding.rule)
    return _rule_names().get(finding.rule, finding.rule)


@cache
def _rule_names() -> dict[str, str]:
    claims = {claim.id: claim.term for claim in lexicon().claims}
    return hazard_names() | claims | statistics_terms().rules
