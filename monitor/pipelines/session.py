"""What the components of one crawler share: the database, the site's lease, the run."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from scrapy.utils.defer import deferred_from_coro
from twisted.python.threadable import isInIOThread

from monitor.storage import open_database

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from monitor.config import Settings
    from monitor.storage import Engine
    from monitor.storage.leases import Lease


class CrawlSession:
    """One per crawler; `run_id` and `lease` are there once the Checkpoint extension has opened the spider."""

    def __init__(self, settings: Settings, engine: Engine | None = None) -> None:
        self.settings = settings
        self.engine: Engine = engine or open_database(
            settings.database_url, timeout=settings.database_timeout
        )
        #: Why the crawl had to stop; None while it may go on.
        self.stopped_by: Exception | None = None
        self._run_id: int | None = None
        self._lease: Lease | None = None

    def begin(self, run_id: int, lease: Lease) -> None:
        """Say which run is worked on, under which lease."""
        self._run_id, self._lease = run_id, lease

    def stop(self, crawler: Crawler, error: Exception) -> None:
        """Stop the crawl because of `error`, once; what is under way will not be written."""
        if self.stopped_by is not None:
            return
        self.stopped_by = error
        _log.error("the crawl stops: %s", error)
        if isInIOThread():  # type: ignore[no-untyped-call]
            _close(crawler, error)
        else:
            from twisted.internet import reactor  # noqa: PLC0415 - it is chosen when the crawl begins

            reactor.callFromThread(_close, crawler, error)

    @property
    def begun(self) -> bool:
        """Whether run and lease are there."""
        return self._lease is not None

    @property
    def run_id(self) -> int:
        """Run that is worked on."""
        assert self._run_id is not None, "the Checkpoint extension is not enabled"
        return self._run_id

    @property
    def lease(self) -> Lease:
        """Lease that every write is guarded by."""
        assert self._lease is not None, "the Checkpoint extension is not enabled"
        return self._lease


def _close(crawler: Crawler, error: Exception) -> None:
    assert crawler.engine is not None
    deferred_from_coro(crawler.engine.close_spider_async(reason=type(error).__name__))


_log = logging.getLogger(__name__)
_sessions: WeakKeyDictionary[Crawler, CrawlSession] = WeakKeyDictionary()


def session_of(crawler: Crawler) -> CrawlSession:
    """Return the session of a crawler, opening its database at the first call."""
    if crawler not in _sessions:
        _sessions[crawler] = CrawlSession(crawler.settings["MONITOR"])
    return _sessions[crawler]
