"""The sheet 说明: what the list is, how it came about, and what each column says and does not say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.exporters.sheets.cells import fitting, printable
from monitor.exporters.sheets.styles import LINE_HEIGHT, ROW_PADDING, lines_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsxwriter.worksheet import Worksheet

    from monitor.exporters.sheets.styles import Styles

_LABEL_WIDTH = 22
_PROSE_WIDTH = 96


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """A heading and pairs of name and explanation."""

    heading: str
    lines: Sequence[tuple[str, str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Notes:
    """Everything that the sheet 说明 says."""

    title: str
    sections: Sequence[Section]

    def write(self, sheet: Worksheet, look: Styles) -> None:
        """Write the notes on an empty sheet."""
        sheet.set_column(0, 0, _LABEL_WIDTH)
        sheet.set_column(1, 1, _PROSE_WIDTH)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.hide_gridlines(2)
        sheet.write_string(0, 0, self.title, look.heading)
        sheet.set_row(0, 28)
        row = 1
        for section in self.sections:
            row += 1
            sheet.merge_range(row, 0, row, 1, section.heading, look.section)
            sheet.set_row(row, 22)
            for name, about in section.lines:
                row += 1
                sheet.write_string(row, 0, fitting(printable(name)), look.label)
                sheet.write_string(row, 1, fitting(printable(about)), look.prose)
                lines = max(lines_of(name, _LABEL_WIDTH - 2), lines_of(about, _PROSE_WIDTH - 4))
                sheet.set_row(row, ROW_PADDING + LINE_HEIGHT * lines)
            row += 1
