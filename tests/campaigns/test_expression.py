"""Days written as people say them."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.campaigns.calendar import shipped
from monitor.campaigns.expression import ExpressionError, parse
from monitor.campaigns.lunar import CalendarError

DAYS = shipped()


def on(text, year=2026):
    return parse(text, DAYS).on(year, DAYS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mid-autumn", "2026-09-25"),
        ("Mid-Autumn", "2026-09-25"),
        ("中秋", "2026-09-25"),
        ("中秋节", "2026-09-25"),
        ("mid-autumn - 10d", "2026-09-15"),
        ("mid-autumn − 10 days", "2026-09-15"),
        ("中秋-10天", "2026-09-15"),
        ("中秋前10天", "2026-09-15"),
        ("国庆后1周", "2026-10-08"),
        ("中秋 - 1w + 2d", "2026-09-20"),
        ("lunar 8-15", "2026-09-25"),
        ("农历 8-15", "2026-09-25"),
        ("10-01", "2026-10-01"),
        ("10月1日", "2026-10-01"),
        ("2020-10-31", "2020-10-31"),
        ("2020-10-31 + 1d", "2020-11-01"),
        ("min(mid-autumn, national-day) - 10d", "2026-09-15"),
        ("max(中秋，10-07)+1天", "2026-10-08"),
        ("max(min(中秋, 国庆), 09-26)", "2026-09-26"),
        ("618", "2026-06-18"),
        ("618 - 1d", "2026-06-17"),
        ("618-sales", "2026-05-13"),
        ("双11", "2026-11-11"),
        ("double-11 + 1d", "2026-11-12"),
        ("children's-day", "2026-06-01"),
        ("children’s-day", "2026-06-01"),
        ("六一", "2026-06-01"),
        ("38节", "2026-03-08"),
        ("start(double-11-sales)", "2026-10-07"),
        ("end(双11大促)", "2026-11-12"),
        ("end(中秋)", "2026-09-25"),
        ("4th thursday of 11 + 1d", "2026-11-27"),
        ("2nd sunday of 5", "2026-05-10"),
        ("solar-term 清明", "2026-04-05"),
        ("back-to-school", "2026-09-01"),
        ("black-friday", "2026-11-27"),
        ("spring-festival", "2026-02-17"),
        ("除夕", "2026-02-16"),
    ],
)
def test_days_of_2026(text, expected):
    assert on(text).isoformat() == expected


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("mid-autum", "no day called 'mid-autum'; did you mean 'mid-autumn'?"),
        ("中秋结", "no day called '中秋结'; did you mean '中秋'?"),
        ("mid-autumn-10d", "put spaces around the minus: mid-autumn - 10d"),
        ("min(mid-autum, 10-01)", "did you mean 'mid-autumn'?"),
        ("end(doubel-11)", "did you mean 'double-11'?"),
        ("mid-autumn - 10", "after + or - comes a number of days or weeks, like 10d"),
        ("mid-autumn - 10-01", "after + or - comes a number of days or weeks"),
        ("mid-autumn 10d", "'10d' is one word too many"),
        ("median(中秋, 国庆)", "median(…) is unknown; there are min, max, start and end"),
        ("min(中秋, 国庆", "a closing bracket ) is missing"),
        ("min()", "expected a day"),
        ("lunar", "after lunar comes month-day, like lunar 8-15"),
        ("lunar 13-1", "lunar months are 1–12"),
        ("lunar 12-30", "for the last day of the lunar year write spring-festival - 1d"),
        ("13-01", "month must be in 1..12"),
        ("02-29", "every year"),
        ("2026-02-30", "'2026-02-30'"),
        ("solar-term 中秋", "is none of"),
        ("6th thursday of 11", "no day"),
        ("4th thursday of november", "write it like 4th thursday of 11"),
        ("", "found 'the end'"),
        ("+ 10d", "expected a day"),
        ("@home", "'@home' is no day"),
    ],
)
def test_what_is_no_day_says_what_could_stand_there(text, complaint):
    with pytest.raises(ExpressionError, match=re.escape(complaint)):
        parse(text, DAYS)


def test_a_full_date_means_one_year_only():
    assert parse("2020-10-31", DAYS).years == {2020}
    assert parse("max(2020-10-31, 中秋)", DAYS).years == {2020}
    assert parse("10-31", DAYS).years == frozenset()


def test_an_expression_keeps_what_was_written():
    assert str(parse(" 中秋 - 10天 ", DAYS)) == "中秋 - 10天"
    assert parse("中秋", DAYS) == parse("中秋", DAYS)
    assert parse("中秋", DAYS) != parse("mid-autumn", DAYS)
    assert len({parse("中秋", DAYS), parse("中秋", DAYS)}) == 1
    assert repr(parse("中秋", DAYS)) == "Expression('中秋')"


def test_a_year_without_a_fifth_thursday():
    assert on("5th thursday of 10", 2026) == date(2026, 10, 29)
    with pytest.raises(CalendarError, match="2027-10 has no 5th thursday"):
        on("5th thursday of 10", 2027)


def test_years_beyond_the_lunar_table_are_refused_only_where_the_moon_matters():
    assert on("10-01", 2150) == date(2150, 10, 1)
    with pytest.raises(CalendarError, match="1950–2099"):
        on("中秋", 2150)


YEARS = st.integers(1950, 2099)
NAMES = st.sampled_from(["mid-autumn", "国庆", "10-01", "lunar 5-5", "black-friday", "618"])


@given(year=YEARS, name=NAMES, plus=st.integers(0, 90), minus=st.integers(0, 90))
def test_shifts_add_up(year, name, plus, minus):
    assert on(f"{name} + {plus}d - {minus}天", year) == on(name, year) + timedelta(days=plus - minus)


@given(year=YEARS, names=st.lists(NAMES, min_size=1, max_size=4))
def test_min_and_max_choose_among_the_days(year, names):
    days = [on(name, year) for name in names]
    listed = ", ".join(names)
    assert on(f"min({listed})", year) == min(days)
    assert on(f"max({listed})", year) == max(days)


@given(
    st.text(alphabet="mid-autn 中秋国庆前后天周()（），,+-−0123456789dw'lr农历月日", max_size=30)
    | st.text(max_size=20)
)
def test_any_text_is_a_day_or_an_explained_error(text):
    try:
        parse(text, DAYS)
    except ExpressionError as error:
        assert str(error)  # noqa: PT017 - either outcome is right
