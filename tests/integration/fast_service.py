"""The schedule service under a fast clock, for `test_autumn.py`: `python fast_service.py ORDERS.json`.

It is the real service on a real database; only the time runs faster, and of its runs only a few really
crawl the demo mall, because each takes seconds.
"""

from __future__ import annotations

import fcntl
import json
import logging
import mmap
import os
import random
import signal
import struct
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import update

from monitor import config
from monitor.campaigns import execution
from monitor.campaigns.plan_book import PlanBook
from monitor.campaigns.service import RunLeftError, Service, Work
from monitor.storage import open_database, runs
from monitor.storage.engine import reading, writing
from monitor.storage.tables import Unit, UnitStatus

#: Runs of this campaign really crawl, until so many have come to their end.
REAL = 3
CRAWLS = "mid-autumn-national"


class FastClock:
    """Time that several processes share in a file, and that goes on by half an hour whenever one asks for it.

    So a slow machine has a slow autumn, and nothing else. While a real crawl is under way it goes slowly.
    """

    _STEP = timedelta(minutes=30).total_seconds()
    _SLOWLY = timedelta(minutes=3).total_seconds()

    def __init__(self, file: str) -> None:
        self._file = os.open(file, os.O_RDWR)
        self._shared = mmap.mmap(self._file, 16)

    @staticmethod
    def make(file: Path, start: datetime) -> FastClock:
        file.write_bytes(struct.pack("dq", start.timestamp(), 0))
        return FastClock(str(file))

    def __call__(self) -> datetime:
        return self.go_on(self._SLOWLY if self._somebody_crawls() else self._STEP)

    def peek(self) -> datetime:
        return self.go_on(0.0)

    def go_on(self, seconds: float) -> datetime:
        fcntl.flock(self._file, fcntl.LOCK_EX)  # one that is killed lets go of it
        try:
            (moment,) = struct.unpack_from("d", self._shared)
            struct.pack_into("d", self._shared, 0, moment + seconds)
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)
        return datetime.fromtimestamp(moment + seconds, UTC)

    def crawling(self, pid: int) -> None:
        """Say who is at a real crawl, 0 for nobody."""
        struct.pack_into("q", self._shared, 8, pid)

    def _somebody_crawls(self) -> bool:
        (pid,) = struct.unpack_from("q", self._shared, 8)
        return pid != 0 and Path(f"/proc/{pid}").exists()


class Journal:
    """Lines that survive a SIGKILL: what was done, to which run, by whom, when (real)."""

    def __init__(self, file: str) -> None:
        self._path = Path(file)
        self._file = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)

    def write(self, what: str, run_id: int) -> None:
        line = json.dumps({"what": what, "run": run_id, "pid": os.getpid(), "at": time.time()})
        os.write(self._file, f"{line}\n".encode())

    def count(self, what: str) -> int:
        return self._path.read_text(encoding="utf-8").count(f'"what": "{what}"')


class FastExecutor:
    def __init__(self, crawling: execution.Crawling, journal: Journal, clock: FastClock) -> None:
        self._crawling, self._journal, self._clock = crawling, journal, clock

    def crawl(self, run_id, must_stop) -> None:
        self._journal.write("begin", run_id)
        try:
            if self._is_real(run_id):
                self._really(run_id, must_stop)
            else:
                self._pretend(run_id, must_stop)
        finally:
            self._journal.write("end", run_id)

    def _really(self, run_id, must_stop) -> None:
        self._clock.crawling(os.getpid())
        try:
            self._crawling.crawl(run_id, must_stop)
        finally:
            self._clock.crawling(0)
        self._journal.write("crawled", run_id)

    def _is_real(self, run_id) -> bool:
        with reading(self._crawling.engine) as connection:
            campaign = runs.load_run(connection, run_id).campaign
        return campaign == CRAWLS and self._journal.count("crawled") < REAL

    def _pretend(self, run_id, must_stop) -> None:
        engine = self._crawling.engine
        with writing(engine) as connection:
            runs.start_run(connection, run_id)
        time.sleep(random.uniform(0.0, 0.15))
        if (why := must_stop()) is not None:
            raise RunLeftError(why)
        with writing(engine) as connection:
            connection.execute(update(Unit).where(Unit.run_id == run_id).values(status=UnitStatus.DONE))
            assert runs.finish_run(connection, run_id)

    def write_files(self, claim, plan) -> None:
        self._journal.write("files", claim.run_id)


def main() -> None:
    orders = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    clock = FastClock(orders["clock"])
    settings = config.load()
    engine = open_database(settings.database_url, timeout=settings.database_timeout)
    known: dict[str, Any] = {}

    def orders_of(plan):
        """As the service does it, but each plan once: the lexicon takes hours of fast time to read."""
        if plan.digest not in known:
            known[plan.digest] = execution.orders_of(plan, settings)
        return known[plan.digest]

    work = Work(
        engine=engine,
        plans=PlanBook(settings.schedules_dir),
        orders_of=orders_of,
        executor=FastExecutor(
            execution.Crawling(engine=engine, settings=settings, writers={}),
            Journal(orders["journal"]),
            clock,
        ),
        now=clock,
        interval=0.02,
        workers=3,
        late_after=timedelta(hours=3),
    )
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    logging.basicConfig(level=logging.INFO, format="%(process)d %(asctime)s %(message)s")
    for noisy in ("apscheduler", "alembic"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    Service(work).run(stop)
    engine.dispose()


if __name__ == "__main__":
    main()
