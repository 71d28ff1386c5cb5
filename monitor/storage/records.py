"""Listing ↔ row: what a listing says, as columns and JSON, and back without loss."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from monitor.listing import Listing, Seller
from monitor.storage.prepared import Shared

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Row

#: Fields kept in the JSON column `details`, because nothing is searched or sorted by them.
_DETAILS = ("item_id", "sales", "available", "brand", "sku", "description")
#: Those of them, and of the rest, whose change is none: the number sold changes by itself.
_RESTLESS = frozenset({"sales", "looked_for", "breadcrumb"})
#: JSON that is the same for what is the same.
_canonical = json.JSONEncoder(sort_keys=True, ensure_ascii=True).encode

#: Columns of a seller that come from pages.
SELLER_COLUMNS = (
    "name",
    "url",
    "licence_url",
    "licence_name",
    "credit_code",
    "address",
    "stated_place",
    "looked_for",
)

_STATED = tuple(name for name in SELLER_COLUMNS if name != "looked_for")


def seller_columns(seller: Seller) -> dict[str, Any]:
    """Columns of a seller that come from pages."""
    return {
        "name": seller.name,
        "url": seller.url,
        "licence_url": seller.licence_url,
        "licence_name": seller.licence_name,
        "credit_code": seller.credit_code,
        "address": seller.address,
        "stated_place": seller.stated_place,
        "looked_for": sorted(seller.looked_for),
    }


def seller_from(row: Mapping[str, Any], key: str) -> Seller:
    """Rebuild a seller from the columns of `seller_columns`; `key` is the row's."""
    return Seller(
        external_id=key if key not in (row["url"], row["name"]) else None,
        name=row["name"],
        url=row["url"],
        licence_url=row["licence_url"],
        licence_name=row["licence_name"],
        credit_code=row["credit_code"],
        address=row["address"],
        stated_place=row["stated_place"],
        looked_for=frozenset(row["looked_for"]),
    )


def says_nothing_new(seller: Seller, row: Any) -> bool:  # noqa: ANN401 - a row with `SELLER_COLUMNS`
    """Whether all that `seller` states stands in the row already: merging it would change nothing."""
    if not seller.looked_for.issubset(row.looked_for):
        return False
    return all(getattr(seller, name) in (None, "", getattr(row, name)) for name in _STATED)


def joined_seller(row: Any) -> Seller | None:  # noqa: ANN401 - a row of a join
    """Rebuild the seller of a row that carries `SELLER_COLUMNS` and the key, with ``seller_`` before them."""
    if row.seller_key is None:
        return None
    return seller_from({name: getattr(row, f"seller_{name}") for name in SELLER_COLUMNS}, row.seller_key)


def listing_columns(listing: Listing) -> dict[str, Any]:
    """Columns of a listing that come from pages, with the digest of what people would call a change."""
    details: dict[str, Any] = {name: getattr(listing, name) for name in _DETAILS}
    details["price_max"] = None if listing.price_max is None else str(listing.price_max)
    details["attributes"] = dict(listing.attributes)
    details["breadcrumb"] = list(listing.breadcrumb)
    details["looked_for"] = sorted(listing.looked_for)
    said = {name: value for name, value in details.items() if name not in _RESTLESS}
    price = None if listing.price is None else f"{listing.price:.2f}"
    text = _canonical([listing.title, price, listing.currency, said])
    return {
        "key": listing.key,
        "url": listing.url,
        "title": listing.title,
        "price": listing.price,
        "currency": listing.currency,
        "image_url": listing.image_url,
        "details": Shared(details),
        "digest": hashlib.sha256(text.encode()).hexdigest(),
    }


def listing_from(row: Row[Any], site: str, seller: Seller | None) -> Listing:
    """Rebuild a listing from its row."""
    details = row.details
    return Listing(
        site=site,
        url=row.url,
        title=row.title,
        price=row.price,
        currency=row.currency,
        image_url=row.image_url,
        seller=seller,
        seen_at=row.last_seen_at,
        price_max=None if details["price_max"] is None else Decimal(details["price_max"]),
        attributes=details["attributes"],
        breadcrumb=tuple(details["breadcrumb"]),
        looked_for=frozenset(details["looked_for"]),
        **{name: details[name] for name in _DETAILS},
    )
