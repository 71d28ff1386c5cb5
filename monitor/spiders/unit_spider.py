"""UnitSpider: works through units, one page after another, until each has an end with a name."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, Self

from scrapy import Request, Spider, signals
from scrapy.exceptions import DontCloseSpider, IgnoreRequest

from monitor.extraction import Page, PageKind, Verdict
from monitor.extraction.profile import load_profile
from monitor.extraction.reading import read_page
from monitor.pipelines.items import PageRead, PictureRead, UnitFailed
from monitor.pipelines.pages import PagePipeline
from monitor.pipelines.refusals import Refusal
from monitor.spiders.picture_end import picture_end
from monitor.spiders.picture_hosts import PICTURE
from monitor.spiders.traps import TrapWatch
from monitor.storage.crawl import UnitEnd
from monitor.storage.runs import UnitOrder, UnitToDo
from monitor.storage.tables import OWN_PAGE, UnitKind, UnitStatus

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from monitor.extraction import Reading
    from monitor.extraction.profile import SiteProfile

_REFUSED = {401, 403, 407, 451}
_OURS = (PagePipeline, "monitor.pipelines.pages.PagePipeline")
#: Answers that a unit gives a name to; redirects are Scrapy's to follow.
_ERRORS = tuple(range(400, 600))


class UnitSource(Protocol):
    """Where units come from."""

    def take(self) -> list[UnitToDo]:
        """Begin the next units; none when all are begun or ended."""


@dataclass(slots=True)
class UnitProgress:
    """What a spider remembers of a unit while it is on it."""

    unit: UnitToDo
    #: pages asked for so far
    pages: int = 0
    #: keys of the listings seen, to notice a list that repeats itself
    keys: set[str] = field(default_factory=set)
    #: URLs asked for, to notice a pager that runs in a circle
    urls: set[str] = field(default_factory=set)
    #: addresses that a site makes up without end
    traps: TrapWatch = field(default_factory=TrapWatch)
    #: the trap that made the unit leave something out, which it goes on without
    left_out: str | None = None
    #: what is still to be asked for after the page at hand
    waiting: list[tuple[str, PageKind]] = field(default_factory=list)


class UnitSpider(Spider):
    """Base of the spiders; a subclass adds the kinds of unit that it begins with."""

    #: kinds of unit that this spider works on; these follow from the pages of others
    kinds: ClassVar[tuple[UnitKind, ...]] = (UnitKind.DETAIL, UnitKind.LICENCE, UnitKind.PICTURE)
    #: set by the Checkpoint extension before the first request
    units: UnitSource
    #: Whether listings are given one by one, for feeds and people's own pipelines. Ours take the page that
    #: follows with all of them in it; passing forty on takes as long as fetching a page.
    gives_listings = True

    def __init__(
        self,
        profile: SiteProfile,
        *,
        run_id: int | None = None,
        max_pages: int | None = None,
        query: str | None = None,
    ) -> None:
        super().__init__()
        self.profile = profile
        self.run_id = run_id
        self.max_pages = max_pages
        self.query = query

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:  # noqa: ANN401 - Scrapy's
        """Take the arguments of `scrapy crawl`.

        Args:
            crawler: Scrapy's.
            args: none.
            kwargs: ``site`` (a profile's name or file), ``base_url`` (which shop, for an engine's profile),
                ``query``, ``max_pages``, ``run`` (number of a run that `monitor crawl` made).

        """
        del args
        profile = kwargs.pop("profile", None) or _profile(
            kwargs.pop("site", None), kwargs.pop("base_url", None), crawler.settings["MONITOR"].sites_dir
        )
        for name in ("run", "max_pages"):
            if kwargs.get(name) is not None:
                kwargs[name] = int(kwargs[name])
        spider = cls(
            profile,
            run_id=kwargs.get("run"),
            max_pages=kwargs.get("max_pages"),
            query=kwargs.get("query"),
        )
        spider._set_crawler(crawler)
        manners = profile_manners(spider.profile)
        crawler.settings.setdict(manners, priority="spider")
        crawler.signals.connect(spider.continue_with_units, signal=signals.spider_idle)
        spider.gives_listings = bool(crawler.settings.getdict("FEEDS")) or _has_other_pipelines(crawler)
        return spider

    def own_units(self) -> list[UnitOrder]:
        """Units of a crawl that belongs to no run (`scrapy crawl search -a query=…`)."""
        return []

    async def start(self) -> AsyncIterator[Any]:
        """Begin the first units."""
        for request in self._begin():
            yield request

    def continue_with_units(self) -> None:
        """Begin the next units when the last ones have ended; close when none is left."""
        requests = self._begin()
        assert self.crawler.engine is not None
        for request in requests:
            self.crawler.engine.crawl(request)
        if requests:
            raise DontCloseSpider

    def _begin(self) -> list[Request]:
        return [self._first_request(unit) for unit in self.units.take()]

    def _first_request(self, unit: UnitToDo) -> Request:
        if unit.kind is UnitKind.PICTURE:
            return self._picture_request(UnitProgress(unit=unit, pages=1))
        progress = UnitProgress(unit=unit, waiting=self._way_in(unit))
        url, kind = progress.waiting.pop(0)
        return self._request(progress, url, kind)

    def _way_in(self, unit: UnitToDo) -> list[tuple[str, PageKind]]:
        match unit.kind:
            case UnitKind.SEARCH:
                return [(self.profile.search_url(unit.key), PageKind.LIST)]
            case UnitKind.SHOP:
                kinds = dict(self.profile.shop_start_urls())
                return [(unit.key, kinds.get(unit.key, PageKind.LIST))]
            case UnitKind.DETAIL | UnitKind.RECHECK | UnitKind.FILE:
                return [(unit.key, PageKind.DETAIL)]
            case UnitKind.LICENCE:
                return [(unit.key, PageKind.LICENCE)]
            case UnitKind.PICTURE:
                return []  # no page

    def _request(self, progress: UnitProgress, url: str, kind: PageKind) -> Request:
        progress.pages += 1
        progress.urls.add(url)
        return Request(
            url,
            callback=self.parse_page,
            errback=self.unit_failed,
            cb_kwargs={"progress": progress, "kind": kind},
            # a detail page may be asked for by two units of different runs: units know what is double
            dont_filter=True,
            meta={"handle_httpstatus_list": _ERRORS},
        )

    def _picture_request(self, progress: UnitProgress) -> Request:
        return Request(
            progress.unit.key,
            callback=self.parse_picture,
            errback=self.unit_failed,
            cb_kwargs={"progress": progress},
            dont_filter=True,
            # a later run asks again; nothing waits for a picture
            meta={"handle_httpstatus_list": _ERRORS, "dont_retry": True, PICTURE: True},
        )

    def parse_picture(self, response: Response, progress: UnitProgress) -> Iterator[Any]:
        """Give a picture's bytes; who stores it looks at them."""
        page = _page(response)
        yield PictureRead(unit=progress.unit, page=page, end=picture_end(page))

    def parse_page(self, response: Response, progress: UnitProgress, kind: PageKind) -> Iterator[Any]:
        """Give a page's listings if anybody asks, its PageRead, and the request for the next page."""
        page = _page(response)
        reading = read_page(page, self.profile, kind)
        if self.gives_listings:
            yield from reading.listings
        else:
            self._count(len(reading.listings))
        end, following = self._what_next(progress, page, reading)
        yield PageRead(
            unit=progress.unit,
            number=progress.pages,
            page=page,
            reading=reading,
            found=tuple(UnitOrder(kind=UnitKind.DETAIL, key=url) for url in reading.detail_urls),
            end=end,
        )
        if following is not None:
            yield self._request(progress, *following)

    def _count(self, listings: int) -> None:
        """Keep up the number of items in Scrapy's log."""
        assert self.crawler.stats is not None
        self.crawler.stats.inc_value("item_scraped_count", listings)

    def unit_failed(self, failure: Failure) -> Iterator[Any]:
        """End a unit whose page did not come."""
        progress: UnitProgress = failure.request.cb_kwargs["progress"]  # type: ignore[attr-defined]
        yield UnitFailed(unit=progress.unit, number=progress.pages, end=_end_of(failure))

    def _what_next(
        self, progress: UnitProgress, page: Page, reading: Reading
    ) -> tuple[UnitEnd | None, tuple[str, PageKind] | None]:
        """Say how the unit ends here, or which page it goes on with."""
        if (end := self._verdict(progress, page, reading)) is not None:
            return end, None
        sitemaps, trap = progress.traps.sitemaps(page.url, reading.sitemaps)
        progress.waiting.extend((url, PageKind.SITEMAP) for url in sitemaps)
        cut = reading.reason if reading.kind is PageKind.SITEMAP and reading.verdict is Verdict.OK else None
        progress.left_out = progress.left_out or trap or cut
        following = (reading.next_url, PageKind.LIST) if reading.next_url else None
        if following is None and progress.waiting:
            following = progress.waiting.pop(0)
        if following is None:
            # why a first page gave nothing is worth keeping; how a long list ended is not
            reason = progress.left_out or (reading.reason if progress.pages == 1 else None)
            return UnitEnd(status=UnitStatus.DONE, reason=reason), None
        if (reason := self._endless(progress, reading, following[0])) is not None:
            return UnitEnd(status=UnitStatus.DONE, reason=reason), None
        return None, following

    def _endless(self, progress: UnitProgress, reading: Reading, following: str) -> str | None:
        """Say why the unit does not go on although there would be more; None when it goes on."""
        before = len(progress.keys)
        progress.keys.update(listing.key for listing in reading.listings)
        if reading.listings and len(progress.keys) == before:
            return "the list repeats itself: taken as its end"
        if following in progress.urls:
            return "the pager runs in a circle: taken as the end"
        if (trap := progress.traps.goods(reading.listings) or progress.traps.page(following)) is not None:
            return trap
        if progress.pages >= self._page_budget(progress.unit):
            return f"page budget of {progress.pages} reached"
        return None

    def _page_budget(self, unit: UnitToDo) -> int:
        own = self.profile.search.max_pages if unit.kind is UnitKind.SEARCH and self.profile.search else None
        limit = own or self.profile.shop.max_pages
        return min(limit, self.max_pages) if self.max_pages is not None else limit

    def _verdict(self, progress: UnitProgress, page: Page, reading: Reading) -> UnitEnd | None:
        """Name the end that the page itself means; None when it was read well and the unit may go on."""
        if page.status in _REFUSED or reading.verdict is Verdict.BLOCKED:
            reason = reading.reason or f"HTTP {page.status}: the site refuses"
            return UnitEnd(status=UnitStatus.BLOCKED, reason=reason)
        if reading.verdict is Verdict.GONE:
            # beyond the last page of a list, some shops answer 404
            own_page = progress.unit.kind in OWN_PAGE
            first = not own_page and progress.pages == 1
            status = UnitStatus.FAILED if first else UnitStatus.DONE
            return UnitEnd(status=status, reason=reading.reason or f"HTTP {page.status}")
        if page.status >= 400:
            return UnitEnd(status=UnitStatus.FAILED, reason=f"HTTP {page.status}")
        if reading.verdict is Verdict.UNRECOGNISED:
            reason = reading.reason or "the page is not as the profile describes it"
            return UnitEnd(status=UnitStatus.FAILED, reason=f"layout: {reason}")
        return None


