"""Compressed bodies: unpacked within the limit of a page, or refused by name."""

from __future__ import annotations

import zlib
from contextlib import suppress
from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from monitor.extraction.sitemap import UNPACKED_LIMIT
from monitor.pipelines.refusals import Refusal

if TYPE_CHECKING:
    from scrapy import Request

_BOMB = "decompression bomb: {} bytes unpack to more than {}"
_GZIP_MAGIC = b"\x1f\x8b"
_STEP = 1 << 20
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
            unpacked = super().process_response(request, response)
        except IgnoreRequest as error:
            raise Refusal(_BOMB.format(packed, self._max_size)) from error
        if isinstance(unpacked, Response):
            _check_file(unpacked.body)
        return unpacked


def _check_file(body: bytes) -> None:
    """Refuse a gzipped file (``sitemap.xml.gz``) that unpacks to more than a sitemap may have."""
    if not body.startswith(_GZIP_MAGIC):
        return
    unpacker, size, rest = zlib.decompressobj(wbits=31), 0, body
    with suppress(zlib.error):
        while rest and not unpacker.eof:
            size += len(unpacker.decompress(rest, _STEP))
            rest = unpacker.unconsumed_tail
            if size > UNPACKED_LIMIT:
                raise Refusal(_BOMB.format(len(body), UNPACKED_LIMIT))
