"""What the lists in the database say of goods: at import of a list, and of every listing that is stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from monitor.classifiers.listed import with_watchlist
from monitor.matching.watchlist_entry import Entry, ListKind, goods_of
from monitor.matching.watchlist_findings import SEVERITIES, findings_of
from monitor.matching.watchlists import WatchlistIndex
from monitor.storage.suspects import ListingFilter, numbered_listings
from monitor.storage.watchlists import (
    ENTRY_COLUMNS,
    add_list,
    entry_rows,
    matches_that_stand,
    rejudge,
    watchlist_version,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import datetime

    from monitor.classifiers import Classification, Finding
    from monitor.classifiers.classify import Classifier
    from monitor.listing import Listing
    from monitor.storage import Connection, Engine
    from monitor.storage.watchlists import WatchlistVersion

#: Listings between two calls of the progress callback.
_STEP = 1_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Imported:
    """What came of a list."""

    #: None where every entry was there already
    list_id: int | None
    new: int
    known: int
    #: entries that nothing tells apart: no listing can match them
    too_general: tuple[Entry, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Applied:
    """What matching all stored listings came to."""

    listings: int
    matching: int
    #: whose matches, risk or standing changed
    changed: int
    newly_suspect: int


class ListedGoods:
    """Joins classifications with the lists; reads the lists again when entries were added."""

    def __init__(self) -> None:
        """Begin without any list."""
        self._version: WatchlistVersion | None = None
        self._index = WatchlistIndex(())

    def refresh(self, connection: Connection) -> None:
        """Read the lists, if they are not those that were read last."""
        version = watchlist_version(connection)
        if version != self._version:
            self._index = WatchlistIndex(stored_entries(connection, kinds=SEVERITIES))
            self._version = version

    def findings(self, listing: Listing) -> tuple[Finding, ...]:
        """What the lists say of a listing."""
        return findings_of(self._index.match(goods_of(listing))) if self._index.size else ()

    def judged(self, listing: Listing, said: Classification) -> Classification:
        """A classification with what the lists say."""
        return with_watchlist(said, self.findings(listing))


#: A crawl asks for every page: its lists are taken apart once.
_read: WeakKeyDictionary[Engine, ListedGoods] = WeakKeyDictionary()


def lists_of(engine: Engine) -> ListedGoods:
    """Give the lists of a database, as this process read them last; `ListedGoods.refresh` reads news."""
    return _read.setdefault(engine, ListedGoods())


def stored_entries(
    connection: Connection, *, list_id: int | None = None, kinds: Collection[ListKind] | None = None
) -> list[Entry]:
    """Give the entries of the database.

    Raises:
        UnknownWatchlistError: there is no list of that number.

    """
    values = None if kinds is None else [kind.value for kind in kinds]
    return [
        Entry(**(row | {"kind": ListKind(row["kind"])}))
        for row in entry_rows(connection, list_id=list_id, kinds=values)
    ]


def import_entries(
    connection: Connection,
    entries: Sequence[Entry],
    *,
    kind: ListKind,
    source: str,
    sha256: str | None,
    at: datetime,
) -> Imported:
    """Store the entries that are not there yet; the same entry twice adds nothing.

    Args:
        connection: a writing transaction.
        entries: of one list.
        kind: of the list.
        source: name of the file, or what it came from.
        sha256: of the file.
        at: when.

    """
    rows: dict[str, dict[str, Any]] = {}
    for entry in entries:
        columns = {name: getattr(entry, name) for name in ENTRY_COLUMNS}
        digest = entry.digest
        rows.setdefault(digest, columns | {"kind": entry.kind.value, "digest": digest})
    list_id, new = add_list(
        connection, kind=kind.value, source=source, sha256=sha256, entries=list(rows.values()), at=at
    )
    return Imported(
        list_id=list_id,
        new=new,
        known=len(rows) - new,
        too_general=tuple(WatchlistIndex(entries).too_general),
    )


def apply_lists(
    connection: Connection,
    classifier: Classifier,
    *,
    at: datetime,
    progress: Callable[[int], None] | None = None,
) -> Applied:
    """Match every stored listing with the lists; those for which that changes anything are judged again.

    Args:
        connection: a writing transaction.
        classifier: judges the rest of such a listing.
        at: from when on the new findings hold.
        progress: called with the listings looked at so far.

    """
    lists = ListedGoods()
    lists.refresh(connection)
    standing = matches_that_stand(connection)
    everything = ListingFilter(suspects_only=False, on_sale_only=False)
    changed: dict[int, Classification] = {}
    number = matching = newly = 0
    for number, (listing_id, listing) in enumerate(numbered_listings(connection, everything), 1):
        found = lists.findings(listing)
        matching += bool(found)
        if _told(found) != _told(standing.get(listing_id, ())):
            without = classifier.classify(listing)
            changed[listing_id] = with_watchlist(without, found)
            newly += changed[listing_id].suspect and not without.suspect
        if progress is not None and number % _STEP == 0:
            progress(number)
    rejudge(connection, changed, at=at)
    return Applied(listings=number, matching=matching, changed=len(changed), newly_suspect=newly)


def _told(findings: Collection[Finding]) -> set[tuple[str, str, str, int, int]]:
    return {(f.id, f.term, f.field, f.start, f.end) for f in findings}
