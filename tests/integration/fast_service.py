"""The schedule service under a fast clock, for `test_autumn.py`: `python fast_service.py ORDERS.json`.

It is the real service on the real database; only the time runs faster, and of its runs only a few really
crawl the demo mall, because a crawl takes seconds and would last for days of fast time.
"""

from __future__ import annotations

import json
import os
import random
import signal
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

#: Every so many-th run really crawls; not those of a night, which is over in a quarter of a real second.
REAL = 4
NIGHTS = "base-level"


class FastClock:
    """Time that began at `began` (real) with `origin` and goes `factor` times as fast, in every process."""

    def __init__(self, began: float, origin: str, factor: float) -> None:
        self._began, self._origin, self._factor = began, datetime.fromisoformat(origin), factor

    def __call__(self) -> datetime:
        return self._origin + timedelta(seconds=(time.time() - self._began) * self._factor)


class Journal:
    """Lines that survive a SIGKILL: what was done, to which run, by whom, when (real)."""

    def __init__(self, file: str) -> None:
        self._file = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)

    def write(self, what: str, run_id: int) -> None:
        line = json.dumps({"what": what, "run": run_id, "pid": os.getpid(), "at": time.time()})
        os.write(self._file, f"{line}\n".encode())


class FastExecutor:
    def __init__(self, crawling: execution.Crawling, journal: Journal) -> None:
        self._crawling, self._journal = crawling, journal

    def crawl(self, run_id, must_stop) -> None:
        self._journal.write("begin", run_id)
        try:
            if self._is_real(run_id):
                self._crawling.crawl(run_id, must_stop)
                self._journal.write("crawled", run_id)
            else:
                self._pretend(run_id, must_stop)
        finally:
            self._journal.write("end", run_id)

    def _is_real(self, run_id) -> bool:
        with reading(self._crawling.engine) as connection:
            return run_id % REAL == 1 and runs.load_run(connection, run_id).campaign != NIGHTS

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
            execution.Crawling(engine=engine, settings=settings, writers={}), Journal(orders["journal"])
        ),
        now=FastClock(orders["began"], orders["origin"], orders["factor"]),
        interval=0.1,
        workers=3,
        late_after=timedelta(hours=6),
    )
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    print(datetime.now(UTC), "works", flush=True)
    Service(work).run(stop)
    engine.dispose()


if __name__ == "__main__":
    main()
