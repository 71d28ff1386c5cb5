"""api: asks an open API as its profile says: JSON lists, keys from the environment, pages by cursor."""

from __future__ import annotations

from typing import ClassVar

from monitor.spiders.unit_spider import UnitSpider
from monitor.storage.runs import UnitOrder
from monitor.storage.tables import UnitKind


class ApiSpider(UnitSpider):
    """`scrapy crawl api -a site=PROFILE [-a query=词] [-a max_pages=N]`; without a query all of its lists.

    `monitor crawl` reads the same profiles as part of a run; this is the way of a Scrapy user.
    """

    name = "api"
    kinds: ClassVar[tuple[UnitKind, ...]] = (UnitKind.SEARCH, UnitKind.SHOP, *UnitSpider.kinds)

    def own_units(self) -> list[UnitOrder]:
        """One unit: the query, or each list of the API."""
        if self.profile.api is None:
            raise ValueError(f"site {self.profile.name} has no API: add api: to its profile")
        if self.query:
            return [UnitOrder(kind=UnitKind.SEARCH, key=self.query)]
        urls = self.profile.shop_start_urls()
        if not urls:
            raise ValueError(
                f"site {self.profile.name} has no shop.lists: say what to search for, -a query=词"
            )
        return [UnitOrder(kind=UnitKind.SHOP, key=url) for url, _ in urls]
