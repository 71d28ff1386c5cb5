"""Compressed bodies: unpacked within the limit of a page, or refused by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import IgnoreRequest

from monitor.pipelines.refusals import Refusal

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response

#: Encodings laid over each other. One is usual; a body may be made so that it unpacks to itself for ever.
_MOST_LAYERS = 3


class BoundedUnpacking(HttpCompressionMiddleware):
    """Scrapy's middleware, which stops at DOWNLOAD_MAXSIZE; here the unit learns why."""

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        """Unpack a body.

        Raises:
            Refusal: it is a decompression bomb.

        """
        layers = b",".join(response.headers.getlist("Content-Encoding")).count(b",") + 1
        if layers > _MOST_LAYERS:
            raise Refusal(f"decompression bomb: packed {layers} times over")
        packed = len(response.body)
        try:
            return super().process_response(request, response)
        except IgnoreRequest as error:
            raise Refusal(
                f"decompression bomb: {packed} bytes unpack to more than {self._max_size}"
            ) from error
