"""Bytes to text, although shops label their pages wrongly.

What decodes without loss wins; among those the BOM, then the profile's word, the header, the meta tag.
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
    return _clean(page.body.decode(_best(page, encoding), errors="replace"))


def _best(page: Page, encoding: str | None) -> str:
    body = page.body[:_SAMPLE]
    if _is_utf8(body):
        # GB text is next to never well-formed UTF-8 by chance; pure ASCII is whatever it says it is
        return "utf-8"
    declared = list(_declared(page))
    trusted = [name for name in (_resolved(encoding), *declared) if name and name not in _ANYTHING]
    western = _resolved(encoding) in _ANYTHING or (declared and not trusted and not _looks_like_gb(body))
    fallbacks = ("cp1252",) if western else ("utf-8", "gb18030")
    candidates: list[str] = list(dict.fromkeys([*trusted, *fallbacks]))
    return min(candidates, key=lambda name: (_losses(body, name), candidates.index(name)))


def _declared(page: Page) -> Iterator[str]:
    header = http_content_type_encoding(page.headers.get("content-type"))
    for name in (header, html_body_declared_encoding(page.body)):
        resolved = _resolved(name)
        if resolved is not None:
            yield resolved


def _resolved(name: str | None) -> str | None:
    resolved: str | None = resolve_encoding(name) if name else None
    return "gb18030" if resolved in _GB else resolved


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
