"""The price that people see: amounts of money near the title, weighed by what stands around them."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.extraction.prices import parse_price
from monitor.extraction.visible import names_around, own_names, short_text
from monitor.extraction.vocabulary import name_pattern, text_pattern

if TYPE_CHECKING:
    from decimal import Decimal

    from monitor.extraction.visible import HtmlElement, Piece, VisiblePage
    from monitor.extraction.visible_title import Title

#: A price stands in few words of its own.
_LONGEST = 48
_DIGIT = re.compile(r"\d")
_AMOUNT = re.compile(r"\d[\d.,'\u00a0\u202f ]*")
_CROSSED = frozenset({"del", "s", "strike"})
#: Weight from which an amount near the title is taken for the price.
ENOUGH = 3.0
_MOST_CANDIDATES = 400


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount of money that people see."""

    text: str
    value: Decimal
    #: How much it looks like the price of the page's product.
    weight: float
    #: It is crossed out, or called the former or the list price.
    is_old: bool
    order: int


def visible_amounts(page: VisiblePage, title: Title | None) -> list[Amount]:
    """All amounts in the main part of the page, the likeliest price first."""
    found: list[Amount] = []
    done: set[HtmlElement] = set()
    for position, piece in enumerate(page.main_pieces):
        if not _DIGIT.search(piece.text) or len(found) >= _MOST_CANDIDATES:
            continue
        amount = _amount(page, piece, position, title, done)
        if amount is not None:
            found.append(amount)
    values = [amount.value for amount in found if not amount.is_old]
    return sorted(
        found, key=lambda amount: (-amount.weight - 0.4 * min(values.count(amount.value), 4), amount.order)
    )


def money(piece: Piece) -> str | None:
    """The amount of money that `piece` belongs to, as shown; None if it is none."""
    widened = price_text(piece.element) if _DIGIT.search(piece.text) else None
    if widened is None:
        return None
    is_money = text_pattern("currency").search(widened[1]) or name_pattern("price").search(
        names_around(piece.element, 2)
    )
    price = parse_price(widened[1]) if is_money else None
    return widened[1] if price is not None and price.low > 0 else None


def is_former(piece: Piece) -> bool:
    """Say whether `piece` is crossed out or called a former price."""
    return _is_old(piece.element, piece.text)


def price_text(element: HtmlElement) -> tuple[HtmlElement, str] | None:
    """Widen a text node's element to the whole amount: ``<i>¥</i>``, ``39`` and ``.90`` belong together."""
    best: tuple[HtmlElement, str] | None = None
    node: HtmlElement | None = element
    for _ in range(4):
        if node is None or node.tag in ("body", "tr", "ul", "ol", "dl"):
            break
        text = short_text(node, _LONGEST)
        if (
            text is None
            or _adjoins(node)
            or (best is not None and _numbers(text) > _numbers(best[1]) and not _is_range(text))
        ):
            break
        best = (node, text)
        node = node.getparent()
    return best


def _amount(
    page: VisiblePage, piece: Piece, position: int, title: Title | None, done: set[HtmlElement]
) -> Amount | None:
    widened = price_text(piece.element)
    if widened is None or widened[0] in done:
        return None
    element, text = widened
    has_currency = text_pattern("currency").search(text) is not None
    names = names_around(piece.element)
    has_name = name_pattern("price").search(names) is not None
    if not has_currency and not has_name:
        return None
    price = parse_price(text)
    if price is None or price.low <= 0:
        return None
    done.add(element)
    before = " ".join(one.text for one in page.main_pieces[max(0, position - 2) : position])[-30:]
    label = f"{before} {text}"
    is_old = _is_old(piece.element, label)
    weight = 3.0 * has_currency + 2.0 * has_name - 4.0 * is_old + _named_weight(names, label)
    weight += (
        _place_weight(piece, title) - 3.0 * _is_in_link(piece.element) - (2.0 if len(text) > 25 else 0.0)
    )
    return Amount(text, price.low, weight, is_old, piece.order)


def _named_weight(names: str, label: str) -> float:
    weight = 0.0
    if name_pattern("current_price").search(names) or text_pattern("current_price").search(label):
        weight += 1.5
    if name_pattern("other_amount").search(names):
        weight -= 2.0
    if text_pattern("other_amount").search(label):
        weight -= 3.0
    return weight


def _place_weight(piece: Piece, title: Title | None) -> float:
    """Near and after the title is best."""
    if title is None or title.order is None:
        return -min(2.0, piece.offset / 4000)
    if piece.order < title.order:
        return -1.5 - min(2.0, (title.offset - piece.offset) / 2000)
    return 1.5 - min(3.5, (piece.offset - title.offset) / 1200)


def _is_old(element: HtmlElement, label: str) -> bool:
    node: HtmlElement | None = element
    for _ in range(3):
        if node is None:
            break
        if node.tag in _CROSSED or "line-through" in (node.attrib.get("style") or ""):
            return True
        # the nearest name that says anything decides: a special-price inside a regular-price box is current
        own = own_names(node)
        if name_pattern("current_price").search(own) and not name_pattern("old_price").search(own):
            return text_pattern("old_price").search(label[-_LONGEST:]) is not None and "price" not in own
        if name_pattern("price").search(own) and name_pattern("old_price").search(own):
            return True
        node = node.getparent()
    return text_pattern("old_price").search(label) is not None


def _is_in_link(element: HtmlElement) -> bool:
    node: HtmlElement | None = element
    for _ in range(5):
        if node is None:
            return False
        if node.tag == "a" and not (node.attrib.get("href") or "#").startswith(("#", "javascript")):
            return True
        node = node.getparent()
    return False


def _adjoins(element: HtmlElement) -> bool:
    """Numbers of two texts would run into one another: ``$400`` and ``5 bids``."""
    texts = [text.strip() for text in element.itertext() if text.strip()]
    return any(one[-1].isdigit() and other[0].isdigit() for one, other in itertools.pairwise(texts))


def _numbers(text: str) -> int:
    return len(_AMOUNT.findall(text))


def _is_range(text: str) -> bool:
    price = parse_price(text)
    return price is not None and price.high != price.low
