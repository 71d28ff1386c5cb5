"""When a campaign fires: in wall time at Shanghai, each moment once, whoever asks."""

import time as clock
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.campaigns.firings import firings, next_firing
from monitor.campaigns.plan import Plan
from monitor.config import SHANGHAI


def shanghai(*parts):
    return datetime(*parts, tzinfo=SHANGHAI)


def wall(found):
    return [f"{each.scheduled_at.astimezone(SHANGHAI):%m-%d %H:%M}" for each in found]


MID_AUTUMN_NATIONAL = {"from": "min(中秋, 国庆) - 10d", "to": "max(中秋, 10-07) + 1d", "cadence": "every 6h"}


def test_mid_autumn_and_national_day_of_2026(make_plan):
    found = firings(make_plan(MID_AUTUMN_NATIONAL), shanghai(2026, 1, 1), shanghai(2027, 1, 1))
    assert len(found) == 24 * 4  # 09-15 … 10-08
    assert wall(found)[:5] == ["09-15 00:00", "09-15 06:00", "09-15 12:00", "09-15 18:00", "09-16 00:00"]
    assert wall(found)[-1] == "10-08 18:00"
    assert found[0].scheduled_at == datetime(2026, 9, 14, 16, tzinfo=UTC)
    assert found[0].scheduled_at.tzinfo is UTC
    assert found[0].closes_at == shanghai(2026, 10, 9)
    assert (found[0].campaign, found[0].window) == ("p", "窗口1")
    assert found[0].why == "窗口1（2026-09-15 至 2026-10-08）：每6小时一次"


def test_the_start_is_inclusive_and_the_end_exclusive(make_plan):
    plan = make_plan(MID_AUTUMN_NATIONAL)
    assert wall(firings(plan, shanghai(2026, 9, 15), shanghai(2026, 9, 15, 6))) == ["09-15 00:00"]
    assert wall(firings(plan, shanghai(2026, 9, 15, 6), shanghai(2026, 9, 15, 12))) == ["09-15 06:00"]
    assert firings(plan, shanghai(2026, 9, 15, 6), shanghai(2026, 9, 15, 6)) == []


def test_naive_times_are_refused(make_plan):
    plan = make_plan(MID_AUTUMN_NATIONAL)
    with pytest.raises(ValueError, match="naive"):
        firings(plan, datetime(2026, 1, 1), shanghai(2027, 1, 1))  # noqa: DTZ001 - the point of it
    with pytest.raises(ValueError, match="naive"):
        next_firing(plan, datetime(2026, 1, 1))  # noqa: DTZ001 - the point of it


def test_overlapping_windows_fire_a_shared_moment_once_and_give_both_reasons(make_plan):
    plan = make_plan(
        {"from": "10-01", "to": "10-02", "cadence": "every 12h"},
        {"from": "10-02", "to": "10-03", "cadence": "daily 12:00, 15:00"},
    )
    found = firings(plan, shanghai(2026, 10, 1), shanghai(2026, 10, 5))
    moments = "10-01 00:00, 10-01 12:00, 10-02 00:00, 10-02 12:00, 10-02 15:00, 10-03 12:00, 10-03 15:00"
    assert ", ".join(wall(found)) == moments
    shared = found[3]
    assert shared.window == "窗口1"
    assert "每12小时一次；窗口2" in shared.why
    assert shared.closes_at == shanghai(2026, 10, 4), "late work may go on as long as either window is open"


def test_peak_days_replace_the_windows_cadence(make_plan):
    peak = {"days": "双11", "cadence": "hourly"}
    plan = make_plan({"from": "11-10", "to": "11-12", "cadence": "every 12h", "peak": peak})
    found = firings(plan, shanghai(2026, 1, 1), shanghai(2027, 1, 1))
    per_day = [sum(moment.startswith(day) for moment in wall(found)) for day in ("11-10", "11-11", "11-12")]
    assert per_day == [2, 24, 2]
    assert found[2].why.endswith("每1小时一次，高峰日")


def test_a_night_closes_in_the_morning_and_the_last_one_with_the_window(make_plan):
    plan = make_plan({"from": "10-01", "to": "10-02", "cadence": "every 4h between 20:00-05:00"})
    found = firings(plan, shanghai(2026, 10, 1), shanghai(2026, 10, 9))
    assert wall(found) == ["10-01 20:00", "10-02 00:00", "10-02 04:00", "10-02 20:00"]
    assert [each.closes_at for each in found] == [shanghai(2026, 10, 2, 5)] * 3 + [shanghai(2026, 10, 3)]


def test_a_night_that_began_before_the_asked_stretch_is_not_lost(make_plan):
    plan = make_plan({"from": "10-01", "to": "10-09", "cadence": "every 4h between 20:00-05:00"})
    assert wall(firings(plan, shanghai(2026, 10, 3), shanghai(2026, 10, 3, 12))) == [
        "10-03 00:00",
        "10-03 04:00",
    ]


def test_next_firing_looks_over_the_year(make_plan):
    plan = make_plan(MID_AUTUMN_NATIONAL)
    assert next_firing(plan, shanghai(2026, 10, 8, 17)).scheduled_at == shanghai(2026, 10, 8, 18)
    assert next_firing(plan, shanghai(2026, 10, 8, 18)).scheduled_at == shanghai(2027, 9, 5)


