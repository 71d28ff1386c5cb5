"""Whether a firing is the last of its window: then the files of the whole campaign are due."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from monitor.campaigns.firings import firings
from monitor.campaigns.windows import openings
from monitor.config import SHANGHAI

if TYPE_CHECKING:
    from monitor.campaigns.plan import Plan

_DAY = timedelta(days=1)
_INSTANT = timedelta(microseconds=1)


def is_last(plan: Plan, scheduled_at: datetime) -> bool:
    """Whether the plan fires at that time and then no more before the windows open on that day have closed.

    False for a run that was fired by hand.
    """
    if not firings(plan, scheduled_at, scheduled_at + _INSTANT):
        return False
    day = scheduled_at.astimezone(SHANGHAI).date()
    # a night belongs to the day on which it begins
    last = max((opening.last for opening in openings(plan, day - _DAY, day)), default=day)
    end = datetime.combine(max(last, day) + _DAY, time(0), SHANGHAI)
    return not firings(plan, scheduled_at + _INSTANT, end)
