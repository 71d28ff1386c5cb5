"""Suspects are looked at again in a real shop: gone, changed, back, and all that says nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import delete, select, update

from monitor.demo import effects
from monitor.demo.mall import Mall
from monitor.demo.server import serve
from monitor.demo.weather import Rule, Weather
from monitor.storage import open_database
from monitor.storage.engine import writing
from monitor.storage.tables import EvidenceListing, Finding, Recheck, Run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.demo.effects import Effect

pytestmark = pytest.mark.slow

SITE = "demo_mall"
#: What befalls an own page, and what a look makes of it.
STRIKES: dict[str, Effect] = {
    "404/410": effects.Lost(),
    "soft 404": effects.Lost(status=200),
    "blocked": effects.Captcha(),
    "unreachable": effects.Refuse(status=503, retry_after=3600),
    "went home": effects.GoHome(),
}


class Shop:
    """A crawled mall whose weather changes."""

    def __init__(self, workplace, weather: Weather) -> None:
        self._work, self._weather = workplace, weather
        rows = sorted(workplace.rows(), key=lambda row: row.url)
        assert len(rows) > len(STRIKES)
        self.by_name = dict(zip(STRIKES, rows, strict=False))
        self.fine = rows[len(STRIKES)]
        self.count = len(rows)
        self.base = self.fine.url.rpartition("/item")[0]

    def strike(self) -> None:
        self._weather.rules = tuple(
            Rule(effect=effect, path=f"^{urlsplit(self.by_name[name].url).path}", times=None)
            for name, effect in STRIKES.items()
        )

    def clear(self) -> None:
        self._weather.rules = ()

    def looks(self, *arguments: str) -> dict[int, dict[str, Any]]:
        said = json.loads(self._work.monitor("recheck", *arguments, "--json").stdout)
        return {each["listing_id"]: each for each in said["checks"]}

    def reason_of_last_run(self) -> str:
        engine = open_database(self._work.database_url)
        with writing(engine) as connection:
            reason = connection.execute(select(Run.reason).order_by(Run.id.desc()).limit(1)).scalar_one()
        engine.dispose()
        return reason

    def days_pass(self, days: float = 1.05) -> None:
        """Everything so far happened so much earlier."""
        engine = open_database(self._work.database_url)
        with writing(engine) as connection:
            for column in (Recheck.checked_at, Finding.found_at):
                rows = connection.execute(select(column.table.c.id, column)).all()
                for row in rows:
                    values = {column.key: row[1] - timedelta(days=days)}
                    connection.execute(update(column.table).where(column.table.c.id == row[0]).values(values))
        engine.dispose()


@contextmanager
def crawled(workplace, **plan: Any) -> Iterator[Shop]:
    workplace.settings |= {"MONITOR_DETAIL_SAMPLE": "0"}
    weather = Weather()
    with serve(Mall(day=0), weather=weather) as server:
        workplace.plan("night", [{"site": SITE, "base_url": server.base_url(SITE)}], ["磁力", "激光"], **plan)
        workplace.monitor("crawl", "night")
        yield Shop(workplace, weather)


def test_looks_a_day_apart_tell_what_is_gone(workplace):
    with crawled(workplace, recheck=["24h", "48h"]) as shop:
        shop.strike()
        shop.days_pass()
        # its page was never read, and nothing of it is preserved
        forget(workplace, shop.fine.id)
        first = shop.looks("--due")
        assert len(first) == shop.count
        for name, row in shop.by_name.items():
            look = first[row.id]
            assert look["outcome"] == (name if name != "went home" else "unreachable"), look
            assert look["gone_at"] is None
            assert look["rests_on"]
        assert first[shop.fine.id]["outcome"] == "on sale"
        assert "未固证 1 件" in shop.reason_of_last_run()
        assert all(row.preserved for row in workplace.rows())
        shop.days_pass()
        second = shop.looks("--due")
        gone = {name for name, row in shop.by_name.items() if second[row.id]["gone_at"]}
        assert gone == {"404/410", "soft 404"}
        everything = {row.id for row in workplace.rows(on_sale_only=False)}
        assert {row.id for row in workplace.rows()} == everything - {shop.by_name[name].id for name in gone}
        shop.clear()
        scrapy(workplace, f"base_url={shop.base}")
    assert workplace.count("recheck", "outcome = 'on sale'") > shop.count
    lost = shop.by_name["404/410"].id
    (back,) = (row for row in workplace.rows() if row.id == lost)
    assert (back.gone_at, back.back_at is None) == (None, False)


def test_a_listing_that_is_taken_down_and_comes_up_again_under_another_number(workplace):
    """On day 7 a page says 下架, the same people offer the same good in a new shop, and a listing changes."""
    workplace.settings |= {"MONITOR_DETAIL_SAMPLE": "0"}
    gone, changed, again = (
        next(change for change in Mall(7).changes() if change.move == move)
        for move in ("vanished", "changed", "appeared")
    )
    with serve(Mall(day=6)) as server:
        workplace.plan("night", [{"site": SITE, "base_url": server.base_url(SITE)}], ["磁力", "磁*力*球"])
        workplace.monitor("crawl", "night")
        server.show(Mall(day=7))
        workplace.monitor("crawl", "night")
        ids = {row.url.rpartition("/")[2].removesuffix(".html"): row.id for row in workplace.rows()}
        said = json.loads(workplace.monitor("recheck", "--campaign", "night", "--json").stdout)
    looks = {each["listing_id"]: each for each in said["checks"]}
    assert looks.keys() == set(ids.values())
    look = looks[ids[gone.item_id]]
    assert (look["outcome"], look["gone_at"] is None) == ("marker says gone", False)
    assert "gone" in look["rests_on"]
    assert looks[ids[changed.item_id]]["outcome"] == "on sale", "the crawl of day 7 saw the change"
    assert workplace.count("recheck", "outcome = 'changed'") == 1
    assert workplace.count("unit", "kind = 'recheck' AND status <> 'done'") == 0
    (found,) = (row for row in workplace.rows() if row.id == ids[again.item_id])
    (line,) = found.relisted_from
    assert line.gone_listing_id == ids[gone.item_id]
    assert "统一社会信用代码" in "".join(line.reasons)


def scrapy(workplace, *arguments: str) -> None:
    options = [word for argument in (f"site={SITE}", *arguments) for word in ("-a", argument)]
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", "crawl", "recheck", *options],
        cwd=workplace.folder,
        env={**workplace.environment, "SCRAPY_SETTINGS_MODULE": "monitor.settings"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr, done.stderr


def forget(workplace, listing: int) -> None:
    """Forget the looks at a listing and what is preserved of it."""
    engine = open_database(workplace.database_url)
    with writing(engine) as connection:
        for table in (EvidenceListing, Recheck):
            connection.execute(delete(table).where(table.listing_id == listing))
    engine.dispose()
