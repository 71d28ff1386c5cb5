"""Storing: commits what a page brought, in one transaction, under the site's lease."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from monitor.pipelines.checking import check_of_failure
from monitor.pipelines.measuring import facts_of_failure
from monitor.storage.crawl import PageOutcome, commit_page
from monitor.storage.engine import writing

if TYPE_CHECKING:
    from monitor.pipelines.items import UnitFailed
    from monitor.pipelines.session import CrawlSession


class Store:
    """Writes pages and ends of units.

    Its methods raise LeaseLostError when another crawler took the site over, DatabaseError when the database
    cannot be used; nothing is written then.
    """

    def __init__(self, session: CrawlSession) -> None:
        self._session = session

    def commit(self, outcome: PageOutcome) -> None:
        """Write a page."""
        with writing(self._session.engine) as connection:
            commit_page(connection, self._session.lease, outcome)

    def commit_failure(self, failed: UnitFailed) -> None:
        """Write the end of a unit without a page."""
        self.commit(
            PageOutcome(
                run_id=self._session.run_id,
                unit_id=failed.unit.id,
                received_at=datetime.now(UTC),
                page=failed.number,
                check=check_of_failure(failed),
                facts=facts_of_failure(failed),
                end=failed.end,
            )
        )
