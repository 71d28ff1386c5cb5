"""search: asks a site's own search for each query and reads all result pages."""

from __future__ import annotations

from typing import ClassVar

from monitor.spiders.unit_spider import UnitSpider
from monitor.storage.runs import UnitOrder
from monitor.storage.tables import UnitKind


class SearchSpider(UnitSpider):
    """`scrapy crawl search -a site=PROFILE -a query=词 [-a base_url=https://…] [-a max_pages=N]`."""

    name = "search"
    kinds: ClassVar[tuple[UnitKind, ...]] = (UnitKind.SEARCH, *UnitSpider.kinds)

    def own_units(self) -> list[UnitOrder]:
        """One unit: the query."""
        if not self.query:
            raise ValueError("say what to search for: -a query=词")
        return [UnitOrder(kind=UnitKind.SEARCH, key=self.query)]
