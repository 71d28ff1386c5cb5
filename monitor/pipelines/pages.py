"""Page pipeline: judges, preserves and stores one page after the other, while others are fetched.

The steps stand in `classify`, `preserve` and `store`. What is known of a page's listings must not change
between its judgement and its commit, so all three happen in one piece, in one thread that handles one page at
a time. The disk is waited for there: bringing evidence to it takes as long as fetching a page.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, NoReturn, Self

from scrapy.exceptions import DropItem

from monitor.pipelines.classify import ClassifyPipeline
from monitor.pipelines.items import PageRead, UnitFailed
from monitor.pipelines.preserve import PreservePipeline
from monitor.pipelines.session import session_of
from monitor.pipelines.store import StorePipeline

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class PagePipeline:
    """Handles pages and failed units whole, then drops them; everything else passes untouched.

    What a response gives is handled in order, so a page is committed before the next one of its unit is asked
    for.
    """

    def __init__(self, classify: ClassifyPipeline, preserve: PreservePipeline, store: StorePipeline) -> None:
        self._classify = classify
        self._preserve = preserve
        self._store = store
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pages")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way in."""
        session = session_of(crawler)
        return cls(
            ClassifyPipeline(crawler, session),
            PreservePipeline(crawler, session),
            StorePipeline(crawler, session),
        )

    async def process_item(self, item: Any) -> Any:  # noqa: ANN401 - any item passes
        """Wait until a page is committed.

        Raises:
            DropItem: it is, or it could not be and the crawl stops.

        """
        if not isinstance(item, PageRead | UnitFailed):
            return item
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._handle, item)

    def close_spider(self) -> None:
        """Let go of the thread and the file."""
        self._thread.shutdown()
        self._preserve.close_spider()

    def _handle(self, item: PageRead | UnitFailed) -> NoReturn:
        if isinstance(item, PageRead):
            self._store.process_item(self._preserve.process_item(self._classify.process_item(item)))
        else:
            self._store.process_item(item)
        raise DropItem("stored")  # pages are not for feeds
