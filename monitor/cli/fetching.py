"""One page, fetched for a person at the terminal, through the same guard as a crawl (docs/safety.md)."""

from __future__ import annotations

import urllib.error
import urllib.request
from functools import partial
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from typing import TYPE_CHECKING, Any

from monitor.addresses import ForbiddenAddressError, connected
from monitor.cli.mistakes import UsageMistakeError
from monitor.extraction import Page

if TYPE_CHECKING:
    from urllib.request import Request

    from monitor.addresses import Guard

_TIMEOUT = 20.0
_LIMIT = 10 * 1024 * 1024


def fetch_page(url: str, user_agent: str, guard: Guard) -> Page:
    """Fetch a page; redirects are followed. Proxies of the environment are not used.

    Raises:
        UsageMistakeError: it cannot be fetched, or `guard` forbids it.

    """
    opener = urllib.request.OpenerDirector()
    for handler in (
        _Handler(guard),
        urllib.request.HTTPRedirectHandler(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.UnknownHandler(),
    ):
        opener.add_handler(handler)
    try:
        guard.check_url(url)
        request = urllib.request.Request(url, headers={"User-Agent": user_agent})  # noqa: S310 - checked above
        with opener.open(request, timeout=_TIMEOUT) as response:
            return _page(response, response.status)
    except ForbiddenAddressError as error:
        raise UsageMistakeError(
            f"{url}: {error}. An intranet shop's profile may allow it (allow_private)"
        ) from None
    except urllib.error.HTTPError as error:
        with error:
            if error.code < 400:
                raise UsageMistakeError(f"{url}: a redirect that is not followed: {error.reason}") from None
            return _page(error, error.code)
    except (OSError, ValueError) as error:
        raise UsageMistakeError(f"{url} could not be fetched: {error}") from None


def _page(response: HTTPResponse | urllib.error.HTTPError, status: int) -> Page:
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Page(url=response.url, body=response.read(_LIMIT), status=status, headers=headers)


class _Handler(urllib.request.AbstractHTTPHandler):
    """Opens http and https, and looks at every URL, redirects included."""

    def __init__(self, guard: Guard) -> None:
        super().__init__()
        self._guard = guard

    def http_open(self, request: Request) -> HTTPResponse:
        self._guard.check_url(request.full_url)
        return self.do_open(partial(_Connection, guard=self._guard), request)

    def https_open(self, request: Request) -> HTTPResponse:
        self._guard.check_url(request.full_url)
        return self.do_open(partial(_SecureConnection, guard=self._guard), request)

    http_request = https_request = urllib.request.AbstractHTTPHandler.do_request_


class _Connection(HTTPConnection):
    def __init__(self, host: str, *, guard: Guard, **named: Any) -> None:  # noqa: ANN401 - urllib's
        super().__init__(host, **named)
        self._guard = guard

    def connect(self) -> None:
        """Connect to an address that was checked."""
        self.sock = connected(self.host, self.port, self._guard, _TIMEOUT)


class _SecureConnection(HTTPSConnection):
    def __init__(self, host: str, *, guard: Guard, **named: Any) -> None:  # noqa: ANN401 - urllib's
        super().__init__(host, **named)
        self._guard = guard

    def connect(self) -> None:
        """Connect to an address that was checked; the certificate is verified as ever."""
        plain = connected(self.host, self.port, self._guard, _TIMEOUT)
        self.sock = self._context.wrap_socket(plain, server_hostname=self.host)  # type: ignore[attr-defined]
