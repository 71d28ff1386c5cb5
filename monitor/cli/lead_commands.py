"""`monitor leads`: where each lead stands, what is overdue, what happened, and how often leads come back."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

import typer
from rich.markup import escape
from rich.table import Table

from monitor.cli.console import AS_JSON, output, print_json, say
from monitor.cli.context import database, load_settings
from monitor.cli.lead_desk import counting
from monitor.cli.mistakes import UsageMistakeError
from monitor.config import SHANGHAI
from monitor.leads.referral.lead_life import overdue_by, take_step
from monitor.leads.referral.lead_terms import lead_terms
from monitor.leads.referral.returns import return_rates
from monitor.storage.engine import reading, writing
from monitor.storage.leads import (
    LeadFilter,
    LeadKind,
    LeadResult,
    LeadStatus,
    LeadStep,
    NewEvent,
    StoredLead,
    events_of,
    leads,
    load_lead,
    snapshots_of,
)
from monitor.storage.rechecks import Whereabouts, whereabouts
from monitor.storage.reviews import campaign_ids

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from monitor.storage import Connection
    from monitor.storage.lead_snapshot import LeadSnapshot
    from monitor.storage.leads import StoredEvent

app = typer.Typer()

#: Steps that commands of their own record.
_NOT_BY_HAND = (LeadStep.OPEN, LeadStep.DRAFT)


def register(parent: typer.Typer) -> None:
    """Add these commands to the command line."""
    parent.add_typer(app, name="leads")


@app.callback(invoke_without_command=True)
def listed(
    context: typer.Context,
    overdue: bool = typer.Option(False, "--overdue", help="Only those whose next step is overdue."),
    status: list[LeadStatus] | None = typer.Option(None, help="Only these; may be given several times."),
    kind: list[LeadKind] | None = typer.Option(None, help="Only these; may be given several times."),
    campaign: str | None = typer.Option(None, help="Only those of this campaign."),
    as_json: bool = AS_JSON,
) -> None:
    """List leads (线索): number, receiver, status, result, what is due and how long it is overdue."""
    if context.invoked_subcommand is not None:
        return
    now = datetime.now(UTC)
    wanted = LeadFilter(
        campaign=campaign,
        statuses=tuple(status) if status else None,
        kinds=tuple(kind) if kind else None,
        overdue_on=now.astimezone(SHANGHAI).date() if overdue else None,
    )
    with database(load_settings()) as engine, reading(engine) as connection:
        _check_campaign(connection, campaign)
        found = leads(connection, wanted)
    if as_json:
        print_json([_as_dict(lead, now) for lead in found])
        return
    table = Table()
    for name in ("lead", "number", "receiver", "subject", "listings", "status", "result", "due"):
        table.add_column(name, overflow="fold")
    for lead in found:
        cells = (
            lead.number or "",
            lead.receiver.name or "待核",
            lead.subject.name or "",
            str(len(lead.listing_ids)),
            lead.status.value,
            lead.result.value if lead.result else "",
            _due(lead, now),
        )
        table.add_row(str(lead.id), *map(escape, cells))
    output.print(table)


@app.command()
def show(
    number: int = typer.Argument(..., help="Number of the lead."),
    as_json: bool = AS_JSON,
) -> None:
    """Show one lead: receiver and why, what happened, its listings then, and where they are now."""
    now = datetime.now(UTC)
    with database(load_settings()) as engine, reading(engine) as connection:
        lead = load_lead(connection, number)
        history = events_of(connection, [number])[number]
        taken = snapshots_of(connection, [number])[number]
        places = whereabouts(connection, lead.listing_ids)
    if as_json:
        print_json(
            {
                **_as_dict(lead, now),
                "events": [dataclasses.asdict(each) for each in history],
                "listings": [_listing(each, places) for each in taken],
            }
        )
        return
    _print(lead, history, taken, places, now)


@app.command()
def event(
    number: int = typer.Argument(..., help="Number of the lead."),
    step: LeadStep = typer.Argument(
        ..., help="What happened; open and draft are recorded by other commands."
    ),
    by: str = typer.Option(..., "--by", help="Name of who says so."),
    result: LeadResult | None = typer.Option(None, help="What came of it; with the step result."),
    note: str | None = typer.Option(None, help="Why, or anything else, in words."),
    on: datetime | None = typer.Option(
        None, formats=["%Y-%m-%d"], help="Day on which it happened (Asia/Shanghai); by default now."
    ),
) -> None:
    """Record what happened to a lead; days for the next step count from there. Nothing is overwritten."""
    if step in _NOT_BY_HAND:
        raise UsageMistakeError(
            f"{step}: `monitor refer` and `monitor notice` record it when they write the letter"
        )
    settings = load_settings()
    happened = NewEvent(step=step, by=by.strip(), at=_moment(on), note=note, result=result)
    with database(settings) as engine, writing(engine) as connection:
        take_step(connection, number, happened, counting(settings))
        lead = load_lead(connection, number)
    due = _due(lead, datetime.now(UTC))
    output.print(f"lead {number}: {lead.status.value}{f', due: {due}' if due else ''}", highlight=False)


@app.command()
def returns(
    campaign: str | None = typer.Option(None, help="Only leads of this campaign."),
    as_json: bool = AS_JSON,
) -> None:
    """Show how often leads came back, by what their letters lacked."""
    settings = load_settings()
    with database(settings) as engine, reading(engine) as connection:
        _check_campaign(connection, campaign)
        found = [lead.id for lead in leads(connection, LeadFilter(campaign=campaign))]
        rates = return_rates(events_of(connection, found).values(), lead_terms(settings.lead_terms))
    if as_json:
        print_json([{**dataclasses.asdict(each), "rate": each.rate} for each in rates])
        return
    table = Table()
    for name in ("what was missing", "sent", "came back", "share"):
        table.add_column(name)
    for each in rates:
        share = "" if each.rate is None else f"{each.rate:.0%}"
        table.add_row(each.title, str(each.sent), str(each.returned), share)
    output.print(table)


def _moment(on: datetime | None) -> datetime:
    now = datetime.now(UTC)
    if on is None:
        return now
    day = date(on.year, on.month, on.day)
    if day > now.astimezone(SHANGHAI).date():
        raise UsageMistakeError(f"--on {day}: that day is still to come")
    return min(datetime.combine(day, time(12), SHANGHAI), now)


def _due(lead: StoredLead, now: datetime) -> str:
    if lead.due is None:
        return ""
    late = overdue_by(lead.due, now)
    parts = [f"{lead.due.step} by {lead.due.day}"]
    if lead.due.provisional:
        parts.append("provisional: rest days not published")
    if late:
        parts.append(f"{late} days overdue")
    return "; ".join(parts)


def _as_dict(lead: StoredLead, now: datetime) -> dict[str, Any]:
    return {**dataclasses.asdict(lead), "overdue_days": overdue_by(lead.due, now)}


def _listing(taken: LeadSnapshot, places: Mapping[int, Whereabouts]) -> dict[str, Any]:
    place = places.get(taken.listing_id)
    return {
        "listing": taken.listing_id,
        "title": taken.title,
        "url": taken.url,
        "words": [finding.matched for finding in taken.findings if finding.matched],
        "gone_at": place.gone_at if place else None,
        "back_at": place.back_at if place else None,
        "came_back": place.came_back if place else False,
        "checked_at": place.checked_at if place else None,
    }


def _print(
    lead: StoredLead,
    history: Sequence[StoredEvent],
    taken: Sequence[LeadSnapshot],
    places: Mapping[int, Whereabouts],
    now: datetime,
) -> None:
    receiver, subject = lead.receiver, lead.subject
    said = [
        f"lead {lead.id}  {lead.kind}  {lead.number or 'no letter yet'}",
        _joined("receiver", receiver.name or "待核", receiver.rule, receiver.confidence),
        *(f"  {each}" for each in receiver.why),
        _joined("subject", subject.name or "?", subject.credit_code, subject.address),
        _joined("status", lead.status, lead.result, _due(lead, now)),
    ]
    if lead.score is not None:
        said.append(_joined("completeness", f"{lead.score:.0%}", *lead.missing))
    if lead.recheck_on is not None:
        said.append(f"listings looked at again on  {lead.recheck_on}")
    said.append("what happened")
    for each in history:
        at = f"{each.happened_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
        more = " · ".join(part for part in (each.result, each.note, each.source) if part)
        said.append(f"  {at}  {each.step} → {each.status}  {each.by}  {more}")
    said.append("listings, as they were then, and where they are now")
    said += [
        _joined(f"  {each.listing_id}", each.title, _where(places.get(each.listing_id))) for each in taken
    ]
    say("\n".join(said))


def _joined(*parts: str | None) -> str:
    return "  ".join(part for part in parts if part)


def _where(place: Whereabouts | None) -> str:
    if place is None or place.checked_at is None:
        looked = "its page was not looked at again"
    else:
        looked = f"looked at on {place.checked_at.astimezone(SHANGHAI):%Y-%m-%d}"
    if place is not None and place.gone_at is not None:
        return f"gone since {place.gone_at.astimezone(SHANGHAI):%Y-%m-%d} ({looked})"
    if place is not None and place.back_at is not None and place.came_back:
        return f"came back on {place.back_at.astimezone(SHANGHAI):%Y-%m-%d} ({looked})"
    return f"on offer, as far as is known ({looked})"


def _check_campaign(connection: Connection, campaign: str | None) -> None:
    """Refuse one that never ran: no lead of it would look like none at all."""
    if campaign is not None:
        campaign_ids(connection, {campaign})
