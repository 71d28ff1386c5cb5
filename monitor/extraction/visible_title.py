"""The title of a page's product, and where on the visible page it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

from monitor.extraction.visible import own_names, short_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.extraction.document import Document
    from monitor.extraction.visible import HtmlElement, Piece, VisiblePage

_LONGEST = 300
_BETWEEN = re.compile(r"\s*[|｜_–—»]\s*|\s+[-:]\s+|\s*-\s*(?=[^-]*$)")
_NAME = re.compile(r"title|name|goods|product|subject|headline")
#: Likeness, of 100, from which a text repeats the page's title.
_ALIKE = 85


@dataclass(frozen=True, slots=True)
class Title:
    """What the page calls its product."""

    text: str
    #: Position of it among the pieces of the visible page; None if only the head of the page has it.
    order: int | None
    offset: int


def visible_title(document: Document, page: VisiblePage, stated: str | None) -> Title | None:
    """Find the title: what structured data `stated`, else the heading that the page's own title repeats."""
    expected = list(dict.fromkeys(_expected(document, stated)))
    headings = _headings(page)
    for wanted in expected:
        best = max(headings, key=lambda piece: _likeness(piece[1], wanted), default=None)
        if best is not None and _likeness(best[1], wanted) >= _ALIKE:
            return Title(stated or best[1], best[0].order, best[0].offset)
    if stated:
        return (
            Title(stated, headings[0][0].order, headings[0][0].offset) if headings else Title(stated, None, 0)
        )
    top = next(((piece, text) for piece, text in headings if piece.element.tag == "h1"), None)
    if top is not None:
        return Title(top[1], top[0].order, top[0].offset)
    return Title(expected[0], None, 0) if expected else None


def _expected(document: Document, stated: str | None) -> Iterator[str]:
    if stated:
        yield stated.strip()
    for path in ("//meta[@property='og:title']/@content", "//title/text()"):
        said = (document.selector.xpath(path).get() or "").strip()
        if said:
            yield (_BETWEEN.split(said)[0] or said).strip()
            yield said


def _headings(page: VisiblePage) -> list[tuple[Piece, str]]:
    """Headings and what is named like one, first those of the main part."""
    found: dict[object, tuple[Piece, str]] = {}
    for piece in page.pieces:
        element = piece.element
        for _ in range(3):
            if element is None or element in found:
                break
            if element.tag == "h1" or (
                element.tag in ("h2", "h3", "b", "span", "div", "p") and _named(element)
            ):
                text = short_text(element, _LONGEST)
                if text and len(text) > 1:
                    found[element] = (piece, text)
                break
            element = element.getparent()
    return list(found.values())


def _named(element: HtmlElement) -> bool:
    return _NAME.search(own_names(element)) is not None


def _likeness(text: str, wanted: str) -> float:
    return fuzz.ratio(text.casefold(), wanted.casefold())
