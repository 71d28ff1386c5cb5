"""One sheet of a list: its header, its rows, and what makes it pleasant to read."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Generic

from xlsxwriter.utility import xl_col_to_name

from monitor.exporters.sheets.cells import CELL_LIMIT, Marked, Money, fitting, printable
from monitor.exporters.sheets.columns import Cell, Column, Kind, Row
from monitor.exporters.sheets.row_xml import empty_cell, number_cell, rich_cell, text_cell
from monitor.exporters.sheets.streamed import StreamedSheet, look_number
from monitor.exporters.sheets.styles import BAR, FONT, INK, LINE_HEIGHT, ROW_PADDING, Styles, lines_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from xlsxwriter import Workbook

#: Excel's limits for one sheet.
MOST_ROWS = 1_048_576
MOST_LINKS = 65_530
#: Excel's day 0, and a day.
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - Excel knows no zones
_DAY = timedelta(days=1)
#: More runs than any reader looks at; Excel slows down long before.
_MOST_RUNS = 500
_MOST_LINES = 8
_HEADER_HEIGHT = 34
_WRAPS = (Kind.WRAPPED, Kind.SHORT, Kind.MARKED)


class ListSheet(Generic[Row]):
    """Writes rows from the top down; none can be changed once the next has begun."""

    def __init__(
        self, book: Workbook, name: str, columns: Sequence[Column[Row]], look: Styles, *, frozen: int
    ) -> None:
        """Begin the sheet `name`; the first `frozen` columns stay in sight."""
        self.rows = 0
        self._links = 0
        self._book = book
        self._look = look
        self._columns = columns
        self._plain = look_number(look.by_kind[Kind.TEXT])
        self._currencies = {"CNY": look_number(look.by_kind[Kind.MONEY])}
        self._sheet: StreamedSheet = book.add_worksheet(name, StreamedSheet)
        self._writers = [self._writer(number, column) for number, column in enumerate(columns)]
        self._wrapped = [(n, column.width) for n, column in enumerate(columns) if column.kind in _WRAPS]
        self._blank = [column.kind is Kind.BLANK for column in columns]
        self._set_up(frozen)

    @property
    def sheet(self) -> StreamedSheet:
        """The worksheet, for what only some lists need: protection, choices."""
        return self._sheet

    def has_room(self, values: Sequence[Cell]) -> bool:
        """Say whether a row with `values` still fits below the others, links and all."""
        if self.rows + 1 >= MOST_ROWS:
            return False
        if self._links + len(self._columns) <= MOST_LINKS:
            return True
        links = sum(c.kind is Kind.LINK and v is not None for c, v in zip(self._columns, values, strict=True))
        return self._links + links <= MOST_LINKS

    def write(self, values: Sequence[Cell]) -> None:
        """Write the next row."""
        self.rows += 1
        number = self.rows + 1
        cells = [
            write(number, value)
            for write, blank, value in zip(self._writers, self._blank, values, strict=True)
            if blank or (value is not None and value != "")
        ]
        lines = max((_lines(values[n], width) for n, width in self._wrapped), default=1)
        self._sheet.add_row(number, ROW_PADDING + LINE_HEIGHT * min(lines, _MOST_LINES), cells)

    def finish(self) -> None:
        """Add what needs to know where the list ends."""
        last = max(self.rows, 1)
        self._sheet.autofilter(0, 0, last, len(self._columns) - 1)
        self._sheet.ignore_errors(
            {"number_stored_as_text": f"A1:{xl_col_to_name(len(self._columns) - 1)}{last + 1}"}
        )
        for number, column in enumerate(self._columns):
            if column.kind is Kind.SHARE:
                self._sheet.conditional_format(1, number, last, number, _BARS)

    def _set_up(self, frozen: int) -> None:
        sheet = self._sheet
        for number, column in enumerate(self._columns):
            blank = column.kind is Kind.BLANK
            sheet.set_column(number, number, column.width)
            sheet.write_string(
                0, number, column.title, self._look.blank_header if blank else self._look.header
            )
        sheet.set_row(0, _HEADER_HEIGHT)
        sheet.end_header(1)
        sheet.freeze_panes(1, frozen)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        sheet.fit_to_pages(3, 0)
        sheet.repeat_rows(0)
        sheet.repeat_columns(0, frozen - 1)
        sheet.hide_gridlines(0)
        sheet.set_header("&L&A&R&D")
        sheet.set_footer("&L内部资料，注意保密&C第 &P 页，共 &N 页")

    def _writer(self, index: int, column: Column[Row]) -> Callable[[int, Any], str]:
        """Give what turns (row number, value) into a cell of this column."""
        letters, look = xl_col_to_name(index), look_number(self._look.by_kind[column.kind])

        def text(number: int, value: str) -> str:
            return text_cell(f"{letters}{number}", look, fitting(value))

        levels = {word: look_number(each) for word, each in self._look.levels.items()}

        def level(number: int, value: str) -> str:
            return text_cell(f"{letters}{number}", levels.get(value, look), value)

        def marked(number: int, value: Marked) -> str:
            return self._marked_cell(f"{letters}{number}", look, value)

        def link(number: int, value: str) -> str:
            shown = look if self._add_link(number - 1, index, value) else self._plain
            return text_cell(f"{letters}{number}", shown, fitting(value))

        def money(number: int, value: Money) -> str:
            return number_cell(f"{letters}{number}", self._currency(value.currency), float(value.amount))

        def time(number: int, value: datetime) -> str:
            return number_cell(f"{letters}{number}", look, (value - _EPOCH) / _DAY)

        def figure(number: int, value: float) -> str:
            return number_cell(f"{letters}{number}", look, value)

        def blank(number: int, _: Cell) -> str:
            return empty_cell(f"{letters}{number}", look)

        writers: dict[Kind, Callable[[int, Any], str]] = {
            Kind.BLANK: blank,
            Kind.LEVEL: level,
            Kind.MARKED: marked,
            Kind.LINK: link,
            Kind.MONEY: money,
            Kind.TIME: time,
            Kind.COUNT: figure,
            Kind.SHARE: figure,
        }
        return writers.get(column.kind, text)

    def _marked_cell(self, place: str, look: int, value: Marked) -> str:
        text = fitting(value.text)
        runs = []
        at = 0
        for start, end in value.spans[:_MOST_RUNS]:
            if end > len(text):
                break
            if start > at:
                runs.append((self._look.plain_run, text[at:start]))
            runs.append((self._look.hit_run, text[start:end]))
            at = end
        if not runs:
            return text_cell(place, look, text)
        if at < len(text):
            runs.append((self._look.plain_run, text[at:]))
        return rich_cell(place, look, runs)

    def _add_link(self, row: int, col: int, url: str) -> bool:
        if not url.startswith(("http://", "https://")) or printable(url) != url:
            return False
        if not self._sheet.add_link(row, col, url):
            return False
        self._links += 1
        return True

    def _currency(self, code: str) -> int:
        if code not in self._currencies:
            form = f'"{code}" #,##0.00' if code.isalnum() else "#,##0.00"
            look = self._book.add_format({"valign": "top", "font_color": INK, **FONT, "num_format": form})
            self._currencies[code] = look_number(look)
        return self._currencies[code]


_BARS = {
    "type": "data_bar",
    "bar_color": BAR,
    "bar_solid": True,
    "min_type": "num",
    "max_type": "num",
    "min_value": 0,
    "max_value": 1,
}


def _lines(value: Cell, width: float) -> int:
    """Estimate the lines that a text takes in a column `width` characters wide."""
    text = value.text if isinstance(value, Marked) else value
    if not isinstance(text, str):
        return 1
    if "\n" not in text:
        # most texts are short; the size of the others is worth counting
        return 1 if 2 * len(text) <= width else lines_of(text, width)
    if len(text) > CELL_LIMIT // 64:
        return _MOST_LINES
    return sum(lines_of(line, width) for line in text.split("\n"))
