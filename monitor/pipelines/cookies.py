"""Cookies that stay with the origin that set them, and a list of public suffixes that is not fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares import cookies
from tldextract import TLDExtract

from monitor.pipelines.redirects import origin

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response

# Scrapy's would download the list at the first cookie that names a domain: unguarded, and everything waits
cookies._split_domain = TLDExtract(suffix_list_urls=(), include_psl_private_domains=True)  # noqa: SLF001


class OriginCookies(cookies.CookiesMiddleware):
    """Scrapy's cookies, in a jar for each scheme and port.

    By RFC 6265 a cookie knows no port, and without ``Secure`` no scheme: another service on the same host, or
    whoever listens on a line without TLS, would get it.
    """

    def process_request(self, request: Request) -> Request | Response | None:  # type: ignore[override]
        """Add the cookies of the request's own origin."""
        scheme, _, port = origin(request.url)
        request.meta["cookiejar"] = f"{scheme}:{port}"
        return super().process_request(request)
