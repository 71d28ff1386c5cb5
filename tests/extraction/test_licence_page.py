from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.extraction import Page, PageKind, SiteProfile, Verdict, load_profile, read_page
from monitor.listing import FieldState

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    MakePage = Callable[..., Page]

URL = "https://www.shop.example/shop/3/licence"
TABLE = """<table class=licence>
<tr><th>统一社会信用代码</th><td>91350502MA00000000</td></tr>
<tr><th>名称：</th><td> 泉州市某玩具有限公司 </td></tr>
<tr><th>住所</th><td>福建省泉州市丰泽区某路1号</td></tr>
<tr><th>经营范围</th><td>玩具销售</td></tr></table>"""


def test_a_licence_page_says_who_the_seller_is(html: MakePage, shop: SiteProfile) -> None:
    reading = read_page(html(TABLE, URL), shop)
    assert (reading.kind, reading.verdict, reading.listings) == (PageKind.LICENCE, Verdict.OK, ())
    seller = reading.seller
    assert seller is not None
    assert seller.licence_name == "泉州市某玩具有限公司"
    assert seller.credit_code == "91350502MA00000000"
    assert seller.address == "福建省泉州市丰泽区某路1号"


def test_a_field_that_is_missing_on_it_is_absent(html: MakePage, shop: SiteProfile) -> None:
    table = "<table class=licence><tr><th>名称</th><td>某厂</td></tr></table>"
    seller = read_page(html(table, URL), shop).seller
    assert seller is not None
    assert seller.state("credit_code") is FieldState.ABSENT
    assert seller.state("stated_place") is FieldState.NOT_SEEN


def test_rules_of_their_own_win_over_the_table(html: MakePage, profile_file: Callable[..., Path]) -> None:
    profile = load_profile(
        profile_file(
            "name: my_shop\ntitle: x\nbase_url: https://www.shop.example\n"
            "licence_page:\n  attributes: {rows: tr, name: th, value: td}\n"
            "  fields: {seller: {licence_name: .company, name: h1,\n"
            "           credit_code: {css: p, regex: '[0-9A-Z]{18}'}}}\n"
        )
    )
    body = f"<h1>小熊店</h1><b class=company>小熊公司</b><p>代码 91350500XX00000000。</p>{TABLE}"
    seller = read_page(html(body), profile, PageKind.LICENCE).seller
    assert seller is not None
    assert (seller.name, seller.licence_name) == ("小熊店", "小熊公司")
    assert (seller.credit_code, seller.address) == ("91350500XX00000000", "福建省泉州市丰泽区某路1号")


def test_a_page_without_licence_says_what_was_missed(html: MakePage, shop: SiteProfile) -> None:
    reading = read_page(html("<p>店铺暂未公示</p>", URL), shop)
    assert (reading.verdict, reading.seller) == (Verdict.UNRECOGNISED, None)
    assert (
        reading.reason == "licence_page of profile my_shop: neither licence_name, credit_code, address found"
    )
    assert read_page(html("<p>暂未公示</p>", URL), None, PageKind.LICENCE).verdict is Verdict.UNRECOGNISED
