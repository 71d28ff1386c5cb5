from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from monitor.extraction import Page, PageKind, SiteProfile, Verdict, load_profile, read_page
from monitor.listing import FieldState

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    MakePage = Callable[..., Page]

URL = "https://www.shop.example/search?q=x&page=1"


def item(number: int, title: str = "磁力球") -> str:
    return (
        f'<li class=item><a class=title href="/item/{number}.html?from=list" '
        f'title="{title}{number}">{title[:2]}…</a>'
        f"<b class=price>¥{number}.5</b><i class=sold>已售{number}万</i>"
        f'<a class=shop href="/shop/{number}">店{number}</a><span class=place>福建 泉州</span></li>'
    )


def test_rows_in_the_order_of_the_page(html: MakePage, shop: SiteProfile) -> None:
    pager = "<p class=total>共 2 件</p><a class=next href='/search?q=x&page=2'>下一页</a>"
    body = f"<ul>{item(3)}{item(1)}</ul>{pager}"
    reading = read_page(html(body, URL), shop)
    assert (reading.kind, reading.verdict, reading.total) == (PageKind.LIST, Verdict.OK, 2)
    assert reading.next_url == "https://www.shop.example/search?q=x&page=2"
    first, second = reading.listings
    assert (first.title, first.url, first.item_id) == ("磁力球3", "https://www.shop.example/item/3.html", "3")
    assert (first.price, first.sales) == (Decimal("3.5"), 30_000)
    assert first.seller is not None
    assert (first.seller.name, first.seller.stated_place) == ("店3", "福建 泉州")
    assert second.item_id == "1"
    # a row has no attribute table: that none is there says nothing
    assert first.state("attributes.ccc_number") is FieldState.NOT_SEEN
    assert first.state("description") is FieldState.NOT_SEEN


def test_a_listing_that_stands_twice_is_one(html: MakePage, shop: SiteProfile) -> None:
    assert len(read_page(html(item(1) + item(2) + item(1), URL), shop).listings) == 2


def test_an_item_without_title_or_link_is_passed_over(html: MakePage, shop: SiteProfile) -> None:
    body = item(1) + "<li class=item><a class=title title=广告></a></li><li class=item>广告</li>"
    assert [listing.item_id for listing in read_page(html(body, URL), shop).listings] == ["1"]


@pytest.mark.parametrize(
    ("body", "verdict", "said"),
    [
        ("<p>抱歉，没有找到相关商品</p>", Verdict.EMPTY, "text: 没有找到相关商品"),
        (
            "<script>var s = '没有找到相关商品'</script>",
            Verdict.UNRECOGNISED,
            "list_page.items of profile my_shop finds",
        ),
        (
            "<li class=item>一</li><li class=item>二</li>",
            Verdict.UNRECOGNISED,
            "finds 2 items, but fields.title finds",
        ),
        (
            "<li class=item><a class=title>一</a></li>",
            Verdict.UNRECOGNISED,
            "finds 1 items, but fields.url finds",
        ),
    ],
)
def test_a_list_without_listings_says_why(
    html: MakePage, shop: SiteProfile, body: str, verdict: Verdict, said: str
) -> None:
    reading = read_page(html(body, URL), shop)
    assert reading.verdict is verdict
    assert said in (reading.reason or "")


def test_an_empty_marker_does_not_hide_listings(html: MakePage, shop: SiteProfile) -> None:
    reading = read_page(html(item(1) + "<p>购物车：没有找到相关商品</p>", URL), shop)
    assert (reading.verdict, len(reading.listings)) == (Verdict.OK, 1)


def test_a_next_link_to_the_same_page_ends_the_list(html: MakePage, shop: SiteProfile) -> None:
    assert read_page(html(item(1) + f'<a class=next href="{URL}">下一页</a>', URL), shop).next_url is None
    assert (
        read_page(html(item(1) + '<a class=next href="javascript:;">下一页</a>', URL), shop).next_url is None
    )


def counting(profile_file: Callable[..., Path], more: str = "", search: str = "") -> SiteProfile:
    return load_profile(
        profile_file(
            "name: my_shop\ntitle: x\nbase_url: https://www.shop.example\n"
            f"search: {{url: '/s?q={{keyword}}&p={{page}}'{search}}}\n"
            "list_page:\n  items: li\n  fields: {title: a, url: 'a::attr(href)'}\n  total: .total\n"
            f"  next: {{count: p{more}}}\n"
        )
    )


def rows(count: int) -> str:
    return "".join(f"<li><a href=/i/{n}>货{n}</a></li>" for n in range(count))


