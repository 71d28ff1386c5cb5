"""Licence pages of suspects' sellers are evidence, and so are pages that say that a suspect is gone."""

from __future__ import annotations

import json
import zipfile
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text

from monitor.demo import effects
from monitor.demo.mall import Mall
from monitor.demo.server import serve
from monitor.demo.weather import Rule, Weather
from monitor.storage import open_database
from monitor.storage.engine import reading
from monitor.storage.evidence import evidence_of, listings_with_evidence

pytestmark = pytest.mark.slow

SITE = "demo_mall"


def rows(workplace, query: str) -> list[Any]:
    engine = open_database(workplace.database_url)
    with reading(engine) as connection:
        found = list(connection.execute(text(query)))
    engine.dispose()
    return found


def problems(workplace, status: int = 0) -> list[dict[str, Any]]:
    said = json.loads(workplace.monitor("evidence", "verify", "--json", status=status).stdout)
    return list(said["problems"])


def test_who_sells_and_that_it_went_are_preserved(workplace, tmp_path):
    workplace.settings |= {"MONITOR_DETAIL_SAMPLE": "0"}
    weather = Weather()
    with serve(Mall(day=0), weather=weather) as server:
        workplace.plan("night", [{"site": SITE, "base_url": server.base_url(SITE)}], ["磁力"])
        workplace.monitor("crawl", "night")
        licences = {row.url for row in rows(workplace, "SELECT url FROM evidence WHERE kind = 'licence'")}
        fetched = rows(workplace, "SELECT key FROM unit WHERE kind = 'licence' AND status = 'done'")
        assert licences
        assert licences == {row.key for row in fetched}
        suspect = workplace.rows()[0]
        path = urlsplit(suspect.url).path
        weather.rules = (Rule(effect=effects.Lost(), path=f"^{path}$", times=None),)
        workplace.monitor("recheck", "--listing", str(suspect.id))
    (gone,) = rows(workplace, "SELECT id, url FROM evidence WHERE kind = 'gone'")
    assert gone.url == suspect.url
    (linked,) = rows(workplace, f"SELECT listing_id FROM evidence_listing WHERE evidence_id = {gone.id}")
    assert linked.listing_id == suspect.id
    assert problems(workplace) == []

    pack = tmp_path / "证据.zip"
    workplace.monitor("evidence", "pack", str(suspect.id), "--to", str(pack))
    with zipfile.ZipFile(pack) as archive:
        document = archive.read(f"电子数据提取笔录-{suspect.id}.html").decode()
    assert "经营者亮照页" in document
    assert "一次答复不足以认定下架" in document

    # they do not stand in for the page that offers it: without that the suspect is 未固证
    engine = open_database(workplace.database_url)
    with engine.begin() as connection:
        assert {each.record.kind for each in evidence_of(connection, [suspect.id])} == {
            "page",
            "licence",
            "gone",
        }
        assert listings_with_evidence(connection, [suspect.id]) == {suspect.id}
        pages = "SELECT id FROM evidence WHERE kind = 'page'"
        connection.execute(
            text(f"DELETE FROM evidence_listing WHERE listing_id = {suspect.id} AND evidence_id IN ({pages})")
        )
        assert listings_with_evidence(connection, [suspect.id]) == set()
    engine.dispose()
    assert {each["code"] for each in problems(workplace, status=1)} == {"row"}


def test_what_concerns_no_suspect_is_not_kept(workplace):
    workplace.settings |= {"MONITOR_DETAIL_SAMPLE": "1"}
    with serve(Mall(day=0)) as server:
        workplace.plan("night", [{"site": SITE, "base_url": server.base_url(SITE)}], ["尺"])
        workplace.monitor("crawl", "night")
    suspects = len(workplace.rows())
    kept = rows(
        workplace,
        "SELECT count(*) AS n FROM evidence_listing JOIN listing ON listing.id = listing_id"
        " WHERE NOT listing.suspect",
    )
    assert kept[0].n == 0
    assert len(workplace.rows(suspects_only=False)) > suspects
