"""The days on which a window is really open."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.campaigns.calendar import shipped
from monitor.campaigns.lunar import CalendarError
from monitor.campaigns.plan import Plan
from monitor.campaigns.windows import open_in, openings


def spans(plan, first, last):
    return [(f"{each.first}", f"{each.last}") for each in openings(plan, first, last)]


def window(**said):
    return {"cadence": "every 6h", **said}


MID_AUTUMN_NATIONAL = window(**{"from": "min(中秋, 国庆) - 10d", "to": "max(中秋, 10-07) + 1d"})


@pytest.mark.parametrize(
    ("year", "first", "last"),
    [
        (2020, "2020-09-21", "2020-10-08"),  # both on 10-01
        (2024, "2024-09-07", "2024-10-08"),  # Mid-Autumn two weeks before
        (2025, "2025-09-21", "2025-10-08"),  # Mid-Autumn on 10-06
        (2026, "2026-09-15", "2026-10-08"),
        (2028, "2028-09-21", "2028-10-08"),
    ],
)
def test_mid_autumn_and_national_day_whichever_comes_first(make_plan, year, first, last):
    plan = make_plan(MID_AUTUMN_NATIONAL)
    assert spans(plan, date(year, 1, 1), date(year, 12, 31)) == [(first, last)]


def test_a_window_over_new_year_belongs_to_the_year_it_begins_in(make_plan):
    plan = make_plan(window(**{"from": "12-15", "to": "01-03"}))
    assert spans(plan, date(2026, 6, 1), date(2027, 6, 1)) == [("2026-12-15", "2027-01-03")]
    assert spans(plan, date(2027, 1, 1), date(2027, 1, 1)) == [("2026-12-15", "2027-01-03")]


def test_a_window_that_begins_in_the_year_before_its_feast(make_plan):
    plan = make_plan(window(**{"from": "spring-festival - 35d", "to": "spring-festival - 5d"}))
    assert spans(plan, date(2029, 1, 1), date(2029, 12, 31)) == [
        ("2029-01-09", "2029-02-08"),
        ("2029-12-30", "2030-01-29"),
    ]
    assert spans(plan, date(2022, 12, 20), date(2022, 12, 31)) == [("2022-12-18", "2023-01-17")]


def test_a_year_in_which_the_window_would_end_before_it_begins_has_none(make_plan):
    # Mid-Autumn 2028 is 10-03: from 10-23 to 10-08 is no window, least of all one of eleven months
    plan = make_plan(window(**{"from": "中秋 + 20d", "to": "国庆 + 7d"}))
    assert spans(plan, date(2027, 1, 1), date(2027, 12, 31)) == [("2027-10-05", "2027-10-08")]
    assert spans(plan, date(2028, 1, 1), date(2029, 9, 1)) == []
    with pytest.raises(
        CalendarError, match="in 2028 it would end on 2028-10-08, before it begins on 2028-10-23"
    ):
        open_in(plan.windows[0], 2028, shipped())


def test_only_the_years_that_the_plan_names(make_plan):
    plan = make_plan(MID_AUTUMN_NATIONAL, years=["2025", "2027"])
    everything = date(2020, 1, 1), date(2030, 1, 1)
    assert [first for first, _ in spans(plan, *everything)] == ["2025-09-21", "2027-09-05"]


def test_full_dates_are_open_once(make_plan):
    plan = make_plan(window(**{"from": "2020-10-01", "to": "2020-10-07"}))
    assert spans(plan, date(2000, 1, 1), date(2040, 1, 1)) == [("2020-10-01", "2020-10-07")]
    half_dated = make_plan(window(**{"from": "2020-12-20", "to": "spring-festival"}))
    assert spans(half_dated, date(2000, 1, 1), date(2040, 1, 1)) == [("2020-12-20", "2021-02-12")]


def test_a_named_period_with_what_is_known_of_the_year(make_plan):
    plan = make_plan(window(period="双11大促"))
    assert spans(plan, date(2020, 1, 1), date(2020, 12, 31)) == [("2020-10-21", "2020-11-12")]
    assert spans(plan, date(2025, 1, 1), date(2026, 12, 31)) == [
        ("2025-10-07", "2025-11-12"),
        ("2026-10-07", "2026-11-12"),
    ]


def peaks(plan, year):
    [opening] = openings(plan, date(year, 1, 1), date(year, 12, 31))
    return {f"{day:%m-%d}": str(cadence) for day, cadence in opening.peaks.items()}


def test_peak_days_lie_inside_the_window(make_plan):
    busy = {"days": ["11-01", "双11", "12-12"], "cadence": "hourly"}
    plan = make_plan(window(**{"from": "10-07", "to": "11-12"}, peak=busy))
    assert peaks(plan, 2026) == {"11-01": "每1小时一次", "11-11": "每1小时一次"}


def test_peak_days_as_a_stretch_and_as_the_calendars_own(make_plan):
    stretch = make_plan(window(period="六一前后", peak={"from": "05-30", "to": "六一", "cadence": "hourly"}))
    assert list(peaks(stretch, 2026)) == ["05-30", "05-31", "06-01"]
    calendars = make_plan(window(period="六一前后", peak={"cadence": "hourly"}))
    assert list(peaks(calendars, 2026))[::7] == ["05-25", "06-01"]


def test_peak_days_after_new_year(make_plan):
    plan = make_plan(window(**{"from": "12-15", "to": "01-03"}, peak={"days": "01-01", "cadence": "hourly"}))
    [opening] = openings(plan, date(2026, 12, 15), date(2026, 12, 15))
    assert list(opening.peaks) == [date(2027, 1, 1)]


def test_a_peak_over_new_year_and_one_told_by_the_next_years_feast(make_plan):
    peak = [
        {"from": "12-30", "to": "01-02", "cadence": "hourly"},
        {"days": "春节 - 3d", "cadence": "every 2h"},
    ]
    plan = make_plan(window(**{"from": "12-15", "to": "02-10"}, peak=peak))
    [opening] = openings(plan, date(2026, 12, 15), date(2026, 12, 31))
    assert [f"{day:%m-%d}" for day in opening.peaks] == ["12-30", "12-31", "01-01", "01-02", "02-03"]


def test_the_last_year_of_the_lunar_table_keeps_its_window_and_its_peak(make_plan):
    plan = make_plan(
        window(**{"from": "中秋 - 1d", "to": "中秋"}, peak={"days": "中秋", "cadence": "hourly"})
    )
    assert peaks(plan, 2099) == {"09-29": "每1小时一次"}
    over_new_year = make_plan(window(**{"from": "12-15", "to": "01-03"}))
    assert spans(over_new_year, date(2099, 12, 1), date(2099, 12, 31)) == [("2099-12-15", "2100-01-03")]
    over_spring_festival = make_plan(window(**{"from": "12-15", "to": "春节"}))
    assert spans(over_spring_festival, date(2099, 12, 1), date(2099, 12, 31)) == []


def test_a_window_that_the_next_years_end_does_not_reach_is_left_out(make_plan):
    plan = make_plan(window(**{"from": "12-31", "to": "春节 - 27d"}))
    assert spans(plan, date(2027, 12, 1), date(2028, 1, 31)) == []  # 2028 it would end on 12-30 of 2027
    assert spans(plan, date(2028, 12, 1), date(2029, 1, 31)) == [("2028-12-31", "2029-01-17")]


EDGES = st.sampled_from(["中秋", "国庆", "春节", "端午", "六一", "双11", "元旦", "12-31", "黑五", "清明"])
SHIFTS = st.integers(-40, 40)


@given(first=EDGES, last=EDGES, before=SHIFTS, after=SHIFTS, year=st.integers(1950, 2098))
def test_any_window_opens_at_most_once_a_year_and_never_for_longer_than_a_year(
    first, last, before, after, year
):
    edges = {
        "from": f"{first} + {before}d".replace("+ -", "- "),
        "to": f"{last} + {after}d".replace("+ -", "- "),
    }
    plan = Plan.model_validate({"name": "p", "title": "计划", "windows": [{"name": "w", **window(**edges)}]})
    found = list(openings(plan, date(year, 1, 1), date(year, 12, 31)))
    assert len({each.year for each in found}) == len(found)
    for each in found:
        assert each.first <= each.last
        assert each.last - each.first < timedelta(days=366 + 80)
        assert each.first <= date(year, 12, 31)
        assert each.last >= date(year, 1, 1)
