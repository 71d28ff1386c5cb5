"""The desk of one crawl: judges, preserves and stores one page after the other. Knows no Scrapy.

The steps stand in `classify`, `preserve` and `store`. What is known of a page's listings must not change
between its judgement and its commit, so all three happen in one piece.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.evidence.chain import EvidenceError
from monitor.pipelines.classify import Classify
from monitor.pipelines.items import PageRead, PictureRead
from monitor.pipelines.picturing import picture_outcome
from monitor.pipelines.preserve import Preserve
from monitor.pipelines.session import CrawlSession
from monitor.pipelines.store import Store
from monitor.storage.engine import DatabaseError
from monitor.storage.leases import LeaseLostError

if TYPE_CHECKING:
    from monitor.classifiers.classify import Classifier
    from monitor.config import Settings
    from monitor.pipelines.items import UnitFailed
    from monitor.pipelines.messages import Assignment
    from monitor.storage import Engine

#: After one of these nothing more can be written: the crawl has to stop.
FATAL = (EvidenceError, LeaseLostError, DatabaseError)


class PageDesk:
    """Handles the pages of one crawl."""

    def __init__(
        self, settings: Settings, assignment: Assignment, classifier: Classifier, engine: Engine | None = None
    ) -> None:
        self._session = CrawlSession(settings, engine)
        self._session.begin(assignment.run_id, assignment.lease)
        self.classify = Classify(self._session, classifier, assignment)
        self.preserve = Preserve(self._session, assignment.site)
        self.store = Store(self._session)

    def handle(self, item: PageRead | PictureRead | UnitFailed) -> None:
        """Commit a page, a picture, or the end of a unit without one. After a `FATAL` error all fail.

        Raises:
            EvidenceError: evidence cannot be written.
            LeaseLostError: another crawler took the site over.
            DatabaseError: the database cannot be used.

        """
        if self._session.stopped_by is not None:
            raise self._session.stopped_by
        try:
            if isinstance(item, PageRead):
                self.store.commit(self.preserve.preserved(self.classify.judged(item)).outcome)
            elif isinstance(item, PictureRead):
                outcome = picture_outcome(self._session.run_id, item)
                self.store.commit(self.preserve.preserved_picture(item, outcome))
            else:
                self.store.commit_failure(item)
        except FATAL as error:
            # nothing of this page is written and its unit stays open
            self._session.stopped_by = error
            raise

    def close(self) -> None:
        """Let go of the evidence file and the database."""
        self.preserve.close()
        self._session.engine.dispose()
