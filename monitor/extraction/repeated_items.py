"""The rows of a list page that no profile describes: what repeats, each with a link, a name and a price."""

from __future__ import annotations

import itertools
from collections import defaultdict
from typing import TYPE_CHECKING

from monitor.extraction.canonical import absolute_url
from monitor.extraction.prices import parse_count
from monitor.extraction.statement import Statement
from monitor.extraction.visible import VisiblePage, own_names, short_text
from monitor.extraction.visible_price import ENOUGH, is_former, money, visible_amounts
from monitor.extraction.visible_seller import shop_name
from monitor.extraction.visible_title import visible_title
from monitor.extraction.vocabulary import name_pattern, text_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.extraction.document import Document
    from monitor.extraction.visible import HtmlElement

#: Levels between a price and the row it belongs to.
_DEEPEST = 10
_LONGEST_TITLE = 300
#: Neighbours looked at for a like row.
_NEIGHBOURS = 4
#: Text of a row; what is longer is a section of the page.
_LONGEST_ROW = 1_500
#: A page with fewer repeated items than this is not guessed to be a list.
SURE = 3
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")

Signature = tuple[object, ...]


class RepeatedItems:
    """The largest group of like rows with a link and a price each."""

    def __init__(self, document: Document) -> None:
        """Find the rows of `document`."""
        self._document = document
        self._page = VisiblePage(document)
        self._amounts: dict[HtmlElement, str] = {}
        self._former: dict[HtmlElement, str] = {}
        self.rows: list[HtmlElement] = self._rows()

    def statements(self) -> list[Statement]:
        """What each row says, in the order of the page."""
        return [statement for row in self.rows if (statement := self._statement(row)).title and statement.url]

    def next_url(self) -> str | None:
        """Link to the next page, by the words on it or by its name."""
        for selected in self._document.selector.xpath("//a[@href]"):
            anchor = selected.root
            text = short_text(anchor, 20) or ""
            named = name_pattern("next_page").search(own_names(anchor)) and not text_pattern("buy").search(
                text
            )
            if text_pattern("next_page").search(text) or (named and "slick" not in own_names(anchor)):
                return absolute_url(anchor.attrib["href"], self._document.base_url)
        return None

    def total(self) -> int | None:
        """Number of results that the page states."""
        for position, piece in enumerate(self._page.main_pieces):
            around = " ".join(one.text for one in self._page.main_pieces[position : position + 3])
            match = text_pattern("total").search(around) if len(piece.text) < 60 else None
            if match is not None:
                return parse_count(next(group for group in match.groups() if group))
        return None

    def is_the_page(self) -> bool:
        """Say whether the rows are what the page is about: no product of its own has a price before them."""
        if len(self.rows) < SURE:
            return False
        title = visible_title(self._document, self._page, None)
        rows = set(self.rows)
        amounts = visible_amounts(self._page, title)
        orders = {piece.order: piece for piece in self._page.main_pieces}
        inside = sum(_within(piece.element, rows) for piece in self._page.main_pieces)
        if inside > len(self._page.main_pieces) / 2:
            return True
        own = [
            amount
            for amount in amounts
            if amount.weight >= ENOUGH and not _within(orders[amount.order].element, rows)
        ]
        return not own

    def _rows(self) -> list[HtmlElement]:
        groups: dict[Signature, dict[HtmlElement, None]] = defaultdict(dict)
        for piece in self._page.main_pieces:
            text = money(piece)
            if text is None:
                continue
            row = _row_of(piece.element)
            if row is not None:
                groups[_signature(row)][row] = None
                amounts = self._former if is_former(piece) else self._amounts
                amounts.setdefault(row, text)
        best = max(groups.values(), key=len, default={})
        return list(best) if len(best) > 1 else []

    def _statement(self, row: HtmlElement) -> Statement:
        href = _own_link(row)
        texts = list(_texts(row))
        sales = next((text for text in texts if text_pattern("sales").search(text)), None)
        place = next(
            (short_text(one, 20) for one in row.iter() if name_pattern("place").search(_names(one))), None
        )
        seller = dict(shop_name(row, href))
        if place:
            seller["stated_place"] = place
        image = next((one.attrib.get("data-src") or one.attrib.get("src") for one in row.iter("img")), None)
        return Statement(
            title=_title(row, href),
            url=href,
            # what is named a regular price is the price where there is no other
            price=self._amounts.get(row) or self._former.get(row),
            sales=sales,
            image_url=image,
            seller=seller,
        )


