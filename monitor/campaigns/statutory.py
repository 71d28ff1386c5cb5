"""Rest days and working days as a plan's calendar knows them; `monitor.working_days` has the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor import working_days
from monitor.campaigns.calendar import shipped
from monitor.working_days import DayKind, WorkingDay

if TYPE_CHECKING:
    from datetime import date

    from monitor.campaigns.calendar import Calendar

__all__ = ["DayKind", "WorkingDay", "is_published", "kind", "last_working_day", "working_days_after"]


def kind(day: date, calendar: Calendar | None = None) -> DayKind:
    """Say whether offices work on `day`, as published.

    ``statutory:`` in a calendar file of one's own goes before the library's table.
    """
    return working_days.kind(day, (calendar or shipped()).statutory)


def is_published(year: int, calendar: Calendar | None = None) -> bool:
    """Whether the rest days of `year` are known."""
    return working_days.is_published(year, (calendar or shipped()).statutory)


def working_days_after(day: date, number: int, calendar: Calendar | None = None) -> WorkingDay:
    """The `number`-th working day after `day`, which itself does not count.

    Raises:
        ValueError: `number` is less than 1.

    """
    return working_days.working_days_after(day, number, (calendar or shipped()).statutory)


def last_working_day(day: date, calendar: Calendar | None = None) -> WorkingDay:
    """`day` itself if offices work on it, else the last working day before it."""
    return working_days.last_working_day(day, (calendar or shipped()).statutory)
