"""One site of one run, in a process of its own: `python -m monitor.spiders.worker RUN SITE`.

Exit status: 0 the site's units have ended or wait for another attempt; 3 the crawl had to stop, 4 another
crawler has the site: the reason is the last line of standard error. The rest goes to the run's log file.
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.utils.project import get_project_settings

from monitor.extraction.profile import load_profile
from monitor.pipelines.crawler_session import session_of
from monitor.spiders.process import HELD, STOPPED, log_file
from monitor.spiders.units import UnitsSpider
from monitor.storage import open_database
from monitor.storage.engine import reading
from monitor.storage.leases import LeaseHeldError
from monitor.storage.runs import load_run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.config import Settings
    from monitor.extraction.profile import SiteProfile


def main(argv: Sequence[str] | None = None) -> int:
    """Crawl one site of one run."""
    parser = argparse.ArgumentParser(prog="python -m monitor.spiders.worker", description=__doc__)
    parser.add_argument("run", type=int, help="number of the run")
    parser.add_argument("site", help="name of the site within the run")
    arguments = parser.parse_args(argv)
    os.environ.setdefault("SCRAPY_SETTINGS_MODULE", "monitor.settings")
    settings = get_project_settings()
    ours: Settings = settings["MONITOR"]
    ours.log_dir.mkdir(parents=True, exist_ok=True)
    settings.set("LOG_FILE", str(log_file(ours, arguments.run, arguments.site)))
    profile, max_pages = _order(ours, arguments.run, arguments.site)
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(UnitsSpider)
    crawl = process.crawl(crawler, profile=profile, run=arguments.run, max_pages=max_pages)
    process.start()
    # a crawl that could not even begin (a broken lexicon, no memory) ends its task, not the process
    error = session_of(crawler).stopped_by or crawl.exception()
    if error is None:
        return 0
    sys.stderr.write(f"{error}\n")
    return HELD if isinstance(error, LeaseHeldError) else STOPPED


def _order(settings: Settings, run: int, site: str) -> tuple[SiteProfile, int | None]:
    engine = open_database(settings.database_url, timeout=settings.database_timeout)
    with reading(engine) as connection:
        orders = load_run(connection, run).orders
    engine.dispose()
    order = next(each for each in orders["sites"] if each["name"] == site)
    profile = load_profile(order["profile"], [settings.sites_dir])
    if order["base_url"]:
        profile = profile.at(order["base_url"], name=order["name"])
    pace = {name: order[name] for name in ("delay", "concurrency") if order[name] is not None}
    politeness = profile.politeness.model_copy(update=pace)
    return profile.model_copy(update={"politeness": politeness}), order["max_pages"]


if __name__ == "__main__":
    sys.exit(main())
