"""The session of a crawler: one for all of its components, and the way to stop it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from scrapy.utils.defer import deferred_from_coro

from monitor.pipelines.session import CrawlSession

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

_log = logging.getLogger(__name__)
_sessions: WeakKeyDictionary[Crawler, CrawlSession] = WeakKeyDictionary()


def session_of(crawler: Crawler) -> CrawlSession:
    """Return the session of a crawler, opening its database at the first call."""
    if crawler not in _sessions:
        _sessions[crawler] = CrawlSession(crawler.settings["MONITOR"])
    return _sessions[crawler]


def stop(crawler: Crawler, error: Exception) -> None:
    """Stop a crawl because of `error`, once; what is under way will not be written."""
    session = session_of(crawler)
    if session.stopped_by is not None:
        return
    session.stopped_by = error
    _log.error("the crawl stops: %s", error)
    assert crawler.engine is not None
    deferred_from_coro(crawler.engine.close_spider_async(reason=type(error).__name__))
