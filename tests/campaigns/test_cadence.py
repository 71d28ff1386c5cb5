"""How often a campaign fires, as people say it."""

import re
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from monitor.campaigns.cadence import Cadence
from monitor.campaigns.cadence_words import chinese_duration, duration

FRIDAY = date(2026, 9, 25)


def times(said, day=FRIDAY, first_day=FRIDAY):
    return [f"{moment:%d %H:%M}" for moment, _ in Cadence.model_validate(said).times(day, first_day)]


def test_every_6h_keeps_to_the_clock():
    assert times("every 6h") == ["25 00:00", "25 06:00", "25 12:00", "25 18:00"]


@pytest.mark.parametrize(
    "said", ["every 6 hours", "every 6h", "每6小时", "每 6 个小时", "每隔6小时一次", {"every": "6h"}]
)
def test_one_thing_said_in_many_ways(said):
    assert Cadence.model_validate(said) == Cadence(every=timedelta(hours=6))


@pytest.mark.parametrize(
    "said", ["daily 09:00, 15:00", "at 09:00 and 15:00", "每天 9:00、15:00", "每天9点、15点"]
)
def test_fixed_times(said):
    assert times(said) == ["25 09:00", "25 15:00"]


@pytest.mark.parametrize(
    "said",
    ["nightly 01:00-06:00", "夜间 01:00-06:00", "每晚1:00至6:00", "凌晨1点到6点", {"between": "01:00-06:00"}],
)
def test_a_night_fires_once_and_is_to_be_over_at_its_end(said):
    [(moment, over)] = Cadence.model_validate(said).times(FRIDAY, FRIDAY)
    assert (moment, over) == (datetime(2026, 9, 25, 1), datetime(2026, 9, 25, 6))  # noqa: DTZ001 - wall time


def test_an_interval_inside_hours_counts_from_their_start():
    assert times("every 2h between 01:00-06:00") == ["25 01:00", "25 03:00", "25 05:00"]
    assert times("hourly 08:00-11:00") == ["25 08:00", "25 09:00", "25 10:00"]


def test_a_night_over_midnight_belongs_to_the_day_it_begins_on():
    assert times("every 3h between 22:00-05:00") == ["25 22:00", "26 01:00", "26 04:00"]
    assert times({"at": ["23:00", "02:00"], "between": "22:00-05:00"}) == ["25 23:00", "26 02:00"]


@pytest.mark.parametrize(
    "said",
    [
        "weekly monday 02:30",
        "每周一 02:30",
        "每周一2点半",
        "weekly Mondays at 02:30",
        {"on": "monday", "at": "02:30"},
    ],
)
def test_weekly(said):
    assert times(said) == []
    assert times(said, day=date(2026, 9, 28)) == ["28 02:30"]


def test_several_weekdays():
    assert Cadence.model_validate("每周一、周四 09:00").on == (0, 3)
    assert Cadence.model_validate("weekly mon and sun 09:00").on == (0, 6)
    assert Cadence.model_validate("每星期天 09:00").on == (6,)
    assert Cadence.model_validate("weekdays 09:00").on == (0, 1, 2, 3, 4)
    assert Cadence.model_validate({"on": ["monday", "周四"], "at": "09:00"}).on == (0, 3)


def test_long_intervals_count_from_the_windows_first_day():
    days = [FRIDAY + timedelta(days=n) for n in range(6)]
    assert [day.day for day in days if times("every 2d", day, FRIDAY)] == [25, 27, 29]
    assert [day.day for day in days if times("every 2d between 01:00-06:00", day, FRIDAY)] == [25, 27, 29]


def test_an_interval_that_does_not_divide_the_day_runs_on_over_midnight():
    assert times("every 5h", date(2026, 9, 26)) == [
        "26 01:00",
        "26 06:00",
        "26 11:00",
        "26 16:00",
        "26 21:00",
    ]


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ("evry 6h", "'evry' is unknown here; write every 6h, hourly, daily 09:00"),
        ("sometimes", "'sometimes' is unknown here"),
        ("nightly", "write every 6h"),
        ("", "write every 6h"),
        ("every 0h", "'0h' is no length of time"),
        ("every 5min", "the shortest interval is 10 minutes"),
        ("every 6", "'6' is unknown here"),
        ("daily 25:00", "'25:00' is no time of day"),
        ("every 6h at 09:00", "says both an interval and fixed times"),
        ("weekly 02:30", "name a weekday"),
        ("weekly moonday 02:30", "'moonday' is no weekday"),
        ("daily 09:00 between 01:00-06:00", "09:00 lies outside 01:00-06:00"),
        ("每周六 every 6h", "'every' is no weekday"),
        ({"evry": "6h"}, "no key 'evry' here; did you mean 'every'?"),
        ({"every": "often"}, "'often' is no length of time"),
        ({"between": "01:00"}, "write hours like 01:00-06:00"),
        ({"at": ["noon"]}, "'noon' is no time of day"),
        ({"at": "noon"}, "write times like 09:00, 15:00"),
        ({"on": "monday"}, "say how often"),
    ],
)
def test_what_is_no_cadence_says_what_is(said, complaint):
    with pytest.raises(ValidationError, match=re.escape(complaint)):
        Cadence.model_validate(said)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("every 6h", "每6小时一次"),
        ("hourly", "每1小时一次"),
        ("every 90min", "每90分钟一次"),
        ("every 2d", "每2天一次"),
        ("every 1w", "每1周一次"),
        ("daily 09:00, 15:00", "每天 09:00、15:00"),
        ("nightly 01:00-06:00", "每晚 01:00-06:00 一次"),
        ("every 2h between 01:00-06:00", "每2小时一次（限 01:00-06:00）"),
        ("weekly monday 02:30", "每周一 02:30"),
    ],
)
def test_a_cadence_is_shown_in_chinese(said, shown):
    assert str(Cadence.model_validate(said)) == shown


def test_lengths_of_time():
    assert duration("30 分钟") == timedelta(minutes=30)
    assert duration("2个星期") == timedelta(weeks=2)
    assert chinese_duration(timedelta(days=14)) == "2周"


CLOCKS = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))
INTERVALS = st.integers(10, 3 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))
SPANS = st.tuples(CLOCKS, CLOCKS).map(lambda pair: {"start": pair[0], "end": pair[1]})
CADENCES = st.one_of(
    st.builds(lambda every: {"every": every}, INTERVALS),
    st.builds(lambda at: {"at": at}, st.lists(CLOCKS, min_size=1, max_size=5).map(tuple)),
    st.builds(lambda between: {"between": between}, SPANS),
    st.builds(lambda every, between: {"every": every, "between": between}, INTERVALS, SPANS),
).map(Cadence.model_validate)


@given(cadence=CADENCES, days=st.integers(0, 400))
def test_times_come_in_order_belong_to_their_day_and_never_twice(cadence, days):
    day = FRIDAY + timedelta(days=days)
    found = list(cadence.times(day, FRIDAY))
    moments = [moment for moment, _ in found]
    assert moments == sorted(set(moments))
    midnight = datetime.combine(day, time(0))
    for moment, over in found:
        assert midnight <= moment < midnight + timedelta(days=2)
        assert (over is None) == (cadence.between is None)
        if over is not None:
            assert moment < over <= moment + timedelta(days=1)


@given(cadence=CADENCES)
def test_a_cadence_survives_being_written_and_read(cadence):
    assert Cadence.model_validate(cadence.model_dump(mode="json")) == cadence
