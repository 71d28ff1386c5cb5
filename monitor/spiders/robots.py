"""Obeying robots.txt as RFC 9309 says: what cannot be reached forbids everything, what is not there nothing.

Scrapy's own middleware takes both for permission, and reads rules out of an error page.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from http import HTTPStatus
from typing import TYPE_CHECKING

from scrapy import Request, signals
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.misc import build_from_crawler

from monitor.pipelines.redirects import EndlessRedirects, site_of
from monitor.pipelines.refusals import Refusal

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.robotstxt import RobotParser


class ObeyRobots(RobotsTxtMiddleware):
    """Asks each site (scheme, host and port) for its robots.txt before the first page.

    The answer holds as long as the process. A failure does not: the next page asks again, with all the
    patience of a page, so that a site which fails for a moment loses no more units than it does by its pages.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._known: dict[str, RobotParser] = {}
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def robot_parser(self, request: Request) -> RobotParser:
        """Return what the site of a request permits.

        Raises:
            Refusal: its robots.txt cannot be reached, so nothing is permitted.

        """
        site = site_of(request.url)
        async with self._turns[site]:
            if site not in self._known:
                self._known[site] = await self._ask(site, request)
            return self._known[site]

    async def _ask(self, site: str, request: Request) -> RobotParser:
        rules = build_from_crawler(self._parserimpl, self.crawler, await self._fetch(f"{site}/robots.txt"))
        await self.crawler.signals.send_catch_log_async(
            signal=signals.robots_parsed, robotparser=rules, request=request
        )
        return rules

    async def _fetch(self, url: str) -> bytes:
        """Return the rules; none where there is no robots.txt (RFC 9309, 2.3.1.3).

        Raises:
            Refusal: unreachable (2.3.1.4): an error of the server or of the way to it, or not safe to fetch.

        """
        question = Request(
            url,
            priority=self.DOWNLOAD_PRIORITY,
            meta={"dont_obey_robotstxt": True},
            callback=NO_CALLBACK,
        )
        assert self.crawler.engine is not None
        try:
            answer = await self.crawler.engine.download_async(question)
        except EndlessRedirects:
            return b""  # 2.3.1.2: more than five redirects may be taken for no robots.txt
        except Refusal as error:
            raise Refusal(f"{error} (robots.txt comes before the page)") from error
        except Exception as error:  # whatever kept it from coming
            raise Refusal(_unreachable(f"{type(error).__name__}: {error}".rstrip(": "))) from error
        if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise Refusal(_unreachable(f"HTTP {answer.status}"))
        return answer.body if answer.status < HTTPStatus.MULTIPLE_CHOICES else b""


def _unreachable(cause: str) -> str:
    return f"robots.txt cannot be fetched, so nothing is (RFC 9309): {cause[:200]}"
