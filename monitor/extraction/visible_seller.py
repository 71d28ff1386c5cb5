"""Who sells it, as a page without a profile says: shop, its link, its stated place, its licence (亮照)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from monitor.extraction.attributes import unify
from monitor.extraction.visible import own_names, short_text
from monitor.extraction.vocabulary import label_pattern, name_pattern, text_pattern

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from monitor.extraction.statement import Pair
    from monitor.extraction.visible import HtmlElement, VisiblePage

_LONGEST = 40
#: 统一社会信用代码: 18 characters without I, O, S, V, Z (GB 32100-2015); older numbers have 15 digits.
_CREDIT_CODE = re.compile(
    r"(?<![0-9A-Z])(?:[0-9A-HJ-NP-RTUWXY]{2}\d{6}[0-9A-HJ-NP-RTUWXY]{10}|\d{15})(?![0-9A-Z])"
)
LICENCE_FIELDS = ("licence_name", "credit_code", "address")


def visible_seller(page: VisiblePage, pairs: Sequence[Pair]) -> dict[str, str]:
    """Fields of `monitor.listing.Seller` that the page shows."""
    found: dict[str, str] = {}
    link = _shop_link(page)
    if link is not None:
        found |= {"name": (short_text(link, _LONGEST) or "").strip(), "url": link.attrib["href"]}
    for piece in page.main_pieces:
        anchor = _anchor(piece.element)
        if (
            anchor is not None
            and text_pattern("licence_link").search(piece.text)
            and len(piece.text) <= _LONGEST
        ):
            found.setdefault("licence_url", anchor.attrib["href"])
    for name, value in pairs:
        if label_pattern("place").fullmatch(name):
            found.setdefault("stated_place", value)
        elif label_pattern("seller").fullmatch(name) and len(value) <= _LONGEST:
            found.setdefault("name", value)
    return {name: value for name, value in found.items() if value}


def visible_licence(pairs: Sequence[Pair]) -> dict[str, str]:
    """Name, credit code and address of a licence; empty unless a credit code stands behind a name for one."""
    table = unify(pairs, licence=True)
    code = _CREDIT_CODE.search(table.get("credit_code", "").upper())
    if code is None:
        return {}
    return {name: table[name] for name in LICENCE_FIELDS if name in table} | {"credit_code": code[0]}


def shop_name(row: HtmlElement, own_link: str) -> Mapping[str, str]:
    """The shop that one row of a list names beside the product's own link."""
    for anchor in row.iter("a"):
        href = anchor.attrib.get("href")
        text = short_text(anchor, _LONGEST)
        if (
            href
            and href != own_link
            and text
            and name_pattern("seller").search(f"{own_names(anchor)} {href.lower()}")
        ):
            return {"name": text, "url": href}
    return {}


def _shop_link(page: VisiblePage) -> HtmlElement | None:
    """The link behind a label (商家：) or one that is named for a shop."""
    pieces = page.main_pieces
    for position, piece in enumerate(pieces):
        anchor = _anchor(piece.element)
        if anchor is None or text_pattern("licence_link").search(piece.text):
            continue
        before = pieces[position - 1].text.replace("\u3000", "").replace(" ", "") if position else ""
        if label_pattern("seller").fullmatch(before):
            return anchor
    return None


def _anchor(element: HtmlElement) -> HtmlElement | None:
    node: HtmlElement | None = element
    for _ in range(3):
        if node is None:
            return None
        if node.tag == "a" and node.attrib.get("href"):
            return node
        node = node.getparent()
    return None
