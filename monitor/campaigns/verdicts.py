"""What becomes of the firings of a campaign whose time has come: run, run late, coalesced, or missed.

Pure: the same firings at the same moment get the same verdicts, whichever service asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from monitor.campaigns.plan import Overlap
from monitor.config import SHANGHAI
from monitor.storage.tables import RunStatus

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from monitor.campaigns.firings import Firing

#: A run that begins so much after its time is marked late.
LATE_AFTER = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class Situation:
    """What a firing finds when its time is looked at."""

    now: datetime
    #: the moment up to which every firing was accounted for before
    checked_until: datetime
    #: since when the campaign is paused
    paused_at: datetime | None
    #: the campaign's run that is not over
    going: int | None
    overlap: Overlap
    late_after: timedelta = LATE_AFTER


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What becomes of one firing."""

    firing: Firing
    #: PENDING: it becomes a run
    status: RunStatus
    late: bool = False
    #: Chinese, for the run's record
    reason: str


def verdicts(due: Sequence[Firing], situation: Situation) -> list[Verdict]:
    """Judge firings that are due, in order of time; at most one becomes a run.

    Several are due at once only when nobody looked for a while. Then the newest whose window is still open
    catches up for all, and the others are recorded as missed.
    """
    away = f"{_at(situation.checked_until)} 至 {_at(situation.now)} 服务未检查（未运行、休眠或时钟跳变）"
    if situation.paused_at is not None:
        since = f"专项行动自 {_at(situation.paused_at)} 起暂停"
        return [
            _missed(each, since if each.scheduled_at >= situation.paused_at else f"{away}，{since}")
            for each in due
        ]
    chosen = next((each for each in reversed(due) if each.closes_at > situation.now), None)
    found = []
    for firing in due:
        if firing is chosen:
            found.append(_begun(firing, situation, away))
        elif firing.closes_at <= situation.now:
            found.append(_missed(firing, f"{away}，采集时段已于 {_at(firing.closes_at)} 结束"))
        else:
            assert chosen is not None, "an open firing is the chosen one, or one is newer"
            found.append(_missed(firing, f"{away}，由 {_at(chosen.scheduled_at)} 的一次统一补采"))
    return found


def _begun(firing: Firing, situation: Situation, away: str) -> Verdict:
    if situation.going is not None and situation.overlap is Overlap.COALESCE:
        reason = f"{firing.why}；第 {situation.going} 号任务尚未结束，并入该任务"
        return Verdict(firing=firing, status=RunStatus.COALESCED, reason=reason)
    late = situation.now - firing.scheduled_at > situation.late_after
    reason = f"{firing.why}；{away}，迟后补采" if late else firing.why
    if situation.going is not None:
        reason += f"；等待第 {situation.going} 号任务结束"
    return Verdict(firing=firing, status=RunStatus.PENDING, late=late, reason=reason)


def _missed(firing: Firing, why_not: str) -> Verdict:
    return Verdict(firing=firing, status=RunStatus.MISSED, reason=f"{firing.why}；{why_not}")


def _at(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
