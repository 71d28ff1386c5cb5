"""Of which listings the main picture is fetched: of suspects, and of what may be one that came back.

Pictures cost the site as much as pages, so none is asked for that cannot link anything: a listing that is no
suspect must have come up after a suspect was gone, and share its subject or its shop.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeAlias

from monitor.storage.engine import reading
from monitor.storage.pictures import first_seen, known_addresses, picture_address
from monitor.storage.relistings import REMEMBERED, gone_suspects

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.storage import Connection, Engine
    from monitor.storage.crawl import SeenListing

#: What a listing may share with one that is gone: a subject, or site and shop.
_Mark: TypeAlias = str | tuple[str, str]
#: Characters of an address: more than shops use, fewer than an index of the database takes.
_LONGEST = 2000
#: A drawing of lines has no spots to compare.
_NO_PHOTOGRAPH = ".svg"


class WantedPictures:
    """What one crawl asks for. What is gone is looked up once, when it begins."""

    def __init__(self, engine: Engine, site_id: int) -> None:
        self._engine = engine
        self._site_id = site_id
        self._gone: dict[_Mark, datetime] | None = None
        self._asked: set[str] = set()

    def urls(self, seen: Sequence[SeenListing]) -> list[str]:
        """Name the pictures of a page's listings that are to be fetched, each once."""
        since = {each.listing.key: self._shared_since(each) for each in seen}
        named = [
            (each.listing, address)
            for each in seen
            if (each.classification.suspect or since[each.listing.key] is not None)
            and (address := _address(each.listing.image_url)) is not None
            and address not in self._asked
        ]
        if not named:
            return []
        with reading(self._engine) as connection:
            sharing = [listing.key for listing, _ in named if since[listing.key] is not None]
            begun = first_seen(connection, self._site_id, sharing)
            found: dict[str, str] = {}
            for listing, address in named:
                gone = since[listing.key]
                # what was there before the other was gone is not it, back again
                if gone is None or listing.key not in begun or begun[listing.key] > gone:
                    found.setdefault(address, listing.image_url or "")
            known = known_addresses(connection, found)
        self._asked.update(found)
        return [url for address, url in found.items() if address not in known]

    def _shared_since(self, seen: SeenListing) -> datetime | None:
        """Say when the first suspect was gone that a listing shares something with; None for a suspect."""
        if self._gone is None:
            with reading(self._engine) as connection:
                self._gone = _gone_since(connection)
        if not self._gone or seen.classification.suspect:
            return None
        return min((self._gone[mark] for mark in _marks(seen) if mark in self._gone), default=None)


def _gone_since(connection: Connection) -> dict[_Mark, datetime]:
    found: dict[_Mark, datetime] = {}
    for each in gone_suspects(connection, datetime.now(UTC) - REMEMBERED):
        marks: set[_Mark] = {*each.subjects}
        if each.seller_key:
            marks.add((each.site, each.seller_key))
        for mark in marks:
            found[mark] = min(found.get(mark, each.last_seen_at), each.last_seen_at)
    return found


def _marks(seen: SeenListing) -> set[_Mark]:
    said, seller = seen.classification, seen.listing.seller
    marks: set[_Mark] = {each.id for each in (*said.hazards, *said.focus)}
    if said.subcategory:
        marks.add(said.subcategory)
    if seller is not None and seller.key:
        marks.add((seen.listing.site, seller.key))
    return marks


def _address(url: str | None) -> str | None:
    if not url or len(url) > _LONGEST:
        return None
    address = picture_address(url)
    return None if address is None or address.lower().endswith(_NO_PHOTOGRAPH) else address
