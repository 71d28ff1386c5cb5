"""Which confirmed listings a platform is told of (下架、报告、协查): one lead a platform, one letter each."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.leads.jurisdiction.jurisdiction import PENDING
from monitor.leads.jurisdiction.jurisdiction_book import jurisdiction_book
from monitor.leads.referral.completeness import LeadFacts, legal_bases
from monitor.leads.referral.drafting import confirmed_listings, covers, drafted
from monitor.leads.referral.referral import Held, Hold
from monitor.storage.lead_records import Receiver, Subject
from monitor.storage.lead_snapshot import snapshots
from monitor.storage.lead_status import LeadKind
from monitor.storage.leads import leads_of

if TYPE_CHECKING:
    from monitor.leads.referral.drafting import Draft
    from monitor.leads.referral.lead_terms import LeadTerms
    from monitor.storage import Connection
    from monitor.storage.lead_snapshot import LeadSnapshot


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticeOrder:
    """What platforms are to be told of."""

    #: None for all campaigns
    campaign: str | None = None
    #: name of a site; None for all
    site: str | None = None
    #: only these; all must be confirmed
    listing_ids: tuple[int, ...] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticePlan:
    """What goes out and what does not."""

    #: site → its notice
    drafts: dict[str, Draft]
    held: tuple[Held, ...]


def plan_notices(connection: Connection, order: NoticeOrder, terms: LeadTerms) -> NoticePlan:
    """Say what `order` comes to; nothing is written.

    Shops of one's own are no platforms: what they offer is referred to the bureau of their domicile (R3).

    Raises:
        NotConfirmedError: `order` names a listing that is not confirmed.

    """
    wanted = confirmed_listings(connection, order.campaign, order.listing_ids)
    known = leads_of(connection, wanted)
    fresh = [each for each in wanted if not any(covers(lead, LeadKind.PLATFORM) for lead in known[each])]
    by_site: dict[str, list[LeadSnapshot]] = defaultdict(list)
    held = []
    for snapshot in sorted(
        snapshots(connection, fresh).values(), key=lambda each: (-each.risk, each.listing_id)
    ):
        if (order.site is not None and snapshot.site != order.site) or snapshot.site in terms.own_sites:
            continue
        if legal_bases(snapshot):
            by_site[snapshot.site].append(snapshot)
        else:
            held.append(
                Held(
                    listing_id=snapshot.listing_id,
                    title=snapshot.title,
                    kind=LeadKind.PLATFORM,
                    hold=Hold.NO_BASIS,
                    why=("仅消费警示或没有法律依据,不能据以要求平台处置",),
                )
            )
    drafts = {site: _draft(site, found, order, terms) for site, found in sorted(by_site.items())}
    return NoticePlan(drafts=drafts, held=tuple(held))


def _draft(site: str, found: list[LeadSnapshot], order: NoticeOrder, terms: LeadTerms) -> Draft:
    platform = terms.platforms.get(site)
    name = found[0].site_title if platform is None else platform.operator
    confidence = f"平台经营者全称{PENDING}" if platform is None else jurisdiction_book().rule("R3").confidence
    facts = LeadFacts(
        kind=LeadKind.PLATFORM,
        receiver=Receiver(name=name, confidence=confidence, why=("商品信息所在的平台",)),
        subject=Subject(name=name, address=platform.address or None if platform else None),
        snapshots=tuple(found),
    )
    return drafted(facts, terms, campaign=order.campaign, site=site)
