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

import re
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Self

from pydantic import BaseModel, ConfigDict, field_validator, model_serializer, model_validator

from monitor.campaigns import yaml_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CHINESE_WEEKDAYS = "一二三四五六日"

_DURATION = re.compile(
    r"(\d+)\s*(minutes?|mins?|m|hours?|h|days?|d|weeks?|w|分钟|个?小时|天|日|周|个?星期)", re.IGNORECASE
)
_CLOCK = re.compile(r"(\d{1,2})[:：](\d{2})")
_SPAN = re.compile(r"(\d{1,2}[:：]\d{2})\s*(?:-|–|~|～|—|至|到|to)\s*(\d{1,2}[:：]\d{2})")
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
            return parse(value)
        yaml_lines.check_keys(value, cls)
        return value

    @field_validator("every", mode="before")
    @classmethod
    def _read_interval(cls, value: object) -> object:
        return duration(value) if isinstance(value, str) else value

    @field_validator("at", mode="before")
    @classmethod
    def _read_times(cls, value: object) -> object:
        if isinstance(value, str):
            return _clocks(value)
        return tuple(_clock(each) for each in value) if isinstance(value, list) else value

    @field_validator("between", mode="before")
    @classmethod
    def _read_span(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        if (match := _SPAN.fullmatch(value.strip())) is None:
            raise ValueError(f"{value!r}: write hours like 01:00-06:00")
        return Span(start=_clock(match[1]), end=_clock(match[2]))

    @field_validator("on", mode="before")
    @classmethod
    def _read_weekdays(cls, value: object) -> object:
        if isinstance(value, str):
            return _weekdays(value)
        if isinstance(value, list) and all(isinstance(each, str) for each in value):
            return tuple(sorted({number for each in value for number in _weekdays(each)}))
        return value

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.every is not None and self.at:
            raise ValueError("says both an interval and fixed times; keep one of them")
        if self.every is None and not self.at and self.between is None:
            raise ValueError("say how often: every 6h, daily 09:00, or nightly 01:00-06:00")
        if self.every is not None and self.every < SHORTEST:
            raise ValueError(f"every {self.every}: the shortest interval is 10 minutes")
        return self

    @model_serializer
    def _write(self) -> dict[str, Any]:
        """Write what was said, in a form that can be read again."""
        said = {
            "every": None if self.every is None else f"{self.every // timedelta(minutes=1)}min",
            "at": [f"{at:%H:%M}" for at in self.at],
            "between": None if self.between is None else str(self.between),
            "on": [WEEKDAYS[day] for day in self.on],
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
        days = f"每周{'、'.join(_CHINESE_WEEKDAYS[day] for day in self.on)} " if self.on else ""
        if self.at:
            return (days or "每天 ") + "、".join(f"{at:%H:%M}" for at in self.at) + self._hours()
        if self.every is None:
            return f"{days or '每晚 '}{self.between} 一次"
        return f"{days}每{_chinese_duration(self.every)}一次{self._hours()}"

    def _hours(self) -> str:
        return f"（限 {self.between}）" if self.between else ""


def parse(text: str) -> dict[str, Any]:
    """Read one cadence sentence into the fields of `Cadence`.

    Raises:
        ValueError: the sentence is none; the message shows one that is.

    """
    words = text.strip().lower()
    fields: dict[str, Any] = {}
    if span := _SPAN.search(words):
        fields["between"] = Span(start=_clock(span[1]), end=_clock(span[2]))
        words = words.replace(span[0], " ")
    if found := re.match(r"(weekly|每周|每星期|weekdays)(?=\D|$)", words):
        rest = words[found.end() :]
        fields["on"] = tuple(range(5)) if found[1] == "weekdays" else _weekdays(_CLOCK.sub(" ", rest))
        words = "daily " + " ".join(match[0] for match in _CLOCK.finditer(rest))
    if clocks := _clocks_in(words):
        fields["at"] = clocks
        words = _CLOCK.sub(" ", words)
    if interval := _DURATION.search(words):
        fields["every"] = duration(interval[0])
        words = words.replace(interval[0], " ", 1)
    left = set(re.findall(r"[a-z]+|[\u4e00-\u9fff]+|\d+", words))
    if left & {"hourly", "每小时"}:
        fields["every"] = timedelta(hours=1)
    if unknown := left - _FILLERS:
        raise ValueError(f"{text!r}: {min(unknown)!r} is unknown here; {_EXAMPLES}")
    if not fields:
        raise ValueError(f"{text!r}: {_EXAMPLES}")
    return fields


_FILLERS = {
    "every", "hourly", "daily", "nightly", "at", "and", "between", "only", "from", "once",
    "每", "每小时", "每天", "每日", "每晚", "每夜", "夜间", "仅", "限", "一次", "和", "在",
}  # fmt: skip
_EXAMPLES = "write every 6h, hourly, daily 09:00, nightly 01:00-06:00 or weekly monday 02:30"


def duration(text: str) -> timedelta:
    """Read ``6h``, ``30min``, ``2d``, ``1w``, ``6小时``.

    Raises:
        ValueError: it is no length of time.

    """
    match = _DURATION.fullmatch(text.strip())
    if match is None or int(match[1]) == 0:
        raise ValueError(f"{text!r} is no length of time; write 30min, 6h, 2d or 1w")
    number, unit = int(match[1]), match[2].lower()
    if unit.startswith("m") or unit == "分钟":
        return timedelta(minutes=number)
    if unit.startswith("h") or "小时" in unit:
        return timedelta(hours=number)
    if unit.startswith("d") or unit in ("天", "日"):
        return timedelta(days=number)
    return timedelta(weeks=number)


def _clocks_in(text: str) -> tuple[time, ...]:
    return tuple(_clock(match[0]) for match in _CLOCK.finditer(text))


def _clocks(text: str) -> tuple[time, ...]:
    clocks = _clocks_in(text)
    if not clocks:
        raise ValueError(f"{text!r}: write times like 09:00, 15:00")
    return clocks


def _clock(text: str) -> time:
    match = _CLOCK.fullmatch(str(text).strip())
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        raise ValueError(f"{text!r} is no time of day; write 09:00 (00:00 to 23:59)")
    return time(int(match[1]), int(match[2]))


def _weekdays(text: str) -> tuple[int, ...]:
    words = re.findall(r"[a-z]+|[\u4e00-\u9fff]", text.lower())
    numbers = {_weekday(word) for word in words if word not in _BESIDE_WEEKDAYS}
    if not numbers:
        raise ValueError(f"{text.strip()!r}: name a weekday, like weekly monday 02:30")
    return tuple(sorted(numbers))


def _weekday(word: str) -> int:
    for number, name in enumerate(WEEKDAYS):
        if word in (name, f"{name}s", name[:3], _CHINESE_WEEKDAYS[number]):
            return number
    if word == "天":
        return 6
    raise ValueError(f"{word!r} is no weekday; write monday or 周一")


_BESIDE_WEEKDAYS = {"周", "星", "期", "和", "and", "at", "on"}


def _chinese_duration(interval: timedelta) -> str:
    minutes = int(interval.total_seconds() // 60)
    if minutes % (7 * 24 * 60) == 0:
        return f"{minutes // (7 * 24 * 60)}周"
    if minutes % (24 * 60) == 0:
        return f"{minutes // (24 * 60)}天"
    return f"{minutes // 60}小时" if minutes % 60 == 0 else f"{minutes}分钟"
