"""An endless catalogue at high speed, for benchmarks and soak tests.

It looks like the modern shop and is read by the profile ``demo_mall``, but its listings are numbered through,
and a list page is made once and then only given other numbers. Every `suspect_every`-th listing bears the
title of a dangerous one of the demo catalogue, the others those of harmless ones, each with its number.
"""

from __future__ import annotations

import dataclasses
import math
import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from monitor.demo import mall_pages
from monitor.demo.mall import MALL, Mall, Offer
from monitor.demo.mall_site import MallSite
from monitor.demo.response import Response
from monitor.demo.shelf_page import Paging, ShelfPage, page_number
from monitor.demo.template import Html

if TYPE_CHECKING:
    from collections.abc import Sequence

#: At least as many list pages are different; after that they repeat, but for the numbers.
_VARIANTS = 25
_MARK = "90909090"


class SyntheticMall:
    """A site of `pages` list pages; None: without end.

    Lists stand under every URL of a category or search, whatever the keyword; items under
    ``/item/<number>.html``, numbered from 1 in the order of the lists.
    """

    def __init__(
        self,
        pages: int | None = None,
        items_per_page: int = 40,
        suspect_every: int = 20,
        name: str = "synthetic",
    ) -> None:
        """Open the mall.

        Raises:
            ValueError: a number is less than 1.

        """
        if min(pages or 1, items_per_page, suspect_every) < 1:
            raise ValueError("pages, items_per_page and suspect_every count from 1")
        #: Name of the site's profile.
        self.name = name
        self.pages = pages
        self.items_per_page = items_per_page
        self.suspect_every = suspect_every
        self._mall = MallSite(Mall(0))
        offers = Mall(0).listings(MALL)
        self._dangerous = [offer for offer in offers if offer.expect.suspect]
        self._harmless = [offer for offer in offers if offer.expect.suspect is False]
        # pages repeat only where the dangerous ones fall on the same places again
        period = suspect_every // math.gcd(suspect_every, items_per_page)
        self._variants = -(-_VARIANTS // period) * period
        self._prepared: dict[int, _Prepared] = {}

    @property
    def items(self) -> int | None:
        """Number of listings; None: without end."""
        return None if self.pages is None else self.pages * self.items_per_page

    def is_suspect(self, item: int) -> bool:
        """Say whether listing `item` (from 1) bears a dangerous title."""
        return item % self.suspect_every == 0

    def title(self, item: int) -> str:
        """Return the title of listing `item` (from 1)."""
        return f"{self._model(item).title} {item}"

    def respond(self, target: str, base: str, paging: Paging = Paging.HONEST) -> Response:
        """Answer a request for `target` (path and query) on the site that stands at `base`."""
        parts = urlsplit(target)
        if parts.path == "/search" or parts.path.startswith("/category/"):
            return self._list(parts.path, dict(parse_qsl(parts.query)), paging)
        if found := re.fullmatch(r"/item/(\d+)\.html", parts.path):
            return self._item(int(found[1]), base)
        return self._mall.respond(target, base)

    def _list(self, path: str, query: dict[str, str], paging: Paging) -> Response:
        number = page_number(query.pop("page", None))
        shown = 1 if paging is Paging.REPEATING else number
        if self.pages is not None and number > self.pages and paging is Paging.HONEST:
            empty = ShelfPage(offers=(), number=number, last=self.pages, total=0)
            return Response(body=mall_pages.shelf("全部商品", empty, path).encode())
        goes_on = self.pages is None or number < self.pages or paging is Paging.ENDLESS
        query_text = urlencode({**query, "page": number + 1}, quote_via=quote)
        link = f"{path}?{query_text}".replace("&", "&amp;") if goes_on else None
        variant = (shown - 1) % self._variants
        if (page := self._prepared.get(variant)) is None:
            page = self._prepared[variant] = _Prepared(self._page(variant))
        return Response(body=page.filled((shown - 1) * self.items_per_page, link))

    def _item(self, item: int, base: str) -> Response:
        if item < 1 or (self.items is not None and item > self.items):
            return Response(body=mall_pages.gone().encode(), status=404)
        return Response(body=mall_pages.item(self._offer(item), base).encode())

    def _page(self, number: int) -> Sequence[Offer]:
        """Return the listings of a page with marks for their numbers."""
        start = number * self.items_per_page
        marked = []
        for slot in range(self.items_per_page):
            mark = f"{_MARK}{slot:04d}"
            offer = self._offer(start + slot + 1)
            title = f"{self._model(start + slot + 1).title} {mark}"
            marked.append(dataclasses.replace(offer, item_id=mark, path=f"/item/{mark}.html", title=title))
        return marked

    def _offer(self, item: int) -> Offer:
        return dataclasses.replace(
            self._model(item), item_id=str(item), path=f"/item/{item}.html", title=self.title(item)
        )

    def _model(self, item: int) -> Offer:
        place = (item - 1) % (self.items_per_page * self._variants)
        models = self._dangerous if self.is_suspect(item) else self._harmless
        return models[place % len(models)]


class _Prepared:
    """One list page as bytes with gaps for the numbers of its listings and for the link to the next page."""

    _GAP = "<!--next-->"

    def __init__(self, marked: Sequence[Offer]) -> None:
        cards = "\n".join(mall_pages.card(offer) for offer in marked)
        main = Html(f'<ul class="cards">\n{cards}\n</ul>{self._GAP}')
        text = mall_pages.frame("全部商品", main).replace("%", "%%")
        pattern = re.compile(rf"{_MARK}(\d{{4}})")
        self._slots = [int(slot) for slot in pattern.findall(text)]
        head, tail = pattern.sub("%d", text).split(self._GAP)
        self._head, self._tail = head.encode(), (tail % ()).encode()

    def filled(self, before: int, link: str | None) -> bytes:
        """Put in the numbers that follow `before`, and the link."""
        numbers = tuple(before + slot + 1 for slot in self._slots)
        pager = f'<nav class="pager"><a rel="next" href="{link}">下一页</a></nav>' if link else ""
        return self._head % numbers + pager.encode() + self._tail
