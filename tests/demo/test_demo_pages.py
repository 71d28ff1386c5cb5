"""The HTML of both sites: whole, escaped, and silent about the labels."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from urllib.parse import quote

import pytest
from lxml import html

from monitor.demo.gbk_site import GbkSite
from monitor.demo.mall import GBK, MALL, SITES, Mall
from monitor.demo.mall_site import MallSite

BASE = "http://shop.test"
VOID = {"area", "base", "br", "hr", "img", "input", "link", "meta"}
NASTY = "<script>alert(1)</script>&\"'"


class Balance(HTMLParser):
    """Every element that is opened is closed, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> at line {self.getpos()[0]}")


def body(mall: Mall, site: str, target: str) -> str:
    answer = (MallSite if site == MALL else GbkSite)(mall).respond(target, BASE)
    return answer.body.decode("utf-8" if site == MALL else "gbk")


def targets(mall: Mall, site: str) -> list[str]:
    lists = {
        MALL: [
            "/",
            "/category/all",
            "/category/all?page=3",
            "/search?q=儿童&page=2",
            "/search?q=无",
            "/none",
        ],
        GBK: ["/", "/list.asp", "/list.asp?page=3", "/search.asp?keyword=" + quote("儿童", encoding="gbk")],
    }
    shops = [path for shop in mall.shops(site).values() for path in (shop.path, shop.licence_path)]
    return lists[site] + shops + [offer.path for offer in mall.listings(site)]


@pytest.mark.parametrize("site", SITES)
def test_every_page_is_well_formed(mall: Mall, site: str) -> None:
    for target in targets(mall, site):
        balance = Balance()
        balance.feed(body(mall, site, target))
        balance.close()
        assert (target, balance.faults, balance.open) == (target, [], [])


@pytest.mark.parametrize("site", SITES)
def test_no_page_tells_the_labels(mall: Mall, site: str) -> None:
    text = "".join(body(mall, site, target) for target in targets(mall, site))
    words = ("expect", "hazard", "suspect", "toothpick_crossbow", "decompression_toy", "evasion")
    assert [word for word in words if word in text] == []


@pytest.mark.parametrize(
    ("site", "target"),
    [(MALL, "/search?q=" + quote(NASTY)), (GBK, "/search.asp?keyword=" + quote(NASTY, encoding="gbk"))],
)
def test_what_a_visitor_types_is_escaped(mall: Mall, site: str, target: str) -> None:
    text = body(mall, site, target)
    assert NASTY in html.fromstring(text).text_content()
    assert "<script>alert" not in text


def test_a_keyword_outside_gbk_does_not_break_the_old_shop(mall: Mall) -> None:
    assert "没有找到" in body(mall, GBK, "/search.asp?keyword=" + quote("✨"))


def test_the_structured_data_is_that_of_the_listing(mall: Mall) -> None:
    for offer in mall.listings(MALL):
        page = html.fromstring(body(mall, MALL, offer.path))
        product, trail = (json.loads(text) for text in page.xpath("//script/text()"))
        assert (product["name"], product["productID"]) == (offer.title, offer.item_id)
        assert product["offers"].get("price", product["offers"].get("lowPrice")) == str(offer.price)
        assert product["offers"]["seller"]["name"] == offer.shop.name
        assert [step["name"] for step in trail["itemListElement"]][1:] == [
            offer.shelf.parent,
            offer.shelf.name,
        ]


def test_the_old_shop_is_old(mall: Mall) -> None:
    text = "".join(body(mall, GBK, target) for target in targets(mall, GBK))
    assert "ld+json" not in text
    assert 'href="/' not in text, "all its links are relative"
    assert "￥19.90～39.90元" in text


def test_a_seller_without_licence_says_so_on_the_modern_site(mall: Mall) -> None:
    [silent] = [shop for shop in mall.shops(MALL).values() if shop.name == "东海文创社"]
    assert "未公示营业执照" in body(mall, MALL, silent.licence_path)
    assert "营业执照" not in body(mall, GBK, f"/company.asp?id={silent.id}")
