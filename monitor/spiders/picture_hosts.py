"""Hosts of pictures that do not answer: after a few attempts their pictures are left for another run.

A shop's thousand pictures on a host that is down would each wait for a timeout, robots.txt included.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy.exceptions import IgnoreRequest

from monitor.pipelines.refusals import Refusal

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response

#: Key of `Request.meta` that says that a picture is asked for.
PICTURE = "monitor_picture"
#: Failures in a row after which a host is left alone by this process.
_PATIENCE = 3


class PictureHosts:
    """Downloader middleware, before that of robots.txt; pages pass untouched."""

    def __init__(self) -> None:
        self._failures: Counter[str] = Counter()

    def process_request(self, request: Request) -> None:
        """Let a picture pass, or not.

        Raises:
            Refusal: its host did not answer the last few times.

        """
        if PICTURE in request.meta and self._failures[host := _host(request)] >= _PATIENCE:
            raise Refusal(
                f"left out: {host} did not answer {_PATIENCE} times in a row; a later run asks again"
            )

    def process_response(self, request: Request, response: Response) -> Response:
        """Note that a host answers."""
        if PICTURE in request.meta:
            del self._failures[_host(request)]
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Note that it does not. What robots.txt forbids is an answer."""
        forbidden = isinstance(exception, IgnoreRequest) and not isinstance(exception, Refusal)
        if PICTURE in request.meta and not forbidden:
            self._failures[_host(request)] += 1


def _host(request: Request) -> str:
    return urlsplit(request.url).netloc
