"""WARC, also inside WACZ: what a web archiving tool recorded; record by record, however large the file."""

from __future__ import annotations

import io
import zlib
from typing import TYPE_CHECKING, Any

import brotli
from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeadersParser, StatusAndHeadersParserException

from monitor.evidence.exchange import split_message
from monitor.evidence.supplied import SuppliedPage
from monitor.extraction import Page
from monitor.imports.limits import MOST_GROWTH
from monitor.imports.problem import ImportProblemError
from monitor.imports.records import LARGEST_PAGE, Found, PageRecord, claimed_time, may_be_page
from monitor.imports.rejects import Reason, Reject

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: Growth below this many bytes is no bomb.
_HARMLESS = 200 * 1024**2


class WarcFile:
    """A WARC file, gzipped by record or not at all."""

    def __init__(self, path: Path) -> None:
        """Take the file."""
        self._path = path
        self._size = max(path.stat().st_size, 1)
        self._read = 0.0

    def records(self) -> Iterator[Found]:
        """Give the responses and resources that are pages."""
        unpacked = 0
        with self._path.open("rb") as file:
            iterator = iter(ArchiveIterator(file, no_record_parse=True))
            number = 0
            while True:
                try:
                    record = next(iterator, None)
                    if record is None:
                        break
                    unpacked += int(record.rec_headers.get_header("Content-Length") or 0)
                    self._check_growth(unpacked)
                    found = _found(number + 1, record)
                except (ArchiveLoadFailed, StatusAndHeadersParserException, ValueError, EOFError) as error:
                    said = str(error).strip().partition("\n")[0]
                    raise ImportProblemError(
                        f"{self._path.name}: record {number + 1} is damaged: {said}"
                    ) from None
                number += 1
                self._read = file.tell() / self._size
                yield found
        if not number:
            raise ImportProblemError(f"{self._path.name}: is no WARC file: there is no record in it")
        self._read = 1.0

    def position(self) -> float:
        """Say how far the file is read."""
        return min(self._read, 1.0)

    def _check_growth(self, unpacked: int) -> None:
        if unpacked > _HARMLESS and unpacked > MOST_GROWTH * self._size:
            raise ImportProblemError(
                f"{self._path.name}: has grown {unpacked // self._size} times: refused as a bomb"
            )


def _found(number: int, record: Any) -> Found:  # noqa: ANN401 - warcio is untyped
    headers = record.rec_headers
    url = (headers.get_header("WARC-Target-URI") or "").strip("<>")
    if record.rec_type not in {"response", "resource"} or not url.startswith(("http://", "https://")):
        return number
    length = int(headers.get_header("Content-Length") or 0)
    if length > LARGEST_PAGE:
        # a film, most likely: skipped without being read into memory
        return number
    block = record.raw_stream.read()
    if len(block) < length:
        raise EOFError(f"it ends after {len(block)} of {length} bytes")
    facts = {
        "claimed_at": claimed_time(headers.get_header("WARC-Date")),
        "record_id": headers.get_header("WARC-Record-ID"),
        "ip": headers.get_header("WARC-IP-Address"),
        "block_digest": headers.get_header("WARC-Block-Digest"),
    }
    if record.rec_type == "resource":
        kind = headers.get_header("Content-Type") or ""
        if not may_be_page(kind):
            return number
        page = Page(url=url, body=block, headers={"content-type": kind})
        supplied = SuppliedPage(facts=facts, type="resource", block=block, content_type=kind or "text/html")
        return PageRecord(number=number, page=page, supplied=supplied)
    return _response(number, url, block, facts)


def _response(number: int, url: str, block: bytes, facts: dict[str, Any]) -> Found:
    head, body = split_message(block)
    parsed = StatusAndHeadersParser([], verify=False).parse(io.BytesIO(head))
    headers = {name.lower(): value for name, value in parsed.headers}
    status = parsed.get_statuscode()
    if not status.isdecimal() or 300 <= int(status) < 400 or not may_be_page(headers.get("content-type", "")):
        return number
    unpacked = _unpacked(body, headers)
    if unpacked is None:
        detail = headers.get("content-encoding", "")
        return Reject(number=number, reason=Reason.UNREADABLE, detail=detail, fields={"url": url})
    return PageRecord(
        number=number,
        page=Page(url=url, body=unpacked, status=int(status), headers=headers),
        supplied=SuppliedPage(facts=facts, type="response", block=block),
    )


def _unpacked(body: bytes, headers: dict[str, str]) -> bytes | None:
    """Undo transfer and content encoding; tools often store what they undid already, with the old headers."""
    if "chunked" in headers.get("transfer-encoding", "").lower():
        body = ChunkedDataReader(io.BytesIO(body)).read()
    for encoding in reversed(
        [each.strip().lower() for each in headers.get("content-encoding", "").split(",")]
    ):
        if encoding in {"", "identity"}:
            continue
        if encoding not in _DECODERS:
            return body if body.lstrip()[:1] in (b"<", b"{", b"[") else None
        try:
            body = _DECODERS[encoding](body)
        except (zlib.error, brotli.error):
            return body if body.lstrip()[:1] in (b"<", b"{", b"[") else None
        if len(body) > LARGEST_PAGE:
            return None
    return body


def _gunzip(data: bytes) -> bytes:
    return zlib.decompressobj(zlib.MAX_WBITS + 32).decompress(data, LARGEST_PAGE + 1)


def _inflate(data: bytes) -> bytes:
    try:
        return _gunzip(data)
    except zlib.error:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, LARGEST_PAGE + 1)


def _unbrotli(data: bytes) -> bytes:
    found: bytes = brotli.Decompressor().process(data, output_buffer_limit=LARGEST_PAGE + 1)
    return found


_DECODERS = {"gzip": _gunzip, "x-gzip": _gunzip, "deflate": _inflate, "br": _unbrotli}
