"""Rows of a table, whatever file they come from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from monitor.imports.rejects import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

#: Columns that a table may have.
MOST_COLUMNS = 300
#: Rows at the top among which the header is looked for: platforms put a heading above it.
HEADER_WITHIN = 20


@dataclass(frozen=True, slots=True)
class Row:
    """One row."""

    #: as a spreadsheet counts: the first line of the file is 1
    number: int
    #: column → text as it stands in the file, cells without any left out
    values: Mapping[str, str] = field(default_factory=dict)
    #: why the row cannot be read, and the parser's words
    broken: tuple[Reason, str] | None = None


def row_of(number: int, columns: Sequence[str], cells: Sequence[str]) -> Row:
    """Name the cells of a row; those beyond the columns stand under ``+``, and the row is broken."""
    named = {name: cell for name, cell in zip(columns, cells, strict=False) if cell}
    extra = [cell for cell in cells[len(columns) :] if cell.strip()]
    if not extra:
        return Row(number, named)
    named["+"] = " | ".join(extra)
    return Row(number, named, (Reason.TOO_MANY_CELLS, f"{len(cells)} > {len(columns)}"))


class Table(Protocol):
    """A file that is read row by row."""

    #: in the order of the file
    columns: tuple[str, ...]

    def rows(self) -> Iterator[Row]:
        """Give the rows below the header, blank ones left out; anew at every call."""

    def position(self) -> float:
        """Say how far the last call of `rows` has read, 0–1."""