@pytest.mark.parametrize(
    ("more", "search", "query", "body", "following"),
    [
        ("", "", "q=a&p=1", rows(20), "q=a&p=2"),
        ("", "", "q=a", rows(20), "q=a&p=2"),
        ("", "", "q=%E7%89%99&p=2&sort=", rows(20), "q=%E7%89%99&p=3&sort="),
        # the total tells where counting ends, whatever the page size is
        ("", "", "q=a&p=1", rows(20) + "<b class=total>20 件</b>", None),
        ("", "", "q=a&p=1", rows(20) + "<b class=total>21 件</b>", "q=a&p=2"),
        ("", "", "q=a&p=3", rows(20) + "<b class=total>60 件</b>", None),
        ("", "", "q=a&p=4", rows(1) + "<b class=total>61 件</b>", "q=a&p=5"),
        (", page_size: 20", "", "q=a&p=4", rows(1) + "<b class=total>61 件</b>", None),
        # a short page is the last where the size is certain
        (", page_size: 20", "", "q=a&p=1", rows(19), None),
        (", page_size: 20", "", "q=a&p=1", rows(20), "q=a&p=2"),
        ("", ", first_page: 0", "q=a", rows(20), "q=a&p=1"),
        ("", ", page_step: 2", "q=a&p=3", rows(20), "q=a&p=5"),
        ("", "", "q=a&p=last", rows(20), None),
    ],
)
def test_a_site_without_next_links_is_counted(
    html: MakePage,
    profile_file: Callable[..., Path],
    more: str,
    search: str,
    query: str,
    body: str,
    following: str | None,
) -> None:
    profile = counting(profile_file, more, search)
    reading = read_page(html(body, f"https://www.shop.example/s?{query}"), profile, PageKind.LIST)
    assert reading.next_url == (following and f"https://www.shop.example/s?{following}")


def test_lists_by_structured_data_alone(html: MakePage) -> None:
    products = [
        {"@type": "ListItem", "position": n, "item": {"@type": "Product", "name": f"货{n}", "url": f"/i/{n}"}}
        for n in (1, 2, 3)
    ]
    data = json.dumps({"@type": "ItemList", "itemListElement": products})
    head = f'<script type="application/ld+json">{data}</script><link rel=next href="/toys?page=2">'
    reading = read_page(html("", "https://www.shop.example/toys", head))
    assert (reading.kind, reading.verdict) == (PageKind.LIST, Verdict.OK)
    assert [listing.url for listing in reading.listings] == [
        f"https://www.shop.example/i/{n}" for n in (1, 2, 3)
    ]
    assert reading.next_url == "https://www.shop.example/toys?page=2"


def test_json_of_an_api(profile_file: Callable[..., Path]) -> None:
    profile = load_profile(
        profile_file(
            "name: my_shop\ntitle: x\nbase_url: https://www.shop.example\nempty: [{jmespath: '!goods'}]\n"
            "blocked: [{jmespath: error_code}]\n"
            "list_page:\n  items: {jmespath: goods}\n  total: {jmespath: total}\n  fields:\n"
            "    title: {jmespath: name}\n    url: {jmespath: id, template: '/i/{}'}\n"
            "    price: {jmespath: fen, scale: 0.01}\n"
        )
    )

    def read(text: str) -> tuple[Verdict, list[str], int | None]:
        reading = read_page(Page(url="https://www.shop.example/api?s=1", body=text.encode()), profile)
        return (
            reading.verdict,
            [f"{one.title} {one.url} {one.price}" for one in reading.listings],
            reading.total,
        )

    answer = '{"goods": [{"name": "<em>磁力</em>球", "id": 7, "fen": 1990}, {"id": 8}, null], "total": 2}'
    row = "磁力球 https://www.shop.example/i/7 19.9"
    assert read(answer) == (Verdict.OK, [row], 2)
    assert read(f"jQuery12_3({answer});") == (Verdict.OK, [row], 2)
    assert read('{"goods": []}') == (Verdict.EMPTY, [], None)
    assert read('{"error_code": 40001, "goods": null}') == (Verdict.BLOCKED, [], None)
    assert read('{"goods": [{"name":')[0] is Verdict.UNRECOGNISED


def test_embedded_json_and_the_tree_together(html: MakePage, profile_file: Callable[..., Path]) -> None:
    profile = load_profile(
        profile_file(
            "name: my_shop\ntitle: x\nbase_url: https://www.shop.example\n"
            "list_page:\n  embedded: {after: g_config}\n  items: li\n  total: {jmespath: page.total}\n"
            "  fields: {title: a, url: 'a::attr(href)'}\n"
        )
    )
    script = '<script>if (g_config) {}; var g_config = {"page": {"total": 73}, "s": "</b>"};</script>'
    reading = read_page(html(script + rows(2), "https://www.shop.example/l"), profile)
    assert (reading.kind, reading.total, len(reading.listings)) == (PageKind.LIST, 73, 2)
    by_script = load_profile(
        profile_file(
            "name: my_shop\ntitle: x\nbase_url: https://www.shop.example\n"
            "list_page:\n  embedded: {css: 'script#state'}\n  items: {jmespath: goods}\n"
            "  fields: {title: {jmespath: t}, url: {jmespath: u}}\n"
        )
    )
    state = '<script id=state type="application/json">{"goods": [{"t": "飞镖", "u": "/i/1"}]}</script>'
    assert read_page(html(state), by_script).listings[0].title == "飞镖"