def test_a_campaign_that_is_over_has_no_next_firing(make_plan):
    plan = make_plan({"from": "2020-10-01", "to": "2020-10-07", "cadence": "daily 09:00"})
    assert next_firing(plan, shanghai(2020, 10, 7, 8)).scheduled_at == shanghai(2020, 10, 7, 9)
    assert next_firing(plan, shanghai(2020, 10, 7, 9)) is None
    assert next_firing(plan, shanghai(2026, 1, 1)) is None


def test_the_last_year_of_the_lunar_table(make_plan):
    plan = make_plan({"from": "中秋", "to": "中秋", "cadence": "daily 09:00"})
    assert len(firings(plan, shanghai(2098, 1, 1), shanghai(2105, 1, 1))) == 2
    assert next_firing(plan, shanghai(2099, 12, 1)) is None


def test_new_year_is_crossed_without_a_gap_or_a_double(make_plan):
    plan = make_plan({"from": "01-01", "to": "12-31", "cadence": "every 6h"})
    found = firings(plan, shanghai(2026, 12, 31), shanghai(2027, 1, 2))
    assert wall(found)[2:6] == ["12-31 12:00", "12-31 18:00", "01-01 00:00", "01-01 06:00"]
    assert len(found) == 8


def test_the_years_in_which_china_had_summer_time_have_no_double_either(make_plan):
    # 1986-05-04 02:00 did not exist, 1986-09-14 01:00 came twice
    plan = make_plan({"from": "01-01", "to": "12-31", "cadence": "every 30min"})
    for month, day in ((5, 4), (9, 14)):
        moments = [
            each.scheduled_at
            for each in firings(plan, shanghai(1986, month, day), shanghai(1986, month, day + 1))
        ]
        assert moments == sorted(set(moments))
        assert 46 <= len(moments) <= 48


@pytest.mark.parametrize(
    "zone", ["UTC", "America/New_York", "Europe/Berlin", "Pacific/Apia", "Asia/Shanghai"]
)
def test_the_zone_of_the_host_plays_no_part(make_plan, zone, monkeypatch):
    plan = make_plan(MID_AUTUMN_NATIONAL, {"from": "11-01", "to": "11-02", "cadence": "every 1h"})
    expected = firings(plan, shanghai(2026, 1, 1), shanghai(2027, 1, 1))
    monkeypatch.setenv("TZ", zone)
    clock.tzset()
    try:
        # the night of 2026-11-01 in which New York's clocks go back
        with time_machine.travel(datetime(2026, 11, 1, 5, 59, tzinfo=UTC), tick=False):
            assert firings(plan, shanghai(2026, 1, 1), shanghai(2027, 1, 1)) == expected
            here = ZoneInfo(zone)
            asked_here = firings(
                plan, shanghai(2026, 1, 1).astimezone(here), shanghai(2027, 1, 1).astimezone(here)
            )
            assert asked_here == expected
            assert next_firing(plan, datetime.now(here)).scheduled_at == shanghai(2026, 11, 1, 14)
    finally:
        monkeypatch.undo()
        clock.tzset()


EDGES = st.sampled_from(["中秋 - 3d", "国庆", "10-07", "国庆 + 9d", "max(中秋, 10-07) + 1d", "09-20"])
CADENCES = st.sampled_from(
    [
        "every 6h",
        "every 5h",
        "hourly",
        "daily 09:00, 15:30",
        "nightly 01:00-06:00",
        "every 2h between 22:00-05:00",
        "weekly monday 02:30",
    ]
)
PLANS = st.lists(
    st.fixed_dictionaries({"from": EDGES, "to": EDGES, "cadence": CADENCES}), min_size=1, max_size=4
).map(
    lambda windows: Plan.model_validate(
        {
            "name": "p",
            "title": "计划",
            "windows": [{"name": f"w{n}", **each} for n, each in enumerate(windows)],
        }
    )
)
MOMENTS = st.datetimes(datetime(2026, 9, 1), datetime(2026, 10, 31), timezones=st.just(UTC))  # noqa: DTZ001


@settings(deadline=None)
@given(plan=PLANS, moments=st.lists(MOMENTS, min_size=3, max_size=3).map(sorted))
def test_no_moment_comes_twice_and_a_stretch_is_the_sum_of_its_parts(plan, moments):
    start, middle, end = moments
    whole = firings(plan, start, end)
    times = [each.scheduled_at for each in whole]
    assert times == sorted(set(times))
    assert all(start <= each < end for each in times)
    assert all(each.closes_at > each.scheduled_at for each in whole)
    assert firings(plan, start, middle) + firings(plan, middle, end) == whole


@settings(deadline=None)
@given(plan=PLANS, after=MOMENTS)
def test_next_firing_is_the_first_of_the_firings(plan, after):
    later = firings(plan, after, after + timedelta(days=800))
    expected = next((each for each in later if each.scheduled_at > after), None)
    found = next_firing(plan, after)
    if expected is not None:
        assert found == expected
    else:
        assert found is None or found.scheduled_at >= after + timedelta(days=800)


def test_every_day_of_a_window_fires(make_plan):
    plan = make_plan({"from": "01-01", "to": "12-31", "cadence": "nightly 01:00-06:00"})
    found = firings(plan, shanghai(2024, 1, 1), shanghai(2025, 1, 1))
    days = [each.scheduled_at.astimezone(SHANGHAI).date() for each in found]
    assert days == [date(2024, 1, 1) + timedelta(days=n) for n in range(366)]
