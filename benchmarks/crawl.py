"""Pages a second of the whole crawl, against a bare Scrapy spider on the same pages.

    python benchmarks/crawl.py [--pages 480] [--units 16] [--repeat 5]

A server in a process of its own sends prepared list pages of 40 listings each, all of them different, one
suspect in twenty. `bare` fetches them with stock Scrapy, takes the same fields by the same selectors with
parsel and keeps nothing. `full` is the crawl as `monitor crawl` does it: extraction, and beside the crawler
classification, evidence of every page that shows a suspect, one transaction a page; its detail pages are
ordered and not fetched, so that both fetch the same pages. Neither has a delay or AutoThrottle; both have
robots.txt, the same number of lists at once, the same log level. The two take turns, each in a fresh process,
and are timed from the first request to the end of the last page. The medians count. By the clock the whole
crawl has two cores where the bare one has use for one; the CPU time of both processes is printed, too.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import scrapy
from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess

from monitor.demo.synthetic import SyntheticMall
from monitor.extraction.profile import load_profile

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    import parsel
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from monitor.extraction.profile import SiteProfile
    from monitor.extraction.rules import FieldRules, Rule, SellerRules

FLOOR = 0.7
ITEMS, SUSPECT_EVERY = 40, 20


def start_path(unit: int, length: int) -> str:
    """First page of a list; the numbers of all lists' pages are different."""
    return f"/category/list{unit}?page={unit * length + 1}"


def prepared(units: int, length: int) -> dict[bytes, bytes]:
    """Render every page that the server has, as it goes over the wire."""
    answers = {b"/robots.txt": _answer(b"User-agent: *\nDisallow: /cart/\n", "text/plain")}
    for unit in range(units):
        mall = SyntheticMall(
            pages=(unit + 1) * length, items_per_page=ITEMS, suspect_every=SUSPECT_EVERY, name="demo_mall"
        )
        for number in range(unit * length + 1, (unit + 1) * length + 1):
            path = f"/category/list{unit}?page={number}"
            answers[path.encode()] = _answer(mall.respond(path, "").body, "text/html; charset=utf-8")
    return answers


def _answer(body: bytes, content_type: str) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


class Connection(asyncio.Protocol):
    """One connection to the server: a path in, its bytes out."""

    def __init__(self, answers: dict[bytes, bytes]) -> None:
        self._answers = answers
        self._waiting = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._waiting += data
        while b"\r\n\r\n" in self._waiting:
            request, _, self._waiting = self._waiting.partition(b"\r\n\r\n")
            self._transport.write(self._answers[request.split(b" ", 2)[1]])


