"""Texts become a `Listing`: prices numbers, links absolute, attributes unified."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from monitor.extraction.attributes import unify
from monitor.extraction.canonical import absolute_url, canonical_url
from monitor.extraction.prices import parse_count, parse_price
from monitor.listing import Listing, Seller

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.extraction.document import Document
    from monitor.extraction.prices import Price
    from monitor.extraction.profile import SiteProfile
    from monitor.extraction.statement import Statement

#: Code points kept of a running text (Listing.description).
DESCRIPTION_LIMIT = 20_000
_IN_STOCK = re.compile(
    r"^available$|in_?\s?stock|limitedavailability|可用|有货|现货|在售|^true$|^[1-9]\d*$", re.IGNORECASE
)
_OUT_OF_STOCK = re.compile(
    r"out_?\s?of_?\s?stock|sold\s?out|unavailable|discontinued|不可用|无货|缺货|售罄|售完|抢光|下架|^false$|^0$",
    re.IGNORECASE,
)
#: Currencies that write the sign which `parse_price` takes for the key's.
_SAME_SIGN = {"CNY": frozenset({"JPY"}), "USD": frozenset({"HKD", "TWD", "SGD", "AUD", "CAD", "NZD", "MOP"})}
_SELLER_URLS = ("url", "licence_url")


def build(
    statement: Statement, document: Document, profile: SiteProfile | None, *, own_page: bool
) -> Listing | None:
    """Make a listing of `statement`; None where it has no title or no URL.

    `own_page` says that the page is the listing's own (a detail page), whose URL will do if none is stated.
    """
    statement = statement.sound()
    url = _url(statement, document, profile, own_page=own_page)
    if not statement.title or url is None:
        return None
    price = _price(statement)
    attributes = unify(statement.attributes)
    of_listing, of_seller = _looked_for(statement.looked_for)
    return Listing(
        site=profile.name if profile else urlsplit(url).hostname or "",
        url=url,
        title=statement.title.strip(),
        item_id=statement.item_id or _item_id(url, profile),
        price=price.low if price else None,
        price_max=price.high if price and price.high != price.low else None,
        currency=_currency(statement, price, profile),
        sales=parse_count(statement.sales) if statement.sales else None,
        available=_available(statement.available),
        image_url=absolute_url(statement.image_url, document.base_url),
        brand=statement.brand or attributes.get("brand"),
        sku=statement.sku or attributes.get("item_number"),
        description=statement.description[:DESCRIPTION_LIMIT] if statement.description else None,
        attributes=attributes,
        breadcrumb=statement.breadcrumb,
        seller=seller(statement.seller, of_seller, document),
        seen_at=document.page.seen_at,
        looked_for=of_listing,
    )


def _url(
    statement: Statement, document: Document, profile: SiteProfile | None, *, own_page: bool
) -> str | None:
    url = absolute_url(statement.url, document.base_url)
    if url is None and own_page:
        url = document.page.url
    return canonical_url(url, profile.drop_parameters if profile else ()) if url else None


def _item_id(url: str, profile: SiteProfile | None) -> str | None:
    if profile is None or profile.urls.item_id is None:
        return None
    found = re.search(profile.urls.item_id, url)
    return found[1] if found else None


def _price(statement: Statement) -> Price | None:
    texts = [text for text in (statement.price, statement.price_max) if text]
    return parse_price(" - ".join(texts)) if texts else None


def _currency(statement: Statement, price: Price | None, profile: SiteProfile | None) -> str:
    stated = (statement.currency or "").strip().upper()
    if stated and re.fullmatch(r"[A-Z]{3}", stated):
        return stated
    default = profile.currency if profile else "CNY"
    signed = price.currency if price else None
    # on a Japanese shop ¥ means yen
    return default if signed is None or default in _SAME_SIGN.get(signed, ()) else signed


def _available(text: str | None) -> bool | None:
    if not text:
        return None
    if _OUT_OF_STOCK.search(text):
        return False
    return True if _IN_STOCK.search(text) else None


def seller(stated: Mapping[str, str], looked_for: frozenset[str], document: Document) -> Seller | None:
    """Make a seller of what a page states; None where it states nothing."""
    texts = {
        name: absolute_url(value, document.base_url) if name in _SELLER_URLS else value
        for name, value in stated.items()
    }
    return Seller(**texts, looked_for=looked_for) if any(texts.values()) else None


@functools.lru_cache(maxsize=256)
def _looked_for(names: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Names of the listing's fields, and of the seller's."""
    of_seller = frozenset(name for name in names if name.startswith("seller."))
    return names - of_seller, frozenset(name.removeprefix("seller.") for name in of_seller)
