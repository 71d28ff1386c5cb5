"""Named days and periods, as shipped and as overridden."""

from datetime import date

import pytest

from monitor.campaigns import calendar
from monitor.campaigns.calendar import Calendar, shipped
from monitor.campaigns.calendar_file import NamedDay, NamedPeriod
from monitor.campaigns.lunar import CalendarError
from monitor.campaigns.problem import PlanError


def test_the_named_days_of_2026():
    days = calendar.days(2026)
    told = {name: day.isoformat() for name, day in days.items()}
    assert told["mid-autumn"] == "2026-09-25"
    assert told["spring-festival"] == "2026-02-17"
    assert told["dragon-boat"] == "2026-06-19"
    assert told["national-day"] == "2026-10-01"
    assert told["lantern"] == "2026-03-03"
    assert told["black-friday"] == "2026-11-27"
    assert told["children's-day"] == "2026-06-01"
    assert told["tomb-sweeping"] == "2026-04-05"
    assert list(days.values()) == sorted(days.values())


@pytest.mark.parametrize("year", range(1950, 2100))
def test_every_year_has_every_day_and_period(year):
    assert all(day.year == year for day in shipped().days(year).values())
    for first, last in shipped().periods(year).values():
        assert first <= last


@pytest.mark.parametrize(
    ("name", "also"),
    [
        ("中秋", "mid-autumn"),
        ("国庆", "national-day"),
        ("春节", "spring-festival"),
        ("端午", "dragon-boat"),
        ("元宵", "lantern"),
        ("六一", "children's-day"),
        ("双11", "double-11"),
        ("双十一", "DOUBLE-11"),
        ("双12", "double-12"),
        ("黑五", "black-friday"),
        ("年货节", "new-year-goods"),
        ("秋季开学", "back-to-school"),
        ("清明", "qingming"),
    ],
)
def test_chinese_and_english_names_mean_the_same(name, also):
    assert calendar.day(name, 2026) == calendar.day(also, 2026)


def test_an_unknown_name_gets_a_suggestion():
    with pytest.raises(CalendarError, match="no day called 'mid-autum'; did you mean 'mid-autumn'"):
        calendar.day("mid-autum", 2026)
    with pytest.raises(CalendarError, match=r"no day called 'xyzzy'$"):
        calendar.day("xyzzy", 2026)


def test_black_friday_as_the_domain_study_lists_it():
    listed = "11-27 11-26 11-25 11-24 11-29 11-28 11-27 11-26 11-24 11-23 11-29 11-28"
    assert [f"{calendar.day('black-friday', year):%m-%d}" for year in range(2020, 2032)] == listed.split()


def test_double_11_begins_as_each_year_is_known_to_have_begun():
    begins = [f"{shipped().period('double-11-sales', year)[0]:%m-%d}" for year in range(2020, 2027)]
    assert " ".join(begins) == "10-21 10-20 10-24 10-23 10-08 10-07 10-07"


def test_a_period_over_new_year():
    assert shipped().period("双旦", 2026) == (date(2026, 12, 15), date(2027, 1, 3))


def test_days_that_astronomy_cannot_settle_yet():
    unsettled = {year: shipped().unsettled(year) for year in range(1950, 2100) if shipped().unsettled(year)}
    assert unsettled == {2057: {"double-ninth"}, 2089: {"mid-autumn"}, 2097: {"qixi"}}


def test_busiest_days():
    assert shipped().peak("六一前后", 2026) == (date(2026, 5, 25), date(2026, 6, 1))
    assert shipped().peak("618-sales", 2026) is None
    assert shipped().peak("中秋", 2026) is None


def test_every_shipped_entry_says_its_source_and_how_sure_it_is():
    for name in (*shipped().days(2026), *shipped().periods(2026)):
        entry = shipped().entry(name)
        assert entry.source
        assert entry.confidence in {"high", "medium", "low-medium", "low"}
        assert isinstance(entry, NamedDay | NamedPeriod)


def test_no_two_shipped_entries_share_a_name():
    names = []
    for entry in {*shipped().days(2026), *shipped().periods(2026)}:
        names += [entry, *shipped().entry(entry).also]
    assert sorted(names) == sorted(set(names))


def override(write_plan, text):
    return calendar.load(write_plan(text, "calendar.yaml"))


def test_a_file_of_ones_own_goes_before_the_shipped_calendar(write_plan):
    own = override(
        write_plan,
        """
days:
  - {name: school-fair, also: [校园集市], rule: 2nd saturday of 9, source: 市教育局, confidence: high}
  - {name: back-to-school-autumn, also: [开学], rule: 08-30, source: 市教育局, confidence: high}
periods:
  - name: double-11-sales
    also: [双11大促]
    from: 10-07
    to: 11-12
    source: 平台公告
    confidence: high
    years:
      2027: {from: 2027-10-05, to: 2027-11-13}
statutory:
  2027:
    rest: [2027-01-01, 2027-01-02, 2027-01-03]
    work: [2027-01-09]
    source: 国务院办公厅通知
""",
    )
    assert own.day("校园集市", 2026) == date(2026, 9, 12)
    assert own.day("开学", 2026) == date(2026, 8, 30)
    assert own.period("双11大促", 2027) == (date(2027, 10, 5), date(2027, 11, 13))
    assert own.period("双11大促", 2026) == (date(2026, 10, 7), date(2026, 11, 12))
    assert own.day("中秋", 2026) == date(2026, 9, 25)
    assert own.statutory[2027].work == (date(2027, 1, 9),)


def test_no_file_of_ones_own_means_the_shipped_calendar(tmp_path):
    assert calendar.load(tmp_path / "calendar.yaml") is shipped()
    assert calendar.load() is shipped()


CIRCLE = """
days:
  - {name: a, rule: b + 1d, source: s, confidence: low}
  - {name: b, rule: a - 1d, source: s, confidence: low}
"""


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (
            "days:\n  - {name: x, rule: mid-autum, source: s, confidence: high}\n",
            "x: 'mid-autum': there is no day",
        ),
        (
            "days:\n  - name: x\n    rul: 10-01\n",
            r"calendar.yaml:3: days.0.rul: no key 'rul' here; did you mean 'rule'",
        ),
        ("days:\n  - {name: x, rule: 10-01}\n", "days.0.source: 'source' is missing"),
        (
            "statutory:\n  2027:\n    rest: [2027-13-01]\n    source: s\n",
            r"calendar.yaml:3: statutory.2027.rest.0",
        ),
        (CIRCLE, "a is explained by itself: a → b → a"),
        ("- 中秋\n", "keys with values are expected here"),
    ],
)
def test_a_broken_calendar_file_is_named_by_line_and_key(write_plan, text, complaint):
    with pytest.raises(PlanError, match=complaint):
        override(write_plan, text)


def test_an_empty_file_changes_nothing(write_plan):
    assert override(write_plan, "# nothing yet\n").days(2026) == shipped().days(2026)


def test_a_calendar_of_nothing_knows_nothing():
    assert Calendar().days(2026) == {}
    with pytest.raises(CalendarError, match="no day called '中秋'"):
        Calendar().day("中秋", 2026)
