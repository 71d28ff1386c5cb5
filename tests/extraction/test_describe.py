from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.extraction import Page, PageKind, SiteProfile, read_page
from monitor.extraction.describe import describe
from monitor.listing import FieldState

if TYPE_CHECKING:
    from collections.abc import Callable


def test_every_field_is_shown_with_what_is_known_about_it(
    html: Callable[..., Page], shop: SiteProfile
) -> None:
    body = (
        "<h1>磁力球</h1><div class=crumbs><a>玩具</a><a>磁力</a></div><a class=shop href=/shop/3>店</a>"
        "<table class=params><tr><th>执行标准</th><td>GB 6675.1-2014</td></tr></table>"
    )
    rows = {row.field: (row.listing, row.state, row.value) for row in describe(read_page(html(body), shop))}
    assert rows["verdict"] == (0, FieldState.PRESENT, "ok (detail)")
    assert rows["title"] == (1, FieldState.PRESENT, "磁力球")
    assert rows["price"] == (1, FieldState.ABSENT, "")
    assert rows["brand"] == (1, FieldState.NOT_SEEN, "")
    assert rows["breadcrumb"] == (1, FieldState.PRESENT, "玩具 › 磁力")
    assert rows["attributes.standard"] == (1, FieldState.PRESENT, "GB 6675.1-2014")
    assert rows["seller.name"] == (1, FieldState.PRESENT, "店")
    assert rows["seller.licence_url"] == (1, FieldState.ABSENT, "")


def test_a_page_that_gave_nothing_says_why(html: Callable[..., Page], shop: SiteProfile) -> None:
    rows = describe(read_page(html("<p>空</p>"), shop))
    assert [row.field for row in rows] == ["verdict", "reason"]
    assert "finds nothing" in rows[1].value


def test_a_list_a_licence_and_a_sitemap_are_shown_too(html: Callable[..., Page], shop: SiteProfile) -> None:
    items = "".join(f"<li class=item><a class=title href=/item/{n}.html>货{n}</a></li>" for n in (1, 2))
    listed = describe(read_page(html(items + "<p class=total>2</p>"), shop, PageKind.LIST))
    assert [row.value for row in listed if row.field == "title"] == ["货1", "货2"]
    assert [row.listing for row in listed if row.field == "title"] == [1, 2]
    assert ("total", "2") in [(row.field, row.value) for row in listed]
    table = "<table class=licence><tr><th>名称</th><td>某厂</td></tr></table>"
    licence = describe(read_page(html(table), shop, PageKind.LICENCE))
    assert ("seller.licence_name", "某厂") in [(row.field, row.value) for row in licence]
    sitemap = Page(
        url="https://a.example/s.xml", body=b"<urlset><url><loc>https://a.example/1</loc></url></urlset>"
    )
    assert ("detail_urls", "https://a.example/1") in [
        (row.field, row.value) for row in describe(read_page(sitemap))
    ]
