"""Pages of the big platforms as an officer's browser saved them.

Expected values come from other places of the page than the profiles read: tracking lists, attributes,
meta tags.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest

from monitor.extraction import Page, PageKind, Verdict, all_profiles, read_page, recognise

if TYPE_CHECKING:
    from collections.abc import Callable

    from monitor.extraction import Reading

    Saved = Callable[[str], bytes]


def read(saved: Saved, file: str, url: str, name: str) -> Reading:
    page = Page(url=url, body=saved(file))
    profile = recognise(page, all_profiles())
    assert profile is not None
    assert profile.name == name
    return read_page(page, profile)


def test_taobao_search(saved: Saved) -> None:
    reading = read(saved, "taobao/search_2018.html", "https://s.taobao.com/list?q=x", "taobao")
    assert (reading.kind, reading.verdict, len(reading.listings)) == (PageKind.LIST, Verdict.OK, 60)
    text = saved("taobao/search_2018.html").decode("utf-8")
    lists: dict[str, list[str]] = {
        name: json.loads(re.search(rf'"{name}":(\[[^\]]*\])', text)[1])  # type: ignore[index]
        for name in ("allNids", "allPrices", "auctionNicks")
    }
    rows = reading.listings
    assert [row.item_id for row in rows] == lists["allNids"]
    assert [row.price for row in rows] == [Decimal(price) for price in lists["allPrices"]]
    nicks = [unquote(nick, encoding="gbk") for nick in lists["auctionNicks"]]
    assert [row.seller and row.seller.name for row in rows] == nicks
    total = re.search(r'"totalHits":"(\d+)"', text)
    assert total is not None
    assert reading.total == int(total[1])
    assert [row.url for row in rows] == [
        f"https://item.taobao.com/item.htm?id={nid}" for nid in lists["allNids"]
    ]
    # titles: what stands between the highlighting
    highlighted = re.findall(r'"title":"((?:[^"\\]|\\.)*)","raw_title"', text)
    plain = [re.sub(r"<[^>]*>", "", json.loads(f'"{title}"')) for title in highlighted]
    assert [row.title for row in rows] == plain
    sold = [int(number) for number in re.findall(r'"view_sales":"(\d+)人付款"', text)]
    assert [row.sales for row in rows] == sold
    places = re.findall(r'"item_loc":"([^"]+)"', text)
    assert [row.seller and row.seller.stated_place for row in rows] == places
    assert all(row.seller and row.seller.url and row.seller.external_id for row in rows)
    assert all(row.image_url for row in rows)


def test_jd_search(saved: Saved) -> None:
    reading = read(saved, "jd/search.html", "https://search.jd.com/Search?keyword=x", "jd")
    assert (reading.kind, reading.verdict, len(reading.listings)) == (PageKind.LIST, Verdict.OK, 60)
    text = saved("jd/search.html").decode("utf-8")
    ids = re.findall(r'<li data-sku="(\d+)" class="gl-item">', text)
    rows = reading.listings
    assert [row.item_id for row in rows] == ids
    # e-books live at e.jd.com
    links = re.findall(r'class="p-name[^"]*">\s*<a [^>]*href="(//(?:item|e)\.jd\.com/\d+\.html)"', text)
    assert [row.url for row in rows] == [f"https:{link}" for link in links]
    prices = re.findall(r'<strong class="J_\d+" data-price="([\d.]+)">', text)
    assert [row.price for row in rows] == [Decimal(price) for price in prices]
    names = re.findall(r'class="p-name[^"]*">.*?<em>(.*?)</em>', text, re.DOTALL)
    plain = [re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", name)).strip() for name in names]
    assert [row.title for row in rows] == plain
    vendors = re.findall(r'data-ico="[^"]*"(?: data-venid="(\d*)")?', text)
    assert [(row.seller.external_id if row.seller else "") for row in rows] == vendors
    assert reading.total == 42_000
    # reviews are no sales, and the shop's name is not on this page
    assert all(row.sales is None for row in rows)


def test_pinduoduo_api(saved: Saved) -> None:
    url = "https://mobile.yangkeduo.com/proxy/api/search"
    reading = read(saved, "pdd/search_api_2018.json", url, "pinduoduo")
    answer: dict[str, Any] = json.loads(saved("pdd/search_api_2018.json"))
    assert (reading.kind, reading.verdict) == (PageKind.LIST, Verdict.OK)
    assert len(reading.listings) == int(answer["flip"].split(";")[0]) == 119
    for row, goods in zip(reading.listings, answer["goods_list"], strict=True):
        assert row.title == goods["goods_name"].strip()
        assert row.item_id == str(goods["goods_id"])
        assert row.url == f"https://mobile.yangkeduo.com/goods.html?goods_id={goods['goods_id']}"
        assert row.price == Decimal(goods["group"]["price"]) / 100
        assert row.sales == goods["cnt"]
        assert row.image_url
        mall = goods.get("ad", {}).get("mall_id")
        assert (row.seller.external_id if row.seller else None) == (str(mall) if mall else None)
    assert sum(row.seller is not None for row in reading.listings) == 20


def test_tmall_item_in_gb18030(saved: Saved) -> None:
    url = "https://detail.tmall.com/item.htm?id=609353516840&skuId=4286434429200&spm=a1"
    reading = read(saved, "tmall/item_gb18030_2020.html", url, "tmall")
    assert (reading.kind, reading.verdict) == (PageKind.DETAIL, Verdict.OK)
    [listing] = reading.listings
    text = saved("tmall/item_gb18030_2020.html").decode("gb18030")
    keywords = re.search(r'<meta name="keywords" content="([^"]+)"', text)
    assert keywords is not None
    assert listing.title == keywords[1]
    assert listing.url == "https://detail.tmall.com/item.htm?id=609353516840"
    assert listing.item_id == "609353516840"
    prices = sorted({Decimal(price) for price in re.findall(r'"priceCent":\d+,"price":"([\d.]+)"', text)})
    assert (listing.price, listing.price_max) == (prices[0], prices[-1])
    assert listing.available is True
    nick = re.search(r'data-nick="([^"]+)"', text)
    assert nick is not None
    assert listing.seller is not None
    assert listing.seller.name == unquote(nick[1])
    assert listing.seller.url == "https://nengliangsm.tmall.com"
    shown = re.search(r'id="J_AttrUL">(.*?)</ul>', text, re.DOTALL)
    assert shown is not None
    values = [
        value.replace("&nbsp;", "\xa0").strip() for value in re.findall(r'<li title="([^"]*)"', shown[1])
    ]
    read_values = [part for value in listing.attributes.values() for part in value.split("；")]
    assert sorted(read_values) == sorted(set(values))
    # the certificate stands under a bare 证书编号; it is a CCC number by its form
    assert re.fullmatch(r"\d{16}", listing.attributes["ccc_number"])
    assert listing.attributes["model"].startswith("A2217")


@pytest.mark.parametrize("name", ["taobao", "tmall", "jd", "pinduoduo"])
def test_the_platforms_are_not_crawled(name: str) -> None:
    profile = next(profile for profile in all_profiles() if profile.name == name)
    assert profile.search is None
    assert profile.shop_start_urls() == ()
    assert profile.robots_obey
