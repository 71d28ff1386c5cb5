"""Lists of products, and the findings that they gave listings."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, insert, select, update

from monitor.classifiers import FindingKind
from monitor.classifiers.listed import with_watchlist
from monitor.mistake import MistakeError
from monitor.storage.findings import finding_from, replace_findings
from monitor.storage.tables import Finding, Listing, Watchlist, WatchlistEntry
from monitor.storage.upsert import batches, insert_for

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy import Connection

    from monitor.classifiers import Classification
    from monitor.classifiers import Finding as Found

#: Columns of an entry that carry what the list states.
ENTRY_COLUMNS = (
    "kind",
    "source_row",
    "product_name",
    "brand",
    "model",
    "barcode",
    "licence",
    "ccc_number",
    "producer",
    "seller",
    "credit_code",
    "level",
    "defect",
    "stated_on",
    "published",
)


#: Asked for every page, and so of the few lists, not of their entries.
_VERSION = select(func.count(Watchlist.id), func.max(Watchlist.id))


class UnknownWatchlistError(MistakeError):
    """There is no such list; the message says how to see which there are."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredWatchlist:
    """One list, as imported."""

    id: int
    kind: str
    source: str
    imported_at: datetime
    #: entries that it was the first to have
    entries: int
    earliest: date | None
    latest: date | None


@dataclass(frozen=True, slots=True)
class WatchlistVersion:
    """Changes whenever an entry is added: each comes with a list that is new."""

    lists: int
    last: int


def add_list(
    connection: Connection,
    *,
    kind: str,
    source: str,
    sha256: str | None,
    entries: Sequence[dict[str, Any]],
    at: datetime,
) -> tuple[int | None, int]:
    """Add the entries that are not there yet; a list that adds none is not recorded.

    Args:
        connection: a writing transaction.
        kind: of the list.
        source: name of the file, or what it came from.
        sha256: of the file.
        entries: `ENTRY_COLUMNS` and ``digest``.
        at: when it was imported.

    Returns:
        the list's number, if it is a new one, and how many entries are new.

    """
    known = _known_digests(connection, [entry["digest"] for entry in entries])
    fresh = [entry for entry in entries if entry["digest"] not in known]
    if not fresh:
        return None, 0
    list_id = connection.execute(
        insert(Watchlist)
        .values(kind=kind, source=source, sha256=sha256, imported_at=at)
        .returning(Watchlist.id)
    ).scalar_one()
    statement = insert_for(connection, WatchlistEntry).on_conflict_do_nothing(index_elements=["digest"])
    connection.execute(statement, [{**entry, "watchlist_id": list_id} for entry in fresh])
    return list_id, len(fresh)


def watchlists(connection: Connection) -> list[StoredWatchlist]:
    """List the lists, oldest first."""
    rows = connection.execute(
        select(
            Watchlist.id,
            Watchlist.kind,
            Watchlist.source,
            Watchlist.imported_at,
            func.count(WatchlistEntry.id).label("entries"),
            func.min(WatchlistEntry.stated_on).label("earliest"),
            func.max(WatchlistEntry.stated_on).label("latest"),
        )
        .outerjoin(WatchlistEntry, WatchlistEntry.watchlist_id == Watchlist.id)
        .group_by(Watchlist.id)
        .order_by(Watchlist.id)
    )
    return [StoredWatchlist(**row._mapping) for row in rows]  # noqa: SLF001 - public API


def entry_rows(
    connection: Connection, *, list_id: int | None = None, kinds: Collection[str] | None = None
) -> list[dict[str, Any]]:
    """Give entries, oldest first, as `ENTRY_COLUMNS` and ``id``.

    Raises:
        UnknownWatchlistError: there is no list of that number.

    """
    query = select(WatchlistEntry.id, *(getattr(WatchlistEntry, name) for name in ENTRY_COLUMNS)).order_by(
        WatchlistEntry.id
    )
    if kinds is not None:
        query = query.where(WatchlistEntry.kind.in_(kinds))
    if list_id is not None:
        if _no_list(connection, list_id):
            raise UnknownWatchlistError(
                f"there is no list {list_id}: `monitor watchlist list` shows which there are"
            )
        query = query.where(WatchlistEntry.watchlist_id == list_id)
    return [dict(row._mapping) for row in connection.execute(query)]  # noqa: SLF001 - public API


def watchlist_version(connection: Connection) -> WatchlistVersion:
    """Tell whether entries were added."""
    row = connection.execute(_VERSION).one()
    return WatchlistVersion(row[0], row[1] or 0)


def matches_that_stand(
    connection: Connection, listing_ids: Iterable[int] | None = None
) -> dict[int, tuple[Found, ...]]:
    """Give listing id → its findings of kind `WATCHLIST` that hold now; None for all listings."""
    found: dict[int, list[Found]] = defaultdict(list)
    query = (
        select(Finding)
        .where(Finding.kind == FindingKind.WATCHLIST, Finding.superseded_at.is_(None))
        .order_by(Finding.id)
    )
    pieces = [None] if listing_ids is None else list(batches(sorted(set(listing_ids))))
    for piece in pieces:
        for row in connection.execute(query if piece is None else query.where(Finding.listing_id.in_(piece))):
            found[row.listing_id].append(finding_from(row))
    return {key: tuple(each) for key, each in found.items()}


def with_standing_matches(
    connection: Connection, said: Mapping[int, Classification]
) -> dict[int, Classification]:
    """Join classifications that were made without looking at the lists with the matches that stand.

    Returns:
        those that change; matches that stand stay as they are.

    """
    blind = [key for key, each in said.items() if each.watchlist is None]
    if not blind:
        return {}
    standing = matches_that_stand(connection, blind)
    return {key: with_watchlist(said[key], found) for key, found in standing.items()}


def rejudge(connection: Connection, said: Mapping[int, Classification], *, at: datetime) -> None:
    """Write new classifications of listings that are stored.

    Args:
        connection: a writing transaction.
        said: listing id → its classification, lists included.
        at: from when on it holds.

    """
    rows = [
        {
            "listing": key,
            "category": each.category,
            "subcategory": each.subcategory,
            "risk": each.risk,
            "suspect": each.suspect,
            "reasons": list(each.reasons),
            "lexicon_version": each.lexicon_version,
        }
        for key, each in said.items()
    ]
    if rows:
        connection.execute(update(Listing).where(Listing.id == bindparam("listing")), rows)
    replace_findings(connection, said, fresh=frozenset(), at=at)


def count_matches(connection: Connection) -> dict[str, int]:
    """Kind of list → listings that match one of its entries now."""
    rows = connection.execute(
        select(Finding.rule, func.count(func.distinct(Finding.listing_id)))
        .where(Finding.kind == FindingKind.WATCHLIST, Finding.superseded_at.is_(None))
        .group_by(Finding.rule)
    )
    return {row[0]: row[1] for row in rows}


def _known_digests(connection: Connection, digests: Sequence[str]) -> set[str]:
    known: set[str] = set()
    for piece in batches(list(dict.fromkeys(digests))):
        known.update(
            connection.execute(
                select(WatchlistEntry.digest).where(WatchlistEntry.digest.in_(piece))
            ).scalars()
        )
    return known


def _no_list(connection: Connection, list_id: int) -> bool:
    return connection.execute(select(Watchlist.id).where(Watchlist.id == list_id)).first() is None
