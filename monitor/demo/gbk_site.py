"""The old shop's URLs: keyword search in GBK, category lists, products, companies, licences."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from monitor.demo import gbk_pages as pages
from monitor.demo.mall import GBK
from monitor.demo.response import Response, picture
from monitor.demo.shelf_page import Paging, page_number, search, turn

if TYPE_CHECKING:
    from collections.abc import Callable

    from monitor.demo.mall import Mall

#: Listings on one page of a list.
PAGE_SIZE = 15


class GbkSite:
    """Answers for the old shop."""

    name = GBK

    def __init__(self, mall: Mall) -> None:
        """Show the mall as it stands; it does not change under a running server."""
        self._mall = mall
        self._offers = mall.listings(GBK)
        self._shops = mall.shops(GBK)
        self._shelves = {str(shelf.id): shelf for shelf in mall.shelves}
        self._routes: tuple[tuple[str, Callable[..., Response]], ...] = (
            (r"/product\.asp", self._product),
            (r"/search\.asp", self._search),
            (r"/list\.asp", self._list),
            (r"/pic/(\d+)\.svg", self._image),
            (r"/company\.asp", self._company),
            (r"/zhizhao\.asp", self._licence),
            (r"/(?:index\.asp)?", self._home),
            (r"/robots\.txt", self._robots),
        )

    def respond(self, target: str, base: str, paging: Paging = Paging.HONEST) -> Response:
        """Answer a request for `target` (path and query); `base` is of no use, all links are relative."""
        del base
        parts = urlsplit(target)
        query = {
            name: values[0]
            for name, values in parse_qs(parts.query, encoding="gbk", errors="replace").items()
        }
        for pattern, answer in self._routes:
            if found := re.fullmatch(pattern, parts.path):
                return answer(*found.groups(), query=query, paging=paging)
        return _html(pages.gone(), status=404)

    def _home(self, **_: object) -> Response:
        return _html(pages.home(self._mall.shelves, self._offers[::-1][:15]))

    def _search(self, *, query: dict[str, str], paging: Paging) -> Response:
        keyword = query.get("keyword", "").strip()
        found = search(self._offers, keyword)
        return _html(pages.results(keyword, turn(found, _number(query), PAGE_SIZE, paging)))

    def _list(self, *, query: dict[str, str], paging: Paging) -> Response:
        shelf = self._shelves.get(query.get("cid", ""))
        if shelf is None and "cid" in query:
            return _html(pages.gone(), status=404)
        offers = [offer for offer in self._offers if shelf is None or offer.shelf.id == shelf.id]
        link = f"list.asp?cid={shelf.id}&" if shelf else "list.asp?"
        page = turn(offers, _number(query), PAGE_SIZE, paging)
        return _html(pages.shelf(shelf.name if shelf else "全部商品", page, link))

    def _product(self, *, query: dict[str, str], **_: object) -> Response:
        offer = self._mall.offer(GBK, query.get("id", ""))
        return _html(pages.product(offer)) if offer else _html(pages.gone(), status=404)

    def _image(self, item_id: str, **_: object) -> Response:
        offer = self._mall.offer(GBK, item_id)
        return picture(int(item_id), offer.shelf.name) if offer else _html(pages.gone(), status=404)

    def _company(self, *, query: dict[str, str], paging: Paging) -> Response:
        shop = self._shops.get(query.get("id", ""))
        if shop is None:
            return _html(pages.gone(), status=404)
        offers = [offer for offer in self._offers if offer.shop.id == shop.id]
        return _html(pages.company(shop, turn(offers, _number(query), PAGE_SIZE, paging)))

    def _licence(self, *, query: dict[str, str], **_: object) -> Response:
        shop = self._shops.get(query.get("id", ""))
        if shop is None or shop.licence is None:
            return _html(pages.gone(), status=404)
        return _html(pages.licence(shop, shop.licence))

    def _robots(self, **_: object) -> Response:
        return Response(body=b"User-agent: *\r\nDisallow: /admin/\r\n", content_type="text/plain")


def _number(query: dict[str, str]) -> int:
    return page_number(query.get("page"))


def _html(text: str, status: int = 200) -> Response:
    """Encode as the shop does. What a visitor typed may lie outside GBK; it becomes a character reference."""
    body = text.encode("gbk", errors="xmlcharrefreplace")
    return Response(body=body, status=status, content_type="text/html")
