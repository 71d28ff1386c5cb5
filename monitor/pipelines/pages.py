"""Page pipeline: hands pages to the process that judges, preserves and stores them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from scrapy.exceptions import CloseSpider, DropItem

from monitor.pipelines.crawler_session import session_of, stop
from monitor.pipelines.items import PageRead, PictureRead, UnitFailed
from monitor.pipelines.messages import Assignment, PageError
from monitor.pipelines.page_process import PageProcess

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from monitor.extraction.profile import SiteProfile


class PagePipeline:
    """Takes pages and failed units whole, then drops them; everything else passes untouched.

    What a response gives is handled in order, so a page is committed before the next one of its unit is asked
    for.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._session = session_of(crawler)
        self.process = PageProcess(crawler.settings["MONITOR"])
        self._begun = False

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way in."""
        return cls(crawler)

    async def open_spider(self) -> None:
        """Wait until pages can be handled, before anything is asked of a site.

        Raises:
            CloseSpider: they cannot, e.g. because of a mistake in the lexicon.

        """
        try:
            await self.process.ready()
        except Exception as error:
            self._session.stopped_by = error
            raise CloseSpider(type(error).__name__) from error

    async def process_item(self, item: Any) -> Any:  # noqa: ANN401 - any item passes
        """Wait until a page is committed.

        Raises:
            DropItem: it is, or it could not be and the crawl stops.
            PageError: it could not be handled because of a mistake in the program.

        """
        if not isinstance(item, PageRead | PictureRead | UnitFailed):
            return item
        if self._session.stopped_by is not None:
            raise DropItem(str(self._session.stopped_by))
        if not self._begun:
            self._begun = True
            self.process.begin(self._assignment())
        try:
            await self.process.handled(item)
        except PageError:
            raise
        except Exception as error:
            # nothing of this page is written and its unit stays open: stop before more is fetched in vain
            stop(self._crawler, error)
            raise DropItem(str(error)) from error
        raise DropItem("stored")  # pages are not for feeds

    async def close_spider(self) -> None:
        """Let the process end."""
        await self.process.close()

    def _assignment(self) -> Assignment:
        spider: Any = self._crawler.spider
        profile: SiteProfile = spider.profile
        return Assignment(
            run_id=self._session.run_id,
            lease=self._session.lease,
            site=profile.name,
            detail=profile.detail,
            licence=profile.licence,
            pictures=profile.pictures,
        )
