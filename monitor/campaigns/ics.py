"""A preview as an iCalendar file (RFC 5545) that a phone or Outlook subscribes to.

Windows and deadlines are whole days, which no time zone can move; reminders are alarms of the deadlines;
firings, when wanted, are moments in UTC. UIDs depend on what the event is, never on when it was written, so a
calendar that is fetched again replaces its entries instead of doubling them.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from monitor.config import SHANGHAI

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from monitor.campaigns.deadlines import Due
    from monitor.campaigns.firings import Firing
    from monitor.campaigns.plan import Plan
    from monitor.campaigns.preview import Preview
    from monitor.campaigns.windows import Opening

#: Octets of a line, its CRLF not counted.
_LINE_OCTETS = 75
#: Hour of the day, Asia/Shanghai, at which reminders ring.
_REMIND_AT = time(9)


def to_ics(shown: Preview, *, written_at: datetime, with_firings: bool = False) -> str:
    """Write a preview as one VCALENDAR.

    Args:
        shown: what to write.
        written_at: DTSTAMP of every event, timezone-aware.
        with_firings: also every single firing; a phone is usually happier without.

    Raises:
        ValueError: `written_at` has no timezone.

    """
    if written_at.tzinfo is None:
        raise ValueError("written_at is naive: give it a timezone, e.g. datetime.now(UTC)")
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//monitor//campaigns//ZH",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "X-WR-CALNAME:" + _escaped("网络监测专项行动"),
        "X-WR-TIMEZONE:Asia/Shanghai",
    ]
    stamp = f"DTSTAMP:{_utc(written_at)}"
    for each in shown.campaigns:
        for opening in each.openings:
            lines += _window(each.plan, opening, stamp)
        for due in each.deadlines:
            lines += _deadline(each.plan, due, stamp)
        if with_firings:
            for firing in each.firings:
                lines += _firing(each.plan, firing, stamp)
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _window(plan: Plan, opening: Opening, stamp: str) -> Iterator[str]:
    yield from _begin("window", (plan.name, opening.window, str(opening.year)), stamp)
    yield f"DTSTART;VALUE=DATE:{opening.first:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{opening.last + timedelta(days=1):%Y%m%d}"
    yield "SUMMARY:" + _escaped(f"{plan.title}：{opening.window}")
    yield "DESCRIPTION:" + _escaped("\n".join(filter(None, (str(opening.cadence), plan.why))))
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _deadline(plan: Plan, due: Due, stamp: str) -> Iterator[str]:
    yield from _begin("deadline", (plan.name, due.what, due.day.isoformat()), stamp)
    yield f"DTSTART;VALUE=DATE:{due.day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{due.day + timedelta(days=1):%Y%m%d}"
    yield "SUMMARY:" + _escaped(f"截止：{due.what}")
    yield "DESCRIPTION:" + _escaped(plan.title + (f"，报送 {due.to}" if due.to else ""))
    yield "TRANSP:TRANSPARENT"
    for day in due.reminders:
        yield "BEGIN:VALARM"
        yield "ACTION:DISPLAY"
        yield f"TRIGGER;VALUE=DATE-TIME:{_utc(_ringing(day))}"
        yield "DESCRIPTION:" + _escaped(f"{due.day:%m-%d} 截止：{due.what}")
        yield "END:VALARM"
    yield "END:VEVENT"


def _firing(plan: Plan, firing: Firing, stamp: str) -> Iterator[str]:
    yield from _begin("firing", (plan.name, _utc(firing.scheduled_at)), stamp)
    yield f"DTSTART:{_utc(firing.scheduled_at)}"
    yield "SUMMARY:" + _escaped(f"采集：{plan.title}")
    yield "DESCRIPTION:" + _escaped(firing.why)
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _begin(kind: str, identity: tuple[str, ...], stamp: str) -> Iterator[str]:
    digest = hashlib.sha256("\0".join((kind, *identity)).encode()).hexdigest()[:24]
    yield "BEGIN:VEVENT"
    yield f"UID:{kind}-{digest}@monitor"
    yield stamp


def _ringing(day: date) -> datetime:
    return datetime.combine(day, _REMIND_AT, SHANGHAI)


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    for char, written in (
        ("\\", "\\\\"),
        (";", "\\;"),
        (",", "\\,"),
        ("\r\n", "\\n"),
        ("\n", "\\n"),
        ("\r", "\\n"),
    ):
        text = text.replace(char, written)
    return text


def _folded(line: str) -> str:
    """Break into lines of at most 75 octets, never inside a character; the rest begin with a space."""
    parts: list[str] = []
    part, octets = "", 0
    for char in line:
        size = len(char.encode())
        if octets + size > _LINE_OCTETS:
            parts.append(part)
            part, octets = " ", 1
        part += char
        octets += size
    return "\r\n".join([*parts, part])
