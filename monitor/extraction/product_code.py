"""The code by which a shop knows its product (SKU, 货号): structured data, labels, the address."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from monitor.extraction.structured import text
from monitor.extraction.vocabulary import label_pattern, name_pattern, text_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from monitor.extraction.document import Document
    from monitor.extraction.visible import VisiblePage
    from monitor.extraction.visible_title import Title

_CODE = re.compile(r"(?=[^\s]*\d)[A-Za-z0-9][A-Za-z0-9./_-]{2,24}(?<![.])")
_PARAMETERS = re.compile(
    r"^(?:sku|skuid|pid|id|item|itemid|item_id|prod|productid|product_id|products_id|goods_id|"
    r"goodsid|gid|code|offer|offerid|num_iid)$",
    re.IGNORECASE,
)
#: Shapes of an identifier in one segment of a path, surest first.
_SEGMENTS = (
    re.compile(r"(?:^|[-_/])(?:[a-zA-Z]{1,3}[-_]?)?(\d{6,20})(?:[-_]|$)"),
    re.compile(r"^([A-Z0-9]*\d[A-Z0-9]*)$"),
    re.compile(r"^([a-z0-9]*\d[a-z0-9]*\d[a-z0-9]*)$"),
    re.compile(r"(?:^|[-_])(\d{4,5})$|^(\d{4,5})[-_]"),
)
_FILE_END = re.compile(r"\.(?:html?|php|aspx?|jsp|prd)$", re.IGNORECASE)


def product_code(
    document: Document, page: VisiblePage, title: Title | None, product: Mapping[str, Any]
) -> str | None:
    """The likeliest code of the page's product; None if nothing looks like one."""
    ranked = [
        *_structured(product, document.page.url),
        *((11.0, code) for code in _labelled(page, title)),
        *((5.6, code) for code in _attributes(document)),
        *_of_address(document.page.url),
    ]
    return max(ranked, key=lambda entry: entry[0], default=(0.0, None))[1]


def address_code(url: str) -> str | None:
    """The identifier of a product that stands in the address of its page, where one does."""
    return next((code for _, code in _of_address(url)), None)


def _structured(product: Mapping[str, Any], url: str) -> Iterator[tuple[float, str]]:
    said = {
        name: value for name in ("sku", "productID", "gtin13", "mpn") if (value := text(product.get(name)))
    }
    sku = said.get("sku")
    address = re.sub(r"\W", "", unquote(url)).casefold()
    for name, value in said.items():
        plain = re.sub(r"\W", "", value).casefold()
        if len(plain) >= 4 and plain in address:
            yield (10.0, value)
        elif name == "mpn":
            yield (2.0, value)
        elif name == "gtin13":
            yield (3.0, value)
        elif " " in value:
            yield (4.0, value)
        elif name == "sku" and value == said.get("mpn"):
            yield (5.5, value)
        else:
            yield (7.0 if value == sku else 6.5, value.removeprefix("sku:"))


def _labelled(page: VisiblePage, title: Title | None) -> Iterator[str]:
    """Codes behind a label: in the same text (``货号：A-12``), or in the next one (a table's cell)."""
    pieces = page.main_pieces
    found: list[tuple[int, str]] = []
    for position, piece in enumerate(pieces):
        plain = piece.text.replace("\u3000", "")
        if len(plain) > 80 or not text_pattern("code").search(plain):
            continue
        label = label_pattern("code").match(plain)
        if label is None:
            continue
        rest = plain[label.end() :].strip()
        if not rest and position + 1 < len(pieces):
            rest = pieces[position + 1].text.strip(" :：#")
        code = _CODE.fullmatch(rest)
        if code is not None:
            distance = abs(piece.offset - title.offset) if title is not None else piece.offset
            found.append((distance, code[0]))
    yield from (code for _, code in sorted(found)[:1])


def _attributes(document: Document) -> Iterator[str]:
    """Values of attributes named like a code, where the page has but one of them."""
    values: dict[str, None] = {}
    for selected in document.selector.xpath(
        "//@*[contains(name(), 'sku') or contains(name(), 'product-code')]"
    ):
        if selected.root and _CODE.fullmatch(selected.root):
            values[selected.root] = None
    for selected in document.selector.xpath("//*[@itemprop='sku' or @itemprop='productID']"):
        value = selected.attrib.get("content") or "".join(selected.root.itertext())
        if _CODE.fullmatch(value.strip()):
            values[value.strip()] = None
    for selected in document.selector.xpath("//input[@type='hidden' and @name and @value]"):
        if name_pattern("code").search(selected.attrib["name"].lower()) and _CODE.fullmatch(
            selected.attrib["value"]
        ):
            values[selected.attrib["value"]] = None
    if len(values) == 1:
        yield from values


def _of_address(url: str) -> Iterator[tuple[float, str]]:
    try:
        parts = urlsplit(url)
        query = parse_qsl(parts.query)
    except ValueError:
        return
    for name, value in query:
        if _PARAMETERS.match(name) and _CODE.fullmatch(value):
            yield (6.0 if len(value) >= 5 else 5.0, value)
    segments = [_FILE_END.sub("", segment) for segment in unquote(parts.path).split("/") if segment]
    for weight, shape in zip((5.9, 5.8, 5.0, 4.8), _SEGMENTS, strict=True):
        for segment in reversed(segments[-3:]):
            match = shape.search(segment)
            if match is None:
                continue
            code = next(group for group in match.groups() if group)
            if len(code) >= 4 and re.search(r"\d", code):
                yield (weight, code)
                break
