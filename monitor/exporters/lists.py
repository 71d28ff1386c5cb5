"""Writing one list in several formats, in one pass over its rows."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Literal, Protocol, TypeAlias

from monitor.exporters.sheets.columns import Cell, Column, Row
from monitor.exporters.sheets.csv_list import open_csv
from monitor.exporters.sheets.files import ExportedFile, file_stem, fresh_file
from monitor.exporters.sheets.workbook import ListWorkbook, open_workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime
    from pathlib import Path

    from monitor.exporters.sheets.notes import Notes

Format: TypeAlias = Literal["xlsx", "csv"]

#: Rows between two calls of the progress callback.
_STEP = 500


class _Writer(Protocol):
    def write(self, values: Sequence[Cell]) -> None: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class ListPlan(Generic[Row]):
    """What a list is called, and what it shows."""

    #: name of the list and of its sheet, e.g. 疑似清单
    name: str
    #: what it covers: the campaign; None for everything
    scope: str | None
    columns: Sequence[Column[Row]]
    #: leading columns that stay in sight when one scrolls to the right
    frozen: int


def write_list(
    plan: ListPlan[Row],
    rows: Iterable[Row],
    notes: Callable[[], Notes],
    *,
    folder: Path,
    formats: Sequence[Format],
    now: datetime,
    progress: Callable[[int], None] | None = None,
) -> list[ExportedFile]:
    """Write `rows` to `folder`, one file a format; all files appear at the end, or none.

    Args:
        plan: what the list is.
        rows: read once.
        notes: called when all rows are written, for the sheet 说明.
        folder: made when it is not there.
        formats: ``xlsx``, ``csv``.
        now: a time with its zone, for names and notes.
        progress: called with the rows written so far, now and then and at the end.

    Raises:
        ExportError: a file could not be written; none of them is there.

    """
    stem = file_stem(plan.name, plan.scope, now)
    count = 0
    paths = []
    # the inner stack completes every file before the outer one gives the first of them its name
    with ExitStack() as names, ExitStack() as stack:
        writers: list[_Writer] = []
        book: ListWorkbook[Row] | None = None
        for format_ in dict.fromkeys(formats):
            part, path = names.enter_context(fresh_file(folder, stem, f".{format_}"))
            paths.append(path)
            if format_ == "xlsx":
                opened = stack.enter_context(open_workbook(part, title=stem, now=now))
                book = ListWorkbook(opened, plan.name, plan.columns, frozen=plan.frozen)
                writers.append(book)
            else:
                writers.append(stack.enter_context(open_csv(part, [column.title for column in plan.columns])))
        values_of = [column.value for column in plan.columns]
        for count, row in enumerate(rows, 1):
            values = [value_of(row) for value_of in values_of]
            for writer in writers:
                writer.write(values)
            if progress is not None and count % _STEP == 0:
                progress(count)
        if book is not None:
            book.finish(notes())
    if progress is not None:
        progress(count)
    return [ExportedFile(path=path, rows=count) for path in paths]
