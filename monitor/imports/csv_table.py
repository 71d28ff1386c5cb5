"""CSV as people save it: comma, semicolon or tab; UTF-8, UTF-16 or GB18030; line by line in flat memory."""

from __future__ import annotations

import csv
import io
import itertools
import re
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from monitor.imports.columns import recognised
from monitor.imports.header import column_names, find_header
from monitor.imports.rejects import Reason
from monitor.imports.rows import HEADER_WITHIN, row_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from monitor.imports.fingerprint import Fingerprint
    from monitor.imports.rows import Row

_SEPARATORS = ",;\t"
#: Characters of one line; what is longer is no table.
_LONGEST_LINE = 1_000_000
_UNDECODABLE = re.compile("[\udc80-\udcff]")
#: Number, cells, and what is wrong with them.
_Record = tuple[int, "list[str]", "tuple[Reason, str] | None"]


class CsvTable:
    """A CSV file."""

    def __init__(self, path: Path, found: Fingerprint) -> None:
        """Find separator and header.

        Raises:
            ImportProblemError: there is no header.

        """
        self._path = path
        self._encoding = found.encoding
        self._size = max(found.size, 1)
        self._read = 0.0
        self._separator = self._best_separator()
        top = [(number, cells) for number, cells, _ in self._top(self._separator)]
        self._header, names = find_header(top, path.name)
        self.columns = column_names(names)

    def rows(self) -> Iterator[Row]:
        """Give the rows below the header."""
        with self._opened() as file:
            raw: Any = file.buffer
            for number, cells, problem in _records(file, self._separator):
                self._read = raw.tell() / self._size
                if number <= self._header:
                    continue
                if problem is not None or any(cell.strip() for cell in cells):
                    row = row_of(number, self.columns, cells)
                    broken = problem or row.broken or self._undecodable(cells)
                    yield row if broken is None else replace(row, broken=broken)
        self._read = 1.0

    def position(self) -> float:
        """Say how far the file is read."""
        return min(self._read, 1.0)

    def _undecodable(self, cells: Sequence[str]) -> tuple[Reason, str] | None:
        for name, cell in zip(self.columns, cells, strict=False):
            if not cell.isascii() and _UNDECODABLE.search(cell):
                return Reason.UNDECODABLE, name
        return None

    @contextmanager
    def _opened(self) -> Iterator[io.TextIOWrapper]:
        # UTF-16 has no bytes to escape
        errors = "replace" if self._encoding == "utf-16" else "surrogateescape"
        with self._path.open("r", encoding=self._encoding, errors=errors, newline="") as file:
            assert isinstance(file, io.TextIOWrapper)
            yield file

    def _top(self, separator: str) -> list[_Record]:
        with self._opened() as file:
            return list(itertools.islice(_records(file, separator), HEADER_WITHIN))

    def _best_separator(self) -> str:
        """Take the separator that gives the most known columns, else the most columns."""

        def promise(separator: str) -> tuple[int, int]:
            top = [cells for _, cells, _ in self._top(separator)]
            return max(map(recognised, top), default=0), max(map(len, top), default=0)

        return max(_SEPARATORS, key=promise)


class _Lines:
    """Lines for csv.reader; of one that is too long comes the beginning, and `cut` says so."""

    def __init__(self, file: io.TextIOWrapper) -> None:
        self._file = file
        self.cut = False

    def __iter__(self) -> Iterator[str]:
        while line := self._file.readline(_LONGEST_LINE):
            if len(line) == _LONGEST_LINE and line[-1] not in "\r\n":
                self.cut = True
                while (rest := self._file.readline(_LONGEST_LINE)) and rest[-1] not in "\r\n":
                    pass
                # without quotes, so that the row ends here; its beginning is enough to find it
                yield line[:200].replace('"', "") + "\n"
            else:
                yield line


def _records(file: io.TextIOWrapper, separator: str) -> Iterator[_Record]:
    """Give every row, blank ones too."""
    lines = _Lines(file)
    reader = csv.reader(lines, delimiter=separator)
    for number in itertools.count(1):
        lines.cut = False
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield number, [], (Reason.BROKEN, str(error))
            continue
        yield number, cells, (Reason.TOO_LONG, "the line") if lines.cut else None
