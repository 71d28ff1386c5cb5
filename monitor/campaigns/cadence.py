"""How often a campaign fires inside a window, as people say it.

    every 6h              at 00:00, 06:00, 12:00 and 18:00        每6小时
    hourly                every hour                              每小时
    daily 09:00, 15:00    at these times each day                 每天 09:00、15:00
    nightly 01:00-06:00   once a night, to be done by 06:00       夜间 01:00-06:00
    every 2h between 01:00-06:00   at 01:00, 03:00 and 05:00      每2小时 01:00-06:00
    weekly monday 02:30   on these weekdays                       每周一 02:30

All times are wall time in Asia/Shanghai. The same can be written as a mapping with the keys of `Cadence`.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Self

from pydantic import BaseModel, ConfigDict, field_validator, model_serializer, model_validator

from monitor.campaigns import cadence_words as words
from monitor.campaigns import yaml_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

_MIDNIGHT = time(0)
_DAY = timedelta(days=1)

#: A shorter interval is no monitoring, it is a load on the site.
SHORTEST = timedelta(minutes=10)


class Span(BaseModel):
    """A stretch of every day, or of every night when it ends earlier than it begins."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    start: time
    end: time

    @property
    def length(self) -> timedelta:
        """From start to end, over midnight if need be."""
        start, end = datetime.combine(date.min, self.start), datetime.combine(date.min, self.end)
        return (end - start) % _DAY or _DAY

    def __contains__(self, clock: time) -> bool:
        """Whether a run may begin at this time of day."""
        if self.start < self.end:
            return self.start <= clock < self.end
        return clock >= self.start or clock < self.end

    def __str__(self) -> str:
        """Show as 01:00-06:00."""
        return f"{self.start:%H:%M}-{self.end:%H:%M}"


class Cadence(BaseModel):
    """When a window fires on each of its days: `every` or `at`, or `between` alone (once, at its start)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    #: interval; counted from midnight of the window's first day, or from the start of `between` each day
    every: timedelta | None = None
    #: fixed times
    at: tuple[time, ...] = ()
    #: only inside these hours; a run is to be over when they end
    between: Span | None = None
    #: only on these weekdays, 0 is Monday
    on: tuple[int, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _from_words(cls, value: object) -> object:
        if isinstance(value, str):
            return words.sentence(value)
        yaml_lines.check_keys(value, cls)
        return value

    @field_validator("every", mode="before")
    @classmethod
    def _read_interval(cls, value: object) -> object:
        return words.duration(value) if isinstance(value, str) else value

    @field_validator("at", mode="before")
    @classmethod
    def _read_times(cls, value: object) -> object:
        if isinstance(value, str):
            return words.clocks(value)
        return tuple(words.clock(each) for each in value) if isinstance(value, list) else value

    @field_validator("between", mode="before")
    @classmethod
    def _read_span(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        start, end = words.span(value)
        return Span(start=start, end=end)

    @field_validator("on", mode="before")
    @classmethod
    def _read_weekdays(cls, value: object) -> object:
        if isinstance(value, str):
            return words.weekdays(value)
        if isinstance(value, list) and all(isinstance(each, str) for each in value):
            return tuple(sorted({number for each in value for number in words.weekdays(each)}))
        return value

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.every is not None and self.at:
            raise ValueError("says both an interval and fixed times; keep one of them")
        if self.every is None and not self.at and self.between is None:
            raise ValueError("say how often: every 6h, daily 09:00, or nightly 01:00-06:00")
        if self.every is not None and self.every < SHORTEST:
            raise ValueError(f"every {self.every}: the shortest interval is 10 minutes")
        if self.between is not None and (outside := [at for at in self.at if at not in self.between]):
            raise ValueError(f"{outside[0]:%H:%M} lies outside {self.between}")
        return self

    @model_serializer
    def _write(self) -> dict[str, Any]:
        """Write what was said, in a form that can be read again."""
        said = {
            "every": None if self.every is None else f"{self.every // timedelta(minutes=1)}min",
            "at": [f"{at:%H:%M}" for at in self.at],
            "between": None if self.between is None else str(self.between),
            "on": [words.WEEKDAYS[day] for day in self.on],
        }
        return {key: value for key, value in said.items() if value}

    def times(self, day: date, first_day: date) -> Iterator[tuple[datetime, datetime | None]]:
        """Firings that belong to `day` of a window that opened on `first_day`, as naive wall times.

        With each comes the time at which its run is to be over, None when the cadence sets none. A night
        belongs to the day on which it begins.
        """
        if self.on and day.weekday() not in self.on:
            return
        midnight = datetime.combine(day, _MIDNIGHT)
        if self.between is None:
            for moment in self._through(midnight, midnight + _DAY, datetime.combine(first_day, _MIDNIGHT)):
                yield moment, None
            return
        start = datetime.combine(day, self.between.start)
        end = start + self.between.length
        anchor = start
        if self.every is not None and self.every >= _DAY:
            anchor = datetime.combine(first_day, self.between.start)
        for moment in self._through(start, end, anchor):
            yield moment, end

    def _through(self, start: datetime, end: datetime, anchor: datetime) -> Iterator[datetime]:
        if self.at:
            midnight = datetime.combine(start.date(), _MIDNIGHT)
            moments = (
                midnight + days * _DAY + timedelta(hours=at.hour, minutes=at.minute)
                for days in (0, 1)
                for at in sorted(set(self.at))
            )
            yield from (moment for moment in moments if start <= moment < end)
        elif self.every is None:
            yield start
        else:
            moment = anchor + -((anchor - start) // self.every) * self.every
            while moment < end:
                yield moment
                moment += self.every

    def __str__(self) -> str:
        """Say it in Chinese, as an analyst reads it in the preview."""
        days = f"每周{'、'.join(words.CHINESE_WEEKDAYS[day] for day in self.on)} " if self.on else ""
        if self.at:
            return (days or "每天 ") + "、".join(f"{at:%H:%M}" for at in self.at) + self._hours()
        if self.every is None:
            return f"{days or '每晚 '}{self.between} 一次"
        return f"{days}每{words.chinese_duration(self.every)}一次{self._hours()}"

    def _hours(self) -> str:
        return f"（限 {self.between}）" if self.between else ""
