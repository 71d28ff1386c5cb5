"""Hostile weather: each kind has a verdict, the crawl ends by itself, and nothing is lost or doubled."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from monitor.demo import effects
from monitor.demo.mall import Mall
from monitor.demo.server import serve
from monitor.demo.shelf_page import Paging
from monitor.demo.weather import Rule, Weather

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.demo.server import DemoServer

pytestmark = pytest.mark.slow

WORD = "磁力"
SEARCH = "^/search"


def keys(workplace) -> list[str]:
    return sorted(row.url.rpartition("/")[2] for row in workplace.rows(suspects_only=False))


@contextmanager
def storm(workplace, *rules: Rule, site: str = "demo_mall", word: str = WORD) -> Iterator[DemoServer]:
    workplace.settings |= {"MONITOR_DOWNLOAD_TIMEOUT": "1.5", "MONITOR_LONGEST_WAIT": "5"}
    with serve(Mall(day=0), weather=Weather(rules)) as server:
        workplace.plan("night", [{"site": site, "base_url": server.base_url(site)}], [word])
        yield server


def crawled(workplace, *arguments: str) -> dict[str, dict[str, Any]]:
    """Crawl; return the unit of the search and those of the details, by kind and key."""
    workplace.monitor("crawl", *(arguments or ("night",)))
    return {f"{unit['kind']} {unit['key']}": unit for unit in workplace.units(1)}


@pytest.fixture
def fair(another_workplace) -> list[str]:
    """What fair weather gives."""
    with storm(another_workplace):
        another_workplace.monitor("crawl", "night")
    found = keys(another_workplace)
    assert len(found) > 10
    return found


@pytest.mark.parametrize(
    "effect",
    [
        effects.Refuse(status=503, retry_after=1),
        effects.Refuse(status=429, retry_after=2),
        effects.Refuse(status=503),
        effects.Stall(seconds=20),
        effects.Reset(),
        effects.Truncate(),
    ],
    ids=["503", "429", "503 without Retry-After", "timeout", "reset", "truncated"],
)
def test_what_passes_is_waited_for(workplace, fair, effect):
    with storm(workplace, Rule(effect=effect, path=SEARCH, times=1)) as server:
        unit = crawled(workplace)[f"search {WORD}"]
        assert server.count("demo_mall", "/search") >= 2
    assert (unit["status"], unit["attempts"]) == ("done", 1)
    assert keys(workplace) == fair


@pytest.mark.parametrize(
    ("effect", "status", "said"),
    [
        (effects.Refuse(status=503, retry_after=1), "failed", "HTTP 503"),
        (effects.Refuse(status=429, retry_after=3600), "failed", "HTTP 429"),
        (effects.Stall(seconds=20), "failed", "imeout"),
        (effects.Reset(), "failed", ""),
        (effects.Truncate(), "failed", ""),
        (effects.Drip(bytes_per_second=100), "failed", "imeout"),
        (effects.Redirect(), "failed", "redirect"),
        (effects.Captcha(), "blocked", "验证"),
        (effects.GzipBomb(), "failed", ""),
        (effects.Flood(), "failed", ""),
    ],
    ids=["503", "429", "timeout", "reset", "truncated", "drip", "circle", "captcha", "bomb", "flood"],
)
def test_what_stays_has_a_verdict_and_the_next_attempt_completes_it(workplace, fair, effect, status, said):
    with storm(workplace, Rule(effect=effect, path=SEARCH, times=None)) as server:
        unit = crawled(workplace)[f"search {WORD}"]
        assert unit["status"] == status
        assert said in unit["reason"]
        assert server.count("demo_mall", "/search") <= 12
    assert keys(workplace) == []
    with storm(workplace) as server:
        workplace.monitor("crawl", "night")
    assert keys(workplace) == fair
    assert workplace.count("listing") == len(fair)


@pytest.mark.parametrize(
    "effect",
    [effects.Mislabel(), effects.Recode(), effects.Tangle()],
    ids=["mislabelled", "wrong charset", "broken markup"],
)
def test_a_spoilt_page_is_read_all_the_same(workplace, fair, effect):
    with storm(workplace, Rule(effect=effect, times=None)):
        unit = crawled(workplace)[f"search {WORD}"]
    assert unit["status"] == "done"
    assert keys(workplace) == fair
    titles = [row.title for row in workplace.rows(suspects_only=False)]
    assert any(WORD in title for title in titles)


@pytest.mark.parametrize("paging", [Paging.ENDLESS, Paging.REPEATING])
def test_endless_and_repeating_lists_end_by_themselves(workplace, paging):
    with storm(workplace, Rule(effect=effects.Repage(paging=paging), times=None), word="儿童") as server:
        unit = crawled(workplace)["search 儿童"]
        assert server.count("demo_mall", "/search") < 20
    assert unit["status"] == "done"
    assert "repeats itself" in unit["reason"]
    assert len(set(keys(workplace))) == len(keys(workplace)) > 0


def test_a_failed_detail_page_costs_nothing_but_itself(workplace, fair):
    with storm(workplace, Rule(effect=effects.Reset(), path="^/item/", times=None)):
        units = crawled(workplace)
    details = [unit for name, unit in units.items() if name.startswith("detail")]
    assert details
    assert {unit["status"] for unit in details} == {"failed"}
    assert keys(workplace) == fair
    with storm(workplace):
        pass
