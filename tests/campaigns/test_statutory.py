"""Rest days and make-up workdays: as published, or unknown."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.campaigns import calendar
from monitor.campaigns.statutory import (
    DayKind,
    WorkingDay,
    is_published,
    kind,
    last_working_day,
    working_days_after,
)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2020, 10, 1), DayKind.HOLIDAY),
        (date(2020, 10, 8), DayKind.HOLIDAY),
        (date(2020, 10, 9), DayKind.WORKDAY),
        (date(2020, 10, 10), DayKind.MAKE_UP),
        (date(2020, 10, 11), DayKind.WEEKEND),
        # the State Council's notice of 2025-11-04
        (date(2026, 2, 14), DayKind.MAKE_UP),
        (date(2026, 2, 23), DayKind.HOLIDAY),
        (date(2026, 2, 28), DayKind.MAKE_UP),
        (date(2026, 9, 20), DayKind.MAKE_UP),
        (date(2026, 9, 27), DayKind.HOLIDAY),
        (date(2026, 10, 7), DayKind.HOLIDAY),
        (date(2026, 10, 8), DayKind.WORKDAY),
        (date(2026, 10, 10), DayKind.MAKE_UP),
        # not published: nothing is guessed, not even Sundays or New Year
        (date(2027, 1, 1), DayKind.UNKNOWN),
        (date(2031, 10, 5), DayKind.UNKNOWN),
        (date(1990, 10, 1), DayKind.UNKNOWN),
    ],
)
def test_days(day, expected):
    assert kind(day) is expected


def test_published_years():
    assert [year for year in range(2000, 2035) if is_published(year)] == list(range(2004, 2027))


def test_working_days_skip_the_holiday_and_count_the_make_up_day():
    # 2020-10-01 … 10-08 off; 10-09 (Friday) and 10-10 (Saturday, make-up) worked
    assert working_days_after(date(2020, 9, 30), 1) == WorkingDay(date(2020, 10, 9), provisional=False)
    assert working_days_after(date(2020, 9, 30), 2) == WorkingDay(date(2020, 10, 10), provisional=False)
    assert working_days_after(date(2020, 9, 30), 3) == WorkingDay(date(2020, 10, 12), provisional=False)


def test_beyond_the_published_years_a_count_is_provisional():
    assert working_days_after(date(2026, 12, 30), 1) == WorkingDay(date(2026, 12, 31), provisional=False)
    assert working_days_after(date(2026, 12, 30), 2) == WorkingDay(date(2027, 1, 1), provisional=True)


def test_an_announcement_in_a_file_of_ones_own_ends_the_doubt(write_plan):
    own = calendar.load(
        write_plan(
            "statutory:\n  2027: {rest: [2027-01-01], work: [2027-01-09], source: 通知}\n", "calendar.yaml"
        )
    )
    assert kind(date(2027, 1, 1), own) is DayKind.HOLIDAY
    assert kind(date(2027, 1, 2), own) is DayKind.WEEKEND
    assert kind(date(2027, 1, 9), own) is DayKind.MAKE_UP
    assert is_published(2027, own)
    assert working_days_after(date(2026, 12, 31), 1, own) == WorkingDay(date(2027, 1, 4), provisional=False)


def test_the_last_working_day():
    assert last_working_day(date(2020, 10, 9)).day == date(2020, 10, 9)
    assert last_working_day(date(2020, 10, 8)).day == date(2020, 9, 30)
    assert last_working_day(date(2020, 10, 11)).day == date(2020, 10, 10)


@pytest.mark.parametrize("number", [0, -3])
def test_counting_needs_a_number(number):
    with pytest.raises(ValueError, match="must be 1 or more"):
        working_days_after(date(2026, 1, 1), number)


@given(day=st.dates(date(2010, 1, 1), date(2028, 12, 31)), number=st.integers(1, 30))
def test_counting_one_by_one_comes_to_the_same(day, number):
    step = day
    provisional = False
    for _ in range(number):
        reached = working_days_after(step, 1)
        step, provisional = reached.day, provisional or reached.provisional
    assert working_days_after(day, number) == WorkingDay(step, provisional)
    assert step - day >= timedelta(days=number)
