"""The structured data of the modern shop: schema.org Product and BreadcrumbList as JSON-LD."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from monitor.demo.response import money
from monitor.demo.template import Html, join

if TYPE_CHECKING:
    from monitor.demo.mall import Offer


def json_ld(offer: Offer, base: str) -> Html:
    """Describe a listing for machines; `base` is the site's URL without a slash at its end."""
    return join(_script(thing) for thing in (_product(offer, base), _trail(offer, base)))


def _product(offer: Offer, base: str) -> dict[str, object]:
    product: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": offer.title,
        "sku": f"XM{offer.item_id}",
        "productID": offer.item_id,
        "url": base + offer.path,
        "image": f"{base}/img/{offer.item_id}.svg",
        "description": offer.description,
        "offers": _offers(offer, base),
    }
    if offer.brand:
        product["brand"] = {"@type": "Brand", "name": offer.brand}
    return product


def _offers(offer: Offer, base: str) -> dict[str, object]:
    if offer.price_max:
        kind, price = "AggregateOffer", {"lowPrice": money(offer.price), "highPrice": money(offer.price_max)}
    else:
        kind, price = "Offer", {"price": money(offer.price)}
    return {
        "@type": kind,
        **price,
        "priceCurrency": "CNY",
        "availability": "https://schema.org/InStock",
        "url": base + offer.path,
        "seller": {"@type": "Organization", "name": offer.shop.name, "url": base + offer.shop.path},
    }


def _trail(offer: Offer, base: str) -> dict[str, object]:
    steps = [
        {"name": "首页", "item": f"{base}/"},
        {"name": offer.shelf.parent},
        {"name": offer.shelf.name, "item": f"{base}/category/{offer.shelf.slug}"},
    ]
    return {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, **step} for place, step in enumerate(steps, start=1)
        ],
    }


def _script(thing: dict[str, object]) -> Html:
    text = json.dumps(thing, ensure_ascii=False).replace("<", "\\u003c")
    return Html(f'<script type="application/ld+json">{text}</script>\n')
