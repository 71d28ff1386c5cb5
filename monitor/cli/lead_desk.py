"""Where commands that write letters or count days get their terms, their calendar and their folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.campaigns import calendar
from monitor.exporters.letters.letter_file import Desk
from monitor.leads.referral.lead_life import Days
from monitor.leads.referral.lead_terms import lead_terms

if TYPE_CHECKING:
    from monitor.config import Settings


def counting(settings: Settings) -> Days:
    """Give the numbers of days, and the rest days that the section's own calendar announces."""
    own = calendar.load(settings.schedules_dir / calendar.OVERRIDE_NAME)
    return Days(terms=lead_terms(settings.lead_terms), announced=own.statutory)


def desk(settings: Settings, by: str) -> Desk:
    """Give the desk at which `by` drafts letters."""
    return Desk(
        by=by.strip(),
        days=counting(settings),
        evidence_dir=settings.evidence_dir,
        layouts=settings.exports_dir,
    )
