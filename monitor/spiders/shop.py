"""shop: reads a whole shop, from its sitemap or its shelves."""

from __future__ import annotations

from typing import ClassVar

from monitor.spiders.unit_spider import UnitSpider
from monitor.storage.runs import UnitOrder
from monitor.storage.tables import UnitKind


class ShopSpider(UnitSpider):
    """`scrapy crawl shop -a site=PROFILE [-a base_url=https://…] [-a max_pages=N]`."""

    name = "shop"
    kinds: ClassVar[tuple[UnitKind, ...]] = (UnitKind.SHOP, *UnitSpider.kinds)

    def own_units(self) -> list[UnitOrder]:
        """One unit a start URL of the profile."""
        urls = self.profile.shop_start_urls()
        if not urls:
            raise ValueError(f"site {self.profile.name} has no shop.lists or shop.sitemaps to begin with")
        return [UnitOrder(kind=UnitKind.SHOP, key=url) for url, _ in urls]
