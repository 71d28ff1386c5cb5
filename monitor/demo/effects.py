"""What can befall a request: an effect takes the exchange into its own hands.

Effects that spoil an answer start from what the site would have said, so that a crawler which copes finds
the same goods in it.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, replace
from typing import Protocol

from monitor.demo.response import Response
from monitor.demo.shelf_page import Paging

_BLOCK = 1 << 20
#: What a redirect adds to a URL, so that the circle has two stations.
_MARK = "round=1"


class Exchange(Protocol):
    """One request and the means to answer it."""

    @property
    def target(self) -> str:
        """Path and query as requested."""

    def answer(self, paging: Paging = Paging.HONEST) -> Response:
        """Return what the site would say."""

    def send(self, response: Response) -> None:
        """Send a whole response."""

    def send_head(self, response: Response, length: int) -> None:
        """Send status and headers only, announcing `length` bytes of body."""

    def write(self, data: bytes) -> None:
        """Send raw bytes."""

    def wait(self, seconds: float) -> bool:
        """Sleep, and return True early when the server is closing."""

    def hang_up(self) -> None:
        """Close the connection in order."""

    def reset(self) -> None:
        """Close the connection with RST."""


class Effect(Protocol):
    """One kind of trouble."""

    def strike(self, exchange: Exchange) -> None:
        """Answer, or not."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Refuse:
    """An error status, with Retry-After where given: 503 overloaded, 429 too many requests."""

    status: int = 503
    #: Seconds; None sends no header.
    retry_after: int | None = None

    def strike(self, exchange: Exchange) -> None:
        """Send the status."""
        headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        body = f"<html><body><h1>{self.status}</h1><p>服务器繁忙，请稍后再试</p></body></html>".encode()
        exchange.send(Response(body=body, status=self.status, headers=headers))


@dataclass(frozen=True, kw_only=True, slots=True)
class Stall:
    """Nothing at all for `seconds`, then the end: the client runs into its timeout."""

    seconds: float = 60.0

    def strike(self, exchange: Exchange) -> None:
        """Wait and hang up."""
        exchange.wait(self.seconds)
        exchange.hang_up()


@dataclass(frozen=True, kw_only=True, slots=True)
class Reset:
    """The connection is torn down (RST) before an answer."""

    def strike(self, exchange: Exchange) -> None:
        """Reset."""
        exchange.reset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Truncate:
    """Content-Length promises the whole body; only a part of it comes."""

    #: Share of the body that is sent, 0-1.
    keep: float = 0.5

    def strike(self, exchange: Exchange) -> None:
        """Send the part and hang up."""
        response = exchange.answer()
        exchange.send_head(response, len(response.body))
        exchange.write(response.body[: int(len(response.body) * self.keep)])
        exchange.hang_up()


@dataclass(frozen=True, kw_only=True, slots=True)
class Mislabel:
    """The body is right, its Content-Type is not."""

    content_type: str = "text/html; charset=iso-8859-1"

    def strike(self, exchange: Exchange) -> None:
        """Send with the wrong label."""
        exchange.send(replace(exchange.answer(), content_type=self.content_type))


@dataclass(frozen=True, kw_only=True, slots=True)
class Recode:
    """The body comes in another encoding than header and page say."""

    #: Encoding the page is in, and the one it is sent in.
    was: str = "utf-8"
    becomes: str = "gbk"

    def strike(self, exchange: Exchange) -> None:
        """Send recoded."""
        response = exchange.answer()
        text = response.body.decode(self.was, errors="replace")
        exchange.send(replace(response, body=text.encode(self.becomes, errors="xmlcharrefreplace")))


@dataclass(frozen=True, kw_only=True, slots=True)
class Tangle:
    """Markup as bad as it gets in the wild: no closing tags in lists and tables, stray tags and brackets."""

    def strike(self, exchange: Exchange) -> None:
        """Send tangled."""
        response = exchange.answer()
        body = re.sub(rb"</(li|td|tr|p|dd|dt|table|ul|body|html)>", b"", response.body)
        body = body.replace(b"<li ", b"</b></font><li ").replace(b"<tr", b"< ><tr").replace(b"&amp;", b"&")
        exchange.send(replace(response, body=body + b"<div><b <i></span> <!-- "))


