"""Lunar days against sources of other descent.

lunar_python is built on a table and formulas of its own. Here every month of 1950–2099 is reckoned again from
Meeus, Astronomical Algorithms (chapters 25 and 49), by the rules of GB/T 33661-2017; published holidays,
the domain study's table (after lunardate) and the Purple Mountain Observatory's statements are asked too.
"""

import math
from datetime import date, datetime, timedelta
from functools import cache

import pytest
from chinese_calendar.constants import Holiday, holidays

from monitor.campaigns.lunar import (
    FIRST_YEAR,
    LAST_YEAR,
    SOLAR_TERMS,
    UNSETTLED_MONTHS,
    CalendarError,
    lunar_day,
    solar_term,
)

EPOCH = datetime(2000, 1, 1, 12)  # noqa: DTZ001 - TT first, then wall time in China
CHINA = timedelta(hours=8)
YEARS = range(FIRST_YEAR, LAST_YEAR + 1)


def delta_t(year):
    """TT − UT in seconds (Espenak & Meeus 2006, polynomial expressions)."""
    t = year - 2000
    if year < 1961:
        t = year - 1950
        return 29.07 + 0.407 * t - t**2 / 233 + t**3 / 2547
    if year < 1986:
        t = year - 1975
        return 45.45 + 1.067 * t - t**2 / 260 - t**3 / 718
    if year < 2005:
        return (
            63.86
            + 0.3345 * t
            - 0.060374 * t**2
            + 0.0017275 * t**3
            + 0.000651814 * t**4
            + 0.00002373599 * t**5
        )
    if year < 2050:
        return 62.92 + 0.32217 * t + 0.005589 * t**2
    return -20 + 32 * ((year - 1820) / 100) ** 2 - 0.5628 * (2150 - year)


def in_china(jde):
    """Julian ephemeris day → wall time in China (UTC+8)."""
    year = 2000 + (jde - 2451545) / 365.25
    return EPOCH + timedelta(days=jde - 2451545, seconds=-delta_t(year)) + CHINA


#: Meeus, table 49.A: coefficient, power of E, multiples of M, M', F, Ω.
NEW_MOON_TERMS = [
    (-0.40720, 0, 0, 1, 0, 0),
    (0.17241, 1, 1, 0, 0, 0),
    (0.01608, 0, 0, 2, 0, 0),
    (0.01039, 0, 0, 0, 2, 0),
    (0.00739, 1, -1, 1, 0, 0),
    (-0.00514, 1, 1, 1, 0, 0),
    (0.00208, 2, 2, 0, 0, 0),
    (-0.00111, 0, 0, 1, -2, 0),
    (-0.00057, 0, 0, 1, 2, 0),
    (0.00056, 1, 1, 2, 0, 0),
    (-0.00042, 0, 0, 3, 0, 0),
    (0.00042, 1, 1, 0, 2, 0),
    (0.00038, 1, 1, 0, -2, 0),
    (-0.00024, 1, -1, 2, 0, 0),
    (-0.00017, 0, 0, 0, 0, 1),
    (-0.00007, 0, 2, 1, 0, 0),
    (0.00004, 0, 0, 2, -2, 0),
    (0.00004, 0, 3, 0, 0, 0),
    (0.00003, 0, 1, 1, -2, 0),
    (0.00003, 0, 0, 2, 2, 0),
    (-0.00003, 0, 1, 1, 2, 0),
    (0.00003, 0, -1, 1, 2, 0),
    (-0.00002, 0, -1, 1, -2, 0),
    (-0.00002, 0, 1, 3, 0, 0),
    (0.00002, 0, 0, 4, 0, 0),
]
#: Meeus, p. 351: planetary arguments A1–A14 and their coefficients in millionths of a day.
PLANETARY_TERMS = [
    (299.77, 0.107408, 325),
    (251.88, 0.016321, 165),
    (251.83, 26.651886, 164),
    (349.42, 36.412478, 126),
    (84.66, 18.206239, 110),
    (141.74, 53.303771, 62),
    (207.14, 2.453732, 60),
    (154.84, 7.306860, 56),
    (34.52, 27.261239, 47),
    (207.19, 0.121824, 42),
    (291.34, 1.844379, 40),
    (161.72, 24.198154, 37),
    (239.56, 25.513099, 35),
    (331.55, 3.592518, 23),
]


