"""Importing saved pages: each is read as a crawled one would be, and taken in by itself."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from monitor.extraction import PageKind, Verdict
from monitor.extraction.reading import read_page
from monitor.imports.har import HarFile
from monitor.imports.rejects import Reason, Reject
from monitor.imports.saved_page import MhtmlPage, SavedPage
from monitor.imports.sources import FileKind
from monitor.imports.tables import Counts
from monitor.imports.warc import WarcFile
from monitor.pipelines.items import PageRead

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from monitor.extraction import Reading
    from monitor.imports.records import Found, PageFile, PageRecord
    from monitor.imports.sites import ImportSite, Sites
    from monitor.imports.tables import Taking
    from monitor.storage.runs import UnitToDo

_REASONS = {
    Verdict.BLOCKED: Reason.BLOCKED,
    Verdict.GONE: Reason.GONE,
    Verdict.EMPTY: Reason.NO_LISTING,
    Verdict.UNRECOGNISED: Reason.NO_LISTING,
}


def open_pages(path: Path, kind: FileKind, url: str | None) -> PageFile:
    """Open a file of pages that is on the disk; `url` is a person's word on where a single page came from."""
    if kind is FileKind.WARC:
        return WarcFile(path)
    if kind is FileKind.HAR:
        return HarFile(path)
    return MhtmlPage(path, url) if kind is FileKind.MHTML else SavedPage(path, url)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Understood:
    """A page that shows something."""

    record: PageRecord
    reading: Reading
    site: ImportSite

    def as_read(self, unit: UnitToDo, number: int, facts: Mapping[str, object]) -> PageRead:
        """Hand it over the way a spider would.

        Args:
            unit: of the file.
            number: how many pages of the file were read, with this one.
            facts: of the file, for the evidence.

        """
        supplied = dataclasses.replace(
            self.record.supplied,
            facts={**facts, "number": self.record.number, **self.record.supplied.facts},
        )
        page = dataclasses.replace(self.record.page, seen_at=datetime.now(UTC))
        return PageRead(unit=unit, number=number, page=page, reading=self.reading, supplied=supplied)


def understand(found: Found, sites: Sites) -> Understood | Reject | None:
    """Read a page; None for what is none, and for an API's answer that no profile can read."""
    if isinstance(found, int):
        return None
    if isinstance(found, Reject):
        return found
    profile, site = sites.reader(found.page)
    if profile is None and found.page.body.lstrip()[:1] in (b"{", b"["):
        return None
    reading = read_page(found.page, profile)
    shows = bool(reading.listings or reading.seller)
    if reading.kind is PageKind.SITEMAP or reading.verdict is not Verdict.OK or not shows:
        reason = _REASONS.get(reading.verdict, Reason.NO_LISTING)
        return Reject(
            number=found.number, reason=reason, detail=reading.reason or "", fields={"url": found.page.url}
        )
    listings = tuple(dataclasses.replace(each, site=site.name) for each in reading.listings)
    return Understood(record=found, reading=dataclasses.replace(reading, listings=listings), site=site)


def read_pages(
    pages: PageFile,
    sites: Sites,
    *,
    on_reject: Callable[[Reject], None],
    on_progress: Callable[[float, Counts], None],
    taking: Taking | None = None,
) -> Counts:
    """Read a file of pages to its end; those that are committed already are read again only for the rejects.

    Args:
        pages: opened.
        sites: finds the profile and the site of each page.
        on_reject: told of every page that is not imported.
        on_progress: told now and then how far it is, 0–1.
        taking: where the listings go; None counts them only.

    Raises:
        ImportProblemError: the file is damaged from some page on; those before it are imported.

    """
    counts = Counts(listings=taking.file.listings if taking else 0)
    for found in pages.records():
        understood = understand(found, sites)
        on_progress(pages.position(), counts)
        if understood is None:
            counts.other += 1
            continue
        counts.read += 1
        if isinstance(understood, Reject):
            counts.rejected += 1
            on_reject(understood)
        elif taking is None:
            counts.listings += len(understood.reading.listings)
        elif understood.record.number > taking.file.position:
            counts.listings += len(understood.reading.listings)
            counts.suspects += _take(taking, understood, counts)
        else:
            taking.desk.hold(taking.desk.files_site)
    on_progress(1.0, counts)
    return counts


def _take(taking: Taking, understood: Understood, counts: Counts) -> int:
    read = understood.as_read(taking.file.unit, counts.read - counts.rejected, taking.facts)
    place = (understood.record.number, counts.listings)
    return taking.desk.take_page(taking.file, read, understood.site, place)
