"""An autumn in a minute: two services at once, killed ten times, and every firing accounted for, once."""

from __future__ import annotations

import json
import random
import runpy
import subprocess
import sys
import time
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from sqlalchemy import text

from monitor.campaigns.firings import firings
from monitor.campaigns.loading import load_plans
from monitor.campaigns.reconcile import reconcile
from monitor.config import SHANGHAI
from monitor.demo.mall import Mall
from monitor.demo.server import serve
from monitor.storage import open_database, scheduling
from monitor.storage.engine import reading
from monitor.storage.service_runs import standings
from monitor.storage.tables import RunStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SCRIPT = Path(__file__).with_name("fast_service.py")
FastClock = runpy.run_path(str(SCRIPT))["FastClock"]
SHIPPED = {
    "mid-autumn-national": "coalesce",
    "double-11": "wait",
    "base-level": "coalesce",
}
START = datetime(2026, 9, 15, tzinfo=SHANGHAI)
END = datetime(2026, 11, 16, tzinfo=SHANGHAI)
KILLS = 10
#: Real seconds after which something must be wrong; it takes one minute on two idle cores.
PATIENCE = 600


@pytest.fixture
def autumn(workplace) -> Iterator[Any]:
    """The shipped plans of the season, over the demo mall instead of the city's shops."""
    with serve(Mall(day=0)) as server:
        for name, overlap in SHIPPED.items():
            said = yaml.safe_load((ROOT / "schedules" / f"{name}.yaml").read_text(encoding="utf-8"))
            said["sites"] = [
                {"site": "demo_mall", "base_url": server.base_url("demo_mall"), "delay": 0, "concurrency": 4}
            ]
            said["search"] = [{"words": ["弩", "橡皮"]}]
            said["overlap"] = overlap
            said["impact"]["requests_per_minute"] = 6000  # the mall is ours
            file = workplace.folder / "schedules" / f"{name}.yaml"
            file.write_text(yaml.safe_dump(said, allow_unicode=True), encoding="utf-8")
        yield workplace


class Services:
    """Two services, and what was done to them."""

    def __init__(self, workplace, orders: Path) -> None:
        self._workplace, self._orders = workplace, orders
        self._running: list[subprocess.Popen[bytes] | None] = [None, None]
        self.killed_at: dict[int, float] = {}

    def start(self, which: int) -> None:
        log = (self._workplace.folder / "service.log").open("ab")
        self._running[which] = subprocess.Popen(
            [sys.executable, str(SCRIPT), str(self._orders)],
            cwd=self._workplace.folder,
            env=self._workplace.environment,
            stdout=log,
            stderr=log,
        )
        log.close()

    def kill(self, which: int) -> None:
        process = self._running[which]
        assert process is not None
        assert process.poll() is None, "it died by itself"
        self.killed_at[process.pid] = time.time()
        process.kill()
        process.wait()

    def stop(self) -> list[int]:
        for process in self._running:
            process.terminate()
        return [process.wait(timeout=60) for process in self._running]

    def kill_all(self) -> None:
        for process in self._running:
            if process is not None and process.poll() is None:
                process.kill()
                process.wait()


def test_every_firing_of_an_autumn_is_accounted_for_once(autumn):
    journal = autumn.folder / "journal.jsonl"
    plans = load_plans(autumn.folder / "schedules")
    engine = open_database(autumn.database_url)
    reconcile(
        engine, plans.values(), START, lambda plan: ((), "")
    )  # the services have known the plans since then
    expected = {
        (name, firing.scheduled_at)
        for name, plan in plans.items()
        for firing in firings(plan, START, END)
        if firing.scheduled_at > START
    }
    assert len(expected) > 250

    days = (END - START) / timedelta(days=1)
    kills = sorted(START + timedelta(days=random.uniform(1, days - 5)) for _ in range(KILLS))
    both = set(random.sample(range(KILLS), 3))
    print("killed", [f"{each:%m-%d %H:%M}" for each in kills], "both at", both)
    clock = FastClock.make(autumn.folder / "clock", START)
    orders = autumn.folder / "orders.json"
    said = {"clock": str(autumn.folder / "clock"), "journal": str(journal)}
    orders.write_text(json.dumps(said), encoding="utf-8")
    services = Services(autumn, orders)
    try:
        for which in (0, 1):
            services.start(which)
        for number, moment in enumerate(kills):
            _wait_until(lambda moment=moment: clock.peek() >= moment)
            victims = (0, 1) if number in both else (random.randrange(2),)
            for which in victims:
                services.kill(which)
            if len(victims) == 2:
                clock.go_on(random.uniform(0, 2 * 86400))  # nobody is there, and time goes on
            for which in victims:
                services.start(which)
        _wait_until(lambda: _is_over(engine))
        assert services.stop() == [0, 0]
    finally:
        services.kill_all()
        print((autumn.folder / "service.log").read_text(encoding="utf-8")[-3000:])

    with reading(engine) as connection:
        past = [each for each in standings(connection, START) if each.scheduled_at < END]
        listings = connection.execute(text("SELECT count(*) FROM listing")).scalar_one()
    engine.dispose()
    _accounted_for(past, expected)
    _none_doubled(past, _read(journal), services.killed_at)
    assert listings > 5


def _wait_until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < until, "nothing goes on"
        time.sleep(0.02)


def _is_over(engine) -> bool:
    with reading(engine) as connection:
        clocks = scheduling.campaign_clocks(connection).values()
        left = [each for each in standings(connection, START) if each.open and each.scheduled_at < END]
    return not left and all(each.checked_until >= END for each in clocks)


def _accounted_for(past, expected: set[tuple[str, datetime]]) -> None:
    counted = Counter((each.campaign, each.scheduled_at) for each in past)
    assert set(counted) == expected
    assert set(counted.values()) == {1}
    outcomes = Counter(f"late, {each.status}" if each.late else each.status.value for each in past)
    print(dict(outcomes))
    assert set(outcomes) <= {"done", "late, done", "coalesced", "missed", "late, missed"}
    for outcome in ("done", "late, done", "coalesced", "missed"):
        assert outcomes[outcome], outcomes
    for each in past:
        assert each.reason
        if each.status is not RunStatus.DONE:
            assert each.started_at is None
            assert "；" in each.reason, "says why it fires, and why it did not"


def _none_doubled(past, journal: dict[int, list[dict[str, Any]]], killed_at: dict[int, float]) -> None:
    ran = {each.run_id for each in past if each.status is RunStatus.DONE}
    idle = {each.run_id for each in past if each.status is RunStatus.COALESCED}
    assert ran <= set(journal)
    assert not [run for run in idle if any(line["what"] == "begin" for line in journal[run])]
    assert any(line["what"] == "crawled" for lines in journal.values() for line in lines), (
        "none really crawled"
    )
    for run, lines in journal.items():
        at_it: int | None = None
        for line in lines:
            if line["what"] == "begin":
                # who was at it before has ended, or was killed before this one began
                assert at_it is None or killed_at[at_it] <= line["at"], (run, lines)
                at_it = line["pid"]
            elif line["what"] == "end":
                at_it = None
        if run in ran:
            assert any(line["what"] == "files" for line in lines), (run, lines)


def _read(journal: Path) -> dict[int, list[dict[str, Any]]]:
    lines = defaultdict(list)
    for line in journal.read_text(encoding="utf-8").splitlines():
        said = json.loads(line)
        lines[said["run"]].append(said)
    return lines
