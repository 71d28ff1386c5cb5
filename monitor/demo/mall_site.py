"""The modern shop's URLs: search, categories, items, shops, licences, robots.txt and sitemaps."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

from monitor.demo import mall_pages as pages
from monitor.demo.mall import MALL
from monitor.demo.response import Response, picture
from monitor.demo.shelf_page import Paging, page_number, search, turn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from monitor.demo.mall import Mall, Offer

#: Listings on one page of a list.
PAGE_SIZE = 20
_PER_SITEMAP = 100
_ROBOTS = "User-agent: *\nDisallow: /cart/\nDisallow: /admin/\n\nSitemap: {base}/sitemap.xml\n"


class MallSite:
    """Answers for the modern shop."""

    name = MALL

    def __init__(self, mall: Mall) -> None:
        """Show the mall as it stands; it does not change under a running server."""
        self._mall = mall
        self._offers = mall.listings(MALL)
        self._shops = mall.shops(MALL)
        self._shelves = {shelf.slug: shelf for shelf in mall.shelves}
        self._routes: tuple[tuple[str, Callable[..., Response]], ...] = (
            (r"/item/(\d+)\.html", self._item),
            (r"/search", self._search),
            (r"/category/([a-z-]+)", self._category),
            (r"/img/(\d+)\.svg", self._image),
            (r"/shop/(\d+)", self._shop),
            (r"/shop/(\d+)/licence", self._licence),
            (r"/", self._home),
            (r"/robots\.txt", self._robots),
            (r"/sitemap\.xml", self._sitemap_index),
            (r"/sitemap-items-(\d+)\.xml", self._sitemap),
            (r"/sitemap-categories\.xml", self._sitemap_categories),
            (r"/cart/.*", self._cart),
        )

    def respond(self, target: str, base: str, paging: Paging = Paging.HONEST) -> Response:
        """Answer a request for `target` (path and query) on the site that stands at `base`."""
        parts = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        for pattern, answer in self._routes:
            if found := re.fullmatch(pattern, parts.path):
                return answer(*found.groups(), query=query, base=base, paging=paging)
        return _html(pages.missing(), status=404)

    def _home(self, **_: object) -> Response:
        return _html(pages.home(self._mall.shelves, self._offers[::17][:20]))

    def _search(self, *, query: dict[str, str], paging: Paging, **_: object) -> Response:
        words = query.get("q", "").strip()
        found = search(self._offers, words)
        return _html(pages.results(words, turn(found, _number(query), PAGE_SIZE, paging)))

    def _category(self, slug: str, *, query: dict[str, str], paging: Paging, **_: object) -> Response:
        shelf = self._shelves.get(slug)
        if shelf is None and slug != "all":
            return _html(pages.missing(), status=404)
        offers = [offer for offer in self._offers if shelf is None or offer.shelf.id == shelf.id]
        page = turn(offers, _number(query), PAGE_SIZE, paging)
        return _html(pages.shelf(shelf.name if shelf else "全部商品", page, f"/category/{slug}"))

    def _item(self, item_id: str, *, base: str, **_: object) -> Response:
        offer = self._mall.offer(MALL, item_id)
        return _html(pages.item(offer, base)) if offer else _html(pages.gone(), status=404)

    def _image(self, item_id: str, **_: object) -> Response:
        offer = self._mall.offer(MALL, item_id)
        return picture(int(item_id), offer.shelf.name) if offer else _html(pages.missing(), status=404)

    def _shop(self, shop_id: str, *, query: dict[str, str], paging: Paging, **_: object) -> Response:
        shop = self._shops.get(shop_id)
        if shop is None:
            return _html(pages.missing(), status=404)
        offers = [offer for offer in self._offers if offer.shop.id == shop_id]
        return _html(pages.shop(shop, turn(offers, _number(query), PAGE_SIZE, paging)))

    def _licence(self, shop_id: str, **_: object) -> Response:
        shop = self._shops.get(shop_id)
        return _html(pages.licence(shop)) if shop else _html(pages.missing(), status=404)

    def _cart(self, **_: object) -> Response:
        return _html(pages.notice("购物车", "请先登录"))

    def _robots(self, *, base: str, **_: object) -> Response:
        return Response(body=_ROBOTS.format(base=base).encode(), content_type="text/plain; charset=utf-8")

    def _sitemap_index(self, *, base: str, **_: object) -> Response:
        count = -(-len(self._offers) // _PER_SITEMAP)
        files = [f"{base}/sitemap-items-{number}.xml" for number in range(1, count + 1)]
        return _xml("sitemapindex", "sitemap", [*files, f"{base}/sitemap-categories.xml"])

    def _sitemap(self, number: str, *, base: str, **_: object) -> Response:
        start = (int(number) - 1) * _PER_SITEMAP
        offers: tuple[Offer, ...] = self._offers[start : start + _PER_SITEMAP] if start >= 0 else ()
        if not offers:
            return _html(pages.missing(), status=404)
        return _xml("urlset", "url", [base + offer.path for offer in offers])

    def _sitemap_categories(self, *, base: str, **_: object) -> Response:
        return _xml("urlset", "url", [f"{base}/category/{slug}" for slug in self._shelves])


def _number(query: dict[str, str]) -> int:
    return page_number(query.get("page"))


def _html(text: str, status: int = 200) -> Response:
    return Response(body=text.encode(), status=status)


def _xml(root: str, entry: str, urls: Iterable[str]) -> Response:
    rows = "".join(f"<{entry}><loc>{escape(url)}</loc></{entry}>\n" for url in urls)
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{rows}</{root}>\n'
    )
    return Response(body=text.encode(), content_type="application/xml; charset=utf-8")
