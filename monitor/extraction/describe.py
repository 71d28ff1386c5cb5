"""Show a reading field by field, for `monitor site try`."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.listing import FieldState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.extraction.page import Reading
    from monitor.listing import Listing, Seller

_NOT_SHOWN = frozenset({"seller", "attributes", "looked_for", "seen_at", "site"})


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the description."""

    #: Position of the listing on the page, from 1; 0 for what concerns the page as a whole.
    listing: int
    #: ``price``, ``seller.name``, ``attributes.ccc_number`` …
    field: str
    state: FieldState
    value: str


def describe(reading: Reading) -> list[Row]:
    """Every field of every listing on the page, with what is known about it and what it says."""
    rows = [Row(0, "verdict", FieldState.PRESENT, f"{reading.verdict} ({reading.kind})")]
    for name in ("reason", "total", "next_url"):
        value = getattr(reading, name)
        if value is not None:
            rows.append(Row(0, name, FieldState.PRESENT, str(value)))
    rows += [
        Row(0, "detail_urls", FieldState.PRESENT, url) for url in (*reading.sitemaps, *reading.detail_urls)
    ]
    for number, listing in enumerate(reading.listings, start=1):
        rows += _listing_rows(number, listing)
    if reading.seller is not None:
        rows += _seller_rows(0, reading.seller)
    return rows


def _listing_rows(number: int, listing: Listing) -> Iterator[Row]:
    for field in dataclasses.fields(listing):
        if field.name not in _NOT_SHOWN:
            yield Row(number, field.name, listing.state(field.name), _shown(getattr(listing, field.name)))
    if not listing.attributes:
        yield Row(number, "attributes", listing.state("attributes"), "")
    for key, value in listing.attributes.items():
        yield Row(number, f"attributes.{key}", FieldState.PRESENT, value)
    if listing.seller is None:
        yield Row(number, "seller", listing.state("seller"), "")
    else:
        yield from _seller_rows(number, listing.seller)


def _seller_rows(number: int, seller: Seller) -> Iterator[Row]:
    for field in dataclasses.fields(seller):
        if field.name not in _NOT_SHOWN:
            value = getattr(seller, field.name)
            yield Row(number, f"seller.{field.name}", seller.state(field.name), _shown(value))


def _shown(value: object) -> str:
    if value is None:
        return ""
    return " › ".join(str(part) for part in value) if isinstance(value, tuple) else str(value)
