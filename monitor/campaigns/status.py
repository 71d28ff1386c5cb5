"""Where the schedule stands: what ran, what is running, what was missed and why, what comes next."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from monitor.campaigns.firings import next_firing
from monitor.storage import scheduling
from monitor.storage.service_runs import RunStanding, standings
from monitor.storage.services import SILENCE, services

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from monitor.campaigns.firings import Firing
    from monitor.campaigns.plan import Plan
    from monitor.storage import Connection
    from monitor.storage.services import ServiceReport

#: Services that ended and are still shown.
_ENDED_SHOWN = 3


@dataclass(frozen=True, kw_only=True)
class CampaignStatus:
    """One campaign that has a plan."""

    name: str
    title: str
    #: every firing up to then is accounted for; None until a service has seen the plan
    checked_until: datetime | None
    paused_at: datetime | None
    #: None when it is over
    next: Firing | None


@dataclass(frozen=True, kw_only=True)
class ScheduleStatus:
    """Everything that `monitor schedule status` shows."""

    now: datetime
    services: tuple[ServiceReport, ...]
    campaigns: tuple[CampaignStatus, ...]
    #: not over, earliest first
    open_runs: tuple[RunStanding, ...]
    #: firings that are behind us, newest first
    past: tuple[RunStanding, ...]
    #: what a person should mend
    problems: tuple[str, ...]


def schedule_status(
    connection: Connection,
    plans: Iterable[Plan],
    now: datetime,
    *,
    since: datetime,
    plan_problems: Iterable[str] = (),
) -> ScheduleStatus:
    """Gather where the schedule stands.

    Args:
        connection: a reading transaction.
        plans: those of the folder that can be read.
        now: the time.
        since: firings before it are not listed.
        plan_problems: what is wrong with the plans as they stand in the folder.

    """
    clocks = scheduling.campaign_clocks(connection)
    campaigns = []
    for plan in plans:
        clock = clocks.get(plan.name)
        campaigns.append(
            CampaignStatus(
                name=plan.name,
                title=plan.title,
                checked_until=clock.checked_until if clock else None,
                paused_at=clock.paused_at if clock else None,
                next=next_firing(plan, now),
            )
        )
    known = services(connection, now)
    alive = [each for each in known if each.alive]
    ended = [each for each in known if not each.alive][:_ENDED_SHOWN]
    runs = standings(connection, since)
    said = dict.fromkeys((*plan_problems, *(problem for each in alive for problem in each.problems)))
    return ScheduleStatus(
        now=now,
        services=(*alive, *ended),
        campaigns=tuple(campaigns),
        open_runs=tuple(sorted((each for each in runs if each.open), key=lambda each: each.scheduled_at)),
        past=tuple(each for each in runs if not each.open),
        problems=(*_about_services(alive, now), *said),
    )


def as_json(status: ScheduleStatus) -> dict[str, Any]:
    """The status as plain values; times are UTC."""
    campaigns = [
        {
            "name": each.name,
            "title": each.title,
            "checked_until": each.checked_until,
            "paused_at": each.paused_at,
            "next": each.next and {"at": each.next.scheduled_at, "why": each.next.why},
        }
        for each in status.campaigns
    ]
    return {
        "now": status.now,
        "services": [asdict(each) for each in status.services],
        "campaigns": campaigns,
        "open": [asdict(each) for each in status.open_runs],
        "past": [asdict(each) for each in status.past],
        "problems": list(status.problems),
    }


def _about_services(alive: list[ServiceReport], now: datetime) -> list[str]:
    if not alive:
        return ["no service is running: nothing fires; start one with `monitor schedule run`"]
    return [
        f"service {each.owner} runs but has given no sign of life since {each.beat_at:%F %T} UTC; see its log"
        for each in alive
        if now - each.beat_at > SILENCE
    ]
