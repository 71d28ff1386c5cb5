"""Lists that people hand over as XLSX, CSV or TSV: rows under a header whose names are known or mapped."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import zipfile
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import openpyxl

from monitor.mistake import MistakeError
from monitor.workbook import DAMAGED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from monitor.matching.column_names import ColumnNames

#: The header stands in one of so many first rows, below a heading.
_HEADER_WITHIN = 15
#: Bytes that a workbook may unpack to; a list of a hundred thousand products takes a tenth of it.
_LARGEST_WORKBOOK = 500_000_000
#: Tried in this order.
_ENCODINGS = ("utf-8-sig", "gb18030")
#: What our own CSV files carry so that no spreadsheet runs or alters them.
_GUARDED = re.compile(r"^'(?=[=+\-@＝＋－＠])|\t$")


class ListFileError(MistakeError):
    """A list cannot be read; the message names the file, the row or column, and the mend."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ListRow:
    """One row of a list."""

    #: as the spreadsheet counts, 1 for the first of the file
    number: int
    #: field → text, stripped; empty ones are left out
    values: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class ListFile:
    """A list, read as a whole."""

    path: Path
    sha256: str
    #: field → column
    columns: Mapping[str, str]
    #: columns that are no field
    unread: tuple[str, ...]
    rows: tuple[ListRow, ...]


def read_list(
    path: Path, names: ColumnNames, *, required: Sequence[str] = (), mapped: Mapping[str, str] | None = None
) -> ListFile:
    """Read a list.

    Args:
        path: ``.xlsx``, ``.csv`` (comma, semicolon or tab) or ``.tsv``; UTF-8 or GB18030.
        names: fields and the names of their columns.
        required: fields that must have a column.
        mapped: column → field, where the name alone does not tell.

    Raises:
        ListFileError: the file cannot be read, or has no header with the required fields.

    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ListFileError(f"{path}: cannot be read ({error.strerror}): name a file that is there") from None
    table = list(_xlsx(path) if path.suffix.lower() in (".xlsx", ".xlsm") else _text(path, content))
    at, header = _header(table, names, mapped or {}, path)
    columns = _columns(header, names, mapped or {}, path)
    for field in required:
        if field not in columns:
            wanted = next(each for each in names.fields if each.field == field)
            raise ListFileError(
                f"{path}, row {at}: no column is {wanted.title} ({field}); there are "
                f"{', '.join(filter(None, header))}: give --map COLUMN={field}"
            )
    places = {field: header.index(column) for field, column in columns.items()}
    rows = [
        ListRow(number=number, values=values)
        for number, cells in table
        if number > at and (values := {f: cells[i] for f, i in places.items() if i < len(cells) and cells[i]})
    ]
    unread = tuple(column for column in header if column and column not in columns.values())
    digest = hashlib.sha256(content).hexdigest()
    return ListFile(path=path, sha256=digest, columns=columns, unread=unread, rows=tuple(rows))


def stated_date(text: str) -> date | None:
    """Read ``2024-08-12``, ``2024/8/12``, ``2024.8.12`` or ``2024年8月12日``; None for anything else."""
    match = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T].*)?", text.strip())
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def _header(
    table: Sequence[tuple[int, list[str]]], names: ColumnNames, mapped: Mapping[str, str], path: Path
) -> tuple[int, list[str]]:
    """Return the row with the most known names, of the first ones."""

    def known(cells: Sequence[str]) -> int:
        return sum(1 for cell in cells if cell and (cell in mapped or names.field_of(cell) is not None))

    best = max(table[:_HEADER_WITHIN], key=lambda row: (known(row[1]), -row[0]), default=None)
    if best is None or not known(best[1]):
        titles = "、".join(each.title for each in names.fields)
        raise ListFileError(f"{path}: no header is found: a row must name columns such as {titles}")
    return best


def _columns(
    header: Sequence[str], names: ColumnNames, mapped: Mapping[str, str], path: Path
) -> dict[str, str]:
    fields = {each.field for each in names.fields}
    columns: dict[str, str] = {}
    for column, field in mapped.items():
        if column not in header:
            there = ", ".join(filter(None, header))
            raise ListFileError(f"{path}: --map {column}={field}: there is no such column; there are {there}")
        if field not in fields:
            there = ", ".join(sorted(fields))
            raise ListFileError(f"{path}: --map {column}={field}: the fields are {there}")
        columns[field] = column
    for column in header:
        if column and column not in mapped and (found := names.field_of(column)) is not None:
            columns.setdefault(found, column)
    return columns


def _text(path: Path, content: bytes) -> Iterator[tuple[int, list[str]]]:
    text = _decoded(path, content)
    top = "\n".join(text.split("\n", _HEADER_WITHIN)[:_HEADER_WITHIN])
    separator = "\t" if path.suffix.lower() == ".tsv" else max(",;\t", key=top.count)
    # TSV of the house and of databases knows no quotes
    lines = io.StringIO(text, newline="")
    if separator == "\t":
        reader = csv.reader(lines, delimiter=separator, quoting=csv.QUOTE_NONE)
    else:
        reader = csv.reader(lines, delimiter=separator)
    try:
        for cells in reader:
            yield reader.line_num, [_GUARDED.sub("", cell).strip() for cell in cells]
    except csv.Error as error:
        raise ListFileError(
            f"{path}, line {reader.line_num}: {error}: mend the line, or save it as xlsx"
        ) from None


def _decoded(path: Path, content: bytes) -> str:
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ListFileError(f"{path}: neither UTF-8 nor GB18030: save it as UTF-8 or as xlsx")


def _xlsx(path: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(part.file_size for part in archive.infolist())
        if size > _LARGEST_WORKBOOK:
            raise ListFileError(f"{path}: unpacks to {size:,} bytes: that is no list; save it anew or as csv")
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        try:
            for number, cells in enumerate(book.worksheets[0].iter_rows(values_only=True), 1):
                yield number, [_cell(cell) for cell in cells]
        finally:
            book.close()
    except DAMAGED as error:
        raise ListFileError(f"{path}: no readable Excel workbook ({error}): save it as xlsx again") from None


def _cell(value: Any) -> str:  # noqa: ANN401 - whatever a cell holds
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
