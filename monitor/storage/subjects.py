"""What is evidence of a suspect beside its offer: the seller's licence (亮照), a gone page, a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from monitor.storage.evidence import NoEvidenceError
from monitor.storage.tables import Listing, Seller, Site

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


_FIELDS = tuple(KnownSuspect.__dataclass_fields__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """A listing of which a screenshot is to be taken."""

    site_id: int
    #: name of the site
    site: str
    known: KnownSuspect


def subject(connection: Connection, listing_id: int) -> Subject:
    """Load a listing, suspect or not.

    Raises:
        NoEvidenceError: there is none of that number.

    """
    columns = [getattr(Listing, name) for name in _FIELDS]
    query = select(Site.id.label("site_id"), Site.name.label("site"), *columns).join(
        Site, Listing.site_id == Site.id
    )
    row = connection.execute(query.where(Listing.id == listing_id)).first()
    if row is None:
        raise NoEvidenceError(f"there is no listing {listing_id}; the list of suspects shows their numbers")
    known = KnownSuspect(**{name: getattr(row, name) for name in _FIELDS})
    return Subject(site_id=row.site_id, site=row.site, known=known)


def suspects_of_licence(connection: Connection, site_id: int, licence_url: str) -> list[KnownSuspect]:
    """List the suspects whose seller's licence page this is."""
    query = _suspects(site_id).join(Seller, Listing.seller_id == Seller.id)
    return _found(connection, query.where(Seller.licence_url == licence_url))


def suspects_at(connection: Connection, site_id: int, url: str) -> list[KnownSuspect]:
    """List the suspects whose own page this is."""
    return _found(connection, _suspects(site_id).where(Listing.url == url))


def suspects_with_picture(connection: Connection, site_id: int, url: str) -> list[KnownSuspect]:
    """List the suspects whose main picture this is."""
    return _found(connection, _suspects(site_id).where(Listing.image_url == url))


def _suspects(site_id: int) -> Any:  # noqa: ANN401 - a SELECT that is added to
    columns = [getattr(Listing, name) for name in _FIELDS]
    return select(*columns).where(Listing.site_id == site_id, Listing.suspect).order_by(Listing.id)


def _found(connection: Connection, query: Any) -> list[KnownSuspect]:  # noqa: ANN401 - a SELECT
    return [KnownSuspect(**row._mapping) for row in connection.execute(query)]  # noqa: SLF001 - public API
