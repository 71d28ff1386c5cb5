"""Suspects that a page without goods is about: the seller's licence page (亮照), or a page that says gone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from monitor.storage.tables import Listing, Seller

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownSuspect:
    """A suspect as the database knows it; what a record says of it."""

    key: str
    url: str
    title: str
    risk: float
    category: str | None
    reasons: list[str]
    lexicon_version: str


def suspects_of_licence(connection: Connection, site_id: int, licence_url: str) -> list[KnownSuspect]:
    """List the suspects whose seller's licence page this is."""
    query = _suspects(site_id).join(Seller, Listing.seller_id == Seller.id)
    return _found(connection, query.where(Seller.licence_url == licence_url))


def suspects_at(connection: Connection, site_id: int, url: str) -> list[KnownSuspect]:
    """List the suspects whose own page this is."""
    return _found(connection, _suspects(site_id).where(Listing.url == url))


_FIELDS = tuple(KnownSuspect.__dataclass_fields__)


def _suspects(site_id: int) -> Any:  # noqa: ANN401 - a SELECT that is added to
    columns = [getattr(Listing, name) for name in _FIELDS]
    return select(*columns).where(Listing.site_id == site_id, Listing.suspect).order_by(Listing.id)


def _found(connection: Connection, query: Any) -> list[KnownSuspect]:  # noqa: ANN401 - a SELECT
    return [KnownSuspect(**row._mapping) for row in connection.execute(query)]  # noqa: SLF001 - public API
