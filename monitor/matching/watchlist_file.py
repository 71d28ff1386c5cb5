"""From a file to entries: columns by their names, bad rows named, passed and failed told apart."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from monitor.classifiers.lexicon.source import read
from monitor.matching.column_names import ColumnNames
from monitor.matching.list_file import ListFile, read_list, stated_date
from monitor.matching.watchlist_entry import Entry, ListKind
from monitor.matching.watchlist_names import stated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.matching.list_file import ListRow

_COLUMNS = Path(__file__).with_name("watchlist_columns.yaml")
_FAILED = re.compile(r"不合格|不符合|fail", re.IGNORECASE)
_PASSED = re.compile(r"合格|符合|pass", re.IGNORECASE)
_LEVEL = re.compile(r"国家|国抽|省|市|县|区")
_LEVELS = {"国家": "国家", "国抽": "国家", "省": "省级", "市": "市级", "县": "县级", "区": "县级"}


@dataclass(frozen=True, kw_only=True, slots=True)
class BadRow:
    """A row that is no entry, and why."""

    number: int
    problem: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadWatchlist:
    """A file as entries."""

    file: ListFile
    entries: tuple[Entry, ...]
    bad: tuple[BadRow, ...]


@cache
def watchlist_columns() -> ColumnNames:
    """Read the shipped names of columns."""
    return read(_COLUMNS, ColumnNames)


def read_watchlist(path: Path, kind: ListKind, mapped: Mapping[str, str] | None = None) -> ReadWatchlist:
    """Read a list.

    A list of failed samplings may hold passed ones too, and the other way round; its column 检验结果, or its
    title, says which a row is, and each becomes what it is.

    Raises:
        ListFileError: the file cannot be read, or has no column of product names.

    """
    found = read_list(path, watchlist_columns(), required=["product_name"], mapped=mapped)
    entries: dict[str, Entry] = {}
    bad = []
    for row in found.rows:
        if stated(row.values.get("product_name")) is None:
            bad.append(BadRow(number=row.number, problem="no product name"))
        elif (day := row.values.get("date")) and stated_date(day) is None:
            bad.append(BadRow(number=row.number, problem=f"{day!r} is no date: write 2024-08-12"))
        else:
            entry = _entry(row, kind)
            entries.setdefault(entry.digest, entry)
    return ReadWatchlist(file=found, entries=tuple(entries.values()), bad=tuple(bad))


def _entry(row: ListRow, kind: ListKind) -> Entry:
    values = row.values
    document = values.get("document", "")
    said: dict[str, Any] = {name: stated(values.get(name)) for name in _COPIED}
    return Entry(
        kind=_kind_of(kind, values.get("outcome") or document),
        product_name=values["product_name"],
        level=_level(values.get("level") or document),
        stated_on=stated_date(values.get("date", "")),
        published=" ".join(filter(None, (document, values.get("source")))) or None,
        source_row=row.number,
        **said,
    )


_COPIED = (
    "brand",
    "model",
    "barcode",
    "licence",
    "ccc_number",
    "producer",
    "seller",
    "credit_code",
    "defect",
)


def _kind_of(kind: ListKind, outcome: str) -> ListKind:
    if kind not in (ListKind.FAILED, ListKind.SAMPLED):
        return kind
    if _FAILED.search(outcome):
        return ListKind.FAILED
    return ListKind.SAMPLED if _PASSED.search(outcome) else kind


def _level(text: str) -> str | None:
    if "国家" in text or "国抽" in text or "总局" in text:
        return "国家"
    found = _LEVEL.search(text)
    return _LEVELS[found[0]] if found else None
