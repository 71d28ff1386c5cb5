"""Main pictures of listings: which are known, and what each looked like."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sqlalchemy import bindparam, select

from monitor.storage.tables import Listing, Picture
from monitor.storage.upsert import batches, insert_new

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Connection

#: Sizes that shops append to the address of one picture: ``a.jpg_400x400.jpg``, ``a-400x400.jpg``.
_SIZE = re.compile(r"[_\-@!]\d{2,4}[xX]\d{2,4}[^/]*$")
#: Paths that name a picture by themselves; what a script is asked for stands behind the question mark.
_FILE = re.compile(r"(?i)\.(jpe?g|png|gif|webp|avif|bmp|svg)$")


@dataclass(frozen=True, kw_only=True, slots=True)
class FetchedPicture:
    """A picture that was fetched, and what its bytes gave."""

    #: as it was asked for
    url: str
    sha256: str
    #: bytes
    size: int
    #: pixels, as far as they are known
    width: int | None = None
    height: int | None = None
    #: None where there is none
    fingerprint: str | None = None
    why_none: str | None = None


def picture_address(url: str | None) -> str | None:
    """Name a picture whatever its size and scheme: host and path, and the query where the path is no file.

    None where the URL names no picture of the web.
    """
    if not url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return None
    path = _SIZE.sub("", parts.path)
    file = _FILE.search(path) or _FILE.search(parts.path)
    query = f"?{parts.query}" if parts.query and not file else ""
    return f"{parts.netloc.lower()}{path}{query}" if path not in ("", "/") or query else None


def record_picture(
    connection: Connection, site: int, picture: FetchedPicture, *, unit_id: int, at: datetime
) -> None:
    """Keep what a picture looked like; one that is known stays as it was first seen."""
    address = picture_address(picture.url)
    assert address is not None, "only pictures that have an address are asked for"
    row = {**asdict(picture), "address": address, "site_id": site, "unit_id": unit_id, "fetched_at": at}
    insert_new(connection, Picture, [row], unique=["address"])


# made once: it is asked for every page that shows a suspect
_KNOWN = select(Picture.address).where(Picture.address.in_(bindparam("addresses", expanding=True)))


def known_addresses(connection: Connection, addresses: Iterable[str]) -> set[str]:
    """Say which of these pictures were fetched before."""
    known: set[str] = set()
    for batch in batches(list(addresses)):
        known.update(connection.execute(_KNOWN, {"addresses": batch}).scalars())
    return known


def first_seen(connection: Connection, site: int, keys: Iterable[str]) -> dict[str, datetime]:
    """Say when listings of a site, by `Listing.key`, were first seen; those that are new are left out."""
    found: dict[str, datetime] = {}
    for batch in batches(list(keys)):
        query = select(Listing.key, Listing.first_seen_at).where(
            Listing.site_id == site, Listing.key.in_(batch)
        )
        found |= {row.key: row.first_seen_at for row in connection.execute(query)}
    return found


def fingerprints(connection: Connection, addresses: Iterable[str]) -> dict[str, str]:
    """Load the fingerprints of pictures by address; those that have none are left out."""
    found: dict[str, str] = {}
    for batch in batches(list(dict.fromkeys(addresses))):
        rows = connection.execute(
            select(Picture.address, Picture.fingerprint).where(
                Picture.address.in_(batch), Picture.fingerprint.is_not(None)
            )
        )
        found |= {row.address: row.fingerprint for row in rows}
    return found
