"""The service itself: fires, works, resumes, drains, and is not led astray by clocks."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine

from monitor.campaigns import by_hand
from monitor.campaigns.firings import firings
from monitor.campaigns.plan_book import PlanBook
from monitor.campaigns.service import RunLeftError, Service, Work
from monitor.campaigns.status import as_json, schedule_status
from monitor.config import SHANGHAI
from monitor.storage import runs
from monitor.storage.engine import reading, writing
from monitor.storage.scheduling import lock_campaign
from monitor.storage.service_runs import entrust, standings
from monitor.storage.watching import RECHECK

HOUR = timedelta(hours=1)
NEW_YORK = ZoneInfo("America/New_York")
OPENS = datetime(2026, 9, 15, tzinfo=SHANGHAI)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
PLAN = """title: 夜
windows: [{name: 秋, from: 09-15, to: 12-08, cadence: every 6h}]
sites: [demo_mall]
"""


@dataclass
class Hand:
    """A clock that a test sets."""

    at: datetime = OPENS - HOUR

    def __call__(self) -> datetime:
        return self.at


@dataclass
class Crew:
    """An executor that does what a test wants, and notes what it was asked."""

    engine: Any
    crawled: list[int] = field(default_factory=list)
    filed: list[int] = field(default_factory=list)
    #: raised by the next crawls, or by the next files
    crawl_fails: list[Exception] = field(default_factory=list)
    files_fail: list[Exception] = field(default_factory=list)
    #: a crawl lasts until this is set or it must stop
    free: threading.Event = field(default_factory=threading.Event)
    began: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.free.set()

    def crawl(self, run_id, must_stop) -> None:
        self.crawled.append(run_id)
        with writing(self.engine) as connection:
            runs.start_run(connection, run_id)
        if self.crawl_fails:
            raise self.crawl_fails.pop()
        self.began.set()
        while not self.free.wait(0.01):
            if (why := must_stop()) is not None:
                raise RunLeftError(why)
        with writing(self.engine) as connection:
            assert runs.finish_run(connection, run_id)

    def write_files(self, claim, plan) -> None:
        if self.files_fail:
            raise self.files_fail.pop()
        self.filed.append(claim.run_id)


@pytest.fixture
def work(engine, tmp_path, write_plan) -> Work:
    write_plan(PLAN, "night.yaml")
    return Work(
        engine=engine,
        plans=PlanBook(tmp_path),
        orders_of=lambda plan: ((), "v1"),
        executor=Crew(engine),
        now=Hand(),
    )


@pytest.fixture
def service_of():
    """Make services, and end them when the test is over."""
    made = []

    def make(work: Work, **more) -> Service:
        service = Service(replace(work, **more))
        made.append(service)
        return service

    yield make
    for service in made:
        service.drain()


def statuses(work: Work) -> list[str]:
    with reading(work.engine) as connection:
        found = standings(connection, LONG_AGO)
    return [f"late {each.status}" if each.late else each.status.value for each in reversed(found)]


def look(service: Service, work: Work, at: datetime) -> None:
    work.now.at = at
    service.look()
    service.wait_for_runs()


def status_of(work: Work) -> dict[str, Any]:
    with reading(work.engine) as connection:
        now = work.now()
        plans = work.plans.plans.values()
        return as_json(schedule_status(connection, plans, now, since=now - 7 * 24 * HOUR))


def test_a_firing_is_crawled_and_its_files_are_written(work, service_of):
    service = service_of(work)
    look(service, work, OPENS - HOUR)
    look(service, work, OPENS)
    look(service, work, OPENS + HOUR)
    assert statuses(work) == ["done"]
    assert (work.executor.crawled, work.executor.filed) == ([1], [1])
    status = status_of(work)
    assert status["open"] == []
    assert [each["alive"] for each in status["services"]] == [True]
    assert status["campaigns"][0]["next"]["at"] == OPENS + 6 * HOUR


def test_a_run_that_fails_is_tried_again_and_status_says_why(work, service_of):
    work.executor.crawl_fails.append(RuntimeError("site demo_mall: the disk is full"))
    service = service_of(work)
    look(service, work, OPENS - HOUR)
    look(service, work, OPENS)
    (open_run,) = status_of(work)["open"]
    assert open_run["problem"] == "site demo_mall: the disk is full"
    assert open_run["failures"] == 1
    look(service, work, OPENS + timedelta(seconds=10))
    assert work.executor.crawled == [1], "not at once"
    look(service, work, OPENS + timedelta(seconds=31))
    assert work.executor.crawled == [1, 1]
    assert statuses(work) == ["done"]


def test_files_that_could_not_be_written_are_tried_again_without_a_crawl(work, service_of):
    work.executor.files_fail.append(OSError("no space"))
    service = service_of(work)
    look(service, work, OPENS - HOUR)
    look(service, work, OPENS)
    assert status_of(work)["open"][0]["problem"] == "no space"
    look(service, work, OPENS + HOUR)
    assert (work.executor.crawled, work.executor.filed) == ([1], [1])
    assert status_of(work)["open"] == []


def test_drained_it_leaves_its_run_and_the_next_service_takes_it_up(work, service_of):
    work.executor.free.clear()
    first = service_of(work, owner="elsewhere:1:1")
    look_without_waiting(first, work, OPENS - HOUR)
    look_without_waiting(first, work, OPENS)
    assert work.executor.began.wait(5)
    first.drain()
    (said,) = status_of(work)["services"]
    assert (said["state"], said["alive"]) == ("drained", False)
    (left,) = status_of(work)["open"]
    assert (left["owner"], left["failures"]) == (None, 0)

    work.executor.free.set()
    look(service_of(work), work, OPENS + HOUR)
    assert work.executor.crawled == [1, 1]
    assert statuses(work) == ["done"]


def look_without_waiting(service: Service, work: Work, at: datetime) -> None:
    work.now.at = at
    service.look()


def test_the_run_of_a_living_service_is_its_own_and_of_a_silent_one_is_not(work, service_of):
    work.executor.free.clear()
    first = service_of(work, owner="elsewhere:1:1")
    look_without_waiting(first, work, OPENS - HOUR)
    look_without_waiting(first, work, OPENS)
    assert work.executor.began.wait(5)
    crew = Crew(work.engine)
    second = service_of(work, executor=crew)
    look(second, work, OPENS + timedelta(minutes=2))
    assert crew.crawled == []
    look(second, work, OPENS + timedelta(minutes=4))
    assert crew.crawled == [1]


def test_a_pause_lets_a_run_rest_and_resume_lets_it_go_on(work, service_of):
    work.executor.free.clear()
    service = service_of(work)
    look_without_waiting(service, work, OPENS - HOUR)
    look_without_waiting(service, work, OPENS)
    assert work.executor.began.wait(5)
    plan = work.plans.plans["night"]
    by_hand.pause(work.engine, plan, now=OPENS + HOUR)
    look(service, work, OPENS + HOUR)
    look(service, work, OPENS + 2 * HOUR)
    assert work.executor.crawled == [1]
    assert status_of(work)["campaigns"][0]["paused_at"] == OPENS + HOUR
    by_hand.resume(work.engine, plan, now=OPENS + 3 * HOUR)
    work.executor.free.set()
    look(service, work, OPENS + 3 * HOUR)
    assert work.executor.crawled == [1, 1]
    assert statuses(work) == ["done"]


def test_a_run_is_left_when_its_time_is_over_and_what_is_left_is_not_looked_at(work, service_of, write_plan):
    night = "title: 夜\nwindows: [{name: 夜, from: 09-15, to: 12-08, cadence: nightly 01:00-06:00}]\n"
    write_plan(night + "sites: [demo_mall]\n", "night.yaml")
    work.executor.free.clear()
    service = service_of(work)
    look_without_waiting(service, work, OPENS - HOUR)
    look_without_waiting(service, work, OPENS + HOUR)
    assert work.executor.began.wait(5)
    work.now.at = OPENS + 6 * HOUR
    service.wait_for_runs()
    look(service, work, OPENS + 6 * HOUR)
    assert statuses(work) == ["done"]
    assert work.executor.crawled == [1]
    assert work.executor.filed == [1], "what it did look at comes out as files"


def test_a_plan_edited_while_running_counts_from_the_next_look_on(work, service_of, write_plan):
    service = service_of(work)
    look(service, work, OPENS - HOUR)
    look(service, work, OPENS)
    write_plan(PLAN.replace("every 6h", "every 2h"), "night.yaml")
    look(service, work, OPENS + 2 * HOUR)
    assert statuses(work) == ["done", "done"]
    write_plan("title: 夜\nwindws: []\n", "night.yaml")
    look(service, work, OPENS + 4 * HOUR)
    assert statuses(work) == ["done", "done", "done"], "a broken edit keeps the last good plan"
    assert any("windws" in problem for problem in status_of(work)["problems"])


def test_a_database_that_is_locked_is_tried_again_at_the_next_look(work, service_of, monkeypatch, caplog):
    from monitor.campaigns import service as module
    from monitor.storage import DatabaseLockedError

    service = service_of(work)
    look(service, work, OPENS - HOUR)

    def locked(*_, **__):
        raise DatabaseLockedError("locked")

    with monkeypatch.context() as patch:
        patch.setattr(module, "reconcile", locked)
        look(service, work, OPENS)
    assert statuses(work) == []
    assert "the next look tries again" in caplog.text
    look(service, work, OPENS + timedelta(minutes=1))
    assert statuses(work) == ["done"]


@pytest.mark.parametrize("empty_url", ["sqlite"], indirect=True)
def test_a_host_in_a_zone_with_summer_time_fires_as_planned(work, service_of):
    """Clocks in New York went back at 06:00 UTC on 2026-11-01."""
    start, end = datetime(2026, 10, 31, tzinfo=UTC), datetime(2026, 11, 3, tzinfo=UTC)
    service = service_of(work, now=lambda: datetime.now(UTC))
    moment = start
    offsets = set()
    while moment < end:
        with time_machine.travel(moment.astimezone(NEW_YORK), tick=False):
            offsets.add(datetime.now().astimezone().utcoffset())
            service.look()
            service.wait_for_runs()
        moment += timedelta(minutes=20)
    assert offsets == {-4 * HOUR, -5 * HOUR}
    with reading(work.engine) as connection:
        found = Counter(each.scheduled_at for each in standings(connection, start))
    planned = [each.scheduled_at for each in firings(work.plans.plans["night"], start, end)]
    assert sorted(found.elements()) == planned[planned[0] == start :]
    assert set(statuses(work)) == {"done"}


@pytest.mark.parametrize("empty_url", ["sqlite"], indirect=True)
def test_clock_jumps_are_sleep_or_nothing(work, service_of):
    service = service_of(work, now=lambda: datetime.now(UTC))

    def at(moment: datetime) -> None:
        with time_machine.travel(moment, tick=False):
            service.look()
            service.wait_for_runs()

    at(OPENS - HOUR)
    at(OPENS)
    at(OPENS + 20 * HOUR)  # forwards
    assert statuses(work) == ["done", "missed", "missed", "late done"]
    at(OPENS + HOUR)  # back
    at(OPENS + 7 * HOUR)
    at(OPENS + 19 * HOUR)
    assert Counter(statuses(work)) == {"done": 1, "late done": 3}
    assert len(work.executor.crawled) == 4, "what was missed has now come; nothing ran twice"


@pytest.mark.slow
@pytest.mark.parametrize("empty_url", ["sqlite"], indirect=True)
def test_the_beat_goes_on_when_the_clock_of_the_machine_is_set_back(work, service_of):
    stop = threading.Event()
    with time_machine.travel(OPENS - HOUR, tick=True) as travel:
        service = service_of(work, now=lambda: datetime.now(UTC), interval=0.2)
        thread = threading.Thread(target=service.run, args=(stop,))
        thread.start()
        time.sleep(1)
        travel.shift(-24 * HOUR)
        set_back = datetime.now(UTC)
        time.sleep(3)
        stop.set()
        thread.join()
        with reading(work.engine) as connection:
            beat = schedule_status(connection, (), OPENS, since=OPENS).services[0].beat_at
    assert set_back + timedelta(seconds=1) < beat < OPENS - 2 * HOUR


def test_due_rechecks_are_looked_for_once_an_hour_and_brought_to_their_end(work, service_of):
    asked = []

    def recheck(plans, now):
        asked.append(now)
        if len(asked) != 2:
            return None
        with writing(work.engine) as connection:
            clock = lock_campaign(connection, RECHECK, "复查")
            new = runs.NewRun(
                campaign_id=clock.id, scheduled_at=now, reason="复查", orders={}, lexicon_version="v1"
            )
            number = runs.create_run(connection, new)
            entrust(connection, number, now + 24 * HOUR)
        return number

    service = service_of(work, recheck=recheck)
    for _ in range(3):
        service.look()
    assert len(asked) == 1
    work.now.at += HOUR
    service.look()
    service.wait_for_runs()
    assert len(asked) == 2
    with reading(work.engine) as connection:
        (run,) = (each for each in standings(connection, LONG_AGO) if each.campaign == RECHECK)
    assert (run.status, run.open) == ("done", False)
    assert run.run_id not in work.executor.filed, "a run of rechecks has no files"


def test_a_slow_channel_of_alerts_holds_up_nothing(work, service_of):
    sent, free = [], threading.Event()

    def send(now):
        sent.append(now)
        free.wait(60)
        raise RuntimeError("a channel's trouble")

    service = service_of(work, send_alerts=send)
    for _ in range(3):
        service.look()
    assert len(sent) <= 1, "one at a time"
    free.set()
    _wait_until(service._sending.done)
    service.look()
    _wait_until(lambda: len(sent) == 2)


def _wait_until(true) -> None:
    for _ in range(6000):
        if true():
            return
        time.sleep(0.01)
    raise AssertionError("waited for a minute in vain")
