"""Steps of a lead, and the working days that each one starts (numbers and sources: `lead_terms.yaml`)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from monitor.config import SHANGHAI
from monitor.storage.lead_records import Due, NewEvent
from monitor.storage.lead_status import LeadKind, LeadResult, LeadStatus, LeadStep
from monitor.storage.leads import add_event, ask_recheck, load_lead
from monitor.working_days import working_days_after

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from monitor.leads.referral.lead_terms import LeadTerms
    from monitor.storage import Connection
    from monitor.working_days import Announced


@dataclass(frozen=True, kw_only=True, slots=True)
class Days:
    """By what days are counted."""

    terms: LeadTerms
    #: announcements of rest days that are newer than the library's
    announced: Mapping[int, Announced] = field(default_factory=dict)

    def after(self, day: date, number: int, step: LeadStep) -> Due:
        """Give the `number`-th working day after `day` as the one by which `step` is due."""
        reached = working_days_after(day, number, self.announced)
        return Due(day=reached.day, step=step, provisional=reached.provisional)


def due_after(kind: LeadKind, step: LeadStep, day: date, days: Days, before: Due | None) -> Due | None:
    """Say what is due next once `step` happened on `day`; None when nothing is.

    Args:
        kind: of the lead; a platform answers without signing.
        step: what happened.
        day: of Asia/Shanghai.
        days: numbers and calendar.
        before: what was due until now; an extension counts from there.

    """
    terms = days.terms.days
    if step is LeadStep.SEND:
        if kind is LeadKind.PLATFORM:
            return days.after(day, terms.platform.days, LeadStep.RESULT)
        return days.after(day, terms.sign.days, LeadStep.SIGN)
    if step in (LeadStep.SIGN, LeadStep.SETTLE):
        return days.after(day, terms.verify.days, LeadStep.RESULT)
    if step is LeadStep.EXTEND:
        return days.after(before.day if before else day, terms.extension.days, LeadStep.RESULT)
    if step is LeadStep.DISPUTE:
        return days.after(day, terms.dispute.days, LeadStep.SETTLE)
    return None


def recheck_after(
    kind: LeadKind, step: LeadStep, day: date, days: Days, result: LeadResult | None
) -> date | None:
    """Say when the listings are to be looked at again because of `step`; None when it asks for no look."""
    terms = days.terms.days
    if step is LeadStep.SEND and kind is LeadKind.PLATFORM:
        return days.after(day, terms.platform.days + terms.recheck.days, LeadStep.RESULT).day
    if step is LeadStep.RESULT and result is LeadResult.OFF_SHELF:
        return days.after(day, terms.recheck_after_takedown.days, LeadStep.RESULT).day
    return None


def take_step(connection: Connection, lead_id: int, event: NewEvent, days: Days) -> LeadStatus:
    """Record what happened to a lead, with what is due next and when its listings are looked at again.

    Raises:
        UnknownLeadError: there is no such lead.
        IllegalStepError: the lead is not where the step begins, or the step lacks its result or its reason.

    """
    lead = load_lead(connection, lead_id)
    day = event.at.astimezone(SHANGHAI).date()
    due = due_after(lead.kind, event.step, day, days, lead.due)
    stated = replace(event, due=due)
    status = add_event(connection, lead_id, stated)
    again = recheck_after(lead.kind, event.step, day, days, event.result)
    if again is not None:
        ask_recheck(connection, lead_id, again)
    return status


def overdue_by(due: Due | None, now: datetime) -> int:
    """Days (of the calendar) that something is overdue; 0 while it is not."""
    return 0 if due is None else max((now.astimezone(SHANGHAI).date() - due.day).days, 0)
