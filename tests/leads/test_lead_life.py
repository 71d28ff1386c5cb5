"""Days that steps start, by the statutory calendar; and how often leads come back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from monitor.leads.referral.lead_life import Days, due_after, overdue_by, recheck_after
from monitor.leads.referral.lead_terms import Element, lead_terms
from monitor.leads.referral.returns import return_rates
from monitor.storage.lead_records import Due, StoredEvent
from monitor.storage.lead_status import LeadKind, LeadResult, LeadStatus, LeadStep

DAYS = Days(terms=lead_terms())
SELLER, PLATFORM = LeadKind.SELLER, LeadKind.PLATFORM


def due(step: LeadStep, day: date, kind: LeadKind = SELLER, before: Due | None = None, days: Days = DAYS):
    return due_after(kind, step, day, days, before)


@pytest.mark.parametrize(
    ("kind", "step", "day", "expected", "next_step"),
    [
        # 2026-10-01 … 10-07 are off, Saturday 10-10 is worked
        (SELLER, LeadStep.SEND, date(2026, 9, 30), date(2026, 10, 13), LeadStep.SIGN),
        (SELLER, LeadStep.SIGN, date(2026, 9, 30), date(2026, 10, 27), LeadStep.RESULT),
        (SELLER, LeadStep.SETTLE, date(2026, 9, 30), date(2026, 10, 27), LeadStep.RESULT),
        (SELLER, LeadStep.DISPUTE, date(2026, 9, 30), date(2026, 10, 15), LeadStep.SETTLE),
        (PLATFORM, LeadStep.SEND, date(2026, 9, 30), date(2026, 10, 10), LeadStep.RESULT),
    ],
)
def test_working_days_leave_out_the_holiday_and_count_the_make_up_day(kind, step, day, expected, next_step):
    assert due(step, day, kind) == Due(day=expected, step=next_step, provisional=False)


def test_more_time_counts_from_the_day_it_was_due():
    first = due(LeadStep.SIGN, date(2026, 9, 30))
    assert due(LeadStep.EXTEND, date(2026, 10, 20), before=first).day == date(2026, 11, 17)


@pytest.mark.parametrize(
    "step", [LeadStep.DRAFT, LeadStep.RETURN, LeadStep.RESULT, LeadStep.CLOSE, LeadStep.OPEN]
)
def test_other_steps_leave_nothing_due(step):
    assert due(step, date(2026, 9, 30)) is None


def test_a_count_into_a_year_that_is_not_published_says_so():
    found = due(LeadStep.SIGN, date(2026, 12, 25))
    assert (found.day, found.provisional) == (date(2027, 1, 15), True)


def test_an_announcement_of_ones_own_ends_the_doubt():
    @dataclass(frozen=True)
    class Year:
        rest: tuple[date, ...]
        work: tuple[date, ...]

    own = Days(terms=lead_terms(), announced={2027: Year((date(2027, 1, 1),), ())})
    found = due(LeadStep.SIGN, date(2026, 12, 25), days=own)
    assert (found.day, found.provisional) == (date(2027, 1, 18), False)


def test_listings_are_looked_at_again_after_a_notice_and_after_a_takedown():
    day = date(2026, 9, 30)
    assert recheck_after(PLATFORM, LeadStep.SEND, day, DAYS, None) == date(2026, 10, 12)
    assert recheck_after(SELLER, LeadStep.SEND, day, DAYS, None) is None
    assert recheck_after(SELLER, LeadStep.RESULT, day, DAYS, LeadResult.OFF_SHELF) == date(2026, 10, 15)
    assert recheck_after(SELLER, LeadStep.RESULT, day, DAYS, LeadResult.TRUE) is None


@pytest.mark.parametrize(
    ("now", "late"),
    [
        # 15:59 UTC is 23:59 in Shanghai, on the last day
        (datetime(2026, 10, 13, 15, 59, tzinfo=UTC), 0),
        (datetime(2026, 10, 13, 16, 0, tzinfo=UTC), 1),
        (datetime(2026, 10, 1, tzinfo=UTC), 0),
    ],
)
def test_overdue_from_the_day_after(now, late):
    assert overdue_by(due(LeadStep.SEND, date(2026, 9, 30)), now) == late
    assert overdue_by(None, now) == 0


def history(*steps: str, lacked: tuple[str, ...] = ()) -> list[StoredEvent]:
    at = datetime(2026, 9, 25, tzinfo=UTC)
    return [
        StoredEvent(
            id=number,
            lead_id=1,
            step=LeadStep(step),
            status=LeadStatus.OPENED,
            happened_at=at,
            recorded_at=at,
            by="张三",
            note=None,
            result=None,
            letter_id=None,
            due_on=None,
            details={"score": 1.0, "missing": list(lacked)} if step == "draft" else {},
            source="cli",
            source_row=None,
        )
        for number, step in enumerate(steps)
    ]


def test_returns_are_counted_by_what_the_letters_lacked():
    rates = return_rates(
        [
            history("open", "draft", "send", "sign", "result"),
            history("open", "draft", "send", "return", "draft", "send", lacked=("subject_code",)),
            history("open", "draft", "send", "return", lacked=("subject_code", "preserved")),
            history("open", "draft", lacked=("preserved",)),
        ],
        lead_terms(),
    )
    found = {each.element: (each.sent, each.returned, each.rate) for each in rates}
    assert found[None] == (1, 0, 0.0)
    assert found[Element.SUBJECT_CODE] == (3, 2, 2 / 3)
    assert found[Element.PRESERVED] == (1, 1, 1.0)
    assert found[Element.PRICE] == (0, 0, None)
