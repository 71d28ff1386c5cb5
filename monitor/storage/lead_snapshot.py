"""A listing as it was when a lead was opened: what the letter says must not change when the page does."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - pydantic reads the annotations below
from decimal import Decimal  # noqa: TC003
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter
from pydantic.dataclasses import dataclass
from sqlalchemy import select

from monitor.classifiers import Finding  # noqa: TC001
from monitor.storage.suspects import listings_by_id
from monitor.storage.tables import Listing
from monitor.storage.upsert import batches

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from monitor.storage.suspects import SuspectRow


@dataclass(frozen=True, kw_only=True, slots=True)
class LeadSnapshot:
    """One listing of a lead, with the words that its findings rest on."""

    listing_id: int
    #: the site's own identifier of the item, else its URL
    key: str
    site: str
    site_title: str
    url: str
    title: str
    price: Decimal | None
    currency: str
    #: as the page rounds it; the period is the site's own
    sales: int | None
    category: str | None
    subcategory: str | None
    risk: float
    seller_name: str | None
    seller_url: str | None
    licence_name: str | None
    credit_code: str | None
    address: str | None
    stated_place: str | None
    attributes: dict[str, str]
    #: those that held then, hazards first
    findings: tuple[Finding, ...]
    #: field of a finding → its whole text, which the spans count in
    texts: dict[str, str]
    lexicon_version: str
    #: `Listing.digest`
    digest: str
    first_seen_at: datetime
    last_seen_at: datetime
    #: a page that shows it was preserved (已固证)
    preserved: bool


_ADAPTER = TypeAdapter(LeadSnapshot)


def as_json(snapshot: LeadSnapshot) -> dict[str, Any]:
    """Turn a snapshot into what the column takes."""
    found: dict[str, Any] = _ADAPTER.dump_python(snapshot, mode="json")
    return found


def from_json(value: dict[str, Any]) -> LeadSnapshot:
    """Turn the column's value back."""
    return _ADAPTER.validate_python(value)


def snapshots(connection: Connection, listing_ids: Iterable[int]) -> dict[int, LeadSnapshot]:
    """Take listings as they are now; those that are not there are left out."""
    found: dict[int, LeadSnapshot] = {}
    for batch in batches(list(dict.fromkeys(listing_ids))):
        rows = connection.execute(
            select(Listing.id, Listing.key, Listing.details).where(Listing.id.in_(batch))
        )
        extra = {row.id: row for row in rows}
        for row in listings_by_id(connection, batch).values():
            found[row.id] = _snapshot(row, extra[row.id].key, extra[row.id].details)
    return found


#: Fields that a row and a snapshot both have.
_SAME = (
    "site",
    "site_title",
    "url",
    "title",
    "price",
    "currency",
    "category",
    "subcategory",
    "risk",
    "seller_name",
    "seller_url",
    "licence_name",
    "credit_code",
    "address",
    "stated_place",
    "findings",
    "lexicon_version",
    "digest",
    "first_seen_at",
    "last_seen_at",
    "preserved",
)


def _snapshot(row: SuspectRow, key: str, details: dict[str, Any]) -> LeadSnapshot:
    said = {
        "title": row.title,
        "shop": row.seller_name,
        "description": details["description"],
        **{f"attributes.{name}": value for name, value in row.attributes.items()},
    }
    fields = dict.fromkeys(finding.field for finding in row.findings)
    return LeadSnapshot(
        **{name: getattr(row, name) for name in _SAME},
        listing_id=row.id,
        key=key,
        sales=details["sales"],
        attributes=dict(row.attributes),
        texts={field: text for field in fields if (text := said.get(field))},
    )
