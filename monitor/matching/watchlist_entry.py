"""One product of a list, and one product on offer: the two sides of a match."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from monitor.listing import Listing


class ListKind(StrEnum):
    """What a list says of its products."""

    #: recalled (召回)
    RECALL = "recall"
    #: failed a supervisory test (不合格名单)
    FAILED = "failed-sampling"
    #: complained about (12315 投诉举报)
    COMPLAINT = "complaint"
    #: named by newspapers or television (媒体曝光)
    MEDIA = "media"
    #: sampled, whatever came out (已抽查): not to be sampled again, and no reason to look
    SAMPLED = "sampled"


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One product of a list, as the list states it."""

    kind: ListKind
    product_name: str
    brand: str | None = None
    model: str | None = None
    barcode: str | None = None
    #: production licence
    licence: str | None = None
    ccc_number: str | None = None
    producer: str | None = None
    #: who sold it
    seller: str | None = None
    #: of producer or seller
    credit_code: str | None = None
    #: 国家, 省级, 市级 …, of lists of supervisory sampling
    level: str | None = None
    #: what was wrong with it
    defect: str | None = None
    stated_on: date | None = None
    #: where it was published
    published: str | None = None
    #: row of the file, as the spreadsheet counts
    source_row: int | None = None
    #: in the database; None while it is in none
    id: int | None = None

    @property
    def digest(self) -> str:
        """SHA-256 over all that is stated: the same entry in two files is one."""
        said = [str(getattr(self, f.name) or "") for f in fields(self) if f.name not in ("id", "source_row")]
        return hashlib.sha256(json.dumps(said, ensure_ascii=True).encode("ascii")).hexdigest()

    @property
    def year(self) -> int | None:
        """Year of the statement, from its date, else from the name of the document."""
        if self.stated_on is not None:
            return self.stated_on.year
        found = re.search(r"(?<!\d)20\d\d(?!\d)", (self.published or "").split(" ", 1)[0])
        return int(found[0]) if found else None

    @property
    def title(self) -> str:
        """Name it in one line: ``益智玩具（梦高 S500-50）``."""
        about = " ".join(part for part in (self.brand, self.model) if part)
        return f"{self.product_name}（{about}）" if about else self.product_name


@dataclass(frozen=True, kw_only=True, slots=True)
class Goods:
    """What a listing states about the product it offers: field → text, as published."""

    title: str
    brands: Mapping[str, str]
    models: Mapping[str, str]
    barcodes: Mapping[str, str]
    licences: Mapping[str, str]
    ccc_numbers: Mapping[str, str]
    producers: Mapping[str, str]
    sellers: Mapping[str, str]
    credit_codes: Mapping[str, str]
    #: more names of the product
    names: Mapping[str, str]


def goods_of(listing: Listing) -> Goods:
    """Read a listing."""
    seller = listing.seller
    stated = {f"attributes.{key}": value for key, value in listing.attributes.items() if value}
    stated |= {"brand": listing.brand or "", "sku": listing.sku or ""}
    if seller is not None:
        stated |= {
            "shop": seller.name or "",
            "licence_name": seller.licence_name or "",
            "credit_code": seller.credit_code or "",
        }
    return goods(listing.title, stated)


def goods(title: str, stated: Mapping[str, str]) -> Goods:
    """Sort what is stated (field → text; attributes by their unified keys) by what it may be matched with."""

    def of(*names: str) -> dict[str, str]:
        return {name: stated[name] for name in names if stated.get(name)}

    return Goods(
        title=title,
        brands=of("brand", "attributes.brand"),
        models=of("attributes.model", "attributes.item_number", "sku"),
        barcodes=of("attributes.barcode", "sku"),
        licences=of("attributes.production_licence"),
        ccc_numbers=of("attributes.ccc_number"),
        producers=of("attributes.manufacturer", "attributes.importer"),
        sellers=of("shop", "licence_name"),
        credit_codes=of("credit_code", "attributes.credit_code"),
        names=of("attributes.product_name"),
    )
