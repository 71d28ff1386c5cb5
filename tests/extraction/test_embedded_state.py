"""Shops drawn by scripts: the page's own product is read from the JSON that the scripts work with."""

from __future__ import annotations

import json
import time
from decimal import Decimal
from typing import Any

import pytest

from monitor.extraction import Page, PageKind, Verdict, read_page
from monitor.extraction.document import Document
from monitor.extraction.embedded_state import state_product

PRODUCT = {
    "goodsId": 8,
    "goodsName": "巴克磁力球 5mm 216颗",
    "salePrice": 39.9,
    "marketPrice": 99,
    "goodsSn": "CLQ-216",
    "brand": {"name": "巴克"},
    "stock": 12,
    "inStock": True,
    "mainImage": "https://img.example/8.jpg",
}
OTHERS = [{"goodsName": f"别的商品{i}", "salePrice": i + 0.5} for i in range(5)]
STATE: dict[str, Any] = {"page": {"recommend": OTHERS, "detail": {"goods": PRODUCT}}, "user": None}


def page(
    script: str, title: str = "巴克磁力球 5mm 216颗-演示商城", body: str = '<div id="app"></div>'
) -> Page:
    html = f"<html><head><title>{title}</title></head><body>{body}{script}</body></html>"
    return Page(
        url="https://shop.example/item/8.html",
        body=html.encode(),
        headers={"content-type": "text/html; charset=utf-8"},
    )


def said(state: Any) -> str:
    return json.dumps(state, ensure_ascii=False)


NEXT = said({"props": {"pageProps": STATE}})
WAYS = {
    "next": f'<script id="__NEXT_DATA__" type="application/json">{NEXT}</script>',
    "json": f'<script type="application/json" data-state>{said(STATE)}</script>',
    "assigned": f"<script>window.__INITIAL_STATE__ = {said(STATE)};(function(){{}})()</script>",
    "brackets": f'<script>window["__APP__"]={said(STATE)}</script>',
    "self": f"<script>self.__STATE__={said([STATE])}</script>",
    "parsed": f"<script>window.__DATA__ = JSON.parse({json.dumps(said(STATE))});</script>",
}


@pytest.mark.parametrize("way", WAYS)
def test_the_pages_own_product_is_read(way):
    reading = read_page(page(WAYS[way]), None, PageKind.DETAIL)
    assert reading.verdict is Verdict.OK
    (listing,) = reading.listings
    assert listing.title == "巴克磁力球 5mm 216颗"
    assert listing.price == Decimal("39.9")
    assert listing.image_url == "https://img.example/8.jpg"
    assert listing.brand == "巴克"


def test_another_product_is_not_taken_for_the_pages_own():
    assert state_product(Document(page(WAYS["json"], title="关于我们"))) is None
    assert state_product(Document(page(WAYS["json"], title=""))) is None
    other = state_product(Document(page(WAYS["json"], title="别的商品3-演示商城")))
    assert other is not None
    assert (other["name"], other["offers"]["price"]) == ("别的商品3", "3.5")


def test_schema_org_wins():
    ld = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": "真的名称",
        "offers": {"price": "12", "priceCurrency": "CNY"},
    }
    both = f'<script type="application/ld+json">{said(ld)}</script>{WAYS["json"]}'
    (listing,) = read_page(page(both), None, PageKind.DETAIL).listings
    assert (listing.title, listing.price) == ("真的名称", Decimal(12))


@pytest.mark.parametrize(
    ("fields", "body", "price"),
    [
        ({"price": 3990}, "<p>¥39.90</p>", "39.90"),
        ({"price": 3990}, "<p>¥3,990</p>", "3990"),
        # neither is shown: nobody can tell yuan from fen
        ({"price": 3990}, "", None),
        ({"price": 39}, "", "39"),
        ({"price_cents": 3990}, "", "39.90"),
        ({"price": "¥39.90"}, "", "39.90"),
        ({"price": {"currency": "CNY", "amount": "39.90"}}, "", "39.90"),
        ({"price": True}, "", None),
        ({"price": "面议"}, "", None),
        ({"price": [1]}, "", None),
    ],
)
def test_whole_units_and_cents_are_told_apart(fields, body, price):
    script = f'<script type="application/json">{said({"title": "磁力球 216颗", **fields})}</script>'
    found = state_product(Document(page(script, "磁力球 216颗", body)))
    assert (found["offers"]["price"] if found else None) == price


HOSTILE = {
    "broken": "<script>window.a={" * 20_000,
    "deep": '<script type="application/json">' + '{"a":' * 50_000 + "1" + "}" * 50_000 + "</script>",
    "long": '<script type="application/json">'
    + said([{"name": "x" * 50, "price": i} for i in range(40_000)])
    + "</script>",
    "blanks": "<script>" + ("window.a" + " " * 1000) * 2000 + "</script>",
    "no json": '<script type="application/json">not json</script>',
    "numbers": f'<script type="application/json">{said({"name": 5, "price": {}})}</script>',
    "surrogates": '<script type="application/json">{"name":"\\ud800\\ud800","price":1.5}</script>',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_state_neither_fails_nor_holds_up(name):
    document = Document(page(HOSTILE[name]))
    began = time.process_time()
    assert state_product(document) is None
    assert time.process_time() - began < 5
