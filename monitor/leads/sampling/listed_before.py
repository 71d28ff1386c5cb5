"""What lists say of a population: sampled by a higher level, failed before, not sampled for years."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from monitor.classifiers import FindingKind
from monitor.classifiers.classify import default_classifier
from monitor.leads.sampling.drawing import Known
from monitor.leads.sampling.sampling_terms import Priority
from monitor.listing import Listing
from monitor.matching.listed_goods import stored_entries
from monitor.matching.watchlist_entry import ListKind, goods
from monitor.matching.watchlist_file import read_watchlist
from monitor.matching.watchlist_findings import GROUNDS
from monitor.matching.watchlist_names import enterprise_of
from monitor.matching.watchlists import WatchlistIndex
from monitor.storage.results import tested_subcategories
from monitor.storage.watchlists import watchlists

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from monitor.leads.sampling.sampling_terms import SamplingTerms
    from monitor.matching.watchlist_entry import Entry, Goods
    from monitor.storage import Connection
    from monitor.storage.suspects import SuspectRow

#: Years in which a kind of product that was never sampled is to be sampled first (S00: 近3年).
YEARS = 3
_DAYS_OF_A_MONTH = 30.4375
_FAILED = (ListKind.FAILED, ListKind.RECALL)
_REPORTED = (ListKind.COMPLAINT, ListKind.MEDIA)


def known_from_lists(
    connection: Connection,
    files: Sequence[Path] = (),
    *,
    terms: SamplingTerms,
    today: date,
    mapped: Mapping[str, str] | None = None,
) -> Known:
    """Read what the lists of the database, and files of exclusions, say.

    Args:
        connection: any transaction.
        files: lists of what a higher level has sampled; every row of them counts.
        terms: how long a sampling counts, and which levels are not above ours.
        today: in Asia/Shanghai.
        mapped: column → field, for columns of `files`.

    Raises:
        ListFileError: a file cannot be read.

    """
    entries = stored_entries(connection)
    sampled = [each for each in entries if each.kind is ListKind.SAMPLED and _higher(each, terms, today)]
    sources = [
        f"{each.id} 号名单 {each.source}（{each.kind}，{each.entries} 条）" for each in watchlists(connection)
    ]
    for path in files:
        found = read_watchlist(path, ListKind.SAMPLED, mapped)
        sampled += [replace(entry, kind=ListKind.SAMPLED) for entry in found.entries]
        sources.append(f"排除名单 {path.name}（{len(found.entries)} 条，SHA-256 {found.file.sha256}）")
    return Known(
        priority_of=_Priorities(entries, today, tested_subcategories(connection, _years_ago(today))).of,
        excluded_because=_Sampled(sampled).why if sampled else None,
        sources=tuple(sources),
    )


def goods_of_row(row: SuspectRow) -> Goods:
    """Read a listing as analysts see it."""
    stated = {f"attributes.{key}": value for key, value in row.attributes.items()}
    stated |= {
        "shop": row.seller_name or "",
        "licence_name": row.licence_name or "",
        "credit_code": row.credit_code or "",
    }
    return goods(row.title, stated)


class _Sampled:
    """Tells what a higher level has sampled."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._index = WatchlistIndex(entries)

    def why(self, row: SuspectRow) -> str | None:
        matches = self._index.match(goods_of_row(row))
        if not matches:
            return None
        entry, by = matches[0].entry, matches[0].by
        when = f"{entry.stated_on:%Y-%m-%d}" if entry.stated_on else "日期未注明"
        level = entry.level or "级别未注明"
        return f"上级已抽查，不重复抽查：“{entry.title}”（{GROUNDS[by]}，{level}，{when}）"


class _Priorities:
    """Tells what is to be sampled first."""

    def __init__(self, entries: Sequence[Entry], today: date, tested: set[str] | None) -> None:
        self._failed = _enterprises(entries, _FAILED)
        self._reported = _enterprises(entries, _REPORTED)
        sampled = [each for each in entries if each.kind in (ListKind.SAMPLED, ListKind.FAILED)]
        recent = [each for each in sampled if each.year is not None and each.year > today.year - YEARS]
        #: nothing can be said of what was not sampled where nothing is known of samplings
        self._sampled: set[str] | None = None
        if sampled or tested is not None:
            self._sampled = {kind for each in recent if (kind := _kind_of_product(each))} | (tested or set())

    def of(self, row: SuspectRow) -> Priority:
        listed = {finding.id for finding in row.findings if finding.kind is FindingKind.WATCHLIST}
        names = {
            name
            for text in (row.attributes.get("manufacturer"), row.licence_name, row.seller_name)
            if (name := enterprise_of(text)) is not None
        }
        if listed & {kind.value for kind in _FAILED} or names & self._failed:
            return Priority.FAILED
        if listed & {kind.value for kind in _REPORTED} or names & self._reported:
            return Priority.REPORTED
        if self._sampled is not None and row.subcategory and row.subcategory not in self._sampled:
            return Priority.UNSAMPLED
        return Priority.OTHER


def _years_ago(today: date) -> date:
    return today - timedelta(days=round(YEARS * 12 * _DAYS_OF_A_MONTH))


def _higher(entry: Entry, terms: SamplingTerms, today: date) -> bool:
    """Whether a sampling was one of a higher level, and not so long ago that it no longer counts."""
    if entry.level in terms.own_levels:
        return False
    if entry.stated_on is None:
        return True
    return entry.stated_on >= today - timedelta(days=terms.higher_level_months * _DAYS_OF_A_MONTH)


def _enterprises(entries: Iterable[Entry], kinds: Sequence[ListKind]) -> frozenset[str]:
    names = (
        enterprise_of(text) for each in entries if each.kind in kinds for text in (each.producer, each.seller)
    )
    return frozenset(name for name in names if name is not None)


def _kind_of_product(entry: Entry) -> str | None:
    """Sub-category that the classifiers read off the name of a product."""
    return default_classifier().classify(Listing(site="", url="", title=entry.product_name)).subcategory
