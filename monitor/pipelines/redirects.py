"""Redirects that carry nothing secret elsewhere and lead to pages only.

Scrapy takes Cookie and Authorization off when the host changes; an API key in a header of its own stays, and
so does a cookie when only the port changes. Here everything that is not on a short list stays behind whenever
scheme, host or port differ.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from scrapy import Request
from scrapy.downloadermiddlewares.redirect import MetaRefreshMiddleware, RedirectMiddleware
from scrapy.exceptions import IgnoreRequest

from monitor.addresses import DEFAULT_PORTS
from monitor.pipelines.refusals import Refusal

if TYPE_CHECKING:
    from scrapy.http import Response

#: Headers that say nothing of who asks but how he introduces himself. Not Referer: a key may stand in a URL.
_HARMLESS = frozenset({b"Accept", b"Accept-Encoding", b"Accept-Language", b"User-Agent"})
_FOLLOWED = frozenset({301, 302, 303, 307, 308})


def origin(url: str) -> tuple[str, str, int | None]:
    """Return scheme, host and port: what a secret was given to."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or DEFAULT_PORTS.get(parts.scheme)


def site_of(url: str) -> str:
    """Return scheme, host and port as a URL begins with them: what one robots.txt speaks for."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


class EndlessRedirects(Refusal):
    """Redirects lead on and on."""


class CarefulRedirects(RedirectMiddleware):
    """Follows an answer with a Location."""

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        """Follow it, leaving secrets behind where it leads elsewhere.

        Raises:
            Refusal: it leads to something that is no page (``file:``, ``ftp:``).
            EndlessRedirects: it leads on and on.

        """
        if response.status in _FOLLOWED and b"Location" in response.headers:
            _check_scheme(
                urljoin(request.url, (response.headers["Location"] or b"").decode("latin-1").strip())
            )
        try:
            following = super().process_response(request, response)
        except IgnoreRequest as error:
            raise EndlessRedirects(f"redirects without end: more than {self.max_redirect_times}") from error
        return _careful(request, following)


class CarefulRefreshes(MetaRefreshMiddleware):
    """Follows a page's ``<meta http-equiv="refresh">``."""

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        """Follow it as `CarefulRedirects` does."""
        try:
            following = super().process_response(request, response)
        except IgnoreRequest as error:
            raise EndlessRedirects(f"redirects without end: more than {self.max_redirect_times}") from error
        return _careful(request, following)


def _check_scheme(url: str) -> None:
    scheme = url.partition(":")[0].lower()
    if scheme not in DEFAULT_PORTS:
        raise Refusal(f"refused: a redirect to {scheme}: is not followed, only http and https are")


def _careful(request: Request, following: Request | Response) -> Request | Response:
    if not isinstance(following, Request) or origin(request.url) == origin(following.url):
        return following
    for name in [each for each in following.headers if each not in _HARMLESS]:
        del following.headers[name]
    return following
