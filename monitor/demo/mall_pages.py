"""The HTML of the modern shop, 小满集市: UTF-8, cards, JSON-LD on the detail page."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING
from urllib.parse import quote

from monitor.demo.product_data import json_ld
from monitor.demo.response import money, sold
from monitor.demo.template import Html, fill, html, join

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from monitor.demo.catalogue import Licence, Shelf
    from monitor.demo.mall import Offer, Shop
    from monitor.demo.shelf_page import ShelfPage


def frame(title: str, main: Html, *, query: str = "", head: Html | None = None) -> Html:
    """Wrap a page's content in the shop's header and footer."""
    return fill("mall_frame", title=title, main=main, query=query, head=head or Html())


def notice(title: str, text: str, kind: str = "notice") -> Html:
    """Show one sentence in place of a page."""
    return frame(title, html('<div class="panel empty $kind">$text</div>', kind=kind, text=text))


def gone() -> Html:
    """Say that a listing is no longer offered."""
    return notice("商品已下架", "很抱歉，您查看的商品已下架或不存在", "gone")


def missing() -> Html:
    """Say that a page does not exist."""
    return notice("页面不存在", "您访问的页面不存在")


def home(shelves: Iterable[Shelf], picks: Sequence[Offer]) -> Html:
    """Show all categories and some goods."""
    columns = join(
        html("<div><b>$parent</b>$links</div>", parent=parent, links=join(_shelf_link(one) for one in group))
        for parent, group in groupby(shelves, key=lambda shelf: shelf.parent)
    )
    main = html(
        '<div class="crumbs">欢迎光临</div><nav class="panel shelves">$columns</nav><h2>大家都在买</h2>$cards'
        '<p class="pager"><a href="/category/all">查看全部商品</a></p>',
        columns=columns,
        cards=_cards(picks),
    )
    return frame("首页", main)


def shelf(name: str, page: ShelfPage, path: str) -> Html:
    """Show one page of a category."""
    crumbs = html('<nav class="crumbs"><a href="/">首页</a> &gt; $name</nav>', name=name)
    return frame(name, join([crumbs, _list(page, path + "?")]))


def results(query: str, page: ShelfPage) -> Html:
    """Show one page of a search."""
    title = f"{query}_搜索结果"
    if not page.total:
        sorry = html(
            '<div class="panel empty no-result">没有找到与“$query”相关的商品，换个词试试吧</div>', query=query
        )
        return frame(title, sorry, query=query)
    crumbs = html(
        '<div class="crumbs">“$query” 共找到 <span class="total">$total</span> 件商品</div>',
        query=query,
        total=page.total,
    )
    return frame(title, join([crumbs, _list(page, f"/search?q={quote(query)}&")]), query=query)


def item(offer: Offer, base: str) -> Html:
    """Show one listing."""
    brand = html('<dt>品牌</dt><dd class="brand">$brand</dd>', brand=offer.brand) if offer.brand else Html()
    main = fill(
        "mall_item",
        id=offer.item_id,
        title=offer.title,
        price=_price(offer),
        sold=sold(offer.sales),
        brand=brand,
        sku=f"XM{offer.item_id}",
        place=offer.shop.place,
        shop=offer.shop.name,
        shop_path=offer.shop.path,
        licence_path=offer.shop.licence_path,
        slug=offer.shelf.slug,
        shelf=offer.shelf.name,
        rows=_rows(offer.attributes.items()),
        description=offer.description,
    )
    return frame(offer.title, main, head=json_ld(offer, base))


def shop(seller: Shop, page: ShelfPage) -> Html:
    """Show a shop and one page of its goods."""
    main = fill(
        "mall_shop",
        name=seller.name,
        place=seller.place,
        licence_path=seller.licence_path,
        goods=_list(page, seller.path + "?"),
    )
    return frame(seller.name, main)


def licence(seller: Shop) -> Html:
    """Show what the seller publishes of its licence (亮照), or say that it publishes none."""
    table = html('<p class="empty not-published">该店铺未公示营业执照信息</p>')
    if seller.licence is not None:
        table = html('<table class="attrs licence">$rows</table>', rows=_rows(_facts(seller.licence)))
    main = fill("mall_licence", name=seller.name, path=seller.path, table=table)
    return frame(f"{seller.name} 营业执照", main)


def _facts(published: Licence) -> list[tuple[str, str]]:
    return [
        ("企业名称", published.name),
        ("统一社会信用代码", published.code),
        ("类型", published.kind),
        ("住所", published.address),
        ("成立日期", published.since),
    ]


def _rows(facts: Iterable[tuple[str, str]]) -> Html:
    return join(
        (html("<tr><th>$name</th><td>$value</td></tr>", name=name, value=value) for name, value in facts),
        by="\n",
    )


def _shelf_link(one: Shelf) -> Html:
    return html('<a href="/category/$slug">$name</a>', slug=one.slug, name=one.name)


def _list(page: ShelfPage, link: str) -> Html:
    if not page.offers:
        return html('<div class="panel empty no-result">没有更多商品了</div>')
    return join([_cards(page.offers), _pager(page, link)])


def _cards(offers: Sequence[Offer]) -> Html:
    return html('<ul class="cards">\n$cards\n</ul>', cards=join(map(card, offers), by="\n"))


def card(offer: Offer) -> Html:
    """Show one listing of a list."""
    return fill(
        "mall_card",
        id=offer.item_id,
        path=offer.path,
        title=offer.title,
        price=_price(offer),
        sold=sold(offer.sales),
        shop=offer.shop.name,
        shop_path=offer.shop.path,
        place=offer.shop.place,
    )


def _pager(page: ShelfPage, link: str) -> Html:
    parts = []
    if page.number > 1:
        parts.append(_turn(link, page.number - 1, "上一页", "prev"))
    for number in range(max(1, page.number - 4), min(page.last, page.number + 4) + 1):
        now = html('<span class="now">$number</span>', number=number)
        parts.append(now if number == page.number else _turn(link, number, str(number), "nofollow"))
    if page.has_next:
        parts.append(_turn(link, page.number + 1, "下一页", "next"))
    return html('<nav class="pager">$parts</nav>', parts=join(parts))


def _turn(link: str, number: int, text: str, rel: str) -> Html:
    return html('<a rel="$rel" href="$link">$text</a>', rel=rel, link=f"{link}page={number}", text=text)


def _price(offer: Offer) -> str:
    upper = f"-{money(offer.price_max)}" if offer.price_max else ""
    return money(offer.price) + upper
