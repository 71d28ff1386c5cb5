"""A list as an Excel workbook: rows go straight to the disk, text is text, long lists get more sheets."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING, Any, Generic

from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError

from monitor.config import SHANGHAI
from monitor.exporters.sheets.columns import Cell, Column, Row
from monitor.exporters.sheets.sheet import ListSheet
from monitor.exporters.sheets.styles import FONT, styles

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from monitor.exporters.sheets.notes import Notes
    from monitor.exporters.sheets.styles import Styles


class ListWorkbook(Generic[Row]):
    """The sheets of one list, and the sheet 说明 behind them."""

    def __init__(self, book: Workbook, name: str, columns: Sequence[Column[Row]], *, frozen: int) -> None:
        """Begin the first sheet."""
        self.rows = 0
        self._book = book
        self._name = name
        self._columns = columns
        self._frozen = frozen
        self._look: Styles = styles(book)
        self._sheets: list[ListSheet[Row]] = []
        self._begin_sheet()

    def write(self, values: Sequence[Cell]) -> None:
        """Write the next row, on a further sheet when this one is full."""
        if not self._sheets[-1].has_room(values):
            self._begin_sheet()
        self._sheets[-1].write(values)
        self.rows += 1

    def finish(self, notes: Notes) -> None:
        """Complete the sheets, and explain them on the last one."""
        for sheet in self._sheets:
            sheet.finish()
        notes.write(self._book.add_worksheet("说明"), self._look)

    def _begin_sheet(self) -> None:
        number = len(self._sheets) + 1
        name = self._name if number == 1 else f"{self._name}({number})"
        self._sheets.append(ListSheet(self._book, name, self._columns, self._look, frozen=self._frozen))


@contextmanager
def open_workbook(path: Path, *, title: str, now: datetime) -> Iterator[Workbook]:
    """Give a workbook that is written to `path` when the block ends well, in flat memory.

    Raises:
        OSError: it could not be written; temporary files are gone, `path` may hold a part.

    """
    with (
        tempfile.TemporaryDirectory(prefix=".", suffix=".part", dir=path.parent) as folder,
        path.open("wb") as file,
    ):
        target = _Target(file)
        book = Workbook(
            target,
            {
                "constant_memory": True,
                "tmpdir": folder,
                "strings_to_formulas": False,
                "strings_to_numbers": False,
                "strings_to_urls": False,
                "default_format_properties": FONT,
                "use_zip64": True,
            },
        )
        book.set_properties({"title": title, "created": now.astimezone(SHANGHAI).replace(tzinfo=None)})
        try:
            yield book
            book.close()
        except FileCreateError as error:
            _abandon(book, target)
            raise error.args[0] from None
        except BaseException:  # Ctrl-C too: the handles are closed and no file is packed
            _abandon(book, target)
            raise


class _Target:
    """The file that a workbook is packed into; deaf once it is given up.

    An abandoned ZipFile writes its directory when it is collected, and would complain about a full disk to
    nobody but the terminal.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.given_up = False

    def write(self, data: bytes) -> int:
        return len(data) if self.given_up else self._file.write(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        return 0 if self.given_up else self._file.seek(offset, whence)

    def tell(self) -> int:
        return 0 if self.given_up else self._file.tell()

    def flush(self) -> None:
        if not self.given_up:
            self._file.flush()


def _abandon(book: Workbook, target: _Target) -> None:
    """Close what `book` left open, so that nothing tries to write later."""
    target.given_up = True
    writers: list[Any] = [book, *book.worksheets()]
    for writer in writers:
        for name in ("row_data_fh", "fh"):
            handle = getattr(writer, name, None)
            if handle is not None:
                with suppress(OSError):
                    handle.close()
