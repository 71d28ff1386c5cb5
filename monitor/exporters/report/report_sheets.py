"""Sheets and charts of reports: how they look and print."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.exporters.sheets.styles import FONT_NAME

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet


def finish_chart(chart, title: str, height: int) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    """Give a bar chart its title, fonts and size; `height` in pixels."""
    font = {"name": FONT_NAME, "size": 9}
    chart.set_title({"name": title, "name_font": {"name": FONT_NAME, "size": 11}, "overlay": False})
    chart.set_y_axis({"reverse": True, "num_font": font, "major_gridlines": {"visible": False}})
    chart.set_x_axis({"num_font": font, "major_gridlines": {"visible": False}, "min": 0, "visible": False})
    chart.set_legend({"position": "bottom", "font": font})
    chart.set_size({"width": 560, "height": height})


def new_sheet(book: Workbook, name: str) -> Worksheet:
    """Add a sheet for A4 across."""
    sheet = book.add_worksheet(name)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.hide_gridlines(2)
    sheet.set_header("&L&A&R&D")
    sheet.set_footer("&L内部资料，注意保密&C第 &P 页，共 &N 页")
    return sheet
