"""Pages that no profile describes: products, lists and licences as people see them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from monitor.extraction import PageKind, Verdict, read_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from monitor.extraction import Page

    MakePage = Callable[..., Page]

DETAIL = """<h1>磁力球套装</h1><p>原价 <del>¥59.00</del> 现价 <span class=price><i>¥</i>39.90</span></p>
<dl><dt>货号</dt><dd>A-1207</dd><dt>发货地</dt><dd>福建泉州</dd></dl>
商家：<a href="/shop/7">小熊店</a> <a href="/shop/7/licence">营业执照</a>{buy}
<table><tr><th>3C证书编号</th><td>2020012202000001</td></tr><tr><th>价格</th><td>39.90</td></tr></table>"""


def test_a_product_as_people_see_it(html: MakePage) -> None:
    listing = read_page(html(DETAIL.format(buy="<button>加入购物车</button>"))).listings[0]
    assert (listing.title, listing.price, listing.sku) == ("磁力球套装", Decimal("39.90"), "A-1207")
    assert listing.available is True
    assert listing.attributes["ccc_number"] == "2020012202000001"
    assert "价格" not in listing.attributes
    assert listing.seller is not None
    assert (listing.seller.name, listing.seller.stated_place) == ("小熊店", "福建泉州")
    assert listing.seller.licence_url == "https://www.shop.example/shop/7/licence"


def test_sold_out_is_seen_where_no_button_is(html: MakePage) -> None:
    assert read_page(html(DETAIL.format(buy="<b>已售罄</b>"))).listings[0].available is False


def test_like_rows_make_a_list(html: MakePage) -> None:
    rows = "".join(
        f"<li><a href=/p/{n}.html>橡皮{n}块装</a><b class=price>¥{n}.50</b></li>" for n in range(1, 5)
    )
    reading = read_page(html(f"<ul>{rows}</ul><a href=/list?page=2>下一页</a>"))
    assert (reading.kind, reading.verdict, len(reading.listings)) == (PageKind.LIST, Verdict.OK, 4)
    assert [(one.title, one.price) for one in reading.listings][1] == ("橡皮2块装", Decimal("2.50"))
    assert reading.next_url == "https://www.shop.example/list?page=2"


def test_a_licence_is_recognised(html: MakePage) -> None:
    reading = read_page(html("<table><tr><td>统一社会信用代码</td><td>91350502MA00000000</td></tr></table>"))
    assert reading.kind is PageKind.LICENCE
    assert reading.seller is not None
    assert reading.seller.credit_code == "91350502MA00000000"


@pytest.mark.parametrize("body", ["", "<", "<b>¥</b>", "<a href='http://[::1'>x ¥5</a>", "<p>" + "1." * 5000])
def test_nonsense_is_no_product(html: MakePage, body: str) -> None:
    assert read_page(html(body)).verdict is Verdict.UNRECOGNISED
