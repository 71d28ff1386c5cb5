"""A product page that no profile describes: structured data, completed by what people see."""

from __future__ import annotations

import dataclasses
import functools
from typing import TYPE_CHECKING

from monitor.extraction.attributes import unified_keys, unify
from monitor.extraction.prices import parse_price
from monitor.extraction.product_code import address_code, product_code
from monitor.extraction.statement import Statement
from monitor.extraction.visible import VisiblePage
from monitor.extraction.visible_price import ENOUGH, visible_amounts
from monitor.extraction.visible_seller import visible_licence, visible_seller
from monitor.extraction.visible_stock import visible_stock
from monitor.extraction.visible_table import line_pairs, table_pairs
from monitor.extraction.visible_title import visible_title
from monitor.extraction.vocabulary import label_pattern

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.extraction.document import Document
    from monitor.extraction.statement import Pair
    from monitor.extraction.structured import Json
    from monitor.extraction.visible_price import Amount
    from monitor.extraction.visible_title import Title

#: A stated price that is seen with this much less weight than another is not the page's price.
_CLOSE = 3.0


def generic_detail(document: Document, product: Json | None, sources: Sequence[Statement]) -> Statement:
    """Complete what `sources` (structured data first, then OpenGraph) say by the visible page.

    `product` is the schema.org product among the sources. A page without any must show a title and a price
    to be taken for a product's.
    """
    said = functools.reduce(Statement.filled_by, sources, Statement())
    page = VisiblePage(document)
    title = visible_title(document, page, said.title)
    amounts = visible_amounts(page, title)
    price = _price(said, amounts)
    if title is None or (
        said.title is None and price is None and not _is_sold_out_product(document, page, title)
    ):
        return said
    tables, lines = table_pairs(document, page), line_pairs(document, page)
    pairs = (*tables, *lines)
    seen = Statement(
        title=title.text,
        available=visible_stock(document, page, title, said.available),
        sku=product_code(document, page, title, product or {}),
        attributes=_attributes(tables, lines),
        sales=_sales(pairs),
        seller=visible_seller(page, pairs) | visible_licence(pairs),
        image_url=document.selector.xpath("//meta[@property='og:image']/@content").get(),
    )
    # a statement of structured data beats its visible counterpart, but for these, where seeing is believing
    kept = dataclasses.replace(said, available=seen.available, sku=seen.sku)
    if price is not None and price != said.price:
        kept = dataclasses.replace(kept, price=price, price_max=None)
    return kept.filled_by(seen)


def _is_sold_out_product(document: Document, page: VisiblePage, title: Title) -> bool:
    """Without a price a product's page has a heading, an address with a code, and says it is sold out."""
    has_heading = title.order is not None and address_code(document.page.url) is not None
    return has_heading and visible_stock(document, page, title, None) == "OutOfStock"


def _price(said: Statement, amounts: list[Amount]) -> str | None:
    """The stated price, unless the page shows that this is the former one, or shows another alone."""
    best = next((amount for amount in amounts if amount.weight >= ENOUGH and not amount.is_old), None)
    if best is None and len({amount.value for amount in amounts}) == 1:
        best = amounts[0]  # called the regular price, but there is no other
    stated = parse_price(said.price) if said.price else None
    if stated is None:
        return best.text if best is not None else None
    shown = [amount for amount in amounts if amount.value == stated.low]
    if (
        best is None
        or best.value == stated.low
        or any(not amount.is_old and amount.weight > best.weight - _CLOSE for amount in shown)
    ):
        return said.price
    if all(amount.is_old for amount in shown) and shown:  # the stated price is seen, but only as a former one
        return best.text if best.value < stated.low else said.price
    return best.text if best.weight >= ENOUGH + 2 else said.price


def _attributes(tables: Sequence[Pair], lines: Sequence[Pair]) -> tuple[Pair, ...]:
    """Rows of tables, and lines whose name is known for one of an attribute; prices and contacts are none."""
    known = {entry.key for entry in unified_keys()}
    of_product = [pair for pair in lines if known.intersection(unify([pair]))]
    return tuple(pair for pair in (*tables, *of_product) if not _is_no_attribute(pair[0]))


def _is_no_attribute(name: str) -> bool:
    return any(label_pattern(kind).fullmatch(name) for kind in ("no_attribute", "seller", "place"))


def _sales(pairs: Sequence[Pair]) -> str | None:
    return next((value for name, value in pairs if label_pattern("sales_label").fullmatch(name)), None)
