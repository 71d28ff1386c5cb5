"""A list as CSV that Excel opens by a double click: UTF-8 with a mark, CRLF, texts quoted and disarmed."""

from __future__ import annotations

import csv
from contextlib import contextmanager
from datetime import datetime
from typing import IO, TYPE_CHECKING

from monitor.exporters.sheets.cells import Marked, Money, csv_text, fitting, printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal
    from pathlib import Path

    from monitor.exporters.sheets.columns import Cell


class CsvList:
    """Writes rows of the same values that a workbook gets."""

    def __init__(self, file: IO[str], titles: Sequence[str]) -> None:
        """Write the header."""
        self._writer = csv.writer(file, lineterminator="\r\n", quoting=csv.QUOTE_NONNUMERIC)
        self._writer.writerow(titles)

    def write(self, values: Sequence[Cell]) -> None:
        """Write the next row."""
        self._writer.writerow([_shown(value) for value in values])


@contextmanager
def open_csv(path: Path, titles: Sequence[str]) -> Iterator[CsvList]:
    """Give a CSV list with the header `titles` that is written to `path`.

    Raises:
        OSError: it could not be written.

    """
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        yield CsvList(file, titles)


def _shown(value: Cell) -> str | float | Decimal:
    if value is None:
        return ""
    if isinstance(value, str):
        return csv_text(printable(fitting(value)))
    if isinstance(value, Marked):
        return csv_text(printable(fitting(value.text)))
    if isinstance(value, Money):
        return value.amount
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return value
