"""导入退回: rows and pages of a supplied file that were not imported, for the one who mends the file."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Self

from monitor.exporters.sheets.csv_list import CsvList, open_csv
from monitor.exporters.sheets.files import ExportedFile, whole_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import TracebackType

    from monitor.imports.rejects import Reject

_COLUMNS = ("行号", "退回原因", "原因代码", "退回说明")
#: Where fields go that the header does not have.
_OTHER = "其他内容"


class RejectList:
    """A CSV file that appears, whole, when its file is imported; none when nothing was rejected."""

    def __init__(self, folder: Path, name: str, sha256: str, columns: Sequence[str]) -> None:
        """Take the folder, the supplied file's name and SHA-256, and its columns (none of a page archive)."""
        stem = PurePosixPath(name).name[:80]
        self._path = folder / f"导入退回_{stem}_{sha256[:8]}.csv"
        self._columns = tuple(columns)
        self._known = frozenset(columns)
        self._open = ExitStack()
        self._list: CsvList | None = None
        self._rows = 0

    def __enter__(self) -> Self:
        """Begin; the file is made with the first reject."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the file its name, or, after an error, leave none behind."""
        self._open.__exit__(kind, error, trace)

    def add(self, reject: Reject) -> None:
        """Write one.

        Raises:
            ExportError: the disk is full, the folder is not writable …

        """
        if self._list is None:
            part = self._open.enter_context(whole_file(self._path))
            self._list = self._open.enter_context(open_csv(part, [*_COLUMNS, *self._columns, _OTHER]))
        others = " | ".join(
            f"{name}: {cell}" for name, cell in reject.fields.items() if name not in self._known
        )
        cells = [reject.fields.get(name) for name in self._columns]
        said = (reject.number, reject.reason.chinese, reject.reason.value, reject.detail)
        self._list.write([*said, *cells, others])
        self._rows += 1

    @property
    def file(self) -> ExportedFile | None:
        """The file, once the block has ended; None when nothing was rejected."""
        return ExportedFile(path=self._path, rows=self._rows) if self._rows else None
