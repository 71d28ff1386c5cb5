"""Listing and Seller: the one thing that flows through the house. Imports nothing from the rest of it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from decimal import Decimal


class FieldState(StrEnum):
    """What is known about one field of a listing."""

    #: the page states it
    PRESENT = "present"
    #: a page that has a place for it was read, and it is not there: a clue
    ABSENT = "absent"
    #: no page that would show it was read: says nothing
    NOT_SEEN = "not seen"


@dataclass(frozen=True, kw_only=True, slots=True)
class Seller:
    """Who offers a listing (经营者/店铺)."""

    #: Name of the shop as shown to buyers.
    name: str | None = None
    #: The site's own identifier of the shop, when it has one.
    external_id: str | None = None
    #: Absolute URL of the shop.
    url: str | None = None
    #: Absolute URL of the page that shows the business licence (亮照), when the shop links to one.
    licence_url: str | None = None
    #: Name of the legal subject on the licence (主体名称).
    licence_name: str | None = None
    #: Unified social credit code (统一社会信用代码), 18 characters, as published; not yet verified.
    credit_code: str | None = None
    #: Address published on the licence or the shop's own page; the only text jurisdiction may rest on.
    address: str | None = None
    #: Place the site states for the seller (发货地, 所在地): a hint only, never a jurisdiction.
    stated_place: str | None = None
    #: Names of fields that a page which has a place for them was searched for.
    looked_for: frozenset[str] = frozenset()

    def state(self, name: str) -> FieldState:
        """Say whether field `name` is present, absent or not seen."""
        return _state(self, name)

    def merged(self, newer: Self) -> Self:
        """Take over what `newer` states; keep the rest."""
        return _merged(self, newer)

    def plain(self) -> dict[str, Any]:
        """Return what is known as JSON takes it; empty fields are left out."""
        return _plain(self)

    @property
    def key(self) -> str | None:
        """What identifies the seller within its site: the site's id, else its URL, else its name."""
        return self.external_id or self.url or self.name


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """One product offer at one URL (商品信息), as one page stated it at one moment.

    It is identified by (`site`, `item_id`), else by (`site`, `url`).
    """

    #: Name of the site profile, e.g. ``demo-mall``.
    site: str
    #: Absolute URL of the detail page, canonical where the page or the profile says so.
    url: str
    #: Title as published, original characters, white space stripped at both ends only.
    title: str
    #: The site's own identifier of the item, when it has one.
    item_id: str | None = None
    #: Current price; the lowest of a range.
    price: Decimal | None = None
    #: Highest price of a range, when the page states a range.
    price_max: Decimal | None = None
    #: ISO 4217 code; the profile's default when the page gives only ``¥``.
    currency: str = "CNY"
    #: Items sold as the page rounds it (``1.2万`` is 12000); the period is the site's own.
    sales: int | None = None
    #: ``in stock``/``out of stock`` as a bool, when the page says so.
    available: bool | None = None
    #: Absolute URL of the main picture.
    image_url: str | None = None
    #: Brand as stated.
    brand: str | None = None
    #: Product code: GTIN, SKU or 货号, as stated.
    sku: str | None = None
    #: Running text of the detail page, tags removed, at most 20,000 characters.
    description: str | None = None
    #: Attribute table (产品参数): unified key (``ccc_number``, ``standard``, ``age`` …) or, for a name that
    #: `extraction/attributes.yaml` does not know, the name as published → value as published.
    attributes: Mapping[str, str] = field(default_factory=dict)
    #: Breadcrumb or category path, outermost first.
    breadcrumb: tuple[str, ...] = ()
    #: Who offers it, as far as the page says.
    seller: Seller | None = None
    #: When the page was received, timezone-aware; None for text that came from no page.
    seen_at: datetime | None = None
    #: Names of fields (and of attributes, as ``attributes.<key>``) that this page has a place for and was
    #: searched for. A row of a search page has few, a detail page with an attribute table has many.
    looked_for: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Refuse what would poison everything downstream."""
        if self.seen_at is not None and self.seen_at.tzinfo is None:
            raise ValueError("Listing.seen_at is naive: give it a timezone, e.g. datetime.now(UTC)")

    def plain(self) -> dict[str, Any]:
        """Return what is known as JSON takes it: prices as text, times in ISO 8601, empty fields left out."""
        found = _plain(self)
        for name in ("price", "price_max", "seen_at"):
            if name in found:
                found[name] = str(found[name])
        if self.seller is not None:
            found["seller"] = self.seller.plain()
        return found

    @property
    def key(self) -> str:
        """What identifies the listing within its site."""
        return self.item_id or self.url

    def state(self, name: str) -> FieldState:
        """Say whether field `name`, or attribute ``attributes.<key>``, is present, absent or not seen."""
        if name.startswith("attributes."):
            attribute = name.removeprefix("attributes.")
            if self.attributes.get(attribute):
                return FieldState.PRESENT
            searched = name in self.looked_for or "attributes" in self.looked_for
            return FieldState.ABSENT if searched else FieldState.NOT_SEEN
        return _state(self, name)

    def merged(self, newer: Self) -> Self:
        """Take over what `newer` states; keep what it is silent about.

        A detail page's attributes and seller join the row's; a field that `newer` looked for and did not
        find keeps the older value, because a page that fails to repeat something does not deny it. Only an
        attribute table that was read again is taken as a whole, so that a withdrawn statement shows.
        """
        seller = newer.seller
        if self.seller is not None and seller is not None:
            seller = self.seller.merged(seller)
        elif seller is None:
            seller = self.seller
        attributes = newer.attributes
        if "attributes" not in newer.looked_for or not attributes:
            attributes = {**self.attributes, **attributes}
        return dataclasses.replace(_merged(self, newer), seller=seller, attributes=attributes)


_T = TypeVar("_T", bound="Listing | Seller")


def _state(thing: Listing | Seller, name: str) -> FieldState:
    if getattr(thing, name) not in (None, "", (), {}):
        return FieldState.PRESENT
    return FieldState.ABSENT if name in thing.looked_for else FieldState.NOT_SEEN


def _plain(thing: Listing | Seller) -> dict[str, Any]:
    values = {f.name: getattr(thing, f.name) for f in dataclasses.fields(thing) if f.name != "looked_for"}
    return {name: value for name, value in values.items() if value not in (None, "", (), {})}


def _merged(older: _T, newer: _T) -> _T:
    changes = {
        f.name: value
        for f in dataclasses.fields(newer)
        if (value := getattr(newer, f.name)) not in (None, "", (), {})
    }
    changes["looked_for"] = older.looked_for | newer.looked_for
    return dataclasses.replace(older, **changes)
