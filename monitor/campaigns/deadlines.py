"""What is to be reported by when, and the days on which to remind of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from monitor.campaigns.lunar import FIRST_YEAR, LAST_YEAR, CalendarError
from monitor.campaigns.statutory import last_working_day

if TYPE_CHECKING:
    from monitor.campaigns.plan import Deadline, Plan


@dataclass(frozen=True, kw_only=True, order=True)
class Due:
    """One deadline in one year. Days are those of Asia/Shanghai."""

    day: date
    campaign: str
    what: str
    #: who is to get it
    to: str | None
    #: days on which to remind, earliest first; one on a rest day comes on the last working day before
    reminders: tuple[date, ...]


def deadlines(plan: Plan, first: date, last: date) -> list[Due]:
    """The plan's deadlines that fall, or are reminded of, in `first` … `last`, inclusive, in order."""
    found: set[Due] = set()
    for deadline in plan.deadlines:
        for year in _years(plan, deadline, first, last):
            try:
                due = _due(plan, deadline, year)
            except CalendarError:
                continue
            if any(first <= day <= last for day in (due.day, *due.reminders)):
                found.add(due)
    return sorted(found, key=lambda due: (due.day, due.what))


def _years(plan: Plan, deadline: Deadline, first: date, last: date) -> list[int]:
    if deadline.date.years:
        return [min(deadline.date.years)]
    near = range(max(first.year - 1, FIRST_YEAR), min(last.year + 1, LAST_YEAR) + 1)
    return [year for year in near if not plan.years or year in plan.years]


def _due(plan: Plan, deadline: Deadline, year: int) -> Due:
    day = deadline.date.on(year, plan.calendar)
    reminders = {
        last_working_day(day - before, plan.calendar).day
        for before in deadline.remind
        if before > timedelta(0)
    }
    return Due(
        day=day, campaign=plan.name, what=deadline.what, to=deadline.to, reminders=tuple(sorted(reminders))
    )
