"""Hostile weather: each kind has a verdict, the crawl ends by itself, and nothing is lost or doubled.

Each search word meets a weather of its own, so that one crawl goes through many.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from monitor.demo import effects
from monitor.demo.mall import Mall
from monitor.demo.server import serve
from monitor.demo.shelf_page import Paging, search
from monitor.demo.weather import Rule, Weather

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.demo.effects import Effect
    from monitor.demo.server import DemoServer

pytestmark = pytest.mark.slow

SITE = "demo_mall"
#: What passes: the crawl waits and goes on.
PASSING = {
    "磁力": effects.Refuse(status=503, retry_after=1),
    "弩": effects.Refuse(status=429, retry_after=2),
    "激光": effects.Refuse(status=503),
    "橡皮": effects.Stall(seconds=20),
    "口罩": effects.Reset(),
    "奶嘴": effects.Truncate(),
}
#: What stays: the unit ends with a status and a reason.
STAYING: dict[str, tuple[Effect, str, str]] = {
    "磁力": (effects.Refuse(status=503, retry_after=0), "failed", "HTTP 503"),
    "弩": (effects.Refuse(status=429, retry_after=3600), "blocked", "HTTP 429"),
    "激光": (effects.Stall(seconds=20), "failed", "imeout"),
    "橡皮": (effects.Reset(), "failed", "Connection"),
    "口罩": (effects.Truncate(), "failed", "DataLoss"),
    "奶嘴": (effects.Drip(bytes_per_second=100), "failed", "imeout"),
    "儿童": (effects.Redirect(), "failed", "redirect"),
    "弹弓": (effects.Captcha(), "blocked", "验证"),
    "飞镖": (effects.GzipBomb(), "failed", "decompression bomb"),
    "书包": (effects.Flood(), "failed", "too large"),
}
SPOILING = {"磁力": effects.Mislabel(), "激光": effects.Recode(), "橡皮": effects.Tangle()}


def expected(*words: str) -> set[str]:
    """What fair weather gives, from the mall's own books."""
    offers = Mall(day=0).listings(SITE)
    return {offer.item_id for word in words for offer in search(offers, word)}


def found(workplace) -> set[str]:
    rows = workplace.rows(suspects_only=False)
    keys = [row.url.rpartition("/")[2].removesuffix(".html") for row in rows]
    assert len(set(keys)) == len(keys), "a listing is there twice"
    return set(keys)


@contextmanager
def storm(workplace, words: list[str], *rules: Rule) -> Iterator[DemoServer]:
    workplace.settings |= {
        "MONITOR_DOWNLOAD_TIMEOUT": "1.5",
        "MONITOR_LONGEST_WAIT": "5",
        "MONITOR_DETAIL_SAMPLE": "0",
    }
    with serve(Mall(day=0), weather=Weather(rules)) as server:
        workplace.plan("night", [{"site": SITE, "base_url": server.base_url(SITE)}], words)
        yield server


def over(word: str, effect: Effect, times: int | None) -> Rule:
    return Rule(effect=effect, path=rf"^/search\?q={quote(word)}", times=times)


def crawled(workplace, run: int = 1) -> dict[str, dict[str, Any]]:
    """Crawl; return the units of searches by their word."""
    workplace.monitor("crawl", "night", timeout=180)
    return {unit["key"]: unit for unit in workplace.units(run) if unit["kind"] == "search"}


def test_what_passes_is_waited_for(workplace):
    rules = [over(word, effect, 1) for word, effect in PASSING.items()]
    with storm(workplace, list(PASSING), *rules) as server:
        units = crawled(workplace)
        asked = [server.count(SITE, f"/search?q={quote(word)}") for word in PASSING]
    assert {word: unit["status"] for word, unit in units.items()} == dict.fromkeys(PASSING, "done")
    assert min(asked) >= 2
    assert found(workplace) == expected(*PASSING)


def test_what_stays_has_a_verdict_and_the_next_crawl_completes_it(workplace):
    words = list(STAYING)
    rules = [over(word, effect, None) for word, (effect, _, _) in STAYING.items()]
    with storm(workplace, words, *rules) as server:
        units = crawled(workplace)
        for word, (effect, status, said) in STAYING.items():
            assert (units[word]["status"], said in units[word]["reason"]) == (status, True), (
                effect,
                units[word],
            )
            assert server.count(SITE, f"/search?q={quote(word)}") <= 12, effect
    assert found(workplace) == set()
    with storm(workplace, words):
        units = crawled(workplace, run=2)
    assert {word: unit["status"] for word, unit in units.items()} == dict.fromkeys(words, "done")
    assert found(workplace) == expected(*words)


def test_a_spoilt_page_is_read_all_the_same(workplace):
    with storm(workplace, list(SPOILING), *(over(word, effect, None) for word, effect in SPOILING.items())):
        units = crawled(workplace)
    assert {word: unit["status"] for word, unit in units.items()} == dict.fromkeys(SPOILING, "done")
    assert found(workplace) == expected(*SPOILING)
    titles = [row.title for row in workplace.rows(suspects_only=False)]
    assert all(any(word in title for title in titles) for word in SPOILING)


def test_endless_and_repeating_lists_end_by_themselves(workplace):
    pagings = {"儿童": Paging.ENDLESS, "玩具": Paging.REPEATING}
    rules = [over(word, effects.Repage(paging=paging), None) for word, paging in pagings.items()]
    with storm(workplace, list(pagings), *rules) as server:
        units = crawled(workplace)
        assert all(server.count(SITE, f"/search?q={quote(word)}") < 20 for word in pagings)
    assert all(unit["status"] == "done" and "repeats itself" in unit["reason"] for unit in units.values())
    assert found(workplace) <= expected(*pagings)


def test_a_failed_detail_page_costs_nothing_but_itself(workplace):
    with storm(workplace, ["磁力"], Rule(effect=effects.Reset(), path="^/item/", times=None)):
        units = crawled(workplace)
        details = [unit["status"] for unit in workplace.units(1) if unit["kind"] == "detail"]
    assert set(details) == {"failed"}
    assert units["磁力"]["status"] == "done"
    assert found(workplace) == expected("磁力")
