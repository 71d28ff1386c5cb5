"""Storing: commits what a page brought, in one transaction, under the site's lease."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from scrapy.exceptions import DropItem

from monitor.pipelines.checking import check_of_failure
from monitor.pipelines.items import PageJudged
from monitor.pipelines.measuring import facts_of_failure
from monitor.storage.crawl import PageOutcome, commit_page
from monitor.storage.engine import DatabaseError, writing
from monitor.storage.leases import LeaseLostError

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from monitor.pipelines.items import UnitFailed
    from monitor.pipelines.session import CrawlSession


class StorePipeline:
    """Writes pages and ends of units."""

    def __init__(self, crawler: Crawler, session: CrawlSession) -> None:
        self._crawler = crawler
        self._session = session

    def process_item(self, item: PageJudged | UnitFailed) -> None:
        """Commit a page, or the end of a unit without one."""
        if isinstance(item, PageJudged):
            self._commit(item.outcome)
        else:
            self._commit(
                PageOutcome(
                    run_id=self._session.run_id,
                    unit_id=item.unit.id,
                    received_at=datetime.now(UTC),
                    page=item.number,
                    check=check_of_failure(item),
                    facts=facts_of_failure(item),
                    end=item.end,
                )
            )

    def _commit(self, outcome: PageOutcome) -> None:
        try:
            with writing(self._session.engine) as connection:
                commit_page(connection, self._session.lease, outcome)
        except (LeaseLostError, DatabaseError) as error:
            # nothing of this page is written and its unit stays open: stop before more is fetched in vain
            self._session.stop(self._crawler, error)
            raise DropItem(str(error)) from error
