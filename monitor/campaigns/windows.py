"""Openings: the days on which a window really is open, year by year."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from monitor.campaigns.lunar import FIRST_YEAR, LAST_YEAR, CalendarError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.campaigns.cadence import Cadence
    from monitor.campaigns.calendar import Calendar
    from monitor.campaigns.expression import Expression
    from monitor.campaigns.plan import Peak, Plan, Window

#: A window that ends earlier in the year than it begins is meant to run into the next year, unless it
#: would then be longer than this: 中秋后20天 … 国庆后7天 is no window at all when Mid-Autumn is late.
_LONGEST_OVER_NEW_YEAR = timedelta(days=183)


@dataclass(frozen=True, kw_only=True)
class Opening:
    """One window in one year."""

    window: str
    #: the year that the window's days were told for; the first day may lie in the year before or after
    year: int
    #: first and last day, both inclusive, Asia/Shanghai
    first: date
    last: date
    cadence: Cadence
    #: days with a cadence of their own
    peaks: dict[date, Cadence]

    def cadence_on(self, day: date) -> Cadence:
        """How often it fires on `day`."""
        return self.peaks.get(day, self.cadence)


def openings(plan: Plan, first: date, last: date) -> Iterator[Opening]:
    """The openings of all windows that touch `first` … `last`, inclusive, in the plan's order.

    A window that a year does not have (it would end before it begins) is left out; `check` says so.
    """
    for window in plan.windows:
        for year in _years(plan, window, first, last):
            try:
                opening = open_in(window, year, plan.calendar)
            except CalendarError:
                continue
            if opening.first <= last and opening.last >= first:
                yield opening


def open_in(window: Window, year: int, calendar: Calendar) -> Opening:
    """The window's opening in `year`.

    Raises:
        CalendarError: the year has no such day, or the window would end before it begins.

    """
    first, last = _edges(window, year, calendar)
    peaks = {
        day: peak.cadence
        for peak in window.peak
        for day in _peak_days(window, peak, (first, last), year, calendar)
        if first <= day <= last
    }
    return Opening(window=window.name, year=year, first=first, last=last, cadence=window.cadence, peaks=peaks)


def dated_years(window: Window) -> frozenset[int]:
    """The years that the window's full dates name; empty when it recurs every year."""
    edges = (window.from_, window.to)
    return frozenset().union(*(edge.years for edge in edges if edge is not None))


def _years(plan: Plan, window: Window, first: date, last: date) -> list[int]:
    dated = dated_years(window)
    if dated:
        return [min(dated)]
    near = range(max(first.year - 1, FIRST_YEAR), min(last.year + 1, LAST_YEAR) + 1)
    return [year for year in near if not plan.years or year in plan.years]


def _edges(window: Window, year: int, calendar: Calendar) -> tuple[date, date]:
    if window.period is not None:
        return calendar.period(window.period, year)
    assert window.from_ is not None
    assert window.to is not None
    try:
        return _stretch(window.from_, window.to, year, calendar)
    except CalendarError as error:
        raise CalendarError(f"window {window.name!r}: {error}") from None


def _stretch(start: Expression, end: Expression, year: int, calendar: Calendar) -> tuple[date, date]:
    """From the first day to the last of `year`, or of the next year when that is meant."""
    first, last = start.on(year, calendar), end.on(year, calendar)
    if last >= first:
        return first, last
    if not end.years:
        over_new_year = end.on(year + 1, calendar)
        if timedelta(0) <= over_new_year - first <= _LONGEST_OVER_NEW_YEAR:
            return first, over_new_year
    raise CalendarError(f"in {year} it would end on {last}, before it begins on {first}")


def _peak_days(
    window: Window, peak: Peak, between: tuple[date, date], year: int, calendar: Calendar
) -> Iterator[date]:
    if peak.of_the_period:
        assert window.period is not None
        if (busiest := calendar.peak(window.period, year)) is not None:
            yield from _each(*busiest)
        return
    first, last = between
    for told_for in sorted({year, *range(first.year, last.year + 1)}):
        with suppress(CalendarError):  # that year has no such day
            yield from (day.on(told_for, calendar) for day in peak.days)
            if peak.from_ is not None and peak.to is not None:
                yield from _each(*_stretch(peak.from_, peak.to, told_for, calendar))


def _each(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))
