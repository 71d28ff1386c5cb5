"""What the crawl log says of items: nothing of each, or a day's log would be the catalogue."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from scrapy.logformatter import LogFormatter, LogFormatterResult

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.http import Response
    from twisted.python.failure import Failure


class QuietItems(LogFormatter):
    """Log pages and errors; leave items to the database."""

    def scraped(
        self, item: object, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        """Say nothing of an item that passed."""
        del item, response, spider
        return None  # type: ignore[return-value]  # Scrapy's documented way to log nothing

    def dropped(
        self, item: object, exception: BaseException, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        """Say nothing of a page that was stored."""
        del item, exception, response, spider
        return None  # type: ignore[return-value]  # as above

    def item_error(
        self, item: object, exception: BaseException, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        """Name the page that could not be handled, instead of printing it whole."""
        del item, exception, spider
        url = getattr(response, "url", "no page")
        return {"level": logging.ERROR, "msg": "Error processing a page: %(url)s", "args": {"url": url}}
