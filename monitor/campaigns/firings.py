"""When a campaign fires.

Everything is reckoned in wall time at Asia/Shanghai and handed out in UTC: the zone of the host plays no
part. Pure functions of the plan; the same plan gives the same firings whoever asks, and when.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from monitor.campaigns.lunar import LAST_YEAR
from monitor.campaigns.windows import openings
from monitor.config import SHANGHAI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.campaigns.plan import Plan
    from monitor.campaigns.windows import Opening

_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, order=True)
class Firing:
    """One moment at which a campaign fires; (campaign, scheduled_at) identifies it."""

    #: UTC
    scheduled_at: datetime
    campaign: str
    #: name of the window; the first in the plan when several say the same moment
    window: str
    #: one Chinese sentence: which window, on which days, how often
    why: str
    #: UTC; after this, neither is a missed firing caught up nor should its run still visit sites
    closes_at: datetime


def firings(plan: Plan, start: datetime, end: datetime) -> list[Firing]:
    """Every firing in [start, end), in order of time, each moment once.

    Args:
        plan: the campaign.
        start: timezone-aware.
        end: timezone-aware.

    Raises:
        ValueError: `start` or `end` has no timezone.

    """
    return list(_firings(plan, start, end))


def next_firing(plan: Plan, after: datetime) -> Firing | None:
    """The first firing later than `after`, None when the campaign is over.

    Raises:
        ValueError: `after` has no timezone.

    """
    _local_day(after)
    step = timedelta(days=7)
    start = after.astimezone(UTC)
    while start.year <= LAST_YEAR:
        found = next(
            (each for each in _firings(plan, start, start + step) if each.scheduled_at > after), None
        )
        if found is not None:
            return found
        start, step = start + step, min(step * 2, timedelta(days=400))
    return None


def _firings(plan: Plan, start: datetime, end: datetime) -> Iterator[Firing]:
    first, last = _local_day(start), _local_day(end)
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    found: dict[datetime, Firing] = {}
    # a night belongs to the day on which it begins
    for opening in openings(plan, first - _DAY, last):
        for firing in _of_opening(plan, opening, first - _DAY, last):
            at = firing.scheduled_at
            if start <= at < end:
                found[at] = _both(found[at], firing) if at in found else firing
    yield from sorted(found.values())


def _of_opening(plan: Plan, opening: Opening, first: date, last: date) -> Iterator[Firing]:
    closing = datetime.combine(opening.last + _DAY, time(0))
    day = max(first, opening.first)
    while day <= min(last, opening.last):
        cadence = opening.cadence_on(day)
        why = f"{opening.window}（{opening.first:%Y-%m-%d} 至 {opening.last:%Y-%m-%d}）：{cadence}"
        if day in opening.peaks:
            why += "，高峰日"
        for moment, over in cadence.times(day, opening.first):
            if moment < closing:
                yield Firing(
                    campaign=plan.name,
                    scheduled_at=_utc(moment),
                    window=opening.window,
                    why=why,
                    closes_at=_utc(min(over or closing, closing)),
                )
        day += _DAY


def _both(one: Firing, other: Firing) -> Firing:
    if other.why in one.why:
        return one
    return Firing(
        campaign=one.campaign,
        scheduled_at=one.scheduled_at,
        window=one.window,
        why=f"{one.why}；{other.why}",
        closes_at=max(one.closes_at, other.closes_at),
    )


def _local_day(moment: datetime) -> date:
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} is naive: give it a timezone, e.g. datetime.now(UTC)")
    return moment.astimezone(SHANGHAI).date()


def _utc(wall: datetime) -> datetime:
    return wall.replace(tzinfo=SHANGHAI).astimezone(UTC)
