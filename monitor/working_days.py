"""Statutory rest days and make-up workdays of the People's Republic, where they are published.

The State Council announces each year's in the autumn before. Beyond that nothing is guessed: a day is
``unknown``, and a count of working days that reaches so far says that it is provisional. Imports nothing from
the rest of the house.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from chinese_calendar.constants import holidays, workdays

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_LIBRARY_YEARS = frozenset(day.year for day in holidays)


class Announced(Protocol):
    """One year's announcement (国务院办公厅关于部分节假日安排的通知)."""

    @property
    def rest(self) -> Collection[date]:
        """Days off."""

    @property
    def work(self) -> Collection[date]:
        """Saturdays and Sundays that are worked (调休上班)."""


_NONE: Mapping[int, Announced] = MappingProxyType({})


class DayKind(StrEnum):
    """Whether offices work on a day."""

    #: Monday to Friday, nothing announced
    WORKDAY = "workday"
    #: Saturday or Sunday, nothing announced
    WEEKEND = "weekend"
    #: announced as a day off (放假)
    HOLIDAY = "holiday"
    #: a Saturday or Sunday announced as worked (调休上班)
    MAKE_UP = "make-up workday"
    #: the year is not published, or is too long ago to be kept
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class WorkingDay:
    """A day reached by counting working days."""

    day: date
    #: the count went through days not yet published, taking Monday to Friday for working days
    provisional: bool


def kind(day: date, announced: Mapping[int, Announced] = _NONE) -> DayKind:
    """Say whether offices work on `day`, as published.

    Args:
        day: of Asia/Shanghai.
        announced: announcements that are newer than the library's table, or correct it.

    """
    if (year := announced.get(day.year)) is not None:
        rest, work = day in year.rest, day in year.work
    elif day.year in _LIBRARY_YEARS:
        rest, work = day in holidays, day in workdays
    else:
        return DayKind.UNKNOWN
    if rest:
        return DayKind.HOLIDAY
    if day.weekday() < 5:
        return DayKind.WORKDAY
    return DayKind.MAKE_UP if work else DayKind.WEEKEND


def is_published(year: int, announced: Mapping[int, Announced] = _NONE) -> bool:
    """Whether the rest days of `year` are known."""
    return year in _LIBRARY_YEARS or year in announced


def working_days_after(day: date, number: int, announced: Mapping[int, Announced] = _NONE) -> WorkingDay:
    """The `number`-th working day after `day`, which itself does not count.

    Raises:
        ValueError: `number` is less than 1.

    """
    if number < 1:
        raise ValueError(f"{number} working days: the number must be 1 or more")
    return _count(day, number, 1, announced)


def last_working_day(day: date, announced: Mapping[int, Announced] = _NONE) -> WorkingDay:
    """`day` itself if offices work on it, else the last working day before it."""
    return _count(day + timedelta(days=1), 1, -1, announced)


def _count(day: date, number: int, step: int, announced: Mapping[int, Announced]) -> WorkingDay:
    provisional = False
    while number:
        day += timedelta(days=step)
        what = kind(day, announced)
        provisional = provisional or what is DayKind.UNKNOWN
        if what in (DayKind.WORKDAY, DayKind.MAKE_UP) or (what is DayKind.UNKNOWN and day.weekday() < 5):
            number -= 1
    return WorkingDay(day, provisional)
