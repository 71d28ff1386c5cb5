"""Reconciling the plans with the database: every firing whose time has come is accounted for, once.

A function of plans, database and time. It may be called by several services at once, at any moment and
as often as one likes: what it did is in the database before it returns, and it does nothing twice.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from monitor.campaigns.closing import is_last
from monitor.campaigns.firings import firings
from monitor.campaigns.orders import OrderError, add_run
from monitor.campaigns.problem import PlanError
from monitor.campaigns.verdicts import LATE_AFTER, Situation, Verdict, verdicts
from monitor.classifiers.lexicon.source import LexiconError
from monitor.extraction.yaml_source import ProfileError
from monitor.storage import scheduling
from monitor.storage.engine import reading, writing
from monitor.storage.scheduling import Accounted, CampaignClock
from monitor.storage.service_runs import entrust
from monitor.storage.tables import RunStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from monitor.campaigns.firings import Firing
    from monitor.campaigns.orders import SiteOrder
    from monitor.campaigns.plan import Plan
    from monitor.storage import Connection, Engine

_log = logging.getLogger(__name__)

#: Two clocks that differ by less are taken for the same; one that went back by more is believed.
CLOCK_TOLERANCE = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """What a run of a plan would be told to do, worked out before the database is locked."""

    orders: Sequence[SiteOrder] = ()
    lexicon_version: str = ""
    #: why the plan cannot be run as it stands
    problem: str | None = None


def prepare(orders_of: Callable[[Plan], tuple[Sequence[SiteOrder], str]], plan: Plan) -> Prepared:
    """Work out the orders of a run; a plan that cannot be run says why."""
    try:
        orders, version = orders_of(plan)
    except (OrderError, PlanError, ProfileError, LexiconError) as error:
        return Prepared(problem=str(error))
    return Prepared(orders=orders, lexicon_version=version)


def reconcile(
    engine: Engine,
    plans: Iterable[Plan],
    now: datetime,
    orders_of: Callable[[Plan], tuple[Sequence[SiteOrder], str]],
    *,
    late_after: timedelta = LATE_AFTER,
) -> list[Verdict]:
    """Account for every firing up to `now`, inclusive; say what became of those that were not yet.

    A campaign that is seen for the first time begins at `now`: it has no past.

    Args:
        engine: the database.
        plans: those in force, read no earlier than `now`.
        now: the time.
        orders_of: gives the sites and units of a run, and the lexicon version.
        late_after: a run that begins so much after its time is late.

    Raises:
        DatabaseError: nothing of the campaign that was at hand is recorded; the next call does it.

    """
    with reading(engine) as connection:
        clocks = scheduling.campaign_clocks(connection)
    found: list[Verdict] = []
    quiet: dict[str, datetime] = {}
    for plan in plans:
        clock = clocks.get(plan.name)
        if clock is None or clock.checked_until is None or clock.checked_until > now + CLOCK_TOLERANCE:
            with writing(engine) as connection:
                _set_clock(connection, plan, now)
        elif due_firings(plan, clock, now):
            prepared = None if clock.paused_at else prepare(orders_of, plan)
            with writing(engine) as connection:
                found += account(connection, plan, now, prepared, late_after=late_after)
        else:
            quiet[plan.name] = clock.checked_until
    if quiet:
        with writing(engine) as connection:
            scheduling.advance_from(connection, quiet, now)
    return found


def account(
    connection: Connection,
    plan: Plan,
    now: datetime,
    prepared: Prepared | None,
    *,
    late_after: timedelta = LATE_AFTER,
) -> list[Verdict]:
    """Account for what one campaign still owes, in the caller's transaction.

    Without `prepared` nothing can be run: if something should, nothing is recorded and the next call does it.
    """
    clock = scheduling.lock_campaign(connection, plan.name, plan.title)
    if clock.checked_until is None:
        scheduling.advance(connection, [plan.name], now)
        return []
    situation = Situation(
        now=now,
        checked_until=clock.checked_until,
        paused_at=clock.paused_at,
        going=clock.going,
        overlap=plan.overlap,
        late_after=late_after,
    )
    # after a clock was set back, some have come before
    known = scheduling.accounted_times(connection, clock.id, clock.checked_until)
    due = [each for each in due_firings(plan, clock, now) if each.scheduled_at not in known]
    judged = verdicts(due, situation)
    if prepared is None:
        if any(each.status is RunStatus.PENDING for each in judged):
            return []
        prepared = Prepared()
    found = [_possible(each, prepared) for each in judged]
    not_run = [
        Accounted(scheduled_at=each.firing.scheduled_at, status=each.status, reason=each.reason)
        for each in found
        if each.status is not RunStatus.PENDING
    ]
    scheduling.record(connection, clock.id, not_run)
    for each in found:
        if each.status is RunStatus.PENDING:
            _make_run(connection, plan, each, prepared)
        elif is_last(plan, each.firing.scheduled_at):
            # nobody crawls, but the campaign's files are due
            run_id = scheduling.run_at(connection, clock.id, each.firing.scheduled_at)
            entrust(connection, run_id, each.firing.closes_at)
    scheduling.advance(connection, [plan.name], now)
    return found


def due_firings(plan: Plan, clock: CampaignClock, now: datetime) -> list[Firing]:
    """The firings that are not accounted for though their time has come: in (checked_until, now]."""
    since = clock.checked_until
    if since is None or now <= since:
        return []
    due = firings(plan, since, now + timedelta(microseconds=1))
    return [firing for firing in due if firing.scheduled_at > since]


def _possible(verdict: Verdict, prepared: Prepared) -> Verdict:
    """A plan that cannot be run misses its firing, and says what is to be mended."""
    if verdict.status is not RunStatus.PENDING or prepared.problem is None:
        return verdict
    reason = f"{verdict.firing.why}；方案无法执行：{prepared.problem}"
    return Verdict(firing=verdict.firing, status=RunStatus.MISSED, reason=reason)


def _make_run(connection: Connection, plan: Plan, verdict: Verdict, prepared: Prepared) -> None:
    run_id = add_run(
        connection,
        plan,
        prepared.orders,
        scheduled_at=verdict.firing.scheduled_at,
        reason=verdict.reason,
        lexicon_version=prepared.lexicon_version,
        late=verdict.late,
    )
    entrust(connection, run_id, verdict.firing.closes_at)


def _set_clock(connection: Connection, plan: Plan, now: datetime) -> None:
    """Begin a campaign at `now`, or again from `now` when the clock was ahead."""
    clock = scheduling.lock_campaign(connection, plan.name, plan.title)
    if clock.checked_until is None:
        scheduling.advance(connection, [plan.name], now)
    elif clock.checked_until > now + CLOCK_TOLERANCE:
        count = scheduling.take_back(connection, clock.id, now)
        _log.warning(
            "the clock went back from %s to %s: %s firings of %s are yet to come",
            clock.checked_until,
            now,
            count,
            plan.name,
        )
