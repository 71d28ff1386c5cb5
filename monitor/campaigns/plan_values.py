"""The kinds of value a plan is made of: days, words, lengths of time, and blocks that know their keys."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationInfo,
    model_validator,
)

from monitor.campaigns import yaml_lines
from monitor.campaigns.cadence_words import duration
from monitor.campaigns.calendar import Calendar, shipped
from monitor.campaigns.expression import Expression, parse


def _day(value: object, info: ValidationInfo) -> object:
    return parse(value, calendar_of(info)) if isinstance(value, str) else value


def calendar_of(info: ValidationInfo) -> Calendar:
    """The calendar that a plan is read against; the shipped one when none is given."""
    calendar: Calendar = (info.context or {}).get("calendar") or shipped()
    return calendar


def listed(value: object) -> object:
    """Take one word for a list of one."""
    return [value] if isinstance(value, str) else value


def _lengths(value: object) -> object:
    if not isinstance(value, list):
        return value
    return [duration(each) if isinstance(each, str) else each for each in value]


def _length(value: timedelta) -> str:
    hours, rest = divmod(value, timedelta(hours=1))
    return f"{value // timedelta(minutes=1)}min" if rest else f"{hours}h"


#: A day expression, checked against the calendar.
Day = Annotated[Expression, BeforeValidator(_day), PlainSerializer(str)]
#: Words, or one word alone.
Words = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], BeforeValidator(listed)]
#: Lengths of time, like [24h, 72h, 7d].
Lengths = Annotated[
    tuple[Annotated[timedelta, PlainSerializer(_length)], ...],
    BeforeValidator(_lengths),
    BeforeValidator(listed),
]


class Block(BaseModel):
    """One block of a plan."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", arbitrary_types_allowed=True, populate_by_name=True
    )

    @model_validator(mode="before")
    @classmethod
    def _known_keys(cls, data: object) -> object:
        yaml_lines.check_keys(data, cls)
        return data
