"""The desk where supplied listings are taken in: the way of a crawled page, without a crawl."""

from __future__ import annotations

import time
from collections import OrderedDict, defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from monitor.classifiers.classify import default_classifier
from monitor.extraction import PageKind
from monitor.imports.row_listing import shown_fields
from monitor.pipelines.items import PageJudged, PageRead
from monitor.pipelines.judging import judged, licensed
from monitor.pipelines.preserve import PageKeeper
from monitor.pipelines.session import CrawlSession
from monitor.storage import imports, leases, runs
from monitor.storage.crawl import PageOutcome, commit_page
from monitor.storage.engine import writing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

    from monitor.config import Settings
    from monitor.imports.columns import ColumnMap
    from monitor.imports.rows import Row
    from monitor.imports.sites import ImportSite
    from monitor.listing import Listing
    from monitor.storage import Engine
    from monitor.storage.crawl import SeenListing
    from monitor.storage.evidence import PreservedRecords
    from monitor.storage.imports import KnownFile
    from monitor.storage.leases import Lease

#: Site under which the units of files stand; their listings belong to sites of their own.
FILES_SITE = ("import", "人员提供的文件")
#: Chains of evidence that are open at a time, one a site.
_CHAINS = 16


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadRow:
    """A row that became a listing."""

    row: Row
    listing: Listing
    site: ImportSite
    columns: ColumnMap

    @property
    def number(self) -> int:
        """Of the row."""
        return self.row.number

    @property
    def fields(self) -> dict[str, str]:
        """As they stood in the file, without what is about people."""
        return shown_fields(self.row.values, self.columns)