@dataclass(frozen=True, kw_only=True, slots=True)
class Rewrite:
    """The page after the shop's designers have been at it: a regular expression is replaced in its text."""

    pattern: str
    into: str

    def strike(self, exchange: Exchange) -> None:
        """Send rewritten."""
        response = exchange.answer()
        text = re.sub(self.pattern, self.into, response.body.decode(), flags=re.DOTALL)
        exchange.send(replace(response, body=text.encode()))


@dataclass(frozen=True, kw_only=True, slots=True)
class Redirect:
    """A redirect in a circle of two stations."""

    def strike(self, exchange: Exchange) -> None:
        """Send to the other station."""
        joint = "&" if "?" in exchange.target else "?"
        here = exchange.target
        there = here.removesuffix(joint + _MARK).removesuffix("?" + _MARK)
        location = there if there != here else here + joint + _MARK
        exchange.send(Response(body=b"", status=302, headers={"Location": location}))


@dataclass(frozen=True, kw_only=True, slots=True)
class Lost:
    """The bare page of a server that knows no such address; with status 200 it is a soft 404."""

    status: int = 404

    def strike(self, exchange: Exchange) -> None:
        """Say that there is no such page."""
        body = "<!DOCTYPE html><html><body><h1>404 Not Found</h1><p>页面不存在</p></body></html>".encode()
        exchange.send(Response(body=body, status=self.status))


@dataclass(frozen=True, kw_only=True, slots=True)
class GoHome:
    """A redirect to the front page, as many shops answer for what they will not show."""

    def strike(self, exchange: Exchange) -> None:
        """Send home."""
        exchange.send(Response(body=b"", status=302, headers={"Location": "/"}))


@dataclass(frozen=True, kw_only=True, slots=True)
class Repage:
    """A list that never ends, or shows its first page under every number."""

    paging: Paging = Paging.ENDLESS

    def strike(self, exchange: Exchange) -> None:
        """Send the list turned that way."""
        exchange.send(exchange.answer(self.paging))


@dataclass(frozen=True, kw_only=True, slots=True)
class Captcha:
    """A wall with status 200 in place of the page."""

    def strike(self, exchange: Exchange) -> None:
        """Send the wall."""
        body = (
            '<!DOCTYPE html><html><head><meta charset="utf-8"><title>安全验证</title></head><body>'
            '<div id="captcha" class="captcha-box"><h3>访问过于频繁，请完成安全验证</h3>'
            '<p>请按住滑块，拖动到最右边</p><div class="slider">&gt;&gt;</div></div></body></html>'
        )
        exchange.send(Response(body=body.encode()))


@dataclass(frozen=True, kw_only=True, slots=True)
class Drip:
    """The right answer, a few bytes at a time."""

    bytes_per_second: int = 200

    def strike(self, exchange: Exchange) -> None:
        """Send slowly, ten times a second."""
        response = exchange.answer()
        exchange.send_head(response, len(response.body))
        step = max(1, self.bytes_per_second // 10)
        for start in range(0, len(response.body), step):
            exchange.write(response.body[start : start + step])
            if exchange.wait(0.1):
                break


@dataclass(frozen=True, kw_only=True, slots=True)
class GzipBomb:
    """A small gzip body that unpacks to `mebibytes` of spaces."""

    mebibytes: int = 256

    def strike(self, exchange: Exchange) -> None:
        """Send the bomb."""
        headers = {"Content-Encoding": "gzip"}
        exchange.send(Response(body=_bomb(self.mebibytes), headers=headers))


@dataclass(frozen=True, kw_only=True, slots=True)
class Flood:
    """A body of `mebibytes`, uncompressed, that begins like a page."""

    mebibytes: int = 64

    def strike(self, exchange: Exchange) -> None:
        """Send until the client has enough."""
        block = b"<p>" + b"." * (_BLOCK - 7) + b"</p>"
        exchange.send_head(Response(body=b""), self.mebibytes * _BLOCK)
        for _ in range(self.mebibytes):
            exchange.write(block)


def _bomb(mebibytes: int) -> bytes:
    """Build one gzip stream from identical blocks, which costs the time of a single one."""
    block = b" " * _BLOCK
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = 0
    for _ in range(mebibytes):
        checksum = zlib.crc32(block, checksum)
    end = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS).flush()
    tail = checksum.to_bytes(4, "little") + (mebibytes * _BLOCK % 2**32).to_bytes(4, "little")
    return b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff" + packed * mebibytes + end + tail
