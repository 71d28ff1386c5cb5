"""An xlsxwriter worksheet that takes finished rows, and leaves everything else to xlsxwriter.

This is the only module that touches xlsxwriter's inner parts (3.2–3.3): the file that rows are collected in,
the number of a format, and the size of the sheet. Tests read the result back with another library.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from xlsxwriter.url import Url
from xlsxwriter.worksheet import Worksheet

if TYPE_CHECKING:
    from collections.abc import Iterable

    from xlsxwriter.format import Format


#: Excel's limit for the address of a link.
_LONGEST = 2_079


class StreamedSheet(Worksheet):  # type: ignore[misc] # xlsxwriter has no types
    """A worksheet of a constant-memory workbook; rows are added from the top down."""

    def end_header(self, rows: int) -> None:
        """Put what was written so far on the disk; added rows follow after `rows` of them."""
        self._write_single_row(rows)

    def add_row(self, number: int, height: float, cells: Iterable[str]) -> None:
        """Add row `number`, counted from 1, `height` points high, made of cells as XML."""
        row = f'<row r="{number}" ht="{height}" customHeight="1">{"".join(cells)}</row>'
        self.row_data_fh.write(row)
        self.dim_rowmax = number - 1

    def add_link(self, row: int, col: int, url: str) -> bool:
        """Make the cell at `row`, `col` (from 0) lead to `url`; say whether Excel takes such a URL."""
        try:
            self.hyperlinks[row][col] = _target(url)
        except ValueError:
            return False
        return True


def look_number(look: Format) -> int:
    """Give the number by which cells refer to a format."""
    return int(look._get_xf_index())  # noqa: SLF001 - the only way to it


@lru_cache(maxsize=1000)
def _target(url: str) -> Url:
    """Check and escape a URL; shops stand in many rows.

    Raises:
        ValueError: it is too long, before escaping or after.

    """
    target = Url(url)
    if max(len(target._link), len(target._anchor)) > _LONGEST:  # noqa: SLF001 - checked before escaping only
        raise ValueError(f"longer than {_LONGEST} characters when escaped")
    return target
