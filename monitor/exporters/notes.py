"""The sheet 说明: what the list is, how it came about, and what each column says and does not say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from monitor.exporters.styles import Styles

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
        self._line(sheet, 0, (self.title, ""), (look.heading, look.prose), 28)
        row = 1
        for section in self.sections:
            row += 1
            self._line(sheet, row, (section.heading, ""), (look.header, look.header), 22)
            for name, about in section.lines:
                row += 1
                size = max(len(part.encode()) + len(part) for part in (about, "x"))
                lines = max(
                    -(-size // (2 * _PROSE_WIDTH - 8)), -(-(len(name.encode()) + len(name)) // (2 * 20))
                )
                self._line(sheet, row, (name, about), (look.label, look.prose), 5 + 15.5 * lines)
            row += 1

    @staticmethod
    def _line(
        sheet: Worksheet, row: int, texts: tuple[str, str], looks: tuple[Format, Format], height: float
    ) -> None:
        for col, (text, look) in enumerate(zip(texts, looks, strict=True)):
            sheet.write_string(row, col, text, look)
        sheet.set_row(row, height)
