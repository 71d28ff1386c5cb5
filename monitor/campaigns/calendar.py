"""The calendar: named days and periods of any year, shipped as data and overridable by a file."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.campaigns import calendar_file
from monitor.campaigns.calendar_file import CalendarFile, NamedDay, NamedPeriod, PeriodYear
from monitor.campaigns.expression import Expression, ExpressionError, parse
from monitor.campaigns.lunar import UNSETTLED_MONTHS, CalendarError
from monitor.campaigns.problem import PlanError, Problem, nearest

if TYPE_CHECKING:
    from datetime import date

_DATA = Path(__file__).parent / "data"

#: Name of the file, beside the plans, that adds to or overrides the shipped calendar.
OVERRIDE_NAME = "calendar.yaml"


class Calendar:
    """Names → days. Later files win over earlier ones, name by name. Immutable once made."""

    def __init__(self, *files: CalendarFile, own: CalendarFile | None = None) -> None:
        """Take over the entries of the shipped `files`, then those of the section's `own`.

        Raises:
            ExpressionError: a rule is no expression, or a name is explained by itself.

        """
        #: the section's own file, for telling whether two calendars agree
        self.own = own
        files = (*files, own) if own else files
        self._entries: dict[str, NamedDay | NamedPeriod] = {}
        for file in files:
            self._entries |= {period.name: period for period in file.periods}
            self._entries |= {day.name: day for day in file.days}
        self._names = {
            _folded(name): entry.name
            for entry in self._entries.values()
            for name in (*entry.also, entry.name)
        }
        self.statutory = {year: known for file in files for year, known in file.statutory.items()}
        self._rules: dict[str, Expression] = {}
        for entry in self._entries.values():
            for rule in entry.rules:
                self._rules[rule] = self._read(entry.name, rule)
        for name in self._entries:
            self._refuse_circle((name,))

    def knows(self, name: str) -> str | None:
        """None when `name` is a day or period, else a message with the nearest name."""
        if _folded(name) in self._names:
            return None
        return f"there is no day called {name!r}{nearest(_folded(name), self._names)}"

    def day(self, name: str, year: int) -> date:
        """The named day in `year`; of a period, its first day.

        Raises:
            CalendarError: no day or period has this name, or the year has no such day.

        """
        return self.period(name, year)[0]

    def period(self, name: str, year: int) -> tuple[date, date]:
        """First and last day of the period of `year`; of a single day, that day twice.

        A period that ends earlier than it begins ends in the next year (双旦).

        Raises:
            CalendarError: no day or period has this name, or the year has no such day.

        """
        entry = self._find(name)
        if isinstance(entry, NamedDay):
            return (day := self._on(entry.rule, year)), day
        known = entry.years.get(year, PeriodYear())
        first = self._on(known.from_ or entry.from_, year)
        last = self._on(known.to or entry.to, year)
        return first, last if last >= first else self._on(entry.to, year + 1)

    def peak(self, name: str, year: int) -> tuple[date, date] | None:
        """First and last of the busiest days of a period, None when the files name none.

        Raises:
            CalendarError: no day or period has this name, or the year has no such day.

        """
        entry = self._find(name)
        if isinstance(entry, NamedDay) or entry.peak is None:
            return None
        return self._on(entry.peak.from_, year), self._on(entry.peak.to, year)

    def days(self, year: int) -> dict[str, date]:
        """Every named day of `year`, by its English name, in the order of the dates."""
        named = ((e.name, self.day(e.name, year)) for e in self._entries.values() if isinstance(e, NamedDay))
        return dict(sorted(named, key=lambda item: item[1]))

    def unsettled(self, year: int) -> frozenset[str]:
        """Named days of `year` that may yet turn out a day earlier or later, by their English names."""
        months = {month for of_year, month in UNSETTLED_MONTHS if of_year == year}
        return frozenset(
            entry.name
            for entry in self._entries.values()
            if isinstance(entry, NamedDay) and self._rules[entry.rule].lunar_months & months
        )

    def periods(self, year: int) -> dict[str, tuple[date, date]]:
        """Every named period of `year`, by its English name, in the order of the dates."""
        periods = (e.name for e in self._entries.values() if isinstance(e, NamedPeriod))
        return dict(sorted(((name, self.period(name, year)) for name in periods), key=lambda item: item[1]))

    def entry(self, name: str) -> NamedDay | NamedPeriod:
        """What the files say of a day or period: rule, source, confidence.

        Raises:
            CalendarError: no day or period has this name.

        """
        return self._find(name)

    def chinese(self, name: str) -> str:
        """The first Chinese name of a day or period, else its own."""
        entry = self._find(name)
        return next((other for other in entry.also if not other.isascii()), entry.name)

    def _find(self, name: str) -> NamedDay | NamedPeriod:
        if (complaint := self.knows(name)) is not None:
            raise CalendarError(complaint)
        return self._entries[self._names[_folded(name)]]

    def _on(self, rule: str, year: int) -> date:
        return self._rules[rule].on(year, self)

    def _read(self, name: str, rule: str) -> Expression:
        try:
            return parse(rule, self)
        except ExpressionError as error:
            raise ExpressionError(f"{name}: {error}") from None

    def _refuse_circle(self, path: tuple[str, ...]) -> None:
        for rule in self._entries[path[-1]].rules:
            for mentioned in self._rules[rule].names:
                name = self._names[_folded(mentioned)]
                if name in path:
                    circle = " → ".join((*path, name))
                    raise ExpressionError(f"{path[0]} is explained by itself: {circle}")
                self._refuse_circle((*path, name))


def load(override: Path | None = None) -> Calendar:
    """The shipped calendar, with the entries of `override` on top when that file exists.

    Raises:
        PlanError: the override is no calendar.

    """
    if override is None or not override.is_file():
        return shipped()
    try:
        return Calendar(*_shipped_files(), own=calendar_file.read(override))
    except ExpressionError as error:
        raise PlanError([Problem(str(override), 0, "", str(error))]) from None


@cache
def shipped() -> Calendar:
    """The calendar as it comes, without a file of one's own."""
    return Calendar(*_shipped_files())


def day(name: str, year: int) -> date:
    """A named day of the shipped calendar, e.g. ``day("中秋", 2026)``; see :meth:`Calendar.day`."""
    return shipped().day(name, year)


def days(year: int) -> dict[str, date]:
    """Every named day of the shipped calendar in `year`; see :meth:`Calendar.days`."""
    return shipped().days(year)


@cache
def _shipped_files() -> tuple[CalendarFile, ...]:
    return tuple(calendar_file.read(_DATA / name) for name in ("days.yaml", "periods.yaml"))


def _folded(name: str) -> str:
    return name.strip().lower().replace("’", "'")
