"""Structured data that a page states about itself: schema.org as JSON-LD or microdata, then OpenGraph.

extruct is always told which syntax to look for, and only where the page shows signs of it: all of them at
once cost fifty times as much.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import extruct
from w3lib.html import remove_tags, replace_entities

if TYPE_CHECKING:
    from monitor.extraction.document import Document

#: What an offer on a page can be, in schema.org's words.
_PRODUCTS = frozenset({"Product", "ProductGroup", "IndividualProduct", "ProductModel", "Vehicle", "Book"})

#: Deeper nesting than this means nothing any more.
_DEEPEST = 12

Json = Mapping[str, Any]


def schema_org(text: str, base_url: str) -> list[Any]:
    """All schema.org things of a page, as JSON-LD has them; nesting beyond reason is cut off."""
    found: list[Any] = []
    if "ld+json" in text:
        found += _extract(text, base_url, "json-ld")
    if "itemtype" in text:
        found += _extract(text, base_url, "microdata")
    return [_cut(thing, _DEEPEST) for thing in found]


def products(document: Document) -> list[Json]:
    """All schema.org products of the page, in its order, offers and all."""
    return list(_of_types(document.schema_org, _PRODUCTS))


def breadcrumb(document: Document) -> tuple[str, ...]:
    """Breadcrumb of the page by schema.org, outermost first."""
    for crumbs in _of_types(document.schema_org, frozenset({"BreadcrumbList"})):
        entries = [entry for entry in as_list(crumbs.get("itemListElement")) if isinstance(entry, Mapping)]
        entries.sort(key=_position)
        names = [text(entry.get("name")) or text(entry.get("item")) for entry in entries]
        return tuple(name for name in names if name)
    return ()


def open_graph(document: Document) -> dict[str, str]:
    """OpenGraph properties of the page, first of each name, e.g. ``og:title``."""
    if 'property="og:' not in document.text and "property='og:" not in document.text:
        return {}
    metas = document.selector.xpath("//meta[@property and @content]")
    found: dict[str, str] = {}
    for meta in metas:
        found.setdefault(meta.attrib["property"].lower(), meta.attrib["content"].strip())
    return {name: value for name, value in found.items() if value}


def as_list(value: Any) -> list[Any]:  # noqa: ANN401 - JSON
    """`value` as a list: schema.org lets one thing stand for a list of one."""
    return [] if value is None else list(value) if isinstance(value, list) else [value]


def text(value: Any) -> str | None:  # noqa: ANN401 - JSON
    """Plain text of a value: a string, a number, or a thing with a name; the first of a list."""
    for one in as_list(value):
        if isinstance(one, Mapping):
            found = text(one.get("name") or one.get("@value"))
        elif isinstance(one, list):
            found = text(one)
        elif isinstance(one, bool):
            continue
        else:
            found = replace_entities(remove_tags(str(one))).strip()
        if found:
            return found
    return None


def link(value: Any) -> str | None:  # noqa: ANN401 - JSON
    """URL of a value: a string, or a thing with ``url``, ``contentUrl`` or ``@id``; the first of a list."""
    for one in as_list(value):
        if isinstance(one, str) and one.strip():
            return one.strip()
        if isinstance(one, Mapping):
            found = link(one.get("url") or one.get("contentUrl") or one.get("@id"))
            if found:
                return found
    return None


def _extract(html: str, base_url: str, syntax: str) -> list[Any]:
    extracted = extruct.extract(html, base_url=base_url, syntaxes=[syntax], errors="ignore", uniform=True)
    return list(extracted.get(syntax) or ())


def _cut(data: Any, depth: int) -> Any:  # noqa: ANN401 - JSON
    if not isinstance(data, Mapping | list):
        return data
    if depth == 0:
        return None
    if isinstance(data, list):
        return [_cut(value, depth - 1) for value in data]
    return {key: _cut(value, depth - 1) for key, value in data.items()}


def _of_types(data: Any, types: frozenset[str]) -> Iterator[Json]:  # noqa: ANN401 - JSON
    for entry in as_list(data):
        if not isinstance(entry, Mapping):
            continue
        if types & {str(name).rsplit("/", 1)[-1] for name in as_list(entry.get("@type"))}:
            yield entry
            continue
        for key in ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "item", "itemOffered"):
            yield from _of_types(entry.get(key), types)


def _position(entry: Json) -> float:
    try:
        return float(str(entry.get("position", 0)))
    except ValueError:
        return 0.0