async def serve(units: int, length: int) -> None:
    answers = prepared(units, length)
    server = await asyncio.get_running_loop().create_server(lambda: Connection(answers), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


class BareSpider(scrapy.Spider):
    """Reads the rows of a list by the profile's selectors, as people write spiders, and forgets them."""

    name = "bare"

    def __init__(self, profile: SiteProfile, paths: list[str]) -> None:
        super().__init__()
        [layout] = profile.list_page
        self.profile, self.paths = profile, paths
        self._items = layout.items[0].css
        self._fields = {**_selectors(layout.fields), **_selectors(layout.fields.seller)}
        self._total, self._next = layout.total[0].css, layout.next.link[0].css

    async def start(self) -> AsyncIterator[Any]:
        for path in self.paths:
            yield scrapy.Request(self.profile.absolute(path), dont_filter=True)

    def parse(self, response: Response) -> Iterator[Any]:
        rows = [
            {name: _taken(row, *field) for name, field in self._fields.items()}
            for row in response.css(self._items)
        ]
        assert len(rows) == ITEMS
        assert all(row["title"] and row["url"] for row in rows)
        response.css(f"{self._total}::text").get()
        following = response.css(self._next).get()
        if following:
            yield response.follow(following, dont_filter=True)


def _selectors(rules: FieldRules | SellerRules) -> dict[str, tuple[bool, str, str | None]]:
    named = {name: getattr(rules, name) for name in type(rules).model_fields if name != "seller"}
    prefix = "" if "seller" in type(rules).model_fields else "seller_"
    return {prefix + name: _selector(given[0]) for name, given in named.items() if given}


def _selector(rule: Rule) -> tuple[bool, str, str | None]:
    """Say whether a field is read by CSS, by which expression, and what is cut out of it."""
    if rule.css is None:
        return False, rule.xpath or "", rule.regex
    return True, rule.css if "::" in rule.css else f"{rule.css} ::text", rule.regex


def _taken(row: parsel.Selector, by_css: bool, expression: str, regex: str | None) -> str | None:
    found = row.css(expression) if by_css else row.xpath(expression)
    if regex is not None:
        return found.re_first(regex)
    return "".join(found.getall()) if expression.endswith(" ::text") else found.get()


class Stopwatch:
    """Extension: from the first request to the end of the last page, of this process and those it started."""

    taken: ClassVar[dict[str, float]] = {}

    def __init__(self, crawler: Crawler) -> None:
        crawler.signals.connect(self.begin, signal=signals.request_reached_downloader)
        crawler.signals.connect(self.end, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Stopwatch:
        return cls(crawler)

    def begin(self) -> None:
        if "wall" not in self.taken:
            began = sum(_cpu_of(pid) for pid in _children())
            self.taken.update(wall=time.perf_counter(), cpu=time.process_time(), beside=began)

    def end(self) -> None:
        # the process that stores the pages has ended before the spider is closed
        beside = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.taken.update(
            wall=time.perf_counter() - self.taken["wall"],
            cpu=time.process_time() - self.taken["cpu"],
            beside=beside.ru_utime + beside.ru_stime - self.taken["beside"],
        )


def _children() -> list[str]:
    return Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text(encoding="ascii").split()


def _cpu_of(pid: str) -> float:
    """Return the seconds of CPU that a process has had."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def manners(options: argparse.Namespace) -> dict[str, Any]:
    """Settings that both crawls have."""
    return {
        "ROBOTSTXT_OBEY": True,
        "AUTOTHROTTLE_ENABLED": False,
        "DOWNLOAD_DELAY": 0,
        "CONCURRENT_REQUESTS": 16,
        "CONCURRENT_REQUESTS_PER_DOMAIN": options.concurrency,
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "LOG_LEVEL": "INFO",
        "LOG_FILE": str(options.folder / "crawl.log"),
    }


def bare(options: argparse.Namespace) -> None:
    profile = shop(options)
    process = AsyncCrawlerProcess({**manners(options), "EXTENSIONS": {Stopwatch: 0}})
    crawler = process.create_crawler(BareSpider)
    process.crawl(crawler, profile=profile, paths=paths(options))
    process.start()
    # robots.txt is one of the answers
    assert crawler.stats.get_value("response_received_count") == options.pages + 1


def full(options: argparse.Namespace) -> None:
    os.environ["MONITOR_DATABASE_URL"] = f"sqlite:///{options.folder}/monitor.db"
    os.environ["MONITOR_EVIDENCE_DIR"] = f"{options.folder}/evidence"
    os.environ["SCRAPY_SETTINGS_MODULE"] = "monitor.settings"
    from scrapy.utils.project import get_project_settings  # noqa: PLC0415 - reads the environment

    from monitor.spiders.units import UnitsSpider  # noqa: PLC0415 - as above
    from monitor.storage.tables import UnitKind  # noqa: PLC0415 - as above

    class ListsSpider(UnitsSpider):
        """As in a run, without the detail pages that the lists lead to."""

        kinds = (UnitKind.SHOP,)

    settings = get_project_settings()
    settings.setdict({**manners(options), "EXTENSIONS": {**settings["EXTENSIONS"], Stopwatch: 1000}})
    profile = shop(options)
    run = planned(settings["MONITOR"].database_url, profile, paths(options))
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(ListsSpider)
    process.crawl(crawler, profile=profile, run=run)
    process.start()
    check(settings["MONITOR"].database_url, options.pages)


def planned(url: str, profile: SiteProfile, starts: list[str]) -> int:
    """Make a run with one unit a list."""
    from monitor.storage import open_database, runs  # noqa: PLC0415 - `bare` needs no database
    from monitor.storage.engine import writing  # noqa: PLC0415 - as above
    from monitor.storage.migrate import upgrade  # noqa: PLC0415 - as above
    from monitor.storage.tables import UnitKind  # noqa: PLC0415 - as above

    engine = open_database(url)
    upgrade(engine)
    with writing(engine) as connection:
        site = runs.ensure_site(
            connection, name=profile.name, title=profile.title, base_url=profile.base_url or ""
        )
        campaign = runs.ensure_campaign(connection, name="benchmark", title="benchmark", plan_digest=None)
        new = runs.NewRun(
            campaign_id=campaign, scheduled_at=datetime.now(UTC), reason="", orders={}, lexicon_version=""
        )
        run = runs.create_run(connection, new)
        orders = [runs.UnitOrder(kind=UnitKind.SHOP, key=profile.absolute(path)) for path in starts]
        runs.add_units(connection, run, site, orders)
    engine.dispose()
    return run


def check(url: str, pages: int) -> None:
    """Everything must be there, or the time says nothing."""
    from sqlalchemy import text  # noqa: PLC0415 - `bare` needs no database

    from monitor.storage import open_database  # noqa: PLC0415 - as above
    from monitor.storage.engine import reading  # noqa: PLC0415 - as above

    wanted = {
        "listing": pages * ITEMS,
        "listing WHERE suspect": pages * ITEMS // SUSPECT_EVERY,
        "evidence WHERE kind = 'page'": pages,
        "unit WHERE kind = 'shop' AND status != 'done'": 0,
    }
    engine = open_database(url)
    with reading(engine) as connection:
        found = {each: connection.execute(text(f"SELECT count(*) FROM {each}")).scalar() for each in wanted}
    engine.dispose()
    assert found == wanted, found


def shop(options: argparse.Namespace) -> SiteProfile:
    profile = load_profile("demo_mall").at(f"http://127.0.0.1:{options.port}")
    politeness = profile.politeness.model_copy(update={"delay": 0, "concurrency": options.concurrency})
    budget = profile.shop.model_copy(update={"max_pages": options.pages})
    return profile.model_copy(update={"politeness": politeness, "shop": budget})


def paths(options: argparse.Namespace) -> list[str]:
    return [start_path(unit, options.pages // options.units) for unit in range(options.units)]


@contextmanager
def server(options: argparse.Namespace) -> Iterator[int]:
    command = [sys.executable, __file__, "--way", "server", *_numbers(options)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.communicate()


def measured(way: str, port: int, options: argparse.Namespace, *more: str) -> dict[str, float]:
    """Run one of the crawls in a process of its own; return its wall and CPU seconds."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            *(sys.executable, __file__, "--way", way, "--port", str(port), "--folder", folder),
            *(*more, *_numbers(options)),
        ]
        child = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return dict(json.loads(child.stdout))


def _numbers(options: argparse.Namespace) -> list[str]:
    names = ("pages", "units", "concurrency")
    return [word for name in names for word in (f"--{name}", str(getattr(options, name)))]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=480)
    parser.add_argument("--units", type=int, default=16, help="lists, read side by side")
    parser.add_argument("--concurrency", type=int, default=8, help="requests under way at once")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--way", choices=["server", "bare", "full"], help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.pages % options.units:
        parser.error("--pages must be a multiple of --units")
    if options.way == "server":
        asyncio.run(serve(options.units, options.pages // options.units))
        return 0
    if options.way:
        {"bare": bare, "full": full}[options.way](options)
        print(json.dumps(Stopwatch.taken))
        return 0
    times: dict[str, list[dict[str, float]]] = {"bare": [], "full": []}
    with server(options) as port:
        for _ in range(options.repeat):
            for way, taken in times.items():
                taken.append(measured(way, port, options))
    print(f"{options.pages} pages × {ITEMS} listings, median of {options.repeat} crawls each")
    for way, taken in times.items():
        wall, cpu, beside = (
            statistics.median(each[kind] for each in taken) for kind in ("wall", "cpu", "beside")
        )
        print(
            f"{way}: {options.pages / wall:6.1f} pages/s  {cpu / options.pages * 1000:6.2f} ms CPU a page "
            f"in the crawler, {beside / options.pages * 1000:6.2f} beside it"
        )
    ratio = statistics.median(each["wall"] for each in times["bare"]) / statistics.median(
        each["wall"] for each in times["full"]
    )
    print(f"full / bare: {ratio:.2f} (floor {FLOOR})")
    return 0 if ratio >= FLOOR else 1


if __name__ == "__main__":
    sys.exit(main())
