"""Names and values that a page sets out: 产品参数, specifications, a licence (亮照)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from monitor.extraction.visible import few_descendants, short_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from monitor.extraction.document import Document
    from monitor.extraction.statement import Pair
    from monitor.extraction.visible import HtmlElement, VisiblePage

_LONGEST_NAME = 24
_LONGEST_VALUE = 400
_MOST = 200
#: Elements in a row of a table, and in a line with a colon; with more they are parts of the page's layout.
_MOST_IN_ROW = 40
_MOST_IN_LINE = 6
_LINE = re.compile(r"^([^:：]{1,20}?)\s*[:：]\s*(\S.*)$", re.DOTALL)
#: A name is a word, not a number, a price or a sentence.
_NAME = re.compile(r"[^\W\d_]")
_SPACES = re.compile(r"[\u3000\xa0 ]+(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])[\u3000\xa0 ]+")


def visible_pairs(document: Document, page: VisiblePage) -> tuple[Pair, ...]:
    """Names and values of tables, then of lines, each once; names without the blanks that stretch them."""
    return tuple(dict.fromkeys((*table_pairs(document, page), *line_pairs(document, page))))


def table_pairs(document: Document, page: VisiblePage) -> tuple[Pair, ...]:
    """Names and values that stand in rows of tables and in definition lists of the main part."""
    return _cleaned(_from_tables(document, page))


def line_pairs(document: Document, page: VisiblePage) -> tuple[Pair, ...]:
    """Names and values that stand in lines with a colon."""
    return _cleaned(_from_lines(document, page))


def _cleaned(pairs: Iterable[Pair]) -> tuple[Pair, ...]:
    found: dict[Pair, None] = {}
    for name, value in pairs:
        plain = _SPACES.sub("", name.strip().rstrip(":：").strip())
        stated = value.strip()
        if _NAME.search(plain) and len(plain) <= _LONGEST_NAME and stated and stated != plain:
            found.setdefault((plain, stated), None)
            if len(found) >= _MOST:
                break
    return tuple(found)


def _from_tables(document: Document, page: VisiblePage) -> Iterator[Pair]:
    for row in document.selector.xpath("//tr[td][*[2]][not(*[9])]"):
        if few_descendants(row.root, _MOST_IN_ROW) and not page.is_aside(row.root):
            yield from _row_pairs(row.root)
    for term in document.selector.xpath("//dl/dt | //dl/div/dt"):
        value = term.root.getnext()
        if value is not None and value.tag == "dd" and not page.is_aside(term.root):
            yield from _pair(term.root, value)


def _from_lines(document: Document, page: VisiblePage) -> Iterator[Pair]:
    for item in document.selector.xpath("//li | //p"):
        if few_descendants(item.root, _MOST_IN_LINE) and not page.is_aside(item.root):
            yield from _line_pair(item.root)
    yield from _loose_lines(page)


def _row_pairs(row: HtmlElement) -> Iterator[Pair]:
    cells = list(row)
    heads = [cell.tag for cell in cells]
    is_facts = len(cells) % 2 == 0 and (
        heads == ["th", "td"] * (len(cells) // 2) or (len(cells) in (2, 4) and set(heads) == {"td"})
    )
    if is_facts:
        for name, value in zip(cells[::2], cells[1::2], strict=True):
            yield from _pair(name, value)


def _pair(name: HtmlElement, value: HtmlElement) -> Iterator[Pair]:
    said, stated = short_text(name, _LONGEST_NAME + 8), short_text(value, _LONGEST_VALUE)
    if said and stated:
        yield said, stated


def _line_pair(item: HtmlElement) -> Iterator[Pair]:
    text = short_text(item, _LONGEST_VALUE)
    match = _LINE.match(text) if text else None
    if match is not None:
        yield match[1], match[2]
    elif len(item) == 2 and not (item.text or "").strip():
        yield from _pair(item[0], item[1])


def _loose_lines(page: VisiblePage) -> Iterator[Pair]:
    """``发 货 地：<span>泉州</span><br>``: a label that ends a text, and the text after it."""
    pieces = page.main_pieces
    for position, piece in enumerate(pieces):
        if len(piece.text) > 60 or (":" not in piece.text and "：" not in piece.text):
            continue
        if piece.text.endswith((":", "：")):
            if position + 1 < len(pieces) and not pieces[position + 1].text.endswith((":", "：")):
                yield piece.text, pieces[position + 1].text
        elif (match := _LINE.match(piece.text)) is not None:
            yield match[1], match[2]
