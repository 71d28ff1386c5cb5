"""Days of the lunisolar calendar (农历) as Gregorian dates, 1950–2099, after lunar_python.

Days are counted in China's time (UTC+8), as GB/T 33661-2017 has it.
"""

from __future__ import annotations

from datetime import date
from functools import cache

from lunar_python import Lunar, LunarMonth

#: The years whose lunar days are vouched for: tests compare them with sources of other descent.
FIRST_YEAR, LAST_YEAR = 1950, 2099

#: The twenty-four solar terms that a rule may name, in the order of the Gregorian year.
SOLAR_TERMS = (
    "小寒", "大寒", "立春", "雨水", "惊蛰", "春分", "清明", "谷雨", "立夏", "小满", "芒种", "夏至",
    "小暑", "大暑", "立秋", "处暑", "白露", "秋分", "寒露", "霜降", "立冬", "小雪", "大雪", "冬至",
)  # fmt: skip


#: Lunar months (year, month) whose new moon falls within three minutes of midnight. The Earth's rotation
#: cannot be told that far ahead, so the whole month may come out a day later (2089, 2097) or earlier (2057).
#: After the Hong Kong Observatory's note to its conversion tables; the tests reckon the moments.
UNSETTLED_MONTHS = frozenset({(2057, 9), (2089, 8), (2097, 7)})


class CalendarError(Exception):
    """A day that cannot be told; the message says which, and what can be written instead."""


@cache
def lunar_day(year: int, month: int, day: int) -> date:
    """Day `day` of lunar month `month` (never the leap one) of the lunar year that begins in `year`.

    Months 11 and 12 fall in, or partly in, the next Gregorian year.

    Raises:
        CalendarError: the year is outside 1950–2099, or the month has no such day.

    """
    _check_year(year)
    if not 1 <= month <= 12:
        raise CalendarError(f"lunar {month}-{day}: there is no lunar month {month}; months are 1–12")
    length = LunarMonth.fromYm(year, month).getDayCount()
    if not 1 <= day <= length:
        raise CalendarError(f"lunar {month}-{day}: month {month} of {year} has {length} days")
    solar = Lunar.fromYmd(year, month, day).getSolar()
    return date(solar.getYear(), solar.getMonth(), solar.getDay())


@cache
def solar_term(year: int, term: str) -> date:
    """Day on which the solar term (节气) begins in Gregorian `year`.

    Raises:
        CalendarError: the year is outside 1950–2099, or the term is none of the twenty-four.

    """
    _check_year(year)
    if term not in SOLAR_TERMS:
        raise CalendarError(f"{term}: not one of the twenty-four solar terms ({'、'.join(SOLAR_TERMS)})")
    # the table begins with the winter solstice of the year before; this year's is called DONG_ZHI
    table = Lunar.fromYmd(year, 6, 1).getJieQiTable()
    solar = table["DONG_ZHI" if term == "冬至" else term]
    return date(solar.getYear(), solar.getMonth(), solar.getDay())


def _check_year(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise CalendarError(f"{year}: lunar days are vouched for in {FIRST_YEAR}–{LAST_YEAR} only")