class Desk:
    """Takes in rows and pages; one process at a time, for it holds the lease of the files' site."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        """Take the database and the settings; nothing is held before the block begins."""
        self._engine = engine
        self._settings = settings
        self._classifier = default_classifier(settings.suspect_threshold)
        self._sites: dict[str, int] = {}
        #: site id → lease, and when it was last taken
        self._leases: dict[int, tuple[Lease, float]] = {}
        self._keepers: OrderedDict[tuple[int, int], PageKeeper] = OrderedDict()
        self._me = leases.this_process()
        self.files_site = 0

    def __enter__(self) -> Self:
        """Take the lease of the files' site.

        Raises:
            LeaseHeldError: another import is under way.

        """
        with writing(self._engine) as connection:
            name, title = FILES_SITE
            self.files_site = imports.make_site(connection, name=name, title=title, base_url="")
        self.hold(self.files_site)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the chains and give the leases back."""
        for keeper in self._keepers.values():
            keeper.close()
        with writing(self._engine) as connection:
            for lease, _ in self._leases.values():
                leases.release(connection, lease)

    def hold(self, site_id: int) -> Lease:
        """Give the lease of a site, taken anew before it runs out.

        Raises:
            LeaseHeldError: a crawler is on the site.

        """
        held = self._leases.get(site_id)
        if held is not None and time.monotonic() - held[1] < self._settings.lease_seconds / 4:
            return held[0]
        with writing(self._engine) as connection:
            lease = leases.acquire(connection, site_id, self._me, self._settings.lease_seconds)
        self._leases[site_id] = (lease, time.monotonic())
        return lease

    def begin(self, file: KnownFile) -> None:
        """Say that a file is being read."""
        lease = self.hold(self.files_site)
        with writing(self._engine) as connection:
            imports.begin_file(connection, lease, file)

    def take_rows(
        self, file: KnownFile, rows: Sequence[ReadRow], facts: Mapping[str, Any], *, listings: int
    ) -> int:
        """Commit rows, with how far the file is read, in one transaction; return how many are suspects.

        Args:
            file: that they stand in.
            rows: in its order.
            facts: of the file, for the evidence.
            listings: of the file so far, these included.

        """
        now = datetime.now(UTC)
        by_site: dict[str, list[ReadRow]] = defaultdict(list)
        for row in rows:
            by_site[row.site.name].append(row)
        outcomes: list[tuple[Lease, PageOutcome]] = []
        suspects = 0
        for name, mine in by_site.items():
            site_id = self._site_id(mine[0].site)
            lease = self.hold(site_id)
            seen = judged(
                self._engine, site_id, [row.listing for row in mine], self._classifier, from_detail=False
            )
            flagged = [each for each in seen if each.classification.suspect]
            suspects += len(flagged)
            kept = self._keep_rows(file, name, site_id, (now, facts), mine, flagged) if flagged else None
            outcomes.append((lease, _outcome(file, now, 1, seen, kept)))
        self._commit(file, outcomes, rows[-1].number, listings)
        return suspects

    def take_page(self, file: KnownFile, read: PageRead, site: ImportSite, place: tuple[int, int]) -> int:
        """Commit a page, with how far the file is read, in one transaction; return how many are suspects.

        Args:
            file: that it stands in.
            read: the page.
            site: that it belongs to.
            place: number of the page within the file, and listings of the file so far, its own included.

        """
        now = datetime.now(UTC)
        site_id = self._site_id(site)
        lease = self.hold(site_id)
        detail = read.reading.kind is PageKind.DETAIL
        seen = judged(self._engine, site_id, read.reading.listings, self._classifier, from_detail=detail)
        flagged = [each for each in seen if each.classification.suspect]
        outcome = replace(
            _outcome(file, now, read.number, seen, None),
            sellers=licensed(self._engine, site_id, read.page.url, read.reading.seller),
        )
        if flagged:
            kept = self._keeper(file.run_id, site.name, site_id).keep(
                PageJudged(read=read, outcome=outcome), flagged
            )
            outcome = replace(outcome, preserved=kept)
        self._commit(file, [(lease, outcome)], *place)
        return len(flagged)

    def end(self, file: KnownFile, *, rejected: int, reason: str) -> None:
        """Say that all of a file was read."""
        with writing(self._engine) as connection:
            imports.end_file(connection, file, rejected=rejected, reason=reason)

    def fail(self, file: KnownFile, reason: str) -> None:
        """Say that a file cannot be read further."""
        with writing(self._engine) as connection:
            imports.fail_file(connection, file, reason)

    def close_run(self, run_id: int) -> None:
        """Close a run when all its files have ended."""
        with writing(self._engine) as connection:
            runs.finish_run(connection, run_id)

    def _commit(
        self, file: KnownFile, outcomes: Sequence[tuple[Lease, PageOutcome]], position: int, listings: int
    ) -> None:
        own = self.hold(self.files_site)
        with writing(self._engine) as connection:
            leases.renew(connection, own)
            for lease, outcome in outcomes:
                commit_page(connection, lease, outcome)
            imports.advance(connection, file, position, listings)

    def _keep_rows(
        self,
        file: KnownFile,
        site: str,
        site_id: int,
        handed_in: tuple[datetime, Mapping[str, Any]],
        rows: Sequence[ReadRow],
        suspects: list[SeenListing],
    ) -> PreservedRecords:
        at, facts = handed_in
        keys = {each.listing.key for each in suspects}
        shown = {
            row.listing.key: {"row": row.number, "fields": row.fields}
            for row in rows
            if row.listing.key in keys
        }
        return self._keeper(file.run_id, site, site_id).keep_rows(
            file.unit, at, {**facts, "rows": shown}, suspects
        )

    def _keeper(self, run_id: int, site: str, site_id: int) -> PageKeeper:
        """Give the chain of a site; of many sites, those that were used last stay open."""
        key = (run_id, site_id)
        if key in self._keepers:
            self._keepers.move_to_end(key)
            return self._keepers[key]
        if len(self._keepers) >= _CHAINS:
            self._keepers.popitem(last=False)[1].close()
        session = CrawlSession(self._settings, self._engine)
        session.begin(run_id, self.hold(site_id))
        self._keepers[key] = PageKeeper.begin(session, site)
        return self._keepers[key]

    def _site_id(self, site: ImportSite) -> int:
        if site.name not in self._sites:
            with writing(self._engine) as connection:
                self._sites[site.name] = imports.make_site(
                    connection, name=site.name, title=site.title, base_url=site.base_url
                )
        return self._sites[site.name]


def _outcome(
    file: KnownFile,
    now: datetime,
    page: int,
    seen: tuple[SeenListing, ...],
    kept: PreservedRecords | None,
) -> PageOutcome:
    return PageOutcome(
        run_id=file.run_id, unit_id=file.unit.id, received_at=now, page=page, seen=seen, preserved=kept
    )
