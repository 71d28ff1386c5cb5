"""The main job, end to end: crawl, classify, store, export; on our mall and on a real django-oscar shop."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest

from monitor.demo.mall import SITES, Mall
from monitor.demo.oscar.shop import OscarShop
from monitor.demo.server import serve

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [
    pytest.mark.slow,
    # openpyxl does not know the data bars that Excel 2010 draws, and says so
    pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning:openpyxl"),
]


def sheet_titles(path: str) -> list[str]:
    """Titles of a list that an analyst opens."""
    rows = openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True)
    header = next(row for row in rows if "商品标题" in row)
    column = header.index("商品标题")
    return [row[column] for row in rows if row[column]]


def exported(workplace, *arguments: str) -> dict[str, str]:
    files = json.loads(workplace.monitor("export", *arguments, "--json").stdout)
    return {file["path"].rpartition(".")[2]: str(workplace.folder / file["path"]) for file in files}


@pytest.fixture(scope="module")
def oscar(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OscarShop]:
    with OscarShop(tmp_path_factory.mktemp("oscar")) as shop:
        yield shop


@pytest.mark.xdist_group("oscar")
def test_every_product_of_a_real_shop_is_stored_and_the_dangerous_ones_are_listed(workplace, oscar):
    workplace.plan("oscar", [{"site": "django_oscar", "base_url": oscar.base_url, "via": ["shop", "search"]}])
    workplace.process("crawl", "oscar", timeout=240)
    stored = {row.url: row for row in workplace.rows(suspects_only=False)}
    assert {product.url for product in oscar.products} == set(stored)
    for product in oscar.products:
        row = stored[product.url]
        assert (row.title, row.price) == (product.title, product.price)
        if row.detail_seen:
            assert row.attributes, product.title
    listed = sheet_titles(exported(workplace, "suspects")["xlsx"])
    dangerous = {product.title for product in oscar.products if product.expect.suspect is True}
    harmless = {product.title for product in oscar.products if product.expect.suspect is False}
    assert dangerous
    assert dangerous <= set(listed), "missed"
    assert not harmless & set(listed), "false alarm"


def test_the_demo_mall_gives_its_dangerous_listings_and_none_of_its_hard_negatives(workplace):
    with serve(Mall(day=0)) as server:
        sites = [
            {"site": site, "base_url": server.base_url(site), "via": ["shop", "search"]} for site in SITES
        ]
        workplace.plan("mall", sites)
        workplace.process("crawl", "mall", timeout=240)
    offers = [offer for site in SITES for offer in Mall(day=0).listings(site)]
    assert len(workplace.rows(suspects_only=False)) == len(offers)
    files = exported(workplace, "suspects", "--campaign", "mall")
    listed = sheet_titles(files["xlsx"])
    assert len(listed) == len(workplace.rows())
    dangerous = {offer.title for offer in offers if offer.expect.suspect is True}
    traps = {offer.title for offer in offers if offer.expect.suspect is False}
    assert len(dangerous) >= 40
    assert dangerous <= set(listed), "missed"
    assert not traps & set(listed), "false alarm"
    assert len(Path(files["csv"]).read_text(encoding="utf-8-sig").splitlines()) >= len(listed)
    assert exported(workplace, "sampling")["xlsx"]


def test_time_moves_on_and_nothing_is_doubled(workplace):
    with serve(Mall(day=0)) as server:
        sites = [{"site": site, "base_url": server.base_url(site), "via": ["shop"]} for site in SITES]
        workplace.plan("mall", sites)
        workplace.monitor("crawl", "mall")
        before = workplace.count("listing")
        server.show(Mall(day=1))
        workplace.monitor("crawl", "mall")
    changes = json.loads(workplace.monitor("runs", "2", "--json").stdout)["changes"]
    moved = {name: len(changes[name]) for name in ("new", "changed", "vanished", "new_sellers")}
    assert moved == {"new": 1, "changed": 1, "vanished": 1, "new_sellers": 1}
    assert workplace.count("listing") == before + 1
    doubled = "id IN (SELECT min(id) FROM listing GROUP BY site_id, key HAVING count(*) > 1)"
    assert workplace.count("listing", doubled) == 0
    assert "1 new, 1 changed, 1 vanished, 1 new sellers" in workplace.monitor("runs", "2").stdout
