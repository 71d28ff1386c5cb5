"""Leads (线索): opened, moved step by step, read. Nothing is deleted; what happened is never overwritten."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from monitor.storage.lead_records import (
    Due,
    LeadFilter,
    NewEvent,
    NewLead,
    Receiver,
    StoredEvent,
    StoredLead,
    Subject,
    UnknownLeadError,
)
from monitor.storage.lead_snapshot import LeadSnapshot, as_json, from_json, snapshots
from monitor.storage.lead_status import (
    IllegalStepError,
    LeadKind,
    LeadResult,
    LeadStatus,
    LeadStep,
    after,
    needs_note,
)
from monitor.storage.reviews import UnknownListingError, campaign_ids
from monitor.storage.tables import Campaign, Lead, LeadEvent, LeadLetter, LeadListing
from monitor.storage.upsert import batches

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sqlalchemy import Connection

__all__ = [
    "Due",
    "IllegalStepError",
    "LeadFilter",
    "LeadKind",
    "LeadResult",
    "LeadSnapshot",
    "LeadStatus",
    "LeadStep",
    "NewEvent",
    "NewLead",
    "Receiver",
    "StoredEvent",
    "StoredLead",
    "Subject",
    "UnknownLeadError",
    "add_event",
    "ask_recheck",
    "asked_listings",
    "events_of",
    "leads",
    "leads_of",
    "load_lead",
    "open_lead",
    "rechecks_asked",
    "snapshots_of",
]


def open_lead(connection: Connection, new: NewLead) -> int:
    """Open a lead and return its number; one with the same `NewLead.origin_key` is not opened twice.

    Its listings are kept as they are now, findings and all.

    Args:
        connection: a writing transaction.
        new: the lead.

    Raises:
        UnknownListingError: a listing is not there.
        UnknownCampaignError: the campaign never ran.

    """
    if new.origin_key is not None:
        known = select(Lead.id).where(Lead.origin_key == new.origin_key)
        if (lead_id := connection.execute(known).scalar_one_or_none()) is not None:
            return int(lead_id)
    taken = snapshots(connection, new.listing_ids)
    if missing := [each for each in new.listing_ids if each not in taken]:
        raise UnknownListingError(
            f"there is no listing {min(missing)}; the list of suspects shows their numbers"
        )
    lead_id = connection.execute(
        insert(Lead).values(**_columns(connection, new)).returning(Lead.id)
    ).scalar_one()
    rows = [
        {
            "lead_id": lead_id,
            "listing_id": listing_id,
            "position": position,
            "listing_digest": taken[listing_id].digest,
            "snapshot": as_json(taken[listing_id]),
        }
        for position, listing_id in enumerate(dict.fromkeys(new.listing_ids), 1)
    ]
    if rows:
        connection.execute(insert(LeadListing), rows)
    opened = NewEvent(step=LeadStep.OPEN, by=new.by, at=new.at, note=new.note, source=new.source)
    _record(connection, lead_id, opened, LeadStatus.OPENED)
    return int(lead_id)


def add_event(connection: Connection, lead_id: int, event: NewEvent) -> LeadStatus:
    """Record what happened to a lead, and return what it is now.

    Args:
        connection: a writing transaction.
        lead_id: number of the lead.
        event: what happened.

    Raises:
        UnknownLeadError: there is no such lead.
        IllegalStepError: the lead is not where the step begins, or the step lacks its result or its reason.

    """
    lead = connection.execute(
        select(Lead.status, Lead.due_on, Lead.due_step, Lead.due_provisional).where(Lead.id == lead_id)
    ).one_or_none()
    if lead is None:
        raise _unknown(lead_id)
    before = LeadStatus(lead.status)
    try:
        status = after(before, event.step)
    except IllegalStepError as error:
        raise IllegalStepError(f"lead {lead_id}: {error}") from None
    if (event.result is None) == (event.step is LeadStep.RESULT):
        results = ", ".join(LeadResult)
        raise IllegalStepError(
            f"lead {lead_id}: a result ({results}) belongs to the step result, and only there"
        )
    if needs_note(before, event.step) and not (event.note or "").strip():
        raise IllegalStepError(f"lead {lead_id}: {event.step!s} has to say why: give a note")
    _record(connection, lead_id, event, status)
    changes: dict[str, Any] = {"status": status}
    if event.step is not LeadStep.NOTE:
        changes |= _due_columns(event.due)
    if event.result is not None:
        changes["result"] = event.result
    if event.letter_id is not None:
        changes["letter_id"] = event.letter_id
    if event.step is LeadStep.DRAFT:
        changes |= {"score": event.details["score"], "missing": list(event.details["missing"])}
    connection.execute(update(Lead).where(Lead.id == lead_id).values(**changes))
    return status


def ask_recheck(connection: Connection, lead_id: int, day: date | None) -> None:
    """Say on which day the lead's listings are to be looked at again; None when they need not be."""
    connection.execute(update(Lead).where(Lead.id == lead_id).values(recheck_on=day))


