"""The header of a table: which of its first rows it is, and names that are told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.imports.columns import recognised
from monitor.imports.problem import ImportProblemError
from monitor.imports.rows import MOST_COLUMNS
from monitor.imports.values import plain

if TYPE_CHECKING:
    from collections.abc import Sequence


def find_header(top: Sequence[tuple[int, Sequence[str]]], name: str) -> tuple[int, list[str]]:
    """Return the number of the header and its cells: of the first rows the one that has most known names.

    Args:
        top: number and cells of the first rows.
        name: of the file, for the message.

    Raises:
        ImportProblemError: there is none.

    """
    filled = [(number, list(map(plain, cells))) for number, cells in top if any(map(plain, cells))]
    if not filled:
        raise ImportProblemError(f"{name}: there is no row in it: the first one must name the columns")
    # the first of equals
    number, cells = max(filled, key=lambda row: recognised(row[1]))
    while cells and not cells[-1]:
        cells.pop()
    if len(cells) > MOST_COLUMNS:
        raise ImportProblemError(
            f"{name}: {len(cells)} columns in row {number}; more than {MOST_COLUMNS} are no table of listings"
        )
    return number, cells


def column_names(cells: Sequence[str]) -> tuple[str, ...]:
    """Name every column: those without a name by their place, those with the same one by number."""
    names: list[str] = []
    for place, cell in enumerate(cells, 1):
        name = base = cell or f"第{place}列"
        count = 2
        while name in names:
            name, count = f"{base} {count}", count + 1
        names.append(name)
    return tuple(names)
