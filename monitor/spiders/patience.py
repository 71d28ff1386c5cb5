"""Waiting as a site asks: Retry-After is honoured, and every further attempt waits longer.

One process crawls one site, so a pause of the engine is a pause for the whole site and nothing else.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Self

from scrapy.downloadermiddlewares.retry import RetryMiddleware

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

_OVERLOADED = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})


class PatientRetryMiddleware(RetryMiddleware):
    """Scrapy's retries, with pauses.

    Settings: ``RETRY_BACKOFF`` seconds before the first repetition, doubled for each further one;
    ``RETRY_LONGEST_WAIT`` seconds, beyond which a site's Retry-After ends the unit at once.
    """

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way in."""
        middleware = super().from_crawler(crawler)
        middleware.backoff = crawler.settings.getfloat("RETRY_BACKOFF")
        middleware.longest = crawler.settings.getfloat("RETRY_LONGEST_WAIT")
        return middleware

    backoff: float
    longest: float

    async def process_response(  # type: ignore[override]  # Scrapy awaits what it gets
        self, request: Request, response: Response
    ) -> Request | Response:
        """Wait as asked, then try again; give the answer back when that would take too long."""
        if response.status not in self.retry_http_codes or request.meta.get("dont_retry", False):
            return response
        again = super().process_response(request, response)
        if again is response:
            return response
        wait = self._pause_before(again)
        if response.status in _OVERLOADED:
            asked = retry_after(response.headers.get("Retry-After"), datetime.now(UTC))
            if asked is not None and asked > self.longest:
                return response
            wait = max(wait, asked or 0.0)
        await self._hold_site(wait)
        return again

    async def process_exception(  # type: ignore[override]  # Scrapy awaits what it gets
        self, request: Request, exception: Exception
    ) -> Request | Response | None:
        """Try again after a pause when the connection failed."""
        again = super().process_exception(request, exception)
        if again is not None:
            await self._hold_site(self._pause_before(again))
        return again

    def _pause_before(self, again: Request | Response) -> float:
        return float(self.backoff * 2 ** (again.meta["retry_times"] - 1))

    async def _hold_site(self, seconds: float) -> None:
        engine = self.crawler.engine
        assert engine is not None
        engine.pause()
        try:
            await asyncio.sleep(seconds)
        finally:
            engine.unpause()


def retry_after(header: bytes | None, now: datetime) -> float | None:
    """Read a Retry-After header, seconds or an HTTP date; None when there is none or it makes no sense."""
    if header is None:
        return None
    text = header.decode("latin-1").strip()
    if text.isdecimal():
        return float(text)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return max(0.0, (at - now).total_seconds())