def leads(connection: Connection, wanted: LeadFilter | None = None) -> list[StoredLead]:
    """List leads, oldest first."""
    wanted = wanted or LeadFilter()
    query = (
        select(Lead, Campaign.name.label("campaign"), LeadLetter.number)
        .outerjoin(Campaign, Lead.campaign_id == Campaign.id)
        .outerjoin(LeadLetter, Lead.letter_id == LeadLetter.id)
        .order_by(Lead.id)
    )
    rows = connection.execute(query.where(*_conditions(wanted))).all()
    members = _members(connection, [row.id for row in rows])
    return [_stored(row, members[row.id]) for row in rows]


def load_lead(connection: Connection, lead_id: int) -> StoredLead:
    """Load one lead.

    Raises:
        UnknownLeadError: there is none of that number.

    """
    found = leads(connection, LeadFilter(ids=(lead_id,)))
    if not found:
        raise _unknown(lead_id)
    return found[0]


def leads_of(connection: Connection, listing_ids: Iterable[int]) -> dict[int, list[StoredLead]]:
    """List the leads that each of these listings stands in, oldest first; none is an empty list."""
    wanted = list(dict.fromkeys(listing_ids))
    pairs: list[tuple[int, int]] = []
    for batch in batches(wanted):
        query = select(LeadListing.listing_id, LeadListing.lead_id).where(LeadListing.listing_id.in_(batch))
        pairs += [(row.listing_id, row.lead_id) for row in connection.execute(query)]
    by_id: dict[int, StoredLead] = {}
    for batch in batches(sorted({lead_id for _, lead_id in pairs})):
        by_id |= {each.id: each for each in leads(connection, LeadFilter(ids=tuple(batch)))}
    found: dict[int, list[StoredLead]] = {listing_id: [] for listing_id in wanted}
    for listing_id, lead_id in sorted(pairs, key=lambda pair: pair[1]):
        found[listing_id].append(by_id[lead_id])
    return found


def snapshots_of(connection: Connection, lead_ids: Iterable[int]) -> dict[int, list[LeadSnapshot]]:
    """List the listings of each of these leads as they were when it was opened, in the letter's order."""
    found: dict[int, list[LeadSnapshot]] = {lead_id: [] for lead_id in lead_ids}
    for batch in batches(list(found)):
        query = (
            select(LeadListing.lead_id, LeadListing.snapshot)
            .where(LeadListing.lead_id.in_(batch))
            .order_by(LeadListing.lead_id, LeadListing.position)
        )
        for row in connection.execute(query):
            found[row.lead_id].append(from_json(row.snapshot))
    return found


def events_of(connection: Connection, lead_ids: Iterable[int]) -> dict[int, list[StoredEvent]]:
    """List what happened to each of these leads, in the order in which it was recorded."""
    found: dict[int, list[StoredEvent]] = {lead_id: [] for lead_id in lead_ids}
    for batch in batches(list(found)):
        query = select(LeadEvent).where(LeadEvent.lead_id.in_(batch)).order_by(LeadEvent.id)
        for row in connection.execute(query):
            found[row.lead_id].append(_event(row))
    return found


def rechecks_asked(connection: Connection) -> dict[int, date]:
    """Return the listings that leads in force want looked at again, with the earliest day wanted."""
    query = _asked(select(LeadListing.listing_id, Lead.recheck_on)).order_by(Lead.recheck_on.desc())
    return {row.listing_id: row.recheck_on for row in connection.execute(query)}


def asked_listings() -> Any:  # noqa: ANN401 - a SELECT to put into another
    """Select the ids of the listings that leads in force want looked at again."""
    return _asked(select(LeadListing.listing_id))


def _asked(query: Any) -> Any:  # noqa: ANN401 - a SELECT on lead_listing
    joined = query.join(Lead, LeadListing.lead_id == Lead.id)
    return joined.where(Lead.recheck_on.is_not(None), Lead.status != LeadStatus.CLOSED)


