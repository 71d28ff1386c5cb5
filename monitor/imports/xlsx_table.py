"""Excel workbooks: the first sheet with rows, row by row."""

from __future__ import annotations

import itertools
import zipfile
from typing import TYPE_CHECKING, Any

import openpyxl

from monitor.imports.header import column_names, find_header
from monitor.imports.limits import check_archive
from monitor.imports.problem import ImportProblemError
from monitor.imports.rows import HEADER_WITHIN, MOST_COLUMNS, row_of
from monitor.imports.values import cell_text
from monitor.workbook import DAMAGED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from monitor.imports.rows import Row

#: Unpacked bytes of the table of texts, which openpyxl keeps in memory.
_MOST_TEXT = 300 * 1024 * 1024
_SHARED = "xl/sharedStrings.xml"


class XlsxTable:
    """A workbook."""

    def __init__(self, path: Path) -> None:
        """Find sheet and header.

        Raises:
            ImportProblemError: it is no workbook, is a bomb, or has no rows.

        """
        self._path = path
        _check(path)
        self._sheet, top = self._find_sheet()
        self._header, names = find_header(top, path.name)
        self.columns = column_names(names)
        self._total, self._read = 1, 0

    def rows(self) -> Iterator[Row]:
        """Give the rows below the header."""
        book = _opened(self._path)
        try:
            sheet = book.worksheets[self._sheet]
            self._total = max(sheet.max_row or 1, 1)
            for number, cells in _cells(sheet, self._path):
                self._read = number
                if number > self._header and any(cell.strip() for cell in cells):
                    yield row_of(number, self.columns, cells)
        finally:
            book.close()

    def position(self) -> float:
        """Say how far the sheet is read, by what it says of its size."""
        return min(self._read / self._total, 1.0)

    def _find_sheet(self) -> tuple[int, list[tuple[int, Sequence[str]]]]:
        book = _opened(self._path)
        try:
            for place, sheet in enumerate(book.worksheets):
                top: list[tuple[int, Sequence[str]]] = list(
                    itertools.islice(_cells(sheet, self._path), HEADER_WITHIN)
                )
                if any(any(cells) for _, cells in top):
                    return place, top
        finally:
            book.close()
        raise ImportProblemError(f"{self._path.name}: no sheet of it has a row")


def _check(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            check_archive(archive, path.name)
            texts = next((each for each in archive.infolist() if each.filename == _SHARED), None)
    except DAMAGED as error:
        raise ImportProblemError(
            f"{path.name}: is no Excel workbook ({error}); an old .xls has to be saved as .xlsx"
        ) from None
    if texts is not None and texts.file_size > _MOST_TEXT:
        raise ImportProblemError(
            f"{path.name}: {texts.file_size >> 20} MB of text are too much for a workbook: save it as CSV"
        )


def _opened(path: Path) -> Any:  # noqa: ANN401 - openpyxl is untyped
    try:
        return openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    except DAMAGED as error:
        said = str(error).partition("\n")[0]
        raise ImportProblemError(f"{path.name}: is no Excel workbook that can be read: {said}") from None


def _cells(sheet: Any, path: Path) -> Iterator[tuple[int, list[str]]]:  # noqa: ANN401 - as above
    sheet.reset_dimensions()  # what a sheet says of its size is often wrong
    try:
        for number, values in enumerate(sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS), 1):
            yield number, [cell_text(value) for value in values]
    except DAMAGED as error:
        raise ImportProblemError(f"{path.name}: the sheet cannot be read further: {error}") from None
