"""Classifying: a page's listings, joined with what is known of them, get findings and follow-ups."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from monitor.extraction import PageKind
from monitor.matching.wanted_pictures import WantedPictures
from monitor.pipelines.checking import check_of
from monitor.pipelines.items import PageJudged
from monitor.pipelines.judging import judged, licensed
from monitor.pipelines.measuring import facts_of
from monitor.storage.crawl import PageOutcome
from monitor.storage.runs import UnitOrder
from monitor.storage.tables import UnitKind

if TYPE_CHECKING:
    from monitor.classifiers.classify import Classifier
    from monitor.listing import Seller
    from monitor.pipelines.items import PageRead
    from monitor.pipelines.messages import Assignment
    from monitor.pipelines.session import CrawlSession
    from monitor.storage.crawl import SeenListing


class Classify:
    """Turns a PageRead into a PageJudged."""

    def __init__(self, session: CrawlSession, classifier: Classifier, assignment: Assignment) -> None:
        self._session = session
        self._classifier = classifier
        self._assignment = assignment
        self._pictures = WantedPictures(session.engine, session.lease.site_id)

    def judged(self, item: PageRead) -> PageJudged:
        """Judge a page."""
        seen = self._judge(item)
        assert item.page.seen_at is not None, "spiders say when a page came"
        return PageJudged(
            read=item,
            outcome=PageOutcome(
                run_id=self._session.run_id,
                unit_id=item.unit.id,
                received_at=item.page.seen_at,
                page=item.number,
                seen=seen,
                sellers=self._sellers(item),
                check=check_of(item),
                facts=facts_of(item),
                follow=(*item.found, *self._follow(item, seen)),
                end=item.end,
            ),
        )

    def _judge(self, item: PageRead) -> tuple[SeenListing, ...]:
        return judged(
            self._session.engine,
            self._session.lease.site_id,
            item.reading.listings,
            self._classifier,
            from_detail=item.reading.kind is PageKind.DETAIL,
        )

    def _sellers(self, item: PageRead) -> tuple[Seller, ...]:
        url = item.unit.key if item.supplied is None else item.page.url
        return licensed(self._session.engine, self._session.lease.site_id, url, item.reading.seller)

    def _follow(self, item: PageRead, seen: tuple[SeenListing, ...]) -> list[UnitOrder]:
        if item.supplied is not None:
            return []  # who hands a page in asks for no visit
        urls = self._pictures.urls(seen) if self._assignment.pictures != "never" else []
        pictures = [UnitOrder(kind=UnitKind.PICTURE, key=url) for url in urls]
        return [*self._pages_that_follow(item, seen), *pictures]

    def _pages_that_follow(self, item: PageRead, seen: tuple[SeenListing, ...]) -> list[UnitOrder]:
        if item.reading.kind is PageKind.LIST:
            return [
                UnitOrder(kind=UnitKind.DETAIL, key=each.listing.url)
                for each in seen
                if self._assignment.detail == "always" or each.classification.suspect or self._in_sample(each)
            ]
        again, wanted = item.unit.kind is UnitKind.RECHECK, self._assignment.licence
        sellers = {each.listing.seller: each.classification.suspect for each in seen}
        return [
            UnitOrder(kind=UnitKind.LICENCE, key=seller.licence_url)
            for seller, suspect in sellers.items()
            if seller is not None
            and seller.licence_url
            and (wanted == "always" or (wanted == "suspects" and suspect))
            # a recheck asks whether the listing is still there; the licence is known
            and not (again and seller.credit_code)
        ]

    def _in_sample(self, seen: SeenListing) -> bool:
        """Draw by hash, so that a resumed run draws the same."""
        drawn = hashlib.sha256(f"{self._session.run_id}:{seen.listing.key}".encode()).digest()
        return int.from_bytes(drawn[:4]) < self._session.settings.detail_sample * 2**32
