"""A preview as text for the terminal: a list with reasons, and a month as a calendar sheet.

Chinese characters are two columns wide, so widths are counted in columns.
"""

from __future__ import annotations

from calendar import Calendar as Weeks
from collections import Counter
from datetime import timedelta
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size

from monitor.campaigns.statutory import DayKind
from monitor.config import SHANGHAI

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from monitor.campaigns.preview import CampaignPreview, Preview

_WEEKDAYS = "一二三四五六日"
#: Columns of one day on the sheet.
_CELL = 11
#: More times a day than these are shortened when they are evenly spaced.
_TIMES_IN_FULL = 6


def text(shown: Preview) -> str:
    """The whole preview: each campaign's list, then a sheet for every month that has something on it."""
    parts = [listing(each, shown) for each in shown.campaigns]
    busy = sorted({day.replace(day=1) for day in _busy_days(shown)})
    parts += [sheet(shown, month.year, month.month) for month in busy]
    if shown.unpublished:
        years = "、".join(map(str, shown.unpublished))
        parts.append(f"{years} 年的放假调休安排尚未公布，未标“休”“班”。\n")
    return "\n".join(parts)


def listing(each: CampaignPreview, shown: Preview) -> str:
    """One campaign: a line for each window, deadline and day with firings, with the reason above them."""
    lines = [f"{each.plan.title}（{each.plan.name}），共 {len(each.firings)} 次"]
    for whys, days in groupby(_by_day(each), key=lambda day: tuple(day[1])):
        stretch = list(days)
        for why in whys:
            lines.append(f"  {why}")
            lines += [f"    {_day(day, shown)}  {_times(times[why])}" for day, times in stretch]
    for due in each.deadlines:
        to = f" → {due.to}" if due.to else ""
        reminders = "、".join(f"{day:%m-%d}" for day in due.reminders)
        remind = f"（{reminders} 提醒）" if reminders else ""
        lines.append(f"  截止 {due.day:%Y-%m-%d} {due.what}{to}{remind}")
    return "\n".join(lines) + "\n"


def _by_day(each: CampaignPreview) -> Iterator[tuple[date, dict[str, list[datetime]]]]:
    """Each day with firings: reason → times."""
    moments = ((firing.scheduled_at.astimezone(SHANGHAI), firing.why) for firing in each.firings)
    for day, group in groupby(moments, key=lambda moment: moment[0].date()):
        times: dict[str, list[datetime]] = {}
        for moment, why in group:
            times.setdefault(why, []).append(moment)
        yield day, times


def sheet(shown: Preview, year: int, month: int) -> str:
    """A month with, on each day, the number of firings, 休 or 班, the day's name, 截止 and 提醒."""
    fired = Counter(_fired_days(shown))
    lines = [f"{year}年{month}月", "".join(set_cell_size(f"周{day}", _CELL) for day in _WEEKDAYS).rstrip()]
    for week in Weeks().monthdatescalendar(year, month):
        cells = [_cell(day, shown, fired[day]) if day.month == month else ("", "") for day in week]
        for row in zip(*cells, strict=True):
            line = "".join(set_cell_size(part, _CELL - 1) + " " for part in row).rstrip()
            if line:
                lines.append(line)
    return "\n".join(lines) + "\n"


def _cell(day: date, shown: Preview, number: int) -> tuple[str, str]:
    first = f"{day.day:>2}{_rest(day, shown)}" + (f" ×{number}" if number else "")
    second = [*shown.names.get(day, ())]
    dues = [due for each in shown.campaigns for due in each.deadlines]
    if any(due.day == day for due in dues):
        second.insert(0, "截止")
    elif any(day in due.reminders for due in dues):
        second.insert(0, "提醒")
    return first, " ".join(second)


def _fired_days(shown: Preview) -> Iterator[date]:
    for each in shown.campaigns:
        for firing in each.firings:
            yield firing.scheduled_at.astimezone(SHANGHAI).date()


def _busy_days(shown: Preview) -> Iterator[date]:
    yield from _fired_days(shown)
    for each in shown.campaigns:
        for due in each.deadlines:
            yield from (day for day in (due.day, *due.reminders) if shown.first <= day <= shown.last)


def _day(day: date, shown: Preview) -> str:
    name = "、".join(shown.names.get(day, ()))
    label = f"{day:%m-%d} 周{_WEEKDAYS[day.weekday()]} {_rest(day, shown) or '  '} {name}"
    return label + " " * max(0, 24 - cell_len(label))


def _rest(day: date, shown: Preview) -> str:
    return {DayKind.HOLIDAY: "休", DayKind.MAKE_UP: "班"}.get(shown.rest.get(day, DayKind.UNKNOWN), "")


def _times(moments: Sequence[datetime]) -> str:
    steps = {later - earlier for earlier, later in pairwise(moments)}
    if len(moments) <= _TIMES_IN_FULL or len(steps) > 1:
        return " ".join(f"{moment:%H:%M}" for moment in moments)
    minutes = steps.pop() // timedelta(minutes=1)
    step = f"{minutes // 60}小时" if minutes % 60 == 0 else f"{minutes}分钟"
    return f"{moments[0]:%H:%M}–{moments[-1]:%H:%M} 每{step}，{len(moments)} 次"
