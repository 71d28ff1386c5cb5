"""The product in the JSON that a page's scripts work with, in schema.org's words.

``__NEXT_DATA__``, ``window.__INITIAL_STATE__ = …``, ``<script type="application/json">``: shops drawn
by scripts state there what people see later. Such JSON names many products; the page's own is the one whose
name stands in the page's title or heading. Used where a page states no schema.org product and no profile
describes it.
"""

from __future__ import annotations

import functools
import json
import re
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.extraction.document import Document
    from monitor.extraction.structured import Json

#: Characters of a page, JSON values in it, and nesting, beyond which it is not searched.
_LONGEST = 4_000_000
_MOST_VALUES = 60_000
_DEEPEST = 14
_MOST_SCRIPTS = 20
_ASSIGNED = re.compile(
    r"(?:window|self|globalThis)(?:\.[\w$]{1,60}|\[[\"'][\w$]{1,60}[\"']\])\s{0,5}=\s{0,5}"
    r"(?:JSON\.parse\(\s{0,5}(?=\")|(?=[{\[]))"
)
_DECODER = json.JSONDecoder(strict=False)
_SEPARATORS = re.compile(r"[\s_\-]+")
_NUMBER = re.compile(r"\d{1,9}(?:\.\d{1,4})?")
_NOT_OFFERED = {"false", "0", "outofstock", "soldout", "unavailable"}


class _Names(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: tuple[str, ...]
    price: tuple[str, ...]
    price_value: tuple[str, ...]
    cents: tuple[str, ...]
    currency: tuple[str, ...]
    sku: tuple[str, ...]
    brand: tuple[str, ...]
    image: tuple[str, ...]
    description: tuple[str, ...]
    available: tuple[str, ...]


@functools.cache
def _names() -> _Names:
    file = Path(__file__).with_suffix(".yaml")
    return _Names.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))


def state_product(document: Document) -> Json | None:
    """Return the page's own product from its embedded JSON; None where there is none that is certain."""
    if len(document.text) > _LONGEST or document.unwieldy:
        return None
    headings = _headings(document)
    if not headings:
        return None
    best: tuple[int, Json] | None = None
    for state in _states(document):
        for entry in _mappings(state):
            fields = {_plain(key): value for key, value in entry.items()}
            name = _first(fields, _names().name)
            if not isinstance(name, str) or not (match := _match(name, headings)):
                continue
            price = _price(fields, document)
            if price is not None and (best is None or match > best[0]):
                best = match, _product(name, price, fields)
    return best[1] if best is not None else None


def _states(document: Document) -> Iterator[Any]:
    scripts = document.selector.xpath("//script[contains(@type, 'json') and not(contains(@type, 'ld+json'))]")
    for script in scripts[:_MOST_SCRIPTS]:
        yield _decoded((script.xpath("string()").get() or "").strip(), 0)
    for number, found in enumerate(_ASSIGNED.finditer(document.text)):
        if number >= _MOST_SCRIPTS:
            return
        state = _decoded(document.text, found.end())
        yield _decoded(state, 0) if isinstance(state, str) else state


def _decoded(text: str, start: int) -> Any:  # noqa: ANN401 - whatever the JSON holds
    try:
        return _DECODER.raw_decode(text, start)[0]
    except (ValueError, RecursionError):
        return None


def _mappings(state: Any) -> Iterator[Mapping[str, Any]]:  # noqa: ANN401 - JSON
    """Give the objects of a state, the outer ones first."""
    waiting = deque([(state, 0)])
    for _ in range(_MOST_VALUES):
        if not waiting:
            return
        value, depth = waiting.popleft()
        if isinstance(value, Mapping):
            yield value
        if depth < _DEEPEST and isinstance(value, Mapping | list):
            inner = value.values() if isinstance(value, Mapping) else value
            waiting.extend((each, depth + 1) for each in inner if isinstance(each, Mapping | list))


def _headings(document: Document) -> list[str]:
    found = document.selector.xpath("//title | //h1").xpath("string()").getall()
    found += document.selector.xpath("//meta[@property='og:title']/@content").getall()
    return [text for each in found[:10] if len(text := _plain(each)) >= 2]


def _match(name: str, headings: list[str]) -> int:
    """Say how many characters of the name stand in a heading; 0 where it is another product's."""
    plain = _plain(name)
    if len(plain) < 2 or len(plain) > 300:
        return 0
    return len(plain) if any(plain in heading for heading in headings) else 0


def _price(fields: Mapping[str, Any], document: Document) -> str | None:
    cents = _first(fields, _names().cents)
    if isinstance(cents, int) and not isinstance(cents, bool):
        return f"{cents / 100:.2f}"
    price = _first(fields, _names().price)
    if isinstance(price, Mapping):
        price = _first({_plain(key): value for key, value in price.items()}, _names().price_value)
    if isinstance(price, bool) or not isinstance(price, int | float | str):
        return None
    found = _NUMBER.fullmatch(str(price).strip().lstrip("¥￥$€£").replace(",", "").strip())
    if found is None:
        return None
    return _in_units(found[0], document)


def _in_units(number: str, document: Document) -> str | None:
    """Tell whole units from cents (分): an integer of three digits or more must be what the page shows."""
    if "." in number or len(number) < 3:
        return number
    shown = document.visible_text.replace(",", "")
    hundredth = f"{int(number) / 100:.2f}"
    if re.search(rf"(?<![\d.]){re.escape(hundredth)}(?!\d)", shown):
        return hundredth
    return number if re.search(rf"(?<![\d.]){number}(?!\d)", shown) else None


def _product(name: str, price: str, fields: Mapping[str, Any]) -> Json:
    names = _names()
    offer = {"@type": "Offer", "price": price, "priceCurrency": _first(fields, names.currency)}
    available = _first(fields, names.available)
    if available is not None and not isinstance(available, Mapping | list):
        offered = _plain(str(available)) not in _NOT_OFFERED
        offer["availability"] = "InStock" if offered else "OutOfStock"
    return {
        "@type": "Product",
        "name": name,
        "sku": _text(_first(fields, names.sku)),
        "brand": _first(fields, names.brand),
        "image": _first(fields, names.image),
        "description": _text(_first(fields, names.description)),
        "offers": offer,
    }


def _text(value: Any) -> str | None:  # noqa: ANN401 - JSON
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else None


def _first(fields: Mapping[str, Any], names: tuple[str, ...]) -> Any:  # noqa: ANN401 - JSON
    return next((fields[name] for name in names if fields.get(name) not in (None, "", [], {})), None)


def _plain(text: str) -> str:
    return _SEPARATORS.sub("", text).casefold()