def _has_other_pipelines(crawler: Crawler) -> bool:
    pipelines = crawler.settings.getwithbase("ITEM_PIPELINES").copy_to_dict()
    return any(place is not None and name not in _OURS for name, place in pipelines.items())


def _profile(site: str | None, base_url: str | None, folder: Path) -> SiteProfile:
    if not site:
        raise ValueError("say which site: -a site=PROFILE (`monitor site list` names them)")
    profile = load_profile(site, [folder])
    return profile.at(base_url) if base_url else profile


def profile_manners(profile: SiteProfile) -> dict[str, Any]:
    """Scrapy settings that a profile's politeness means. AutoThrottle only ever lengthens the delay."""
    return {
        "ROBOTSTXT_OBEY": profile.robots_obey,
        "DOWNLOAD_DELAY": profile.politeness.delay,
        "CONCURRENT_REQUESTS_PER_DOMAIN": profile.politeness.concurrency,
        "AUTOTHROTTLE_START_DELAY": profile.politeness.delay,
        "AUTOTHROTTLE_TARGET_CONCURRENCY": float(profile.politeness.concurrency),
        "ALLOW_PRIVATE": list(profile.allowances),
    }


def _page(response: Response) -> Page:
    headers = {
        name.decode("latin-1").lower(): b", ".join(values).decode("latin-1")
        for name, values in response.headers.items()
    }
    return Page(
        url=response.url,
        body=response.body,
        status=response.status,
        headers=headers,
        seen_at=datetime.now(UTC),
    )


def _end_of(failure: Failure) -> UnitEnd:
    error = failure.value
    if isinstance(error, Refusal):
        return UnitEnd(status=UnitStatus.FAILED, reason=str(error))
    if isinstance(error, IgnoreRequest) and "robots.txt" in str(error):
        return UnitEnd(status=UnitStatus.BLOCKED, reason=f"not fetched: {error}")
    detail = str(error).strip().splitlines()[0][:200] if str(error).strip() else ""
    return UnitEnd(status=UnitStatus.FAILED, reason=f"{type(error).__name__}: {detail}".rstrip(": "))
