"""`scrapy list` and `scrapy crawl search -a …` work as any Scrapy user expects."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.demo.mall import Mall
from monitor.demo.server import serve

ROOT = Path(__file__).parent.parent.parent

pytestmark = pytest.mark.slow


def scrapy(workplace, *arguments: str) -> str:
    shutil.copy(ROOT / "scrapy.cfg", workplace.folder)
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", *arguments],
        cwd=workplace.folder,
        env=workplace.environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout


def test_list(workplace):
    assert scrapy(workplace, "list").split() == ["api", "archive", "recheck", "search", "shop", "units"]


def test_crawl_search_gives_listings_to_feeds_and_to_the_database(workplace):
    with serve(Mall(day=0)) as server:
        scrapy(
            workplace,
            *("crawl", "search", "-a", "site=demo_gbk", "-a", f"base_url={server.base_url('demo_gbk')}"),
            *("-a", "query=弩", "-O", "out.jsonl"),
        )
    lines = (workplace.folder / "out.jsonl").read_text(encoding="utf-8").splitlines()
    listings = [json.loads(line) for line in lines]
    assert listings
    assert all(listing["title"] and listing["url"].startswith("http://127.0.0.1") for listing in listings)
    assert {each["title"] for each in listings} == {row.title for row in workplace.rows(suspects_only=False)}
    assert workplace.count("run", "status = 'done'") == 1
