"""Bytes to text, although shops label their pages wrongly.

What decodes without loss wins; among those the profile's word, then the BOM, the header, the meta tag.
``gb2312`` and ``gbk`` are read as GB18030, of which they are parts and which their pages use freely.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, read_bom, resolve_encoding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.extraction.page import Page

_GB = frozenset({"gb2312", "gbk", "gb18030", "cp936", "hz"})
#: These accept any bytes, so that they decode says nothing.
_ANYTHING = frozenset({"cp1252", "iso8859-1", "latin-1", "ascii"})
_HIGH = re.compile(rb"[\x80-\xff]")
_GB_PAIR = re.compile(rb"[\xa1-\xf7][\xa1-\xfe]")
#: Bytes that are enough to judge; the rest of a page is like its beginning.
_SAMPLE = 1_000_000


def decode(page: Page, encoding: str | None = None) -> str:
    """Decode `page`; `encoding` is the profile's word. Never fails: what cannot be read is U+FFFD."""
    bom_encoding, bom = read_bom(page.body)
    if bom_encoding is not None and bom is not None:
        return _clean(page.body[len(bom) :].decode(bom_encoding, errors="replace"))
    declared = list(_declared(page, encoding))
    name = _best(page.body[:_SAMPLE], declared)
    return _clean(page.body.decode(name, errors="replace"))


def _declared(page: Page, encoding: str | None) -> Iterator[str]:
    header = http_content_type_encoding(page.headers.get("content-type"))
    for name in (encoding, header, html_body_declared_encoding(page.body)):
        resolved = resolve_encoding(name) if name else None
        if resolved is not None:
            yield "gb18030" if resolved in _GB else resolved


def _best(body: bytes, declared: list[str]) -> str:
    trusted = [name for name in declared if name not in _ANYTHING]
    if _is_utf8(body):
        # GB text is next to never well-formed UTF-8 by chance; pure ASCII is whatever it says it is
        return "utf-8"
    fallbacks = ["utf-8", "gb18030"]
    if len(trusted) < len(declared) and not _looks_like_gb(body):
        fallbacks = ["utf-8", "cp1252"] if not trusted else fallbacks
    candidates = list(dict.fromkeys([*trusted, *fallbacks]))
    return min(candidates, key=lambda name: (_losses(body, name), candidates.index(name)))


def _is_utf8(body: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(body)  # a sequence cut off at the end is no error
    except UnicodeDecodeError:
        return False
    return True


def _looks_like_gb(body: bytes) -> bool:
    high = len(_HIGH.findall(body))
    return high > 0 and 2 * len(_GB_PAIR.findall(body)) / high > 0.9


def _losses(body: bytes, name: str) -> int:
    return body.decode(name, errors="replace").count("\ufffd")


def _clean(text: str) -> str:
    # lxml ends a document at NUL
    return text.replace("\0", "")