def _columns(connection: Connection, new: NewLead) -> dict[str, Any]:
    campaign = new.campaign
    return {
        "kind": new.kind,
        "campaign_id": None if campaign is None else campaign_ids(connection, {campaign})[campaign],
        "origin": new.origin,
        "origin_key": new.origin_key,
        "area_code": new.receiver.area_code,
        "receiver": new.receiver.name,
        "rule": new.receiver.rule,
        "confidence": new.receiver.confidence,
        "why": list(new.receiver.why),
        "special": new.receiver.special,
        "subject": new.subject.name,
        "credit_code": new.subject.credit_code,
        "address": new.subject.address,
        "site": new.site,
        "opened_at": new.at,
        "opened_by": new.by,
        "missing": [],
        "status": LeadStatus.OPENED,
        "due_provisional": False,
    }


def _record(connection: Connection, lead_id: int, event: NewEvent, status: LeadStatus) -> None:
    row = {
        "lead_id": lead_id,
        "step": event.step,
        "status": status,
        "happened_at": event.at,
        "recorded_at": datetime.now(UTC),
        "by": event.by,
        "note": event.note,
        "result": event.result,
        "letter_id": event.letter_id,
        "due_on": None if event.due is None else event.due.day,
        "details": dict(event.details),
        "source": event.source,
        "source_row": event.source_row,
    }
    connection.execute(insert(LeadEvent).values(**row))


def _due_columns(due: Due | None) -> dict[str, Any]:
    if due is None:
        return {"due_on": None, "due_step": None, "due_provisional": False}
    return {"due_on": due.day, "due_step": due.step, "due_provisional": due.provisional}


def _conditions(wanted: LeadFilter) -> list[Any]:
    found: list[Any] = []
    if wanted.ids is not None:
        found.append(Lead.id.in_(wanted.ids))
    if wanted.campaign is not None:
        found.append(Campaign.name == wanted.campaign)
    if wanted.kinds is not None:
        found.append(Lead.kind.in_(wanted.kinds))
    if wanted.statuses is not None:
        found.append(Lead.status.in_(wanted.statuses))
    if wanted.overdue_on is not None:
        found.append(Lead.due_on < wanted.overdue_on)
    if wanted.special is not None:
        found.append(Lead.special.is_not(None) if wanted.special else Lead.special.is_(None))
    if wanted.letter_id is not None:
        found.append(Lead.letter_id == wanted.letter_id)
    return found


def _members(connection: Connection, lead_ids: list[int]) -> dict[int, tuple[int, ...]]:
    found: dict[int, list[int]] = defaultdict(list)
    for batch in batches(lead_ids):
        rows = connection.execute(
            select(LeadListing.lead_id, LeadListing.listing_id)
            .where(LeadListing.lead_id.in_(batch))
            .order_by(LeadListing.lead_id, LeadListing.position)
        )
        for row in rows:
            found[row.lead_id].append(row.listing_id)
    return {lead_id: tuple(found[lead_id]) for lead_id in lead_ids}


def _stored(row: Any, listing_ids: tuple[int, ...]) -> StoredLead:  # noqa: ANN401 - a row of a join
    due = None
    if row.due_on is not None:
        due = Due(day=row.due_on, step=LeadStep(row.due_step), provisional=row.due_provisional)
    return StoredLead(
        id=row.id,
        kind=LeadKind(row.kind),
        status=LeadStatus(row.status),
        result=None if row.result is None else LeadResult(row.result),
        campaign=row.campaign,
        number=row.number,
        letter_id=row.letter_id,
        origin=row.origin,
        receiver=Receiver(
            name=row.receiver,
            area_code=row.area_code,
            rule=row.rule,
            confidence=row.confidence,
            why=tuple(row.why),
            special=row.special,
        ),
        subject=Subject(name=row.subject, credit_code=row.credit_code, address=row.address),
        site=row.site,
        opened_at=row.opened_at,
        opened_by=row.opened_by,
        score=row.score,
        missing=tuple(row.missing),
        due=due,
        recheck_on=row.recheck_on,
        listing_ids=listing_ids,
    )


def _event(row: Any) -> StoredEvent:  # noqa: ANN401 - a row
    return StoredEvent(
        id=row.id,
        lead_id=row.lead_id,
        step=LeadStep(row.step),
        status=LeadStatus(row.status),
        happened_at=row.happened_at,
        recorded_at=row.recorded_at,
        by=row.by,
        note=row.note,
        result=None if row.result is None else LeadResult(row.result),
        letter_id=row.letter_id,
        due_on=row.due_on,
        details=row.details,
        source=row.source,
        source_row=row.source_row,
    )


def _unknown(lead_id: int) -> UnknownLeadError:
    return UnknownLeadError(f"there is no lead {lead_id}: `monitor leads` shows which there are")
