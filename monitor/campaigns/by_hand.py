"""What people do to the schedule by hand: fire a campaign now, pause it, let it go on."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from monitor.campaigns.orders import add_run
from monitor.campaigns.reconcile import account
from monitor.storage import scheduling
from monitor.storage.engine import writing
from monitor.storage.service_runs import entrust

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from monitor.campaigns.orders import SiteOrder
    from monitor.campaigns.plan import Plan
    from monitor.storage import Engine

#: How long a run that was fired by hand may take.
_A_DAY = timedelta(days=1)


class PausedError(Exception):
    """The campaign is paused: `monitor schedule resume` lets it fire again."""


def fire(
    engine: Engine, plan: Plan, orders: Sequence[SiteOrder], lexicon_version: str, *, now: datetime
) -> int:
    """Leave a run of `plan` to the services; return its number. It waits for the campaign's earlier runs.

    Raises:
        PausedError: the campaign is paused.
        AlreadyFiredError: it was fired for this very moment.

    """
    with writing(engine) as connection:
        clock = scheduling.lock_campaign(connection, plan.name, plan.title)
        if clock.paused_at is not None:
            raise PausedError(
                f"{plan.name} is paused since {clock.paused_at:%F %T} UTC: "
                f"`monitor schedule resume {plan.name}` lets it fire again"
            )
        run_id = add_run(
            connection,
            plan,
            orders,
            scheduled_at=now,
            reason="人工启动",
            lexicon_version=lexicon_version,
        )
        entrust(connection, run_id, now + _A_DAY)
    return run_id


def pause(engine: Engine, plan: Plan, *, now: datetime) -> datetime:
    """Let a campaign fire no more, and its runs rest; return since when it is paused."""
    with writing(engine) as connection:
        clock = scheduling.lock_campaign(connection, plan.name, plan.title)
        since = clock.paused_at or now
        scheduling.pause(connection, clock.id, since)
    return since


def resume(engine: Engine, plan: Plan, *, now: datetime) -> int:
    """Let a paused campaign fire again, from `now` on.

    Firings of the pause are recorded as missed, also when no service was running meanwhile. Returns how many
    were recorded by this call.
    """
    with writing(engine) as connection:
        missed = account(connection, plan, now, None)
        clock = scheduling.lock_campaign(connection, plan.name, plan.title)
        scheduling.pause(connection, clock.id, None)
    return len(missed)
