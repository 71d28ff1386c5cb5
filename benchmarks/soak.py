"""A long crawl in bad weather that is killed on the way: nothing lost, nothing doubled, memory flat.

    python benchmarks/soak.py [--pages 20000] [--faults 0.05] [--kills 3]

The demo server sends `--pages` list pages of ten listings each, all of them different, and the detail pages
of the suspects among them; a share of `--faults` meets a refusal (503), a torn connection, half an answer or
a wrong label. A crawler process works through them and gets SIGKILL `--kills` times in the first third; each
time another one goes on. At the end the database is held against what the server offered and what it sent.
Exit status 1: something is lost, doubled or not in order, or the last process grew.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from monitor.demo.effects import Mislabel, Refuse, Reset, Truncate
from monitor.demo.server import serve_sites
from monitor.demo.synthetic import SyntheticMall
from monitor.demo.weather import Rule, Weather
from monitor.extraction.profile import load_profile
from monitor.storage import open_database, runs
from monitor.storage.engine import reading, writing
from monitor.storage.migrate import upgrade
from monitor.storage.tables import UnitKind

if TYPE_CHECKING:
    from monitor.demo.server import DemoServer
    from monitor.extraction.profile import SiteProfile
    from monitor.storage import Engine

ITEMS, SUSPECT_EVERY = 10, 50
#: Pages of one list: a kill repeats the lists under way.
LIST = 25
EFFECTS = (Refuse(), Reset(), Truncate(), Mislabel())
#: How much the last process may grow from its second quarter to its last.
GROWTH = 1.10
_SITE = "demo_mall"


@dataclass
class Soak:
    """What a soak came to."""

    pages: int
    kills: int = 0
    seconds: float = 0.0
    #: requests that the server had, and of which it spoiled so many
    requests: int = 0
    struck: int = 0
    #: list pages that it sent whole more than once, as a kill makes necessary
    repeated: int = 0
    #: name of what should be so, and the difference
    amiss: dict[str, Any] = field(default_factory=dict)
    #: highest megabytes of the last crawler and its page process in each quarter of its pages
    memory: list[float] = field(default_factory=list)

    @property
    def grew(self) -> bool:
        """Whether the last process grew once it was warm."""
        return len(self.memory) == 4 and self.memory[3] > GROWTH * self.memory[1]


def soak(pages: int, faults: float, kills: int, folder: Path) -> Soak:
    """Run the whole, with everything that it leaves behind in `folder`; `pages` is a multiple of `LIST`."""
    weather = Weather(
        # each later rule only sees the URLs that the earlier ones let pass
        Rule(effect=effect, path="^/(?:category|item)/", share=faults / len(EFFECTS), seed=number)
        for number, effect in enumerate(EFFECTS)
    )
    mall = SyntheticMall(items_per_page=ITEMS, suspect_every=SUSPECT_EVERY, name=_SITE)
    outcome = Soak(pages=pages)
    url = f"sqlite:///{folder}/monitor.db"
    began = time.monotonic()
    with serve_sites([mall], weather=weather) as server:
        profile = shop(server.base_url(_SITE))
        engine = open_database(url)
        run = planned(engine, profile, pages)
        moments = [round(pages * (number + 1) / (kills + 1) / 3) for number in range(kills)]
        for moment in moments:
            outcome.kills += _crawled(folder, profile, run, server, until=moment)[0]
        killed, samples = _crawled(folder, profile, run, server)
        outcome.seconds = time.monotonic() - began
        assert not killed
        outcome.memory = _quarters(samples)
        _read_books(outcome, server)
        outcome.amiss = _amiss(engine, mall, outcome, folder)
        engine.dispose()
    return outcome


def shop(base_url: str) -> SiteProfile:
    """Lists have no end: a unit ends at its budget of pages."""
    profile = load_profile(_SITE).at(base_url)
    politeness = profile.politeness.model_copy(update={"delay": 0, "concurrency": 8})
    budget = profile.shop.model_copy(update={"max_pages": LIST})
    return profile.model_copy(update={"politeness": politeness, "shop": budget, "licence": "never"})


def planned(engine: Engine, profile: SiteProfile, pages: int) -> int:
    """Make a run with one unit a list."""
    upgrade(engine)
    with writing(engine) as connection:
        site = runs.ensure_site(
            connection, name=profile.name, title=profile.title, base_url=profile.base_url or ""
        )
        campaign = runs.ensure_campaign(connection, name="soak", title="soak", plan_digest=None)
        new = runs.NewRun(
            campaign_id=campaign, scheduled_at=datetime.now(UTC), reason="", orders={}, lexicon_version=""
        )
        run = runs.create_run(connection, new)
        keys = [profile.absolute(f"/category/list?page={first}") for first in range(1, pages + 1, LIST)]
        runs.add_units(connection, run, site, [runs.UnitOrder(kind=UnitKind.SHOP, key=key) for key in keys])
    return run


def crawl(base_url: str, run: int) -> None:
    """Be the crawler: `monitor crawl` starts the same with the manners of a plan."""
    os.environ["SCRAPY_SETTINGS_MODULE"] = "monitor.settings"
    from scrapy.crawler import AsyncCrawlerProcess  # noqa: PLC0415 - the parent needs no reactor
    from scrapy.utils.project import get_project_settings  # noqa: PLC0415 - reads the environment

    from monitor.pipelines.crawler_session import session_of  # noqa: PLC0415 - as above
    from monitor.spiders.units import UnitsSpider  # noqa: PLC0415 - as above

    settings = get_project_settings()
    settings.setdict({"AUTOTHROTTLE_ENABLED": False, "RETRY_BACKOFF": 0.02, "LOG_LEVEL": "WARNING"})
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(UnitsSpider)
    process.crawl(crawler, profile=shop(base_url), run=run)
    process.start()
    if (error := session_of(crawler).stopped_by) is not None:
        raise error


def _crawled(
    folder: Path, profile: SiteProfile, run: int, server: DemoServer, until: int | None = None
) -> tuple[bool, list[tuple[int, float]]]:
    """Let a process crawl to the end, or until the server has had so many requests for lists.

    Returns:
        whether it was killed; requests and megabytes over time.

    """
    environment = {
        **os.environ,
        "MONITOR_DATABASE_URL": f"sqlite:///{folder}/monitor.db",
        "MONITOR_EVIDENCE_DIR": f"{folder}/evidence",
        "MONITOR_DETAIL_SAMPLE": "0",
    }
    command = [sys.executable, __file__, "--crawl", profile.base_url or "", "--run", str(run)]
    process = subprocess.Popen(command, env=environment, cwd=folder)
    samples: list[tuple[int, float]] = []
    while process.poll() is None:
        done = len(server.requests)
        samples.append((done, _megabytes(process.pid)))
        if until is not None and done >= until:
            process.send_signal(signal.SIGKILL)
            process.wait()
            return True, samples
        time.sleep(0.05 if until is not None else 0.25)
    if process.returncode:
        raise SystemExit(f"the crawler ended with status {process.returncode}")
    return False, samples


def _megabytes(pid: int) -> float:
    """Memory of a crawler and of the process beside it, which stores its pages."""
    return sum(map(_resident, (pid, *_children(pid))))


def _children(pid: int) -> list[int]:
    try:
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]
    except OSError:
        return []


def _resident(pid: int) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0.0
    found = [line for line in status.splitlines() if line.startswith("VmRSS")]
    return int(found[0].split()[1]) / 1024 if found else 0.0


def _quarters(samples: list[tuple[int, float]]) -> list[float]:
    first, last = samples[0][0], samples[-1][0]
    if last - first < 4:
        return []
    highest = [0.0] * 4
    for done, megabytes in samples:
        quarter = min(3, (done - first) * 4 // (last - first))
        highest[quarter] = max(highest[quarter], megabytes)
    return highest


def _read_books(outcome: Soak, server: DemoServer) -> None:
    sent = Counter(
        one.target
        for one in server.requests
        if one.target.startswith("/category/") and one.effect in (None, "Mislabel")
    )
    outcome.requests = len(server.requests)
    outcome.struck = sum(one.effect is not None for one in server.requests)
    outcome.repeated = sum(count - 1 for count in sent.values())
    wanted = {f"/category/list?page={number}" for number in range(1, outcome.pages + 1)}
    if missing := wanted - sent.keys():
        outcome.amiss["list pages that the server never sent"] = len(missing)


def _amiss(engine: Engine, mall: SyntheticMall, outcome: Soak, folder: Path) -> dict[str, Any]:
    """Hold the database against what the server offered."""
    items = range(1, outcome.pages * ITEMS + 1)
    suspects = sum(mall.is_suspect(item) for item in items)
    amiss = dict(outcome.amiss)

    def expect(name: str, found: object, wanted: object) -> None:
        if found != wanted:
            amiss[name] = f"{found} instead of {wanted}"

    with reading(engine) as connection:

        def count(query: str) -> int:
            return int(connection.execute(text(f"SELECT count(*) FROM {query}")).scalar_one())

        found = Counter(
            (row.key, row.title) for row in connection.execute(text("SELECT key, title FROM listing"))
        )
        offered = {(str(item), mall.title(item)) for item in items}
        expect("listings lost", len(offered - found.keys()), 0)
        expect("listings that nobody offered", len(found.keys() - offered), 0)
        expect("listings doubled", sum(found.values()) - len(found), 0)
        expect("suspects", count("listing WHERE suspect"), suspects)
        expect("suspects whose own page was not read", count("listing WHERE suspect AND NOT detail_seen"), 0)
        expect(
            "sightings on lists",
            count("sighting s JOIN unit u ON u.id = s.unit_id WHERE u.kind = 'shop'"),
            len(items),
        )
        expect(
            "observations of the same",
            count("(SELECT 1 FROM observation GROUP BY listing_id, digest HAVING count(*) > 1) twice"),
            0,
        )
        expect("listings without an observation", len(items) - count(_OBSERVED), 0)
        expect("units", count("unit"), outcome.pages // LIST + suspects)
        expect("units that are not done", count("unit WHERE status != 'done'"), 0)
        expect("suspects without evidence", count(_BARE), 0)
    verified = subprocess.run(
        [sys.executable, "-m", "monitor", "evidence", "verify"],
        env={
            **os.environ,
            "MONITOR_DATABASE_URL": f"sqlite:///{folder}/monitor.db",
            "MONITOR_EVIDENCE_DIR": f"{folder}/evidence",
        },
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    expect("status of monitor evidence verify", verified.returncode, 0)
    return amiss


_OBSERVED = "(SELECT DISTINCT listing_id FROM observation) observed"
_BARE = "listing WHERE suspect AND id NOT IN (SELECT listing_id FROM evidence_listing)"


def report(outcome: Soak) -> None:
    print(
        f"{outcome.pages} list pages, {outcome.requests} requests, {outcome.struck} struck "
        f"({outcome.struck / outcome.requests:.1%}), killed {outcome.kills} times, "
        f"{outcome.repeated} list pages read again, {outcome.seconds:.0f} s"
    )
    quarters = " · ".join(f"{each:.0f}" for each in outcome.memory)
    grew = " GREW" if outcome.grew else ""
    print(f"peak memory of the last crawler and its page process by quarters, MB: {quarters}{grew}")
    for name, difference in outcome.amiss.items():
        print(f"AMISS {name}: {difference}")
    if not outcome.amiss:
        print("nothing lost, nothing doubled")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=20_000, help=f"a multiple of {LIST}")
    parser.add_argument("--faults", type=float, default=0.05, help="share of URLs that are struck once")
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--crawl", metavar="URL", help=argparse.SUPPRESS)
    parser.add_argument("--run", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.crawl:
        crawl(options.crawl, options.run)
        return 0
    if options.pages % LIST:
        parser.error(f"--pages must be a multiple of {LIST}")
    with tempfile.TemporaryDirectory() as folder:
        outcome = soak(options.pages, options.faults, options.kills, Path(folder))
    if options.json:
        print(json.dumps({**vars(outcome), "grew": outcome.grew}, ensure_ascii=False))
    else:
        report(outcome)
    return 1 if outcome.amiss or outcome.grew else 0


if __name__ == "__main__":
    sys.exit(main())