@cache
def new_moon(k):
    """Wall time in China of new moon `k` (0 is that of 2000-01-06), good to about 20 seconds."""
    t = k / 1236.85
    jde = 2451550.09766 + 29.530588861 * k + 0.00015437 * t**2 - 0.000000150 * t**3 + 0.00000000073 * t**4
    e = 1 - 0.002516 * t - 0.0000074 * t**2
    arguments = (
        2.5534 + 29.10535670 * k - 0.0000014 * t**2 - 0.00000011 * t**3,
        201.5643 + 385.81693528 * k + 0.0107582 * t**2 + 0.00001238 * t**3 - 0.000000058 * t**4,
        160.7108 + 390.67050284 * k - 0.0016118 * t**2 - 0.00000227 * t**3 + 0.000000011 * t**4,
        124.7746 - 1.56375588 * k + 0.0020672 * t**2 + 0.00000215 * t**3,
    )
    for coefficient, power, *multiples in NEW_MOON_TERMS:
        angle = sum(m * a for m, a in zip(multiples, arguments, strict=True))
        jde += coefficient * e**power * math.sin(math.radians(angle))
    for index, (constant, rate, millionths) in enumerate(PLANETARY_TERMS):
        angle = constant + rate * k - (0.009173 * t**2 if index == 0 else 0)
        jde += millionths * 1e-6 * math.sin(math.radians(angle))
    return in_china(jde)


def sun_longitude(jde):
    """Apparent longitude of the Sun in degrees, good to 0.01 (Meeus, chapter 25)."""
    t = (jde - 2451545) / 36525
    m = math.radians(357.52911 + 35999.05029 * t - 0.0001537 * t**2)
    centre = (
        (1.914602 - 0.004817 * t - 0.000014 * t**2) * math.sin(m)
        + (0.019993 - 0.000101 * t) * math.sin(2 * m)
        + 0.000289 * math.sin(3 * m)
    )
    node = math.radians(125.04 - 1934.136 * t)
    mean = 280.46646 + 36000.76983 * t + 0.0003032 * t**2
    return (mean + centre - 0.00569 - 0.00478 * math.sin(node)) % 360


@cache
def sun_reaches(year, degrees):
    """Wall time in China at which the Sun reaches `degrees` in Gregorian `year`, good to about 15 minutes."""
    jde = 2451545 + (year - 2000) * 365.2422 + ((degrees - 280) % 360) / 360 * 365.2422
    for _ in range(6):
        jde += ((degrees - sun_longitude(jde) + 180) % 360 - 180) / 360 * 365.2422
    return in_china(jde)


def month_of(day):
    """Number k of the last new moon that falls on or before `day`."""
    k = round((day - date(2000, 1, 6)).days / 29.530588861) + 1
    while new_moon(k).date() > day:
        k -= 1
    return k


@cache
def months_from_solstice(year):
    """(number, first day) of the months from one winter solstice to the next, no leap month."""
    first = month_of(sun_reaches(year, 270).date())
    last = month_of(sun_reaches(year + 1, 270).date())
    terms = [sun_reaches(year + (degrees != 270), degrees).date() for degrees in range(0, 360, 30)]
    leap_is_due = last - first == 13
    numbers = iter([11, 12, *range(1, 11)])
    months = []
    for k in range(first, last):
        starts, ends = new_moon(k).date(), new_moon(k + 1).date()
        if leap_is_due and not any(starts <= term < ends for term in terms):
            leap_is_due = False  # the first month without a major term (中气) repeats the number before it
            continue
        months.append((next(numbers), starts))
    return months


@cache
def reckoned_months(year):
    """First day of each month 1–12 of the lunar year that begins in `year`, leap months left out."""
    this = {number: start for number, start in months_from_solstice(year - 1) if number <= 10}
    return this | {number: start for number, start in months_from_solstice(year) if number > 10}


def seconds_from_midnight(moment):
    of_day = (moment - datetime.combine(moment.date(), datetime.min.time())).total_seconds()
    return min(of_day, 86400 - of_day)


@pytest.mark.parametrize("year", YEARS)
def test_every_month_agrees_with_astronomy(year):
    reckoned = reckoned_months(year)
    assert sorted(reckoned) == list(range(1, 13))
    for month, start in reckoned.items():
        off = abs(lunar_day(year, month, 1) - start)
        assert off <= timedelta(days=(year, month) in UNSETTLED_MONTHS), (year, month)


def test_the_unsettled_months_are_those_to_come_whose_new_moon_is_near_midnight():
    near = {
        (year, month)
        for year in range(2027, LAST_YEAR + 1)
        for month, start in reckoned_months(year).items()
        if seconds_from_midnight(new_moon(month_of(start))) < 180
    }
    assert near == UNSETTLED_MONTHS


