"""The HTML of the old shop, 刺桐小商品批发网: tables, no structured data, served in GBK."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING
from urllib.parse import quote

from monitor.demo.response import money
from monitor.demo.template import Html, fill, html, join

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from monitor.demo.catalogue import Licence, Shelf
    from monitor.demo.mall import Offer, Shop
    from monitor.demo.shelf_page import ShelfPage

_SORRY = '<p align="center" class="none"><br>$text<br><br></p>'
_HEADING = '<div class="t">$text</div>'
_FACT = (
    '<tr><td width="130" bgcolor="#f6f6f6" align="right">$name：</td><td bgcolor="#ffffff">$value</td></tr>'
)
_TABLE = (
    '<table class="canshu" width="100%" border="0" cellpadding="4" cellspacing="1" bgcolor="#dddddd">\n'
    "$rows\n</table>"
)


def frame(title: str, main: Html, *, keyword: str = "") -> Html:
    """Wrap a page's content in the shop's header, menu and footer."""
    return fill("gbk_frame", title=title, main=main, keyword=keyword)


def gone() -> Html:
    """Say that a listing, or a page, is not there."""
    return frame("出错了", html(_SORRY, text="该商品已经下架或不存在！"))


def home(shelves: Iterable[Shelf], picks: Sequence[Offer]) -> Html:
    """Show the categories and some goods."""
    menu = join(
        html("<tr><td class='g' width='90'>$parent</td><td>$links</td></tr>", parent=parent, links=links)
        for parent, group in groupby(shelves, key=lambda shelf: shelf.parent)
        for links in [join(map(_shelf_link, group), by=" | ")]
    )
    main = html(
        '$categories<table width="100%" border="0" cellpadding="4">$menu</table><br>$newest$rows',
        categories=html(_HEADING, text="商品分类"),
        menu=menu,
        newest=html(_HEADING, text="最新上架"),
        rows=_goods(picks),
    )
    return frame("首页", main)


def shelf(name: str, page: ShelfPage, link: str) -> Html:
    """Show one page of a category."""
    return frame(name, join([html(_HEADING, text=name), _list(page, link)]))


def results(keyword: str, page: ShelfPage) -> Html:
    """Show one page of a search."""
    if page.total:
        heading = html(
            '<div class="t">搜索“$keyword”，共有<b class="total">$total</b>个商品</div>',
            keyword=keyword,
            total=page.total,
        )
        encoded = quote(keyword, encoding="gbk", errors="replace")
        main = join([heading, _list(page, f"search.asp?keyword={encoded}&")])
    else:
        main = html(_SORRY, text=f"对不起，没有找到“{keyword}”的相关商品！")
    return frame(f"搜索 {keyword}", main, keyword=keyword)


def product(offer: Offer) -> Html:
    """Show one listing."""
    main = fill(
        "gbk_product",
        id=offer.item_id,
        title=offer.title,
        brand=html("品　　牌：<span class='brand'>$brand</span><br>\n", brand=offer.brand)
        if offer.brand
        else Html(),
        price=_price(offer),
        sales=offer.sales,
        place=offer.shop.place,
        shop=offer.shop.name,
        shop_id=offer.shop.id,
        shelf=offer.shelf.name,
        shelf_id=offer.shelf.id,
        rows=_facts(offer.attributes.items()),
        description=offer.description,
    )
    return frame(offer.title, main)


def company(shop: Shop, page: ShelfPage) -> Html:
    """Show a shop and one page of its goods."""
    link = html('<a class="zhizhao" href="zhizhao.asp?id=$id">营业执照</a>', id=shop.id)
    main = html(
        "$heading<p>所在地区：<span class='place'>$place</span>　$link</p>$goods",
        heading=html(_HEADING, text=shop.name),
        place=shop.place,
        link=link if shop.licence else Html(),
        goods=_list(page, f"company.asp?id={shop.id}&"),
    )
    return frame(shop.name, main)


def licence(shop: Shop, published: Licence) -> Html:
    """Show the licence of a shop."""
    facts = [
        ("主体名称", published.name),
        ("统一社会信用代码", published.code),
        ("主体类型", published.kind),
        ("经营场所", published.address),
        ("注册日期", published.since),
    ]
    main = html(
        '$heading$table<p><a class="company" href="company.asp?id=$id">返回商家首页</a></p>',
        heading=html(_HEADING, text=f"{shop.name} 工商注册信息"),
        table=html(_TABLE, rows=_facts(facts)),
        id=shop.id,
    )
    return frame(f"{shop.name} 营业执照", main)


def _facts(facts: Iterable[tuple[str, str]]) -> Html:
    return join((html(_FACT, name=name, value=value) for name, value in facts), by="\n")


def _shelf_link(one: Shelf) -> Html:
    return html('<a href="list.asp?cid=$id">$name</a>', id=one.id, name=one.name)


def _list(page: ShelfPage, link: str) -> Html:
    if not page.offers:
        return html(_SORRY, text="没有更多商品了！")
    parts: list[str] = []
    if page.number > 1:
        parts.append(_turn(link, page.number - 1, "上一页"))
    parts.append(f"第{page.number}页/共{page.last}页")
    if page.has_next:
        parts.append(_turn(link, page.number + 1, "下一页"))
    pager = html('<p align="center" class="pager">$parts</p>', parts=join(parts, by=" "))
    return join([_goods(page.offers), pager])


def _turn(link: str, number: int, text: str) -> Html:
    return html('<a href="$link">$text</a>', link=f"{link}page={number}", text=text)


def _goods(offers: Sequence[Offer]) -> Html:
    head = join(
        html("<td>$name</td>", name=name) for name in ("图片", "商品名称", "价格", "销量", "商家/产地")
    )
    return html(
        '<table class="goods" width="100%" border="0" cellpadding="4" cellspacing="0">\n'
        '<tr bgcolor="#eeeeee">$head</tr>\n$rows\n</table>',
        head=head,
        rows=join((_row(number, offer) for number, offer in enumerate(offers)), by="\n"),
    )


def _row(number: int, offer: Offer) -> Html:
    return fill(
        "gbk_row",
        colour="#f9f9f9" if number % 2 else "#ffffff",
        id=offer.item_id,
        title=offer.title,
        price=_price(offer),
        sales=offer.sales,
        shop=offer.shop.name,
        shop_id=offer.shop.id,
        place=offer.shop.place,
    )


def _price(offer: Offer) -> str:
    upper = f"～{money(offer.price_max)}" if offer.price_max else ""
    return f"￥{money(offer.price)}{upper}元"
