"""Running the crawlers of a run: one process a site, watched until the run's units have ended."""

from __future__ import annotations

import logging
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from monitor import config
from monitor.campaigns.notices import Notices
from monitor.campaigns.relisting import link_relistings
from monitor.health.judging import judge_run
from monitor.mistake import MistakeError
from monitor.spiders.process import HELD, log_file
from monitor.storage import leases, runs
from monitor.storage.budgets import end_spent, spent_sites
from monitor.storage.engine import DatabaseError, DatabaseLockedError, reading, writing
from monitor.storage.progress import SiteProgress, site_progress

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from monitor.config import Settings
    from monitor.storage import Engine

_log = logging.getLogger(__name__)

#: Seconds between two looks at the database while crawlers work.
_LOOK = 0.3
#: Seconds that a crawler may take to end its open pages once it was told to stop.
_DRAIN = 30.0


class CrawlError(MistakeError):
    """A site could not be crawled to its end; the message says which, why, and where its log is."""

    status = 3


@dataclass(slots=True)
class _Crawler:
    site: str
    process: subprocess.Popen[str]


def run_crawlers(
    engine: Engine,
    run_id: int,
    settings: Settings,
    on_progress: Callable[[list[SiteProgress]], None] = lambda _: None,
) -> None:
    """Crawl what is left of a run and close it when every unit has ended.

    A site that another crawler holds is waited for. Ctrl-C and SIGTERM
    (as KeyboardInterrupt) let the crawlers end their open pages; the run can be resumed.

    Raises:
        CrawlError: a site could not be crawled to its end; the others were.

    """
    with writing(engine) as connection:
        runs.start_run(connection, run_id)
        end_spent(connection, run_id, spent_sites(connection, run_id, datetime.now(UTC)))
        sites = [each["name"] for each in runs.load_run(connection, run_id).orders["sites"]]
    notices = Notices(engine, settings, run_id)

    def look(progress: list[SiteProgress]) -> None:
        on_progress(progress)
        notices.look()

    problems = _crawl(engine, run_id, sites, settings, look)
    with writing(engine) as connection:
        end_spent(connection, run_id, spent_sites(connection, run_id, datetime.now(UTC)))
        finished = runs.finish_run(connection, run_id)
    _look_back(engine, run_id, settings, notices)
    if problems:
        raise CrawlError("; ".join(problems))
    if not finished:
        logs = ", ".join(str(log_file(settings, run_id, site)) for site in sites)
        raise CrawlError(f"run {run_id} has units left; run the same command again to go on. Logs: {logs}")


def _look_back(engine: Engine, run_id: int, settings: Settings, notices: Notices) -> None:
    """Judge the run, tell of it, look for what came up again. What was crawled is good without it."""
    try:
        judge_run(engine, run_id, datetime.now(UTC))
        notices.end()
        link_relistings(engine, settings.relisting_threshold, datetime.now(UTC))
    except DatabaseError as error:
        _log.warning("run %s is crawled, but was not looked back at: %s", run_id, error)


def _crawl(
    engine: Engine,
    run_id: int,
    sites: Sequence[str],
    settings: Settings,
    on_progress: Callable[[list[SiteProgress]], None],
) -> list[str]:
    problems: list[str] = []
    waiting = list(sites)
    crawlers: list[_Crawler] = []
    try:
        while crawlers or waiting:
            for site in [each for each in waiting if _is_free(engine, each)]:
                waiting.remove(site)
                crawlers.append(_start(run_id, site, settings))
            time.sleep(_LOOK)
            _look(engine, run_id, on_progress)
            for crawler in [each for each in crawlers if each.process.poll() is not None]:
                crawlers.remove(crawler)
                error = _outcome(crawler, run_id, settings)
                if error is not None and crawler.process.returncode == HELD:
                    waiting.append(crawler.site)
                elif error is not None:
                    problems.append(error)
    except BaseException:  # Ctrl-C too: no crawler outlives the one who started it
        _drain(crawlers)
        raise
    return problems


def _is_free(engine: Engine, site: str) -> bool:
    """Say whether a site's lease is to be had, before a process is started in vain."""
    with reading(engine) as connection:
        return leases.holder(connection, runs.site_id(connection, site), "") is None


def _start(run_id: int, site: str, settings: Settings) -> _Crawler:
    process = subprocess.Popen(  # noqa: S603 - our own module, arguments from the database
        [sys.executable, "-m", "monitor.spiders.worker", str(run_id), site],
        env=config.environment(settings),
        stderr=subprocess.PIPE,
        text=True,
    )
    return _Crawler(site, process)


def _outcome(crawler: _Crawler, run_id: int, settings: Settings) -> str | None:
    """Say what went wrong with a crawler that has ended; None when nothing did."""
    _, said = crawler.process.communicate()
    if crawler.process.returncode == 0:
        return None
    last = said.strip().splitlines()[-1] if said.strip() else f"exit status {crawler.process.returncode}"
    return f"site {crawler.site}: {last} (log: {log_file(settings, run_id, crawler.site)})"


def _look(engine: Engine, run_id: int, on_progress: Callable[[list[SiteProgress]], None]) -> None:
    try:
        with reading(engine) as connection:
            progress = site_progress(connection, run_id)
            spent = spent_sites(connection, run_id, datetime.now(UTC))
        left = {each.site for each in progress if each.ended < each.units}
        if still := {site: limit for site, limit in spent.items() if site in left}:
            with writing(engine) as connection:
                end_spent(connection, run_id, still)
    except DatabaseLockedError:
        return  # the next look is soon
    on_progress(progress)


def _drain(crawlers: Sequence[_Crawler]) -> None:
    for crawler in crawlers:
        crawler.process.terminate()
    for crawler in crawlers:
        try:
            crawler.process.communicate(timeout=_DRAIN)
        except subprocess.TimeoutExpired:
            crawler.process.kill()
            crawler.process.communicate()
