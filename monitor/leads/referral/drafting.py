"""Which leads get a letter now: confirmed listings that are on none yet, and leads that wait for theirs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from monitor.leads.referral.completeness import Completeness, LeadFacts, completeness
from monitor.leads.referral.referral import Held, Proposal, producer_proposals, seller_proposals
from monitor.mistake import MistakeError
from monitor.storage.evidence import listings_with_evidence
from monitor.storage.lead_records import LeadFilter, NewEvent, NewLead
from monitor.storage.lead_snapshot import LeadSnapshot, snapshots
from monitor.storage.lead_status import LeadKind, LeadStatus, LeadStep
from monitor.storage.leads import add_event, leads, leads_of, open_lead, snapshots_of
from monitor.storage.reviews import campaign_ids, confirmed
from monitor.storage.suspects import listings_by_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from monitor.leads.referral.lead_terms import LeadTerms
    from monitor.storage import Connection
    from monitor.storage.lead_records import Receiver, StoredLead, Subject

#: Kinds that go out as letters to authorities.
_LETTERS = (LeadKind.SELLER, LeadKind.PRODUCER)
#: Origin of what crawls found and a reviewer confirmed.
MONITORED = "网络交易监测，经人工审核确认"


class NotConfirmedError(MistakeError):
    """A listing is to be referred that nobody confirmed; the message says which."""


class TakenError(MistakeError):
    """Somebody else made a lead of these listings just now; the message says which."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReferralOrder:
    """What is to be referred."""

    #: None for all campaigns
    campaign: str | None = None
    #: only these; all must be confirmed
    listing_ids: tuple[int, ...] | None = None
    #: also leads that lack what they should have
    incomplete: bool = False
    #: also leads on producers that the pages name (R6)
    producers: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """A lead as its letter will say it."""

    #: None as long as it is not opened
    lead_id: int | None
    kind: LeadKind
    receiver: Receiver
    subject: Subject
    snapshots: tuple[LeadSnapshot, ...]
    completeness: Completeness
    campaign: str | None
    origin: str
    #: name of the site that a notice goes to
    site: str | None = None

    @property
    def listing_ids(self) -> tuple[int, ...]:
        """In the order of the letter."""
        return tuple(each.listing_id for each in self.snapshots)


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftPlan:
    """What goes out and what does not."""

    ready: tuple[Draft, ...]
    #: held back: something required is missing, or nobody receives it
    incomplete: tuple[Draft, ...]
    held: tuple[Held, ...]

    @property
    def letters(self) -> list[list[Draft]]:
        """The drafts of each letter: one receiver each, other authorities apart by their legal basis."""
        found: dict[tuple[str | None, str | None], list[Draft]] = {}
        for draft in self.ready:
            found.setdefault((draft.receiver.name, draft.receiver.special), []).append(draft)
        return list(found.values())


def plan_drafts(connection: Connection, order: ReferralOrder, terms: LeadTerms) -> DraftPlan:
    """Say what `order` comes to; nothing is written.

    Raises:
        NotConfirmedError: `order` names a listing that is not confirmed.

    """
    wanted = confirmed_listings(connection, order.campaign, order.listing_ids)
    rows = listings_by_id(connection, wanted).values()
    known = leads_of(connection, wanted)

    def fresh(kind: LeadKind) -> list[int]:
        return [row.id for row in rows if not any(covers(lead, kind) for lead in known[row.id])]

    sellers = set(fresh(LeadKind.SELLER))
    proposed, held = seller_proposals((row for row in rows if row.id in sellers), terms.own_sites)
    if order.producers:
        producers = set(fresh(LeadKind.PRODUCER))
        more, more_held = producer_proposals(row for row in rows if row.id in producers)
        proposed, held = [*proposed, *more], [*held, *more_held]
    drafts = _proposed(connection, proposed, order, terms)
    drafts += _waiting(connection, order, terms)
    ready: list[Draft] = []
    kept: list[Draft] = []
    for draft in drafts:
        goes = draft.receiver.name is not None and (order.incomplete or not draft.completeness.lacking)
        (ready if goes else kept).append(draft)
    return DraftPlan(ready=tuple(ready), incomplete=tuple(kept), held=tuple(held))


