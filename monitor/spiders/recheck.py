"""recheck: looks at listings that are known again: still on sale, changed, gone?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from monitor.pipelines.crawler_session import session_of
from monitor.spiders.unit_spider import UnitSpider
from monitor.storage.engine import reading
from monitor.storage.runs import UnitOrder
from monitor.storage.tables import UnitKind
from monitor.storage.watching import watched

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class RecheckSpider(UnitSpider):
    """`scrapy crawl recheck -a site=PROFILE [-a url=https://…] [-a base_url=https://…]`.

    Without ``url`` it looks at every suspect of the site.
    """

    name = "recheck"
    kinds: ClassVar[tuple[UnitKind, ...]] = (UnitKind.RECHECK, UnitKind.LICENCE, UnitKind.PICTURE)
    #: the one page to look at; None for all suspects
    url: str | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:  # noqa: ANN401 - Scrapy's
        """Take ``url`` beside the arguments of every spider."""
        url = kwargs.pop("url", None)
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.url = url
        return spider

    def own_units(self) -> list[UnitOrder]:
        """One unit a listing."""
        if self.url is not None:
            return [UnitOrder(kind=UnitKind.RECHECK, key=self.url)]
        with reading(session_of(self.crawler).engine) as connection:
            suspects = watched(connection, site=self.profile.name)
        return [UnitOrder(kind=UnitKind.RECHECK, key=each.url) for each in suspects]
