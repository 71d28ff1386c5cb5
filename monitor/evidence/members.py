"""Exchanges and descriptions as WARC members, each one gzip member."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import uuid
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from monitor.evidence.exchange import split_message

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from monitor.evidence.exchange import Exchange
    from monitor.evidence.supplied import SuppliedPage

#: zlib level: pages mostly come compressed, and a crawl should not wait for the rest.
_LEVEL = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A member, with what the description says of it."""

    type: str
    id: str
    sha256: str
    size: int
    #: as stored
    raw: bytes

    def facts(self) -> dict[str, Any]:
        """As the description names it."""
        return {"type": self.type, "id": self.id, "sha256": self.sha256, "bytes": self.size}


class _AsReceived(StatusAndHeaders):  # type: ignore[misc]  # warcio is untyped
    """Headers that warcio writes as they came, instead of writing them anew."""

    def __init__(self, head: bytes) -> None:
        super().__init__("as received", [])  # without a status line warcio takes it for none
        self._head = head

    def compute_headers_buffer(self, header_filter: object = None) -> None:
        del header_filter
        self.headers_buff = self._head


def http_parts(exchange: Exchange) -> tuple[Part, Part]:
    """Return the request and the response of an exchange as members."""
    request_id, response_id = _new_id(), _new_id()
    common = {"WARC-IP-Address": exchange.ip} if exchange.ip else {}
    return (
        _part("request", exchange.sent, request_id, exchange.requested_at, exchange.url, common),
        _part(
            "response",
            exchange.received,
            response_id,
            exchange.received_at,
            exchange.url,
            {**common, "WARC-Concurrent-To": request_id},
        ),
    )


def info_part(facts: Mapping[str, object], at: datetime) -> Part:
    """Return a ``warcinfo`` member: what wrote the file."""
    text = "".join(f"{name}: {value}\r\n" for name, value in facts.items())
    return _part("warcinfo", text.encode(), _new_id(), at, None, {})


def supplied_part(page: SuppliedPage, url: str, at: datetime) -> Part:
    """Return a page that a person handed in as a member; its WARC-Date is when it was handed in."""
    more = {"Content-Type": page.content_type} if page.type == "resource" else {}
    return _part(page.type, page.block, _new_id(), at, url, more)


def picture_part(png: bytes, url: str, at: datetime) -> Part:
    """Return a screenshot as a member."""
    return _part("resource", png, _new_id(), at, url, {"Content-Type": "image/png"})


def description(facts: Mapping[str, Any], at: datetime) -> bytes:
    """Return the JSON member that ends a record, as stored."""
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, indent=1).encode()
    return _part("metadata", text, _new_id(), at, None, {"Content-Type": "application/json"}).raw


def _part(
    kind: str, block: bytes, identity: str, at: datetime, url: str | None, more: Mapping[str, str]
) -> Part:
    digest = hashlib.sha256(block)
    headers = {
        "WARC-Record-ID": identity,
        "WARC-Date": at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "WARC-Block-Digest": _label(digest.digest()),
        **more,
    }
    http = None
    payload = block
    if kind in {"request", "response"}:
        head, payload = split_message(block)
        http = _AsReceived(head)
    # given, so that warcio does not add one of SHA-1
    headers["WARC-Payload-Digest"] = _label(hashlib.sha256(payload).digest())
    plain = io.BytesIO()
    writer = WARCWriter(plain, gzip=False, warc_version="1.1")
    record = writer.create_warc_record(
        url,
        kind,
        payload=io.BytesIO(payload),
        length=len(payload),
        warc_content_type=headers.pop("Content-Type", ""),
        warc_headers_dict=headers,
        http_headers=http,
    )
    writer.write_record(record)
    return Part(type=kind, id=identity, sha256=digest.hexdigest(), size=len(block), raw=_gzip(plain))


def _gzip(plain: io.BytesIO) -> bytes:
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, zlib.MAX_WBITS + 16)
    return packer.compress(plain.getbuffer()) + packer.flush()


def _label(digest: bytes) -> str:
    return "sha256:" + base64.b32encode(digest).decode("ascii")


def _new_id() -> str:
    return f"<urn:uuid:{uuid.uuid4()}>"