def confirmed_listings(
    connection: Connection, campaign: str | None, listing_ids: tuple[int, ...] | None
) -> list[int]:
    """List the confirmed listings of a campaign, or those named.

    Raises:
        NotConfirmedError: one that is named is not confirmed.
        UnknownCampaignError: the campaign never ran.

    """
    if campaign is not None:
        campaign_ids(connection, {campaign})
    found = confirmed(connection, campaign)
    if listing_ids is None:
        return found
    for listing_id in listing_ids:
        if listing_id not in found:
            within = "" if campaign is None else f" in the campaign {campaign!r}"
            raise NotConfirmedError(
                f"listing {listing_id} is not confirmed{within}: `monitor review {listing_id} "
                "--decision confirmed` or a review list says so"
            )
    return list(dict.fromkeys(listing_ids))


def covers(lead: StoredLead, kind: LeadKind) -> bool:
    """Whether `lead` keeps its listings from another one of `kind`: it is in force, or was answered."""
    if lead.kind is not kind or lead.status is LeadStatus.RETURNED:
        return False
    return lead.status is not LeadStatus.CLOSED or lead.result is not None


def open_draft(connection: Connection, draft: Draft, *, by: str, at: datetime) -> int:
    """Open the lead of a draft, unless it is open, and return its number; what came back before is closed.

    Raises:
        TakenError: one of its listings got such a lead since the draft was made.

    """
    if draft.lead_id is not None:
        return draft.lead_id
    before = leads_of(connection, draft.listing_ids)
    for listing_id, found in before.items():
        if taken := [lead.id for lead in found if covers(lead, draft.kind)]:
            raise TakenError(f"listing {listing_id} got lead {taken[0]} just now: run the command again")
    lead_id = open_lead(
        connection,
        NewLead(
            kind=draft.kind,
            receiver=draft.receiver,
            subject=draft.subject,
            listing_ids=draft.listing_ids,
            origin=draft.origin,
            by=by,
            at=at,
            campaign=draft.campaign,
            site=draft.site,
        ),
    )
    returned = {lead.id: lead for found in before.values() for lead in found if lead.kind is draft.kind}
    for lead in returned.values():
        if lead.status is LeadStatus.RETURNED and set(lead.listing_ids) <= set(draft.listing_ids):
            note = f"退回后另行移送，见线索 {lead_id}"
            add_event(connection, lead.id, NewEvent(step=LeadStep.CLOSE, by=by, at=at, note=note))
    return lead_id


def drafted(
    facts: LeadFacts,
    terms: LeadTerms,
    *,
    campaign: str | None,
    lead_id: int | None = None,
    origin: str = MONITORED,
    site: str | None = None,
) -> Draft:
    """Draft a lead, with how complete it is; by default one that is not opened yet."""
    return Draft(
        lead_id=lead_id,
        kind=facts.kind,
        receiver=facts.receiver,
        subject=facts.subject,
        snapshots=facts.snapshots,
        completeness=completeness(facts, terms),
        campaign=campaign,
        origin=origin,
        site=site,
    )


def _proposed(
    connection: Connection, proposed: Sequence[Proposal], order: ReferralOrder, terms: LeadTerms
) -> list[Draft]:
    taken = snapshots(connection, (each for proposal in proposed for each in proposal.listing_ids))
    return [
        drafted(
            LeadFacts(
                kind=proposal.kind,
                receiver=proposal.receiver,
                subject=proposal.subject,
                snapshots=tuple(taken[each] for each in proposal.listing_ids),
            ),
            terms,
            campaign=order.campaign,
        )
        for proposal in proposed
    ]


def _waiting(connection: Connection, order: ReferralOrder, terms: LeadTerms) -> Iterable[Draft]:
    """Give the leads that were opened without a letter, such as those of failed samples."""
    wanted = LeadFilter(campaign=order.campaign, kinds=_LETTERS, statuses=(LeadStatus.OPENED,))
    found = [
        lead
        for lead in leads(connection, wanted)
        if order.listing_ids is None or set(lead.listing_ids) & set(order.listing_ids)
    ]
    taken = snapshots_of(connection, [lead.id for lead in found])
    kept = listings_with_evidence(connection, {each for lead in found for each in lead.listing_ids})
    for lead in found:
        facts = LeadFacts(
            kind=lead.kind,
            receiver=lead.receiver,
            subject=lead.subject,
            snapshots=tuple(_preserved_now(taken[lead.id], kept)),
        )
        yield drafted(facts, terms, campaign=lead.campaign, lead_id=lead.id, origin=lead.origin)


def _preserved_now(taken: Sequence[LeadSnapshot], kept: set[int]) -> list[LeadSnapshot]:
    """Say of listings as they were then whether a page is preserved now: a recheck may have done it since."""
    return [replace(each, preserved=each.listing_id in kept) for each in taken]
