"""Files as browsers and archiving tools write them, made by the libraries that such tools use."""

from __future__ import annotations

import base64
import gzip
import io
import json
from email.message import EmailMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from typing import TYPE_CHECKING

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

if TYPE_CHECKING:
    from pathlib import Path

CROSSBOW = "牙签弩 迷你弓弩 不锈钢"
PENCIL = "小学生铅笔 HB 12支"


def product_page(url: str, title: str, *, note: str = "", canonical: bool = False) -> bytes:
    data = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": title,
        "url": url,
        "offers": {"@type": "Offer", "price": "19.90", "priceCurrency": "CNY"},
    }
    link = f'<link rel="canonical" href="{url}">' if canonical else ""
    return (
        f"<!DOCTYPE html>{note}<html><head><meta charset='utf-8'><title>{title}</title>{link}"
        f'<script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script></head>'
        f"<body><h1>{title}</h1></body></html>"
    ).encode()


def saved_from(url: str) -> str:
    return f"<!-- saved from url=({len(url):04d}){url} -->"


def mhtml(url: str, body: bytes) -> bytes:
    message = MIMEMultipart("related", type="text/html")
    message["From"] = "<Saved by Blink>"
    message["Snapshot-Content-Location"] = url
    message["Date"] = "Tue, 1 Sep 2026 02:03:04 -0000"
    part = MIMEText(body.decode(), "html", "utf-8")
    part["Content-Location"] = url
    message.attach(part)
    picture = EmailMessage()
    picture.set_content(b"\x89PNG", "image", "png")
    message.attach(picture)
    return message.as_bytes()


def har_entry(url: str, body: bytes, *, mime: str = "text/html; charset=utf-8", packed: bool = False) -> dict:
    text = base64.b64encode(body).decode() if packed else body.decode()
    return {
        "startedDateTime": "2026-09-01T10:00:00.000+08:00",
        "request": {
            "method": "GET",
            "url": url,
            "headers": [{"name": "Cookie", "value": "session=SECRET"}],
        },
        "response": {
            "status": 200,
            "headers": [
                {"name": "Content-Type", "value": mime},
                {"name": "Set-Cookie", "value": "session=SECRET"},
            ],
            "content": {"mimeType": mime, "text": text, **({"encoding": "base64"} if packed else {})},
        },
        "serverIPAddress": "203.0.113.7",
    }


def har(entries: list[dict]) -> bytes:
    log = {"log": {"version": "1.2", "creator": {"name": "DevTools"}, "entries": entries}}
    return json.dumps(log, ensure_ascii=False, indent=1).encode()


def write_warc(
    path: Path, pages: list[tuple[str, bytes]], *, packed: bool = True, encoding: str = ""
) -> Path:
    """`encoding`: content or transfer encoding that the pages are sent with."""
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=packed)
        writer.write_record(writer.create_warcinfo_record(path.name, {"software": "a tool"}))
        for url, body in pages:
            headers = {"Content-Type": "text/html; charset=utf-8"}
            sent = body
            if encoding == "gzip":
                headers["Content-Encoding"] = "gzip"
                sent = gzip.compress(body)
            elif encoding == "chunked":
                headers["Transfer-Encoding"] = "chunked"
                sent = b"%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n"
            add_response(writer, url, headers, sent)
    return path


def add_response(writer: WARCWriter, url: str, headers: dict[str, str], sent: bytes) -> None:
    response = StatusAndHeaders("200 OK", list(headers.items()), protocol="HTTP/1.1")
    # given, so that warcio does not make (and forget) a temporary file to compute them
    digest = {"WARC-Payload-Digest": "sha1:AAAA", "WARC-Block-Digest": "sha1:AAAA"}
    writer.write_record(
        writer.create_warc_record(
            url,
            "response",
            payload=io.BytesIO(sent),
            length=len(sent),
            http_headers=response,
            warc_headers_dict=digest,
        )
    )