def _row_of(element: HtmlElement) -> HtmlElement | None:
    """The lowest ancestor that has siblings like itself and holds a link to a product."""
    node: HtmlElement | None = element
    for _ in range(_DEEPEST):
        if node is None or node.tag in ("body", "html"):
            return None
        parent = node.getparent()
        if short_text(node, _LONGEST_ROW) is None:
            return None
        if parent is not None and _has_like(node) and _own_link(node):
            return node
        node = parent
    return None


def _has_like(node: HtmlElement) -> bool:
    """A sibling of the same kind that also holds a link; the rows of a table need no class."""
    neighbours = [*itertools.islice(node.itersiblings(), _NEIGHBOURS)]
    neighbours += itertools.islice(node.itersiblings(preceding=True), _NEIGHBOURS)
    return any(other.tag == node.tag and next(other.iter("a"), None) is not None for other in neighbours)


def _own_link(row: HtmlElement) -> str:
    """Address of the product: the link with the longest name, a picture's counting as well."""
    lengths: dict[str, int] = defaultdict(int)
    anchors = [row, *row.iter("a")] if row.tag == "a" else list(row.iter("a"))
    for anchor in anchors:
        href = (anchor.attrib.get("href") or "").strip()
        if not href or href.startswith(("#", "javascript", "mailto", "tel")):
            continue
        text = _name_of(anchor)
        if not text_pattern("buy").fullmatch(text):
            lengths[href] += len(text) + 1
    return max(lengths, key=lambda href: lengths[href], default="")


def _name_of(anchor: HtmlElement) -> str:
    text = short_text(anchor, _LONGEST_TITLE) or ""
    if text:
        return text
    alt = next((image.attrib.get("alt") or "" for image in anchor.iter("img")), "")
    return str(anchor.attrib.get("title") or alt).strip()


def _title(row: HtmlElement, href: str) -> str | None:
    """A heading, the product's link, or in a link around everything the text that is no amount."""
    for one in row.iter(*_HEADINGS):
        text = short_text(one, _LONGEST_TITLE)
        if text:
            return _untruncated(text, one)
    found: list[str] = []
    anchors = row.iter("a") if row.tag != "a" else iter([row])
    for anchor in anchors:
        if (anchor.attrib.get("href") or "").strip() != href:
            continue
        parts = list(_texts(anchor))
        plain = [text for text in parts if not text_pattern("currency").search(text) and len(text) > 1]
        stated = anchor.attrib.get("title") or ""
        if stated.strip():
            found.append(stated.strip())
        elif len(parts) > 1 and len(plain) < len(parts):
            found.append(max(plain, key=len, default=""))
        else:
            found.append(_name_of(anchor))
    return max(found, key=len, default="") or None


def _untruncated(text: str, heading: HtmlElement) -> str:
    """A title cut short for show often stands whole in the link's ``title``."""
    if not text.endswith(("...", "…")):
        return text
    for anchor in heading.iter("a"):
        if anchor.attrib.get("title"):
            return str(anchor.attrib["title"]).strip()
    return text


def _texts(element: HtmlElement) -> Iterator[str]:
    for text in element.itertext():
        plain = " ".join(text.split())
        if plain:
            yield plain


def _names(element: HtmlElement) -> str:
    return own_names(element) if isinstance(element.tag, str) else ""


def _signature(row: HtmlElement) -> Signature:
    parent = row.getparent()
    grand = parent.getparent() if parent is not None else None
    return (row.tag, parent.tag, parent.attrib.get("class"), grand.tag if grand is not None else None)


def _within(element: HtmlElement, rows: set[HtmlElement]) -> bool:
    ancestors = itertools.islice(element.iterancestors(), _DEEPEST)
    return element in rows or any(node in rows for node in ancestors)
