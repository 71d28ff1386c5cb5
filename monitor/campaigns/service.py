"""The schedule service: fires campaigns when they are due and brings their runs to an end.

All that it knows stands in the database; APScheduler only gives the beat. So it may be killed at any moment,
run twice at once, sleep, or find the clock changed: each look reconciles plans and database anew.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol, TypeAlias

from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler

from monitor import __version__
from monitor.campaigns.firings import firings
from monitor.campaigns.problem import PlanError, Problem
from monitor.campaigns.reconcile import reconcile
from monitor.campaigns.verdicts import LATE_AFTER
from monitor.config import SHANGHAI
from monitor.storage import DatabaseError, scheduling, service_runs
from monitor.storage.engine import reading, writing
from monitor.storage.leases import this_process
from monitor.storage.service_runs import Claim, Claimant
from monitor.storage.services import Heartbeat, beat, forget_old
from monitor.storage.tables import RunStatus, ServiceState
from monitor.storage.watching import RECHECK

if TYPE_CHECKING:
    from monitor.campaigns.orders import SiteOrder
    from monitor.campaigns.plan import Plan
    from monitor.campaigns.plan_book import PlanBook
    from monitor.storage import Engine

_log = logging.getLogger(__name__)

#: Seconds to wait after the first failure of a run; doubled with each further one, up to the longest.
_BACKOFF = 30.0
_LONGEST_BACKOFF = 1800.0

#: So often are suspects looked through for those that are due to be looked at again.
_RECHECK_EVERY = timedelta(hours=1)

#: Says why a run is to be left for now; None while it may go on.
MustStop: TypeAlias = Callable[[], str | None]


class RunLeftError(Exception):
    """A run was left before its end because the service was told to; it is taken up again."""


class Executor(Protocol):
    """What a run is brought to its end with."""

    def crawl(self, run_id: int, must_stop: MustStop) -> None:
        """Crawl what is left of a run.

        Raises:
            RunLeftError: `must_stop` gave a reason.
            Exception: it could not be done; it is tried again later.

        """

    def write_files(self, claim: Claim, plan: Plan) -> None:
        """Write the files that come out of a run that is over, or of the last firing of a campaign.

        Raises:
            Exception: it could not be done; it is tried again later.

        """


@dataclass(frozen=True, kw_only=True)
class Work:
    """What a service works with; everything that a test may want to give it otherwise."""

    engine: Engine
    plans: PlanBook
    #: gives the sites and units of a run, and the lexicon version
    orders_of: Callable[[Plan], tuple[Sequence[SiteOrder], str]]
    executor: Executor
    #: the time, timezone-aware
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    owner: str = field(default_factory=this_process)
    #: seconds between two looks
    interval: float = 15.0
    #: runs at once
    workers: int = 2
    late_after: timedelta = LATE_AFTER
    #: makes a run of the suspects that are due to be looked at again, and returns its number
    recheck: Callable[[Mapping[str, Plan], datetime], int | None] | None = None
    #: sends the alerts that are due; what goes wrong is its own affair
    send_alerts: Callable[[datetime], None] | None = None


class Service:
    """One process of `monitor schedule run`."""

    def __init__(self, work: Work) -> None:
        """Take the work; nothing begins before `run` or `look`."""
        self._work = work
        self._started_at = work.now()
        self._stopping = threading.Event()
        self._looked = time.monotonic()
        self._going: dict[int, Future[None]] = {}
        self._lock = threading.Lock()
        self._paused: frozenset[str] = frozenset()
        self._recheck_at = self._started_at
        self._sending: Future[None] | None = None
        self._sender = ThreadPoolExecutor(1, thread_name_prefix="alerts")
        self._pool = ThreadPoolExecutor(work.workers, thread_name_prefix="run")
        self._scheduler = BackgroundScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set, then drain: nothing more fires, crawlers end their open pages."""
        with writing(self._work.engine) as connection:
            forget_old(connection, self._work.now())
        self._scheduler.add_job(
            self.look, "interval", seconds=self._work.interval, id="look", next_run_time=datetime.now(UTC)
        )
        self._scheduler.start()
        _log.info("service %s works", self._work.owner)
        while not stop.wait(min(1.0, self._work.interval)):
            # APScheduler waits for a wall time: when the clock is set back, it would wait for hours
            if time.monotonic() - self._looked > 2 * self._work.interval + 1:
                self._wake(datetime.now(UTC))
        self.drain()

    def look(self) -> None:
        """Account for what is due, take up what is to be done, give a sign of life."""
        self._looked = time.monotonic()
        now = self._work.now()
        self._work.plans.refresh()
        try:
            self._account(now)
            self._beat(now, ServiceState.WORKING)
            self._take_up(now)
            self._send_alerts(now)
        except DatabaseError as error:
            _log.warning("the database could not be used, the next look tries again: %s", error)
        self._looked = time.monotonic()
        self._aim_at_next(now)

    def drain(self) -> None:
        """Stop in good order; what is not over is taken up by the next service."""
        _log.info("draining: nothing more fires, %s runs are told to stop", len(self._going))
        self._stopping.set()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)
        self._say(ServiceState.DRAINING)
        self._pool.shutdown(wait=True)
        self._sender.shutdown(wait=True)
        self._say(ServiceState.DRAINED)
        _log.info("drained")

    def wait_for_runs(self) -> None:
        """Wait until the runs that are at work now have ended or were given back."""
        with self._lock:
            going = list(self._going.values())
        for future in going:
            future.result()

    def _account(self, now: datetime) -> None:
        work = self._work
        claimant = self._claimant()
        closed = f"采集时段已结束（{now.astimezone(SHANGHAI):%Y-%m-%d %H:%M}），未及采集"
        with writing(work.engine) as connection:
            for run_id in service_runs.close_expired(connection, claimant, now, closed):
                _log.warning("run %s: its time is over, what is left of it is not looked at", run_id)
        plans = work.plans.plans
        for verdict in reconcile(
            work.engine, plans.values(), now, work.orders_of, late_after=work.late_after
        ):
            level = logging.WARNING if verdict.status is RunStatus.MISSED else logging.INFO
            firing = verdict.firing
            status = f"{verdict.status}, late" if verdict.late else verdict.status
            _log.log(level, "%s %s: %s: %s", firing.campaign, firing.scheduled_at, status, verdict.reason)
        with reading(work.engine) as connection:
            clocks = scheduling.campaign_clocks(connection)
        self._paused = frozenset(name for name, clock in clocks.items() if clock.paused_at is not None)
        self._recheck(now)

    def _recheck(self, now: datetime) -> None:
        work = self._work
        # a clock that was set back must not put it off for longer
        if work.recheck is None or self._recheck_at - _RECHECK_EVERY <= now < self._recheck_at:
            return
        self._recheck_at = now + _RECHECK_EVERY
        if (run_id := work.recheck(work.plans.plans, now)) is not None:
            _log.info("run %s looks at suspects that are due again", run_id)

    def _send_alerts(self, now: datetime) -> None:
        """In a thread of its own, one at a time: a slow channel holds up nothing."""
        send = self._work.send_alerts
        if send is None or self._stopping.is_set() or (self._sending and not self._sending.done()):
            return
        if self._sending is not None and (error := self._sending.exception()) is not None:
            _log.error("alerts could not be sent: %s", error)
        self._sending = self._sender.submit(send, now)

    def _take_up(self, now: datetime) -> None:
        work = self._work
        while not self._stopping.is_set() and len(self._going) < work.workers:
            claimant = self._claimant()
            with reading(work.engine) as connection:
                claims = service_runs.claimable(connection, claimant, now)
            if not claims:
                return
            for claim in claims[: work.workers - len(self._going)]:
                with writing(work.engine) as connection:
                    taken = service_runs.take(connection, claim, claimant, now, late_after=work.late_after)
                if taken:
                    self._start(claim)

    def _start(self, claim: Claim) -> None:
        _log.info("run %s of %s is taken up", claim.run_id, claim.campaign)
        with self._lock:
            self._going[claim.run_id] = self._pool.submit(self._bring_to_end, claim)

    def _bring_to_end(self, claim: Claim) -> None:
        """Crawl, write files, settle; in a thread of its own, whatever happens the claim is given back."""
        work = self._work
        try:
            if claim.to_crawl:
                work.executor.crawl(claim.run_id, lambda: self._reason_to_stop(claim))
            self._write_files(claim)
            with writing(work.engine) as connection:
                service_runs.settle(connection, claim.run_id, work.owner, work.now())
            _log.info("run %s of %s is over", claim.run_id, claim.campaign)
        except RunLeftError as left:
            _log.info("run %s of %s is left for now: %s", claim.run_id, claim.campaign, left)
            self._give_back(claim)
        except Exception as error:  # noqa: BLE001 - one run's trouble is not the service's
            _log.exception("run %s of %s will be tried again", claim.run_id, claim.campaign)
            wait = min(_BACKOFF * 2**claim.failures, _LONGEST_BACKOFF)
            self._give_back(claim, str(error) or repr(error), work.now() + timedelta(seconds=wait))
        finally:
            with self._lock:
                self._going.pop(claim.run_id, None)
            self._wake(datetime.now(UTC))

    def _write_files(self, claim: Claim) -> None:
        if claim.campaign == RECHECK:
            return
        book = self._work.plans
        plan = book.plans.get(claim.campaign)
        if plan is not None:
            self._work.executor.write_files(claim, plan)
        elif book.problems:
            raise PlanError([Problem(claim.campaign, 0, "", "the plan cannot be read: no files yet")])
        else:
            _log.warning("run %s: plan %s is gone, so no files are written", claim.run_id, claim.campaign)

    def _give_back(
        self, claim: Claim, problem: str | None = None, not_before: datetime | None = None
    ) -> None:
        try:
            with writing(self._work.engine) as connection:
                service_runs.give_back(
                    connection, claim, self._work.owner, problem=problem, not_before=not_before
                )
        except DatabaseError as error:
            # the claim stays ours; as we are no longer at it, the next look takes it up
            _log.warning("run %s could not be given back: %s", claim.run_id, error)

    def _reason_to_stop(self, claim: Claim) -> str | None:
        if self._stopping.is_set():
            return "the service drains"
        if claim.campaign in self._paused:
            return f"{claim.campaign} was paused"
        if self._work.now() >= claim.closes_at:
            return "its time is over"
        return None

    def _claimant(self) -> Claimant:
        with self._lock:
            return Claimant(owner=self._work.owner, busy=frozenset(self._going))

    def _say(self, state: ServiceState) -> None:
        try:
            self._beat(self._work.now(), state)
        except DatabaseError as error:
            _log.warning("the database does not learn that the service is %s: %s", state, error)

    def _beat(self, now: datetime, state: ServiceState) -> None:
        heart = Heartbeat(
            owner=self._work.owner,
            started_at=self._started_at,
            beat_at=now,
            version=__version__,
            state=state,
            problems=self._work.plans.problems,
        )
        with writing(self._work.engine) as connection:
            beat(connection, heart)

    def _aim_at_next(self, now: datetime) -> None:
        """Look exactly when the next firing is due, if that is before the next look anyhow."""
        horizon = now + timedelta(seconds=self._work.interval)
        coming = [
            firing.scheduled_at
            for plan in self._work.plans.plans.values()
            for firing in firings(plan, now, horizon)
            if firing.scheduled_at > now
        ]
        if coming:
            self._wake(datetime.now(UTC) + (min(coming) - now))

    def _wake(self, at: datetime) -> None:
        if self._scheduler.running and not self._stopping.is_set():
            with suppress(JobLookupError):  # shut down between the two lines
                self._scheduler.modify_job("look", next_run_time=at)
