"""A review list that comes back: read as people, Excel, WPS and LibreOffice leave it."""

from __future__ import annotations

import re
import unicodedata
import warnings
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from openpyxl import load_workbook

from monitor.exporters.review.review_columns import (
    COMMENT,
    DAY,
    DECISION,
    DUPLICATE_OF,
    GUARD,
    NUMBER,
    REASON,
    REVIEWER,
)
from monitor.exporters.review.review_sheets import ALL, FORMAT, IDENTITY, PROPERTIES, SHEET
from monitor.leads.review.review_check import FilledRow
from monitor.mistake import MistakeError
from monitor.workbook import DAMAGED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_NEEDED = (NUMBER, DECISION, REASON, COMMENT, DUPLICATE_OF, REVIEWER, GUARD)
#: The header stands in one of so many rows: people write titles above it.
_HEADER_WITHIN = 10
_MOST_ROWS = 100_000
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:\s.*)?")
#: Day 0 of Excel.
_EPOCH = date(1899, 12, 30)


class ReviewFileError(MistakeError):
    """A file is no review list, or not one that can be imported here; the message says why and what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FilledList:
    """What a returned file says."""

    name: str
    identity: str
    #: None for a list over all campaigns
    campaign: str | None
    rows: tuple[FilledRow, ...]


def read_review(path: Path) -> FilledList:
    """Read a filled-in review list; rows may be sorted or filtered, columns moved and added.

    Raises:
        ReviewFileError: it is no workbook, no review list, or lacks a column.

    """
    book = _opened(path)
    try:
        said = _identity(book)
        identity, campaign, *_, form = (said.get(name) for name in PROPERTIES)
        if not identity or not campaign:
            raise ReviewFileError(
                f"{path}: this is no review list, or a copy that lost its hidden sheet {IDENTITY!r}: "
                "fill in the file that `monitor export review` wrote, not a new one"
            )
        if form != FORMAT:
            raise ReviewFileError(
                f"{path}: written in format {form}, this version reads {FORMAT}: update monitor"
            )
        sheet = next((book[name] for name in book.sheetnames if name.strip() == SHEET), None)
        if sheet is None:
            raise ReviewFileError(f"{path}: has no sheet {SHEET!r}: give the sheet its name back")
        return FilledList(
            name=path.name,
            identity=identity,
            campaign=None if campaign == ALL else campaign,
            rows=tuple(_rows(sheet, path)),
        )
    finally:
        book.close()


def _opened(path: Path) -> Workbook:
    if path.suffix.casefold() != ".xlsx":
        raise ReviewFileError(f"{path}: only .xlsx is read: save it as Excel workbook (.xlsx)")
    try:
        with warnings.catch_warnings():
            # other programs leave parts that openpyxl does not know, and says so
            warnings.simplefilter("ignore")
            return load_workbook(path, data_only=True)
    except FileNotFoundError:
        raise ReviewFileError(f"{path}: there is no such file") from None
    except DAMAGED as error:
        raise ReviewFileError(
            f"{path}: cannot be read as a workbook ({error}): open it in Excel and save it again as .xlsx"
        ) from None


def _identity(book: Workbook) -> dict[str, str]:
    said = {each.name: str(each.value) for each in book.custom_doc_props.props if each.name in PROPERTIES}
    if len(said) == len(PROPERTIES) or IDENTITY not in book.sheetnames:
        return said
    for name, value, *_ in book[IDENTITY].iter_rows(min_col=1, max_col=2, max_row=20, values_only=True):
        if name in PROPERTIES and value is not None:
            said.setdefault(str(name), str(value))
    return said


def _rows(sheet: Worksheet, path: Path) -> Iterator[FilledRow]:
    header, places = _header(sheet, path)
    if sheet.max_row > _MOST_ROWS:
        raise ReviewFileError(f"{path}: more than {_MOST_ROWS:,} rows: delete the empty ones at the end")
    for number, values in enumerate(sheet.iter_rows(min_row=header + 1, values_only=True), header + 1):
        cells = {title: values[place] for title, place in places.items()}
        if any(_text(cells.get(title)) for title in (NUMBER, DECISION)):
            yield FilledRow(
                number=number,
                listing=_figure(cells[NUMBER]),
                guard=_text(cells[GUARD]),
                decision=_text(cells[DECISION]),
                reason=_text(cells[REASON]),
                comment=_text(cells[COMMENT], folded=False),
                duplicate_of=_figure(cells[DUPLICATE_OF]),
                reviewer=_text(cells[REVIEWER]),
                day=_day(cells.get(DAY)),
            )


def _header(sheet: Worksheet, path: Path) -> tuple[int, dict[str, int]]:
    rows = sheet.iter_rows(max_row=_HEADER_WITHIN, values_only=True)
    for number, values in enumerate(rows, 1):
        titles = [_text(value) for value in values]
        if NUMBER in titles and DECISION in titles:
            _refuse_gaps(titles, path, number)
            return number, {title: titles.index(title) for title in (*_NEEDED, DAY) if title in titles}
    raise ReviewFileError(
        f"{path}: no row of the first {_HEADER_WITHIN} has the headings {NUMBER} and {DECISION}: "
        "give the columns their headings back"
    )


def _refuse_gaps(titles: Sequence[str | None], path: Path, number: int) -> None:
    for title in _NEEDED:
        if title not in titles:
            raise ReviewFileError(f"{path}: row {number} lacks the heading {title}: put the column back")
    for title in (*_NEEDED, DAY):
        if titles.count(title) > 1:
            raise ReviewFileError(f"{path}: row {number} has {title} twice: rename your own column")


def _text(value: Any, *, folded: bool = True) -> str | None:  # noqa: ANN401 - whatever a cell holds
    if value is None:
        return None
    text = str(value)
    if folded:
        text = unicodedata.normalize("NFKC", text)
    return text.strip() or None


def _figure(value: Any) -> str | None:  # noqa: ANN401 - whatever a cell holds
    """Give a whole number, be it stored as number or as text: ``12``, ``12.0``, ``１２``."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return _text(value)


def _day(value: Any) -> date | str | None:  # noqa: ANN401 - whatever a cell holds
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 40_000 < value < 80_000:
        return _EPOCH + timedelta(days=int(value))  # a date whose format was lost
    text = _text(value)
    found = _DAY.fullmatch(text) if text is not None else None
    if found is None:
        return text
    try:
        return date(*map(int, found.groups()))
    except ValueError:
        return text
