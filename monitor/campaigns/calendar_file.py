"""What a calendar file says: named days, named periods, the State Council's rest days."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from monitor.campaigns import yaml_lines
from monitor.campaigns.problem import PlanError

if TYPE_CHECKING:
    from pathlib import Path


class _Block(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _known_keys(cls, data: object) -> object:
        yaml_lines.check_keys(data, cls)
        return data


class NamedDay(_Block):
    """A day that has a name."""

    name: str
    #: other names, Chinese ones too
    also: tuple[str, ...] = ()
    #: expression that says when it is
    rule: str
    #: where the rule is from
    source: str
    #: high, medium, low-medium, low: the domain study's own marks
    confidence: str

    @property
    def rules(self) -> tuple[str, ...]:
        """Every expression in it."""
        return (self.rule,)


class PeakDays(_Block):
    """The busiest part of a period."""

    from_: str = Field(alias="from")
    to: str


class PeriodYear(_Block):
    """What is known to differ from the rule in one year."""

    from_: str | None = Field(default=None, alias="from")
    to: str | None = None
    note: str | None = None


class NamedPeriod(_Block):
    """A stretch of days that has a name: a promotion, a season."""

    name: str
    also: tuple[str, ...] = ()
    #: expressions, both days inclusive
    from_: str = Field(alias="from")
    to: str
    peak: PeakDays | None = None
    source: str
    confidence: str
    #: categories and sub-categories that sell most in it
    categories: tuple[str, ...] = ()
    #: products to look for in it
    focus: tuple[str, ...] = ()
    #: year → what differs
    years: dict[int, PeriodYear] = Field(default_factory=dict)

    @property
    def rules(self) -> tuple[str, ...]:
        """Every expression in it."""
        peak = (self.peak.from_, self.peak.to) if self.peak else ()
        known = (rule for year in self.years.values() for rule in (year.from_, year.to) if rule is not None)
        return (self.from_, self.to, *peak, *known)


class StatutoryYear(_Block):
    """One year's announcement (国务院办公厅关于部分节假日安排的通知)."""

    #: days off
    rest: tuple[date, ...]
    #: Saturdays and Sundays that are worked (调休上班)
    work: tuple[date, ...] = ()
    source: str


class CalendarFile(_Block):
    """One calendar file."""

    days: tuple[NamedDay, ...] = ()
    periods: tuple[NamedPeriod, ...] = ()
    #: announcements that are newer than the library
    statutory: dict[int, StatutoryYear] = Field(default_factory=dict)


def read(path: Path) -> CalendarFile:
    """Read one calendar file.

    Raises:
        PlanError: it is no calendar; file, line and key are named.

    """
    data, lines = yaml_lines.read(path)
    try:
        return CalendarFile.model_validate(data or {})
    except ValidationError as error:
        raise PlanError(yaml_lines.problems(error, lines, path)) from None
