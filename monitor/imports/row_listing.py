"""One row of a table → one listing, or the reason why not."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias

from monitor.extraction.attributes import unify
from monitor.extraction.canonical import absolute_url, canonical_url
from monitor.extraction.listings import DESCRIPTION_LIMIT
from monitor.extraction.personal import masked
from monitor.extraction.prices import parse_count, parse_price
from monitor.imports.columns import ATTRIBUTE, LEFT_OUT, PERSONAL, ColumnMap, column_book
from monitor.imports.rejects import Reason, Reject
from monitor.imports.values import lost_digits, plain
from monitor.listing import Listing, Seller

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from monitor.imports.rows import Row
    from monitor.imports.sites import ImportSite, Sites

#: Code points of a URL, of a cell.
_LONGEST_URL, _LONGEST_CELL = 2000, 20_000
#: Fields that are short wherever they are true; some are keys, and databases limit those.
_LONGEST = {
    "title": 1000,
    "item_id": 200,
    "sku": 200,
    "brand": 200,
    "seller.name": 500,
    "seller.external_id": 200,
    "seller.licence_name": 500,
    "seller.credit_code": 40,
}
#: What the database's column of prices can hold.
_DEAREST = Decimal(10) ** 10
_PLAIN_PRICE = re.compile(r"\d{1,9}(?:\.\d{1,4})?")
_BARE_HOST = re.compile(r"(?:[a-z0-9\-]+\.)+[a-z]{2,}(?:[/?#:]|$)", re.IGNORECASE)
_ON_SALE = re.compile(r"在售|有货|上架|现货|^(?:是|true|1|yes|y)$|in_?\s?stock", re.IGNORECASE)
_NOT_ON_SALE = re.compile(
    r"下架|售罄|缺货|无货|停售|未上架|^(?:否|false|0|no|n)$|out_?\s?of_?\s?stock", re.IGNORECASE
)
_CATEGORY_SEPARATOR = re.compile(r"\s*(?:>|＞|»|/)\s*")
#: Fields that are addresses: no number in them is a person's.
_URLS = frozenset({"url", "image_url", "seller.url", "seller.licence_url"})
#: These and numbers of goods and shops are shown as they are.
_UNMASKED = frozenset({"url", "image_url", "licence_url", "item_id", "sku", "external_id", "credit_code"})

#: A row that was read: the listing and its site, or why there is none.
Outcome: TypeAlias = "tuple[Listing, ImportSite] | Reject"


class RowReader:
    """Reads the rows of one table by its map of columns."""

    def __init__(self, columns: ColumnMap, sites: Sites, seen_at: datetime) -> None:
        """Take the map, the sites there are, and when the file was handed in."""
        self._columns = columns
        self._sites = sites
        self._seen_at = seen_at
        self._identifiers = column_book().identifiers
        self._identifier_attributes = column_book().identifier_attributes.keys

    def read(self, row: Row) -> Outcome:
        """Make a listing of a row; nothing that is doubtful is made up."""
        if row.broken is not None:
            return self._reject(row, *row.broken)
        fields: dict[str, str] = {}
        pairs: list[tuple[str, str]] = []
        for column, cell in row.values.items():
            target = self._columns.target(column)
            if target in (PERSONAL, LEFT_OUT) or not (text := plain(cell)):
                continue
            if len(text) > _LONGEST.get(target, _LONGEST_CELL) and target != "description":
                return self._reject(row, Reason.TOO_LONG, f"{column}: {len(text)}")
            if target.startswith(ATTRIBUTE):
                pairs.append((target.removeprefix(ATTRIBUTE), text))
            elif target in self._identifiers:
                if lost_digits(text):
                    return self._reject(row, Reason.LOST_DIGITS, f"{column}: {text}")
                fields[target] = text
            else:
                fields[target] = text if target in _URLS else masked(text)
        return self._build(row, fields, pairs)

    def _build(self, row: Row, fields: dict[str, str], pairs: list[tuple[str, str]]) -> Outcome:
        title = fields.get("title", "")
        if not title:
            return self._reject(row, Reason.NO_TITLE)
        if not fields.get("url"):
            return self._reject(row, Reason.NO_URL)
        url = _address(fields["url"])
        if url is None:
            return self._reject(row, Reason.BAD_URL, fields["url"][:200])
        attributes = unify(pairs)
        for key, value in attributes.items():
            if key in self._identifier_attributes:
                if lost_digits(value):
                    return self._reject(row, Reason.LOST_DIGITS, f"{key}: {value}")
            else:
                attributes[key] = masked(value)
        site = self._sites.of(url, fields.get("site"))
        if "site" in fields and fields["site"] not in (site.name, site.title):
            attributes.setdefault("平台", fields["site"])
        return self._listing(url, site, fields, attributes), site

    def _listing(
        self, url: str, site: ImportSite, fields: dict[str, str], attributes: dict[str, str]
    ) -> Listing:
        price, price_max, currency = _prices(fields, attributes)
        profile = site.profile
        url = canonical_url(url, profile.drop_parameters if profile else ())
        item_id = fields.get("item_id")
        if item_id is None and profile is not None and profile.urls.item_id is not None:
            found = re.search(profile.urls.item_id, url)
            item_id = found[1] if found else None
        description = fields.get("description")
        return Listing(
            site=site.name,
            url=url,
            title=fields["title"],
            item_id=item_id,
            price=price,
            price_max=price_max,
            currency=currency or (profile.currency if profile else "CNY"),
            sales=parse_count(fields["sales"]) if "sales" in fields else None,
            available=_available(fields.get("available", "")),
            image_url=_address(fields.get("image_url", "")),
            brand=fields.get("brand") or attributes.get("brand"),
            sku=fields.get("sku") or attributes.get("item_number"),
            description=description[:DESCRIPTION_LIMIT] if description else None,
            attributes=attributes,
            breadcrumb=tuple(filter(None, _CATEGORY_SEPARATOR.split(fields.get("breadcrumb", "")))),
            seller=_seller(fields),
            seen_at=self._seen_at,
        )

    def _reject(self, row: Row, reason: Reason, detail: str = "") -> Reject:
        shown = shown_fields(row.values, self._columns)
        return Reject(number=row.number, reason=reason, detail=masked(detail), fields=shown)


def shown_fields(values: Mapping[str, str], columns: ColumnMap) -> dict[str, str]:
    """Leave out the columns about people, and hide their numbers in the others."""
    return {
        column: cell if columns.target(column).removeprefix("seller.") in _UNMASKED else masked(cell)
        for column, cell in values.items()
        if columns.target(column) != PERSONAL
    }


def _prices(
    fields: Mapping[str, str], attributes: dict[str, str]
) -> tuple[Decimal | None, Decimal | None, str | None]:
    """Read the prices; one that is no number (面议) stays as it was published, among the attributes."""
    stated = fields.get("currency", "").strip().upper()
    currency = stated if re.fullmatch(r"[A-Z]{3}", stated) else None
    text, highest = fields.get("price", ""), fields.get("price_max", "")
    if _PLAIN_PRICE.fullmatch(text) and not highest:
        return Decimal(text), None, currency
    joined = " - ".join(filter(None, (text, highest)))
    if not joined:
        return None, None, currency
    price = None if joined.startswith("-") else parse_price(joined)
    if price is None or price.high >= _DEAREST:
        attributes.setdefault("价格", joined)
        return None, None, currency
    return price.low, price.high if price.high != price.low else None, currency or price.currency


def _seller(fields: Mapping[str, str]) -> Seller | None:
    stated = {
        name.removeprefix("seller."): text for name, text in fields.items() if name.startswith("seller.")
    }
    for name in ("url", "licence_url"):
        if name in stated:
            address = _address(stated.pop(name))
            if address is not None:
                stated[name] = address
    if not stated:
        return None
    if not any(stated.get(name) for name in ("external_id", "url", "name")) and "licence_name" in stated:
        # a shop is known by its name or number; a table that names only the company means that one
        stated["name"] = stated["licence_name"]
    texts: dict[str, Any] = {name: text or None for name, text in stated.items()}
    return Seller(**texts)


def _available(text: str) -> bool | None:
    if not text or _NOT_ON_SALE.search(text):
        return False if text else None
    return True if _ON_SALE.search(text) else None


def _address(text: str) -> str | None:
    """Complete an address; None for what leads nowhere."""
    if not text or len(text) > _LONGEST_URL:
        return None
    if text.startswith("//"):
        text = f"https:{text}"
    elif _BARE_HOST.match(text):
        text = f"https://{text}"
    url = absolute_url(text, "")
    return url if url is not None and len(url) <= _LONGEST_URL else None
