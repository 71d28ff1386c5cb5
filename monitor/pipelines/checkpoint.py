"""Checkpoint extension: which units a spider works on, under which lease, and when it must stop."""

from __future__ import annotations

import logging
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from scrapy import signals
from scrapy.exceptions import CloseSpider
from twisted.internet.task import LoopingCall

from monitor.pipelines.crawler_session import session_of, stop
from monitor.storage import leases, runs
from monitor.storage.engine import DatabaseError, writing
from monitor.storage.migrate import require_current

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scrapy import Spider
    from scrapy.crawler import Crawler

    from monitor.pipelines.session import CrawlSession
    from monitor.storage.tables import UnitKind

_log = logging.getLogger(__name__)

#: Units begun at a time: a crash repeats at most these.
BATCH = 16
#: After so many attempts in a row that neither ended (a crash each) nor came further, a unit is given up.
ATTEMPTS = 3


class UnitBook:
    """The units of one run on one site, as the spider sees them."""

    def __init__(self, crawler: Crawler, session: CrawlSession, kinds: Sequence[UnitKind]) -> None:
        self._crawler = crawler
        self._session = session
        self._kinds = kinds

    def take(self) -> list[runs.UnitToDo]:
        """Begin the next units; none when all are begun or ended, or when the crawl has to stop."""
        if self._session.stopped_by is not None:
            return []
        try:
            return self._begin()
        except (leases.LeaseLostError, DatabaseError) as error:
            stop(self._crawler, error)
            return []

    def _begin(self) -> list[runs.UnitToDo]:
        session = self._session
        place = (session.run_id, session.lease.site_id, self._kinds)
        reason = f"ended without a result {ATTEMPTS} times; see the crawl log"
        with writing(session.engine) as connection:
            runs.give_up(connection, *place, attempts=ATTEMPTS, reason=reason)
            fresh = runs.pending_units(connection, *place, most=BATCH)
            if fresh:
                runs.begin_units(connection, session.lease, [unit.id for unit in fresh])
        return fresh


class Checkpoint:
    """Opens run and lease before the first request; renews the lease; stops what may no longer crawl."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._session = session_of(crawler)
        self._parent = os.getppid()
        self._beat = LoopingCall(self._renew)
        self._watch = LoopingCall(self._watch_parent)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way in."""
        extension = cls(crawler)
        crawler.signals.connect(extension.spider_opened, signal=signals.spider_opened)
        crawler.signals.connect(extension.spider_closed, signal=signals.spider_closed)
        return extension

    def spider_opened(self, spider: Any) -> None:  # noqa: ANN401 - a UnitSpider
        """Find or make the run, take the lease, and give the spider its units.

        Raises:
            CloseSpider: the site is being crawled by another process, or the database cannot be used.

        """
        session = self._session
        if session.stopped_by is not None:  # another component could not begin
            return
        try:
            require_current(session.engine)
            run_id = spider.run_id if spider.run_id is not None else self._ad_hoc_run(spider)
            with writing(session.engine) as connection:
                site = runs.site_id(connection, spider.profile.name)
                lease = leases.acquire(
                    connection, site, leases.this_process(), session.settings.lease_seconds
                )
                session.begin(run_id, lease)
                runs.take_over(connection, lease, run_id)
                runs.start_run(connection, run_id)
        except (leases.LeaseHeldError, DatabaseError) as error:
            session.stopped_by = error
            raise CloseSpider(type(error).__name__) from error
        spider.units = UnitBook(self._crawler, session, spider.kinds)
        self._beat.start(session.settings.lease_seconds / 4, now=False)
        self._watch.start(1.0, now=False)

    def spider_closed(self, spider: Spider) -> None:
        """Give the lease back."""
        del spider
        for call in (self._beat, self._watch):
            if call.running:
                call.stop()
        session = self._session
        if session.begun:
            try:
                with writing(session.engine) as connection:
                    leases.release(connection, session.lease)
                    runs.finish_run(connection, session.run_id)
            except DatabaseError as error:
                _log.error("the lease could not be given back and will expire: %s", error)
        session.engine.dispose()

    def _ad_hoc_run(self, spider: Any) -> int:  # noqa: ANN401 - a UnitSpider
        """`scrapy crawl search -a site=… -a query=…` is a run of its own."""
        now = datetime.now(UTC)
        with writing(self._session.engine) as connection:
            profile = spider.profile
            site = runs.ensure_site(
                connection, name=profile.name, title=profile.title, base_url=profile.base_url
            )
            campaign = runs.ensure_campaign(connection, name="ad-hoc", title="临时采集", plan_digest=None)
            run = runs.create_run(
                connection,
                runs.NewRun(
                    campaign_id=campaign,
                    scheduled_at=now,
                    reason="scrapy crawl",
                    orders={},
                    lexicon_version="",
                ),
            )
            runs.add_units(connection, run, site, spider.own_units())
        return run

    def _watch_parent(self) -> None:
        if os.getppid() != self._parent:
            error = OrphanedError("the process that started this crawl has died")
            stop(self._crawler, error)

    def _renew(self) -> None:
        session = self._session
        try:
            with writing(session.engine) as connection:
                leases.renew(connection, session.lease)
        except (leases.LeaseLostError, DatabaseError) as error:
            stop(self._crawler, error)


class OrphanedError(Exception):
    """The process that started this crawl died; whoever resumes the run needs the site."""
