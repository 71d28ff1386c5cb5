"""Pages that do not end, and pages that unpack to more than anybody wants: each has an end with a name."""

from __future__ import annotations

import gzip
import itertools
import zlib
from contextlib import suppress
from typing import TYPE_CHECKING

import brotli
import pytest
from scrapy.utils._compression import zstd

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterable

pytestmark = pytest.mark.slow

#: a tenth of the real one, that the test is quick
LIMIT = 1 << 20
BLOCK = b"<p>page</p>" * 6000
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


class Endless:
    """Sends without end; `sent` says how much was taken."""

    def __init__(self, first: bytes, more: Iterable[bytes]) -> None:
        self.first, self.more, self.sent = first, more, 0

    def __call__(self, connection: socket.socket) -> None:
        connection.sendall(self.first)
        for block in self.more:
            connection.sendall(block)
            self.sent += len(block)
            assert self.sent < 60 * LIMIT, "nobody stops it"


def endless() -> dict[str, Endless]:
    chunk = b"%x\r\n%b\r\n" % (len(BLOCK), BLOCK)
    return {
        "/announced": Endless(HEAD + b"Content-Length: 99999999999\r\n\r\n", itertools.repeat(BLOCK)),
        "/until-close": Endless(HEAD + b"Connection: close\r\n\r\n", itertools.repeat(BLOCK)),
        "/chunked": Endless(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", itertools.repeat(chunk)),
        "/crumbs": Endless(
            HEAD + b"Transfer-Encoding: chunked\r\n\r\n", itertools.repeat(b"1\r\na\r\n" * 9000)
        ),
        "/headers": Endless(HEAD, itertools.repeat(b"X-Header: value\r\n" * 4000)),
        "/interim": Endless(b"", itertools.repeat(b"HTTP/1.1 102 Processing\r\n\r\n" * 2000)),
    }


def test_an_answer_without_end_is_cut_off(servers, crawl):
    site = servers(answers=endless())
    urls = {path: f"{site.url}{path}" for path in site.answers}
    outcome = crawl(
        *urls.values(),
        allow=(f"{site.host}:{site.port}",),
        ROBOTSTXT_OBEY=False,
        DOWNLOAD_TIMEOUT=120,
        DOWNLOAD_MAXSIZE=LIMIT,
    )
    for path, url in urls.items():
        assert "too large" in outcome.reason(url), path
        assert len(site.asked(path)) == 1, "it is not tried again"
    # ten pages at their largest, and what Scrapy takes for itself
    assert outcome.peak < 400 * 1024


def test_a_header_line_without_end_is_an_error_of_the_server(servers, crawl):
    line = Endless(HEAD + b"X: ", itertools.repeat(b"x" * 65536))
    site = servers(answers={"/line": line})
    outcome = crawl(
        f"{site.url}/line", allow=(f"{site.host}:{site.port}",), ROBOTSTXT_OBEY=False, RETRY_TIMES=0
    )
    assert outcome.reason(f"{site.url}/line")
    assert line.sent < 10 << 20


def test_a_page_that_drips_runs_into_the_timeout(servers, crawl):
    def drip(connection: socket.socket) -> None:
        connection.settimeout(0.2)
        connection.sendall(HEAD + b"Content-Length: 10000\r\n\r\n")
        while True:
            connection.sendall(b".")
            with suppress(TimeoutError):
                connection.recv(1)
                return

    site = servers(answers={"/drip": drip})
    outcome = crawl(
        f"{site.url}/drip",
        allow=(f"{site.host}:{site.port}",),
        ROBOTSTXT_OBEY=False,
        DOWNLOAD_TIMEOUT=2,
        RETRY_TIMES=0,
    )
    assert "longer than 2" in outcome.reason(f"{site.url}/drip")


def bomb(method: str) -> bytes:
    """A hundred MiB of blanks, packed."""
    blanks = b" " * (100 << 20)
    match method:
        case "gzip":
            return gzip.compress(blanks)
        case "deflate":
            return zlib.compress(blanks)
        case "raw deflate":
            packer = zlib.compressobj(wbits=-15)
            return packer.compress(blanks) + packer.flush()
        case "br":
            return bytes(brotli.compress(blanks, quality=3))
        case "zstd":
            return bytes(zstd.compress(blanks))
    raise ValueError(method)


def test_decompression_bombs_are_named(servers, crawl, http):
    bodies = {method: bomb(method) for method in ("gzip", "deflate", "raw deflate", "br", "zstd")}
    encodings = {**dict(zip(bodies, bodies, strict=True)), "raw deflate": "deflate"}
    bodies["twice"], encodings["twice"] = gzip.compress(bodies["gzip"]), "gzip, gzip"
    bodies["members"], encodings["members"] = (
        bodies["gzip"][:0] + gzip.compress(b" " * (9 << 20)) * 20,
        "gzip",
    )
    bodies["layers"], encodings["layers"] = b"x", ", ".join(["gzip"] * 500)
    # a file that is packed itself, as sitemaps are; and packed on the way as well
    bodies["file"], encodings["file"] = bodies["gzip"], "identity"
    bodies["packed-file"], encodings["packed-file"] = gzip.compress(bodies["gzip"]), "gzip"
    site = servers(
        answers={
            f"/{name.replace(' ', '-')}": http.page(body, f"Content-Encoding: {encodings[name]}")
            for name, body in bodies.items()
        }
    )
    assert max(map(len, bodies.values())) < 1 << 20, "they are small on the wire"
    urls = [f"{site.url}{path}" for path in site.answers]
    outcome = crawl(*urls, allow=(f"{site.host}:{site.port}",), ROBOTSTXT_OBEY=False)
    for url in urls:
        assert outcome.reason(url).startswith("decompression bomb: "), url
    assert outcome.peak < 400 * 1024
