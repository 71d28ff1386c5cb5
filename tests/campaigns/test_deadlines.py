"""Deadlines and the days on which to remind of them."""

from datetime import date

import pytest
from pydantic import ValidationError

from monitor.campaigns.deadlines import deadlines

WINDOW = {"from": "01-01", "to": "12-31", "cadence": "daily 09:00"}


def told(plan, first, last):
    return [
        (f"{due.day}", due.what, [f"{day:%m-%d}" for day in due.reminders])
        for due in deadlines(plan, first, last)
    ]


def test_a_reminder_on_a_rest_day_comes_on_the_last_working_day_before(make_plan):
    plan = make_plan(WINDOW, deadlines=[{"date": "2020-10-10", "what": "报表", "remind": ["7d", "1d"]}])
    # 10-03 lies in the holiday (10-01 … 10-08); 10-09 is worked
    assert told(plan, date(2020, 1, 1), date(2020, 12, 31)) == [("2020-10-10", "报表", ["09-30", "10-09"])]


def test_a_deadline_comes_every_year_and_shows_as_soon_as_its_reminder_does(make_plan):
    plan = make_plan(
        WINDOW, deadlines=[{"date": "中秋 - 1w", "what": "方案", "to": "网监科", "remind": "2d"}]
    )
    every = told(plan, date(2025, 1, 1), date(2026, 12, 31))
    assert every == [("2025-09-29", "方案", ["09-26"]), ("2026-09-18", "方案", ["09-16"])]
    assert told(plan, date(2026, 9, 16), date(2026, 9, 16)) == [every[1]]
    assert told(plan, date(2026, 9, 17), date(2026, 9, 17)) == []
    assert deadlines(plan, date(2026, 9, 18), date(2026, 9, 18))[0].to == "网监科"


def test_only_the_plans_years_and_never_twice(make_plan):
    due = {"date": "10-31", "what": "报表"}
    plan = make_plan(WINDOW, years=["2026"], deadlines=[due, due])
    assert [day for day, *_ in told(plan, date(2020, 1, 1), date(2030, 1, 1))] == ["2026-10-31"]


def test_two_reminders_that_fall_together_are_one(make_plan):
    plan = make_plan(WINDOW, deadlines=[{"date": "2026-10-09", "what": "报表", "remind": ["3d", "2d"]}])
    assert told(plan, date(2026, 1, 1), date(2026, 12, 31)) == [("2026-10-09", "报表", ["09-30"])]


def test_a_year_without_the_day_has_no_deadline(make_plan):
    plan = make_plan(WINDOW, deadlines=[{"date": "5th thursday of 10", "what": "报表", "remind": "1d"}])
    assert [day for day, *_ in told(plan, date(2026, 1, 1), date(2028, 12, 31))] == ["2026-10-29"]


def test_reminders_come_whole_days_before(make_plan):
    with pytest.raises(ValidationError, match="reminders come whole days before"):
        make_plan(WINDOW, deadlines=[{"date": "10-31", "what": "报表", "remind": "6h"}])