@pytest.mark.parametrize(
    ("year", "month", "day", "expected"),
    [
        # new moon 1978-09-03 at 00:09: 寿星 and the Purple Mountain Observatory; older tables have 09-16
        (1978, 8, 15, date(1978, 9, 17)),
        # leap month 11, not 7 as older software had it: Mid-Autumn stays in September, New Year comes late
        (2033, 8, 15, date(2033, 9, 8)),
        (2034, 1, 1, date(2034, 2, 19)),
        # new moons that folk almanacs put a day later (Hong Kong Observatory, 2013-05-03)
        (2013, 5, 5, date(2013, 6, 12)),
        (2030, 1, 1, date(2030, 2, 3)),
        # within seconds or minutes of midnight, see UNSETTLED_MONTHS
        (2057, 8, 15, date(2057, 9, 13)),
        (2057, 9, 9, date(2057, 10, 7)),
        (2089, 8, 15, date(2089, 9, 18)),
        (2097, 8, 15, date(2097, 9, 20)),
    ],
)
def test_the_hard_cases(year, month, day, expected):
    assert lunar_day(year, month, day) == expected


def test_late_and_early_mid_autumn_as_the_purple_mountain_observatory_told_the_press():
    # Xinhua 2025-10-05: between 09-07 (once) and 10-06 (2006, 2025, 2063, 2082) in this century
    days = {year: lunar_day(year, 8, 15) for year in range(2001, 2100)}
    assert min((day.month, day.day) for day in days.values()) == (9, 7)
    assert sum((day.month, day.day) == (9, 7) for day in days.values()) == 1
    assert [year for year, day in days.items() if (day.month, day.day) == (10, 6)] == [2006, 2025, 2063, 2082]
    assert max((day.month, day.day) for day in days.values()) == (10, 6)


#: The domain study's table (after lunardate 0.3.0): Spring Festival, Lantern, Dragon Boat, Mid-Autumn.
DOMAIN_TABLE = """
2020 01-25 02-08 06-25 10-01    2021 02-12 02-26 06-14 09-21    2022 02-01 02-15 06-03 09-10
2023 01-22 02-05 06-22 09-29    2024 02-10 02-24 06-10 09-17    2025 01-29 02-12 05-31 10-06
2026 02-17 03-03 06-19 09-25    2027 02-06 02-20 06-09 09-15    2028 01-26 02-09 05-28 10-03
2029 02-13 02-27 06-16 09-22    2030 02-03 02-17 06-05 09-12    2031 01-23 02-06 06-24 10-01
""".split()  # noqa: SIM905 - reads as a table


@pytest.mark.parametrize("at", range(0, len(DOMAIN_TABLE), 5))
def test_the_domain_studys_table(at):
    year, *days = DOMAIN_TABLE[at : at + 5]
    ours = [lunar_day(int(year), *month_day) for month_day in ((1, 1), (1, 15), (5, 5), (8, 15))]
    assert [f"{day:%m-%d}" for day in ours] == days


PUBLISHED_DAYS = [
    (Holiday.spring_festival, lambda year: lunar_day(year, 1, 1)),
    (Holiday.tomb_sweeping_day, lambda year: solar_term(year, "清明")),
    (Holiday.dragon_boat_festival, lambda year: lunar_day(year, 5, 5)),
    (Holiday.mid_autumn_festival, lambda year: lunar_day(year, 8, 15)),
]


@pytest.mark.parametrize("year", range(2008, 2027))
def test_published_holidays_contain_the_day(year):
    for holiday, tell in PUBLISHED_DAYS:
        published = {day for day, name in holidays.items() if day.year == year and name == holiday.value}
        if published:  # Mid-Autumn of 2020 is announced as part of National Day; 2012-06-23 is left out
            assert min(published) <= tell(year) <= max(published), holiday


@pytest.mark.parametrize("year", YEARS)
def test_tomb_sweeping_agrees_with_astronomy(year):
    reckoned = sun_reaches(year, 15)
    if seconds_from_midnight(reckoned) > 20 * 60:
        assert solar_term(year, "清明") == reckoned.date()
    else:
        assert abs(solar_term(year, "清明") - reckoned.date()) <= timedelta(days=1)


@pytest.mark.parametrize("year", [FIRST_YEAR, 2000, 2026, LAST_YEAR])
def test_the_solar_terms_come_in_order_and_in_the_year(year):
    days = [solar_term(year, term) for term in SOLAR_TERMS]
    assert days == sorted(days)
    assert {day.year for day in days} == {year}
    assert len(set(days)) == 24


@pytest.mark.parametrize("year", [1949, 2100, 1, 9999])
def test_years_that_are_not_vouched_for_are_refused(year):
    with pytest.raises(CalendarError, match="1950–2099"):
        lunar_day(year, 8, 15)
    with pytest.raises(CalendarError, match="1950–2099"):
        solar_term(year, "清明")


def test_days_that_a_month_does_not_have():
    with pytest.raises(CalendarError, match="no lunar month 13"):
        lunar_day(2026, 13, 1)
    with pytest.raises(CalendarError, match="month 8 of 2026 has 29 days"):
        lunar_day(2026, 8, 30)
    with pytest.raises(CalendarError, match="not one of the twenty-four"):
        solar_term(2026, "国庆")
