"""One form on one sheet of a workbook, ready to print on A4 upright."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monitor.exporters.sheets.cells import fitting
from monitor.exporters.sheets.styles import FONT, INK, LINE_HEIGHT, ROW_PADDING, lines_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from xlsxwriter import Workbook

    from monitor.exporters.sampling.form import Form, FormField

#: Widths of 栏目, 内容, 栏目, 内容, in characters of the Latin alphabet.
_WIDTHS = (17, 27, 17, 27)
_LAST = len(_WIDTHS) - 1
_RULE = "#9CA3AF"


def write_form_sheets(book: Workbook, forms: Iterable[Form], *, title: str, caution: str) -> None:
    """Add a sheet for each form, named by its number."""
    look = _looks(book)
    for form in forms:
        _write_form(book, form, look, title=title, caution=caution)


def _write_form(book: Workbook, form: Form, look: dict[str, Any], *, title: str, caution: str) -> None:
    """Add one sheet; rows are written from the top down."""
    sheet = book.add_worksheet(form.number)
    sheet.set_portrait()
    sheet.set_paper(9)  # A4
    sheet.set_margins(left=0.5, right=0.5, top=0.5, bottom=0.5)
    sheet.fit_to_pages(1, 1)
    sheet.center_horizontally()
    sheet.hide_gridlines(2)
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    sheet.set_row(0, 30)
    sheet.merge_range(0, 0, 0, _LAST, title, look["title"])
    sheet.merge_range(1, 0, 1, _LAST, form.draw, look["small"])
    row = 2
    for section in form.sections:
        sheet.set_row(row, 20)
        sheet.merge_range(row, 0, row, _LAST, section.title, look["section"])
        for line in section.lines:
            row += 1
            _line(sheet, row, line, look)
        row += 1
    row = _signatures(sheet, row, form, look)
    sheet.set_row(row, 2 * LINE_HEIGHT)
    sheet.merge_range(row, 0, row, _LAST, caution, look["small"])


def _line(sheet: Any, row: int, line: tuple[FormField, ...], look: dict[str, Any]) -> None:  # noqa: ANN401 - untyped
    height = 1
    for place, field in enumerate(line):
        at = 2 * place
        last = _LAST if len(line) == 1 else at + 1
        width = sum(_WIDTHS[at + 1 : last + 1])
        value = look["blank" if field.blank else "value"]
        sheet.write_string(row, at, field.title, look["label"])
        if last > at + 1:
            sheet.merge_range(row, at + 1, row, last, "", value)
        sheet.write_string(row, at + 1, fitting(field.text), value)
        height = max(height, lines_of(field.text, width - 2), lines_of(field.title, _WIDTHS[0] - 2))
        if field.blank:
            height = max(height, 2)
    sheet.set_row(row, ROW_PADDING + LINE_HEIGHT * min(height, 12))


def _signatures(sheet: Any, row: int, form: Form, look: dict[str, Any]) -> int:  # noqa: ANN401 - untyped
    drawn = f"抽样人（抽取：{form.inspectors}）" if form.inspectors else "抽样人"
    sheet.set_row(row, 34)
    signed = f"{drawn}签名：                         日期：        年    月    日"
    sheet.merge_range(row, 0, row, _LAST, signed, look["signature"])
    return row + 1


def _looks(book: Workbook) -> dict[str, Any]:
    cell = {
        **FONT,
        "font_color": INK,
        "border": 1,
        "border_color": _RULE,
        "text_wrap": True,
        "valign": "vcenter",
    }
    return {
        "title": book.add_format({**FONT, "bold": True, "font_size": 18, "align": "center"}),
        "small": book.add_format(
            {**FONT, "font_size": 8, "font_color": "#6B7280", "align": "center", "text_wrap": True}
        ),
        "section": book.add_format({**cell, "bold": True, "bg_color": "#E5E7EB", "indent": 1}),
        "label": book.add_format({**cell, "bg_color": "#F9FAFB", "indent": 1}),
        "value": book.add_format({**cell, "align": "left", "indent": 1}),
        "blank": book.add_format({**cell, "align": "left", "bg_color": "#FFFBE6"}),
        "signature": book.add_format({**cell, "align": "left", "indent": 1}),
    }
