"""One sheet of a list: its header, its rows, and what makes it pleasant to read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic

from monitor.exporters.cells import CELL_LIMIT, Marked, Money, fitting
from monitor.exporters.columns import Cell, Column, Kind, Row
from monitor.exporters.styles import BAR, FONT, INK, LINE_HEIGHT, ROW_PADDING, Styles

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

#: Excel's limits for one sheet.
MOST_ROWS = 1_048_576
MOST_LINKS = 65_530
_LONGEST_LINK = 2_079
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
        self._currencies = {"CNY": look.by_kind[Kind.MONEY]}
        self._sheet: Worksheet = book.add_worksheet(name)
        self._writers = [self._writer(number, column) for number, column in enumerate(columns)]
        self._wrapped = [(n, column.width - 1) for n, column in enumerate(columns) if column.kind in _WRAPS]
        self._set_up(frozen)

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
        row = self.rows
        for write, value in zip(self._writers, values, strict=True):
            if value is not None:
                write(row, value)
        lines = max((_lines(values[n], width) for n, width in self._wrapped), default=1)
        self._sheet.set_row(row, ROW_PADDING + LINE_HEIGHT * min(lines, _MOST_LINES))

    def finish(self) -> None:
        """Add what needs to know where the list ends."""
        last = max(self.rows, 1)
        self._sheet.autofilter(0, 0, last, len(self._columns) - 1)
        self._sheet.ignore_errors(
            {"number_stored_as_text": f"A1:{_letters(len(self._columns) - 1)}{last + 1}"}
        )
        for number, column in enumerate(self._columns):
            if column.kind is Kind.SHARE:
                self._sheet.conditional_format(1, number, last, number, _BARS)

    def _set_up(self, frozen: int) -> None:
        sheet = self._sheet
        for number, column in enumerate(self._columns):
            blank = column.kind is Kind.BLANK
            sheet.set_column(number, number, column.width, self._look.by_kind[column.kind] if blank else None)
            sheet.write_string(
                0, number, column.title, self._look.blank_header if blank else self._look.header
            )
        sheet.set_row(0, _HEADER_HEIGHT)
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

    def _writer(self, number: int, column: Column[Row]) -> Callable[[int, Any], None]:
        kind, look, sheet = column.kind, self._look.by_kind[column.kind], self._sheet

        def text(row: int, value: str) -> None:
            self._write_text(row, number, value, look)

        def marked(row: int, value: Marked) -> None:
            self._write_marked(row, number, value)

        def link(row: int, value: str) -> None:
            self._write_link(row, number, value, look)

        def money(row: int, value: Money) -> None:
            sheet.write_number(row, number, float(value.amount), self._currency(value.currency))

        def time(row: int, value: datetime) -> None:
            sheet.write_datetime(row, number, value, look)

        def figure(row: int, value: float) -> None:
            sheet.write_number(row, number, value, look)

        writers: dict[Kind, Callable[[int, Any], None]] = {
            Kind.MARKED: marked,
            Kind.LINK: link,
            Kind.MONEY: money,
            Kind.TIME: time,
            Kind.COUNT: figure,
            Kind.SHARE: figure,
        }
        return writers.get(kind, text)

    def _write_text(self, row: int, col: int, value: str, look: Any) -> None:  # noqa: ANN401 - a Format
        text = fitting(value)
        if text.startswith("<r>") and text.endswith("</r>"):
            # xlsxwriter would take it for its own XML of a rich string, and write it as it is
            self._sheet.write_rich_string(row, col, text[:1], self._look.plain_run, text[1:], look)
        else:
            self._sheet.write_string(row, col, text, look)

    def _write_marked(self, row: int, col: int, value: Marked) -> None:
        look, plain, hit = self._look.by_kind[Kind.MARKED], self._look.plain_run, self._look.hit_run
        text = fitting(value.text)
        if value.spans == ((0, len(text)),):
            self._write_text(row, col, text, self._look.hit_cell)
            return
        runs: list[Any] = []
        at = 0
        for start, end in value.spans[:_MOST_RUNS]:
            if end > len(text):
                break
            if start > at:
                runs += [plain, text[at:start]]
            runs += [hit, text[start:end]]
            at = end
        if not runs:
            self._write_text(row, col, text, look)
            return
        if at < len(text):
            runs += [plain, text[at:]]
        self._sheet.write_rich_string(row, col, *runs, look)

    def _write_link(self, row: int, col: int, value: str, look: Any) -> None:  # noqa: ANN401 - a Format
        if value.startswith(("http://", "https://")) and len(value.encode("utf-16-le")) // 2 <= _LONGEST_LINK:
            self._links += 1
            self._sheet.write_url(row, col, value, look, string=value)
        else:
            self._write_text(row, col, value, self._look.by_kind[Kind.TEXT])

    def _currency(self, code: str) -> Any:  # noqa: ANN401 - a Format
        if code not in self._currencies:
            form = f'"{code}" #,##0.00' if code.isalnum() else "#,##0.00"
            properties = {"valign": "top", "font_color": INK, **FONT, "num_format": form}
            self._currencies[code] = self._book.add_format(properties)
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
    # a Chinese character is three bytes and two columns, a Latin one is one and one
    size = (len(text.encode()) + len(text)) / 2
    if size <= width and "\n" not in text:
        return 1
    if len(text) > CELL_LIMIT // 64:
        return _MOST_LINES
    return sum(-int(-(len(line.encode()) + len(line)) // (2 * width)) or 1 for line in text.split("\n"))


def _letters(column: int) -> str:
    """Give the letters of a column counted from 0: 0 → A, 26 → AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
