"""A schema.org product, or a page's OpenGraph, as a `Statement`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from monitor.extraction.statement import Statement
from monitor.extraction.structured import as_list, link, text

if TYPE_CHECKING:
    from monitor.extraction.statement import Pair
    from monitor.extraction.structured import Json

#: Product codes, best first.
_CODES = ("sku", "gtin13", "gtin", "gtin14", "gtin12", "gtin8", "productID", "mpn")


def product_statement(product: Json, breadcrumb: tuple[str, ...] = ()) -> Statement:
    """What a schema.org product says. Several offers make a range: the lowest and the highest price."""
    offers = _offers(product)
    low, high, currency = _prices(offers)
    return Statement(
        title=text(product.get("name")),
        url=link(product.get("url")) or link(product.get("@id") if _is_url(product.get("@id")) else None),
        price=low,
        price_max=high,
        currency=currency,
        available=_availability(offers),
        image_url=link(product.get("image")),
        brand=text(product.get("brand")),
        sku=next((value for name in _CODES if (value := text(product.get(name)))), None),
        description=text(product.get("description")),
        breadcrumb=breadcrumb or _category(product),
        attributes=tuple(_properties(product)),
        seller=_seller(offers),
    )


def open_graph_statement(properties: Mapping[str, str]) -> Statement:
    """What OpenGraph properties say."""

    def said(*names: str) -> str | None:
        return next((properties[name] for name in names if name in properties), None)

    return Statement(
        title=said("og:title"),
        url=said("og:url"),
        price=said("product:price:amount", "og:price:amount", "product:sale_price:amount"),
        currency=said("product:price:currency", "og:price:currency"),
        available=said("product:availability", "og:availability"),
        image_url=said("og:image", "og:image:url", "og:image:secure_url"),
        brand=said("product:brand", "og:brand"),
        sku=said("product:retailer_item_id"),
        description=said("og:description"),
    )


def _is_url(value: Any) -> bool:  # noqa: ANN401 - JSON
    return isinstance(value, str) and value.startswith(("http://", "https://")) and "#" not in value


def _offers(product: Json) -> list[Json]:
    own = [offer for offer in as_list(product.get("offers")) if isinstance(offer, Mapping)]
    nested = [inner for offer in own for inner in as_list(offer.get("offers")) if isinstance(inner, Mapping)]
    variants = [one for one in as_list(product.get("hasVariant")) if isinstance(one, Mapping)]
    of_variants = [] if own else [offer for variant in variants for offer in _offers(variant)]
    return [*own, *nested, *of_variants]


def _prices(offers: list[Json]) -> tuple[str | None, str | None, str | None]:
    priced = [(price, offer) for offer in offers for price in _offer_prices(offer)]
    if not priced:
        return None, None, None
    prices = sorted({price for price, _ in priced}, key=_number)
    currency = next((value for _, offer in priced if (value := _offer_currency(offer))), None)
    return prices[0], prices[-1] if len(prices) > 1 else None, currency


def _offer_prices(offer: Json) -> list[str]:
    names = ("lowPrice", "highPrice") if offer.get("lowPrice") is not None else ("price",)
    stated = [text(offer.get(name)) for name in names]
    if not any(stated):
        specification = as_list(offer.get("priceSpecification"))
        stated = [text(entry.get("price")) for entry in specification[:1] if isinstance(entry, Mapping)]
    return [price for price in stated if price]


def _offer_currency(offer: Json) -> str | None:
    found = text(offer.get("priceCurrency"))
    if found:
        return found
    specification = [
        entry for entry in as_list(offer.get("priceSpecification")) if isinstance(entry, Mapping)
    ]
    return next((value for entry in specification if (value := text(entry.get("priceCurrency")))), None)


def _availability(offers: list[Json]) -> str | None:
    """One offer in stock is enough."""
    stated = [value for offer in offers if (value := text(offer.get("availability")))]
    return next((value for value in stated if value.endswith("InStock")), stated[0] if stated else None)


def _number(price: str) -> float:
    try:
        return float(price)
    except ValueError:
        return 0.0


def _properties(product: Json) -> list[Pair]:
    properties = [entry for entry in as_list(product.get("additionalProperty")) if isinstance(entry, Mapping)]
    pairs = [(text(entry.get("name")), _property_value(entry)) for entry in properties]
    single = [(name, text(product.get(name))) for name in ("model", "material", "manufacturer")]
    return [(name, value) for name, value in (*pairs, *single) if name and value]


def _property_value(entry: Json) -> str | None:
    values = [found for value in as_list(entry.get("value")) if (found := text(value))]
    unit = text(entry.get("unitText")) if values else None
    return "、".join(values) + (unit or "") if values else None


def _category(product: Json) -> tuple[str, ...]:
    category = text(product.get("category"))
    if not category or category.startswith("http"):
        return ()
    return tuple(part.strip() for part in category.split(">") if part.strip())


def _seller(offers: list[Json]) -> dict[str, str]:
    seller = next((one for offer in offers for one in as_list(offer.get("seller"))), None)
    name = text(seller)
    found = {"name": name} if name else {}
    if name and isinstance(seller, Mapping):
        address = seller.get("address")
        stated = {
            "url": link(seller.get("url")),
            "external_id": text(seller.get("identifier")),
            "licence_name": text(seller.get("legalName")),
            "address": _address(address),
        }
        found |= {key: value for key, value in stated.items() if value}
    return found


def _address(address: Any) -> str | None:  # noqa: ANN401 - JSON
    if not isinstance(address, Mapping):
        return text(address)
    parts = ("addressRegion", "addressLocality", "streetAddress")
    return "".join(found for part in parts if (found := text(address.get(part)))) or None
