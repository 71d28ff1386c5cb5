"""archive: replays saved pages through Scrapy, with the same pipelines as a crawl; nothing is fetched."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

from scrapy import signals

from monitor.extraction.profile import all_profiles, load_profile
from monitor.imports.intake import Reading, prepare
from monitor.imports.pages import Understood, open_pages, understand
from monitor.imports.problem import ImportProblemError
from monitor.imports.rejects import Reject
from monitor.imports.sites import Sites
from monitor.imports.sources import sources
from monitor.pipelines.items import PageJudged, PageRead, UnitFailed
from monitor.spiders.unit_spider import UnitSpider
from monitor.storage.crawl import UnitEnd
from monitor.storage.runs import UnitOrder
from monitor.storage.tables import UnitKind, UnitStatus

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

    from scrapy.crawler import Crawler

    from monitor.extraction.profile import SiteProfile
    from monitor.imports.sites import ImportSite
    from monitor.imports.sources import Source
    from monitor.storage.runs import UnitToDo


class ArchiveSpider(UnitSpider):
    """`scrapy crawl archive -a file=pages.warc.gz [-a site=PROFILE] [-a url=https://…]`.

    `file` is what `monitor import` takes for pages: HTML, MHTML, HAR, WARC, WACZ, a zip or a folder of them.
    One crawl holds one site: the one that is named, else that of the first page; pages of others are passed
    over and counted (``archive/other_sites``).
    """

    name = "archive"
    kinds: ClassVar[tuple[UnitKind, ...]] = (UnitKind.FILE,)

    files: Mapping[str, Source]
    sites: Sites
    url: str | None

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:  # noqa: ANN401 - Scrapy's
        """Take the arguments of `scrapy crawl`."""
        file, site, url = (kwargs.pop(name, None) for name in ("file", "site", "url"))
        if not file:
            raise ValueError("say which file or folder: -a file=pages.warc.gz")
        sites = Sites(all_profiles([crawler.settings["MONITOR"].sites_dir]), site)
        opened = ExitStack()
        found = opened.enter_context(sources([Path(file)])).files
        files = {each.name: each for each in found if not each.kind.is_table}
        try:
            profile = _profile_of(files, sites, url)
        except ImportProblemError:
            opened.close()
            raise
        spider = super().from_crawler(crawler, *args, profile=profile, **kwargs)
        spider.files, spider.sites, spider.url = files, sites, url
        for signal in (signals.item_dropped, signals.item_error):
            crawler.signals.connect(spider.item_handled, signal=signal)
        crawler.signals.connect(opened.close, signal=signals.spider_closed)
        return spider

    def own_units(self) -> list[UnitOrder]:
        """One unit a file."""
        return [UnitOrder(kind=UnitKind.FILE, key=name) for name in self.files]

    async def start(self) -> AsyncIterator[Any]:
        """Give the pages of each file; the next one when the last one is committed."""
        self._handled = asyncio.Event()
        while units := self.units.take():
            for unit in units:
                for item in self._replay(unit):
                    self._handled.clear()
                    yield item
                    if isinstance(item, PageRead | UnitFailed):
                        await self._handled.wait()

    def _replay(self, unit: UnitToDo) -> Iterator[Any]:
        source = self.files[unit.key]
        read, problem = 0, None
        try:
            prepared = prepare(source, Reading())
            with source.on_disk() as path:
                for found in open_pages(path, source.kind, self.url).records():
                    understood = understand(found, self.sites)
                    if isinstance(understood, Reject):
                        self._pass_over(understood)
                    elif understood is not None and self._is_ours(understood.site):
                        yield from understood.reading.listings
                        read += 1
                        yield understood.as_read(unit, read, prepared.facts())
        except ImportProblemError as error:
            problem = str(error)
        end = UnitEnd(
            status=UnitStatus.FAILED if problem else UnitStatus.DONE, reason=problem or f"{read} pages read"
        )
        yield UnitFailed(unit=unit, number=read, end=end)

    def _is_ours(self, site: ImportSite) -> bool:
        if site.name == self.profile.name:
            return True
        self._tally("archive/other_sites")
        return False

    def _pass_over(self, reject: Reject) -> None:
        self._tally(f"archive/rejected/{reject.reason.value}")
        self.logger.info("page %s passed over: %s %s", reject.number, reject.reason.value, reject.detail)

    def _tally(self, name: str) -> None:
        assert self.crawler.stats is not None
        self.crawler.stats.inc_value(name)

    def item_handled(self, item: Any) -> None:  # noqa: ANN401 - any item
        """Let the next page come when this one is committed, or could not be."""
        if isinstance(item, PageRead | PageJudged | UnitFailed):
            self._handled.set()


def _profile_of(files: Mapping[str, Source], sites: Sites, url: str | None) -> SiteProfile:
    """Return the profile of the site that the crawl is about."""
    for source in files.values():
        with source.on_disk() as path:
            for found in open_pages(path, source.kind, url).records():
                understood = understand(found, sites)
                if isinstance(understood, Understood):
                    site = understood.site
                    profile = site.profile or load_profile("generic")
                    return profile.model_copy(
                        update={"name": site.name, "title": site.title, "base_url": site.base_url}
                    )
    raise ImportProblemError("no page in the file shows a listing")
