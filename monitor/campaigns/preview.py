"""What plans will do in a stretch of days: every firing with its reason, windows, deadlines, reminders.

`preview` gathers; `as_json` and the texts of `preview_text` show the same thing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from monitor.campaigns.deadlines import deadlines
from monitor.campaigns.firings import firings
from monitor.campaigns.statutory import DayKind, is_published, kind
from monitor.campaigns.windows import openings
from monitor.config import SHANGHAI

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitor.campaigns.deadlines import Due
    from monitor.campaigns.firings import Firing
    from monitor.campaigns.plan import Plan
    from monitor.campaigns.windows import Opening


@dataclass(frozen=True, kw_only=True)
class CampaignPreview:
    """One campaign in the stretch."""

    plan: Plan
    openings: tuple[Opening, ...]
    firings: tuple[Firing, ...]
    deadlines: tuple[Due, ...]


@dataclass(frozen=True, kw_only=True)
class Preview:
    """Some campaigns in a stretch of days of Asia/Shanghai."""

    #: both inclusive
    first: date
    last: date
    campaigns: tuple[CampaignPreview, ...]
    #: Chinese names of the named days in the months of the stretch
    names: dict[date, tuple[str, ...]]
    #: days off and make-up workdays in the months of the stretch, as published
    rest: dict[date, DayKind]
    #: years of the stretch whose rest days are not published
    unpublished: tuple[int, ...]


def preview(plans: Iterable[Plan], first: date, last: date) -> Preview:
    """Gather what `plans` will do in `first` … `last`, both inclusive.

    Raises:
        ValueError: `last` lies before `first`.

    """
    plans = tuple(plans)
    if last < first:
        raise ValueError(f"a preview from {first} to {last}: the end lies before the beginning")
    start = datetime.combine(first, time(0), SHANGHAI)
    end = datetime.combine(last + timedelta(days=1), time(0), SHANGHAI)
    days = _whole_months(first, last)
    years = range(first.year, last.year + 1)
    return Preview(
        first=first,
        last=last,
        campaigns=tuple(
            CampaignPreview(
                plan=plan,
                openings=tuple(openings(plan, first, last)),
                firings=tuple(firings(plan, start, end)),
                deadlines=tuple(deadlines(plan, first, last)),
            )
            for plan in plans
        ),
        names=_names(plans, days),
        rest={
            day: what
            for day in days
            for what in {kind(day, plan.calendar) for plan in plans[:1]}
            if what in (DayKind.HOLIDAY, DayKind.MAKE_UP)
        },
        unpublished=tuple(year for year in years if plans and not is_published(year, plans[0].calendar)),
    )


def as_json(shown: Preview) -> dict[str, Any]:
    """The preview as plain values. Times carry the offset of Asia/Shanghai."""
    return {
        "from": shown.first.isoformat(),
        "to": shown.last.isoformat(),
        "unpublished_years": list(shown.unpublished),
        "campaigns": [
            {
                "name": each.plan.name,
                "title": each.plan.title,
                "digest": each.plan.digest,
                "windows": [
                    {
                        "name": opening.window,
                        "year": opening.year,
                        "from": opening.first.isoformat(),
                        "to": opening.last.isoformat(),
                        "cadence": str(opening.cadence),
                        "peak": {day.isoformat(): str(cadence) for day, cadence in opening.peaks.items()},
                    }
                    for opening in each.openings
                ],
                "firings": [
                    {
                        "at": firing.scheduled_at.astimezone(SHANGHAI).isoformat(),
                        "closes_at": firing.closes_at.astimezone(SHANGHAI).isoformat(),
                        "window": firing.window,
                        "why": firing.why,
                    }
                    for firing in each.firings
                ],
                "deadlines": [
                    {
                        "date": due.day.isoformat(),
                        "what": due.what,
                        "to": due.to,
                        "reminders": [day.isoformat() for day in due.reminders],
                    }
                    for due in each.deadlines
                ],
            }
            for each in shown.campaigns
        ],
    }


def _whole_months(first: date, last: date) -> list[date]:
    begin = first.replace(day=1)
    end = (last.replace(day=28) + timedelta(days=4)).replace(day=1)
    return [begin + timedelta(days=n) for n in range((end - begin).days)]


def _names(plans: tuple[Plan, ...], days: list[date]) -> dict[date, tuple[str, ...]]:
    if not plans:
        return {}
    calendar = plans[0].calendar
    names: dict[date, list[str]] = {}
    for year in range(days[0].year, days[-1].year + 1):
        for name, day in calendar.days(year).items():
            if days[0] <= day <= days[-1]:
                names.setdefault(day, []).append(calendar.chinese(name))
    return {day: tuple(found) for day, found in names.items()}
