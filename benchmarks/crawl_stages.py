"""What a page of `crawl.py` costs where: one stage after the other in one process, without Scrapy.

    python benchmarks/crawl_stages.py [--pages 480]

The crawler reads pages and hands them over; the rest happens in the process beside it.
"""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import crawl

from monitor import config
from monitor.classifiers.classify import default_classifier
from monitor.evidence.exchange import Exchange, split_message
from monitor.extraction import Page, PageKind, read_page
from monitor.pipelines.collector import relieve_collector
from monitor.pipelines.items import PageRead
from monitor.pipelines.messages import Assignment, packed, received
from monitor.pipelines.page_desk import PageDesk
from monitor.storage import leases, open_database, runs
from monitor.storage.engine import writing
from monitor.storage.tables import UnitKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from monitor.extraction.profile import SiteProfile

_T = TypeVar("_T")
_STAGES = ("extract", "hand over", "classify", "evidence", "store")


def stages(options: argparse.Namespace) -> dict[str, float]:
    """Return the seconds of CPU of each stage, of all pages."""
    profile = crawl.shop(options)
    settings = config.load(
        database_url=f"sqlite:///{options.folder}/monitor.db", evidence_dir=options.folder / "evidence"
    )
    assignment, units = _taken_over(settings.database_url, profile, crawl.paths(options))
    desk = PageDesk(settings, assignment, default_classifier(settings.suspect_threshold))
    relieve_collector()
    taken = dict.fromkeys(_STAGES, 0.0)

    def timed(stage: str, function: Callable[..., _T], *arguments: Any) -> _T:  # noqa: ANN401 - the function's
        began = time.process_time()
        found = function(*arguments)
        taken[stage] += time.process_time() - began
        return found

    answers = crawl.prepared(options.units, options.pages // options.units)
    del answers[b"/robots.txt"]
    for number, (path, answer) in enumerate(answers.items()):
        exchange = _exchange(profile.absolute(path.decode()), answer)
        page = Page(url=exchange.url, body=split_message(answer)[1], seen_at=exchange.received_at)
        reading = timed("extract", read_page, page, profile, PageKind.LIST)
        unit = units[number * len(units) // len(answers)]
        read = PageRead(unit=unit, number=1 + number, page=page, reading=reading, exchanges=(exchange,))
        message = timed("hand over", packed, read)
        read = timed("hand over", received, io.BytesIO(message))
        judged = timed("classify", desk.classify.judged, read)
        kept = timed("evidence", desk.preserve.preserved, judged)
        timed("store", desk.store.commit, kept.outcome)
    desk.close()
    return taken


def _taken_over(url: str, profile: SiteProfile, starts: list[str]) -> tuple[Assignment, list[runs.UnitToDo]]:
    run = crawl.planned(url, profile, starts)
    engine = open_database(url)
    with writing(engine) as connection:
        site = runs.site_id(connection, profile.name)
        lease = leases.acquire(connection, site, leases.this_process(), 3600)
        units = runs.pending_units(connection, run, site, [UnitKind.SHOP], most=len(starts))
        runs.begin_units(connection, lease, [unit.id for unit in units])
    engine.dispose()
    assignment = Assignment(
        run_id=run,
        lease=lease,
        site=profile.name,
        detail=profile.detail,
        licence=profile.licence,
        pictures=profile.pictures,
    )
    return assignment, units


def _exchange(url: str, answer: bytes) -> Exchange:
    now = datetime.now(UTC)
    return Exchange(
        url=url,
        method="GET",
        sent=b"GET / HTTP/1.1\r\n\r\n",
        received=answer,
        exact=True,
        status=200,
        ip="127.0.0.1",
        requested_at=now,
        received_at=now,
    )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=480, help="a multiple of 16")
    options = parser.parse_args(namespace=argparse.Namespace(units=16, concurrency=8, port=80))
    with tempfile.TemporaryDirectory() as folder:
        options.folder = Path(folder)
        for stage, seconds in stages(options).items():
            print(f"{stage:10} {seconds / options.pages * 1000:5.2f} ms CPU a page")
    return 0


if __name__ == "__main__":
    sys.exit(main())
