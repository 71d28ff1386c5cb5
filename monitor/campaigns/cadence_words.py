"""The words of a cadence: sentences, lengths of time, times of day, weekdays; English and Chinese."""

from __future__ import annotations

import re
from datetime import time, timedelta
from typing import Any

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CHINESE_WEEKDAYS = "一二三四五六日"

_DURATION = re.compile(
    r"(\d+)\s*(minutes?|mins?|m|hours?|h|days?|d|weeks?|w|分钟|个?小时|天|日|周|个?星期)", re.IGNORECASE
)
_CLOCK = re.compile(r"(\d{1,2})[:：](\d{2})")
_OCLOCK = re.compile(r"(\d{1,2})点(半?)")
_SPAN = re.compile(r"(\d{1,2}[:：]\d{2})\s*(?:-|–|~|～|—|至|到|to)\s*(\d{1,2}[:：]\d{2})")


#: Words that carry no number, and may stand anywhere in a sentence.
_FILLERS = frozenset(
    "every hourly daily nightly a day night at and between only from once".split()  # noqa: SIM905 - reads better
    + "每 每隔 每小时 每天 每日 每晚 每夜 夜间 凌晨 仅 限 一次 和 在".split()  # noqa: SIM905
)
_BESIDE_WEEKDAYS = frozenset({"周", "星", "期", "和", "and", "at", "on"})
_EXAMPLES = "write every 6h, hourly, daily 09:00, nightly 01:00-06:00 or weekly monday 02:30"


def sentence(text: str) -> dict[str, Any]:
    """Read one cadence sentence into the fields of `Cadence`.

    Raises:
        ValueError: the sentence is none; the message shows one that is.

    """
    left = _OCLOCK.sub(lambda match: f"{match[1]}:{'30' if match[2] else '00'}", text.strip().lower())
    fields: dict[str, Any] = {}
    if hours := _SPAN.search(left):
        fields["between"] = hours[0]
        left = left.replace(hours[0], " ")
    if weekly := re.match(r"weekly|weekdays|每周|每星期", left):
        days = _CLOCK.sub(" ", left[weekly.end() :])
        fields["on"] = tuple(range(5)) if weekly[0] == "weekdays" else weekdays(days)
        left = " ".join(match[0] for match in _CLOCK.finditer(left))
    if _CLOCK.search(left):
        fields["at"] = clocks(left)
        left = _CLOCK.sub(" ", left)
    if interval := _DURATION.search(left):
        fields["every"] = duration(interval[0])
        left = left.replace(interval[0], " ", 1)
    words = set(re.findall(r"[a-z]+|[\u4e00-\u9fff]+|\d+", left))
    if words & {"hourly", "每小时"}:
        fields["every"] = timedelta(hours=1)
    if unknown := words - _FILLERS:
        raise ValueError(f"{text!r}: {min(unknown)!r} is unknown here; {_EXAMPLES}")
    if not fields:
        raise ValueError(f"{text!r}: {_EXAMPLES}")
    return fields


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


def chinese_duration(interval: timedelta) -> str:
    """Say a length of time of whole minutes in Chinese."""
    for unit, name in ((timedelta(weeks=1), "周"), (timedelta(days=1), "天"), (timedelta(hours=1), "小时")):
        if not interval % unit:
            return f"{interval // unit}{name}"
    return f"{interval // timedelta(minutes=1)}分钟"


def clock(text: str) -> time:
    """Read ``09:00``.

    Raises:
        ValueError: it is no time of day.

    """
    match = _CLOCK.fullmatch(text.strip())
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        raise ValueError(f"{text!r} is no time of day; write 09:00 (00:00 to 23:59)")
    return time(int(match[1]), int(match[2]))


def clocks(text: str) -> tuple[time, ...]:
    """Read every time of day in ``09:00, 15:00``.

    Raises:
        ValueError: there is none, or one is wrong.

    """
    found = tuple(clock(match[0]) for match in _CLOCK.finditer(text))
    if not found:
        raise ValueError(f"{text!r}: write times like 09:00, 15:00")
    return found


def span(text: str) -> tuple[time, time]:
    """Read ``01:00-06:00``.

    Raises:
        ValueError: it is no stretch of a day.

    """
    match = _SPAN.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r}: write hours like 01:00-06:00")
    return clock(match[1]), clock(match[2])


def weekdays(text: str) -> tuple[int, ...]:
    """Read the weekdays in ``monday and thursday`` or ``周一、周四``; 0 is Monday.

    Raises:
        ValueError: there is none, or another word stands there.

    """
    words = re.findall(r"[a-z]+|[\u4e00-\u9fff]", text.lower())
    numbers = {_weekday(word) for word in words if word not in _BESIDE_WEEKDAYS}
    if not numbers:
        raise ValueError(f"{text.strip()!r}: name a weekday, like weekly monday 02:30")
    return tuple(sorted(numbers))


def _weekday(word: str) -> int:
    for number, name in enumerate(WEEKDAYS):
        if word in (name, f"{name}s", name[:3], CHINESE_WEEKDAYS[number]):
            return number
    if word == "天":
        return 6
    raise ValueError(f"{word!r} is no weekday; write monday or 周一")
