"""SIGKILL at random moments, then the same command again: the result is that of an uninterrupted run."""

from __future__ import annotations

import os
import random
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from monitor.demo.mall import Mall
from monitor.demo.server import serve
from monitor.storage import open_database
from monitor.storage.engine import reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.demo.server import DemoServer

pytestmark = pytest.mark.slow

WORDS = ["弩", "磁力", "激光", "橡皮"]
#: What a run leaves behind, without numbers that the database gives and without times. Units are those of the
#: first run: an orphan may end that run a moment before the command is given again, which then makes a second
#: one, and a second one of the same shops may change nothing else.
RESULT = {
    "listings": """
        SELECT s.name, l.key, l.title, l.price, l.digest, l.category, l.risk, l.suspect, l.detail_seen, e.key
        FROM listing l JOIN site s ON s.id = l.site_id LEFT JOIN seller e ON e.id = l.seller_id""",
    "sellers": "SELECT key, name, licence_name, credit_code, address FROM seller",
    "findings": """
        SELECT l.key, f.kind, f.rule, f.field, f.start, f."end", f.matched FROM finding f
        JOIN listing l ON l.id = f.listing_id WHERE f.superseded_at IS NULL""",
    "observations": """
        SELECT l.key, o.digest, count(*) FROM observation o JOIN listing l ON l.id = o.listing_id
        GROUP BY l.key, o.digest""",
    "units": """
        SELECT s.name, u.kind, u.key, u.status, u.reason FROM unit u JOIN site s ON s.id = u.site_id
        WHERE u.run_id = 1""",
    "sightings": """
        SELECT u.kind, u.key, l.key FROM sighting t JOIN unit u ON u.id = t.unit_id
        JOIN listing l ON l.id = t.listing_id WHERE u.run_id = 1""",
    "run": "SELECT status FROM run WHERE id = 1",
}


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    with serve(Mall(day=0)) as running:
        yield running


def result(database_url: str) -> dict[str, list[Any]]:
    engine = open_database(database_url)
    with reading(engine) as connection:
        found = {name: sorted(map(repr, connection.execute(text(query)))) for name, query in RESULT.items()}
    engine.dispose()
    return found


def until(workplace, units: int) -> None:
    """Wait until more than so many units are done."""
    deadline = time.monotonic() + 300
    while workplace.count("unit", "status = 'done'") <= units and time.monotonic() < deadline:
        time.sleep(0.02)


def page_processes(workplace) -> list[int]:
    """Numbers of the processes that store this workplace's pages."""
    database = f"MONITOR_DATABASE_URL={workplace.database_url}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it ended, or is not ours
            stores = b"monitor.pipelines.page_worker" in (folder / "cmdline").read_bytes().split(b"\0")
            if stores and database in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
    return found


def planned(workplace, server) -> None:
    sites = [
        {"site": "demo_mall", "base_url": server.base_url("demo_mall"), "via": ["shop", "search"]},
        {"site": "demo_gbk", "base_url": server.base_url("demo_gbk")},
    ]
    workplace.plan("night", sites, WORDS)


@pytest.fixture(scope="module")
def whole(shared_workplace, server) -> dict[str, list[Any]]:
    """What a crawl leaves that nobody interrupts."""
    planned(shared_workplace, server)
    shared_workplace.monitor("crawl", "night")
    found = result(shared_workplace.database_url)
    assert len(found["listings"]) > 200
    return found


@pytest.mark.parametrize("whom", ["the starter", "everybody"])
def test_a_killed_crawl_goes_on_where_it_was(workplace, whole, server, whom):
    planned(workplace, server)
    # how far the crawl may get before each kill is random, and printed when the test fails
    moments = sorted(random.sample(range(len(whole["units"]) // 2), 4))
    print("killed after so many units:", moments)
    interrupted = 0
    for moment in moments:
        process = workplace.start("crawl", "night", start_new_session=True)
        until(workplace, moment)
        if whom == "everybody":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.communicate()
        interrupted += workplace.count("run", "status = 'running'")
    assert interrupted
    deadline = time.monotonic() + 60
    while page_processes(workplace) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert page_processes(workplace) == [], "who stores pages ends when the crawler is gone"
    workplace.monitor("crawl", "night")
    after = result(workplace.database_url)
    for name, rows in whole.items():
        lost, more = set(rows) - set(after[name]), set(after[name]) - set(rows)
        assert (name, lost, more) == (name, set(), set())
        assert len(after[name]) == len(rows), f"{name}: something is there twice"


def test_a_crawl_whose_storing_process_is_killed_stops_says_so_and_goes_on(workplace, whole, server):
    planned(workplace, server)
    process = workplace.start("crawl", "night")
    until(workplace, 3)
    victims = page_processes(workplace)
    assert victims
    for each in victims:
        os.kill(each, signal.SIGKILL)
    said = "".join(process.communicate(timeout=120))
    assert process.returncode != 0
    assert "was killed by SIGKILL; give the same command again" in said
    assert "Traceback" not in said
    workplace.monitor("crawl", "night")
    assert result(workplace.database_url) == whole


def test_ctrl_c_ends_open_pages_and_the_run_goes_on(workplace, server):
    planned(workplace, server)
    process = workplace.start("crawl", "night")
    until(workplace, 2)
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "run the same command again" in said
    assert "Traceback" not in said
    assert workplace.count("unit", "status = 'done'") > 0
    again = workplace.monitor("crawl", "night")
    assert "was cut short" in again.stderr
    assert workplace.count("run") == 1
    assert workplace.count("unit", "status IN ('pending', 'running')") == 0


def test_two_crawls_of_one_site_at_once_take_turns(workplace, server):
    planned(workplace, server)
    first = workplace.start("crawl", "night")
    second = workplace.start(
        "crawl", "--site", "demo_mall", "--base-url", server.base_url("demo_mall"), "--query", "弩"
    )
    outcomes = [process.communicate(timeout=120) for process in (first, second)]
    assert (first.returncode, second.returncode) == (0, 0), outcomes
    assert workplace.count("run", "status = 'done'") == 2
    spans = [
        workplace.times(f"run_id = {run} AND site_id = (SELECT id FROM site WHERE name = 'demo_mall')")
        for run in (1, 2)
    ]
    earlier, later = sorted(spans)
    assert earlier[1] <= later[0], "one crawl asked the site while the other was at it"
