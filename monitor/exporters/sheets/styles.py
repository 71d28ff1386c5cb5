"""How workbooks look: one font, calm colours, red for what matters."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from monitor.exporters.sheets.columns import Kind
from monitor.exporters.sheets.row_xml import run_font

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format

#: On every Windows and in WPS; others substitute their own Chinese font.
FONT_NAME = "微软雅黑"
FONT_SIZE = 10
FONT = {"font_name": FONT_NAME, "font_size": FONT_SIZE}
INK = "#1F2937"
HIT = "#C00000"
HEADER = "#1F4E79"
BAR = "#F4B183"

#: Points of one line of text at this font size, and of the space above and below.
LINE_HEIGHT = 15.5
ROW_PADDING = 5

#: Ground and ink of the levels, by their Chinese word.
_LEVELS = {
    "极高": ("#C00000", "#FFFFFF"),
    "高": ("#F4B183", INK),
    "中": ("#FFE699", INK),
    "低": ("#E2EFDA", INK),
}

_BY_KIND: dict[Kind, dict[str, Any]] = {
    Kind.TEXT: {},
    Kind.WRAPPED: {"text_wrap": True},
    Kind.SHORT: {"align": "center", "text_wrap": True},
    Kind.LEVEL: {"align": "center", "bold": True},
    Kind.MARKED: {"text_wrap": True},
    Kind.LINK: {"font_color": "#0563C1", "underline": 1},
    Kind.COUNT: {"num_format": "0", "align": "center"},
    Kind.SHARE: {"num_format": "0.00", "align": "center"},
    Kind.MONEY: {"num_format": '"¥"#,##0.00'},
    Kind.TIME: {"num_format": "yyyy-mm-dd hh:mm", "align": "center"},
    # on a protected sheet, these alone may be written in
    Kind.BLANK: {
        "bg_color": "#FFFBE6",
        "text_wrap": True,
        "border": 1,
        "border_color": "#D9D9D9",
        "locked": False,
    },
}


@dataclass(frozen=True, slots=True)
class Styles:
    """The formats of one workbook."""

    header: Format
    #: over a column that a person fills in
    blank_header: Format
    by_kind: dict[Kind, Format]
    levels: dict[str, Format]
    #: fonts of the runs of a rich string, as XML
    plain_run: str
    hit_run: str
    heading: Format
    section: Format
    label: Format
    prose: Format


def styles(book: Workbook) -> Styles:
    """Make the formats of `book`."""

    def make(**properties: Any) -> Format:  # noqa: ANN401 - xlsxwriter's properties
        return book.add_format({"valign": "top", "font_color": INK, **FONT} | properties)

    head = {"bold": True, "text_wrap": True, "align": "center", "valign": "vcenter", "border": 1}
    return Styles(
        header=make(**head, bg_color=HEADER, font_color="#FFFFFF", border_color="#FFFFFF"),
        blank_header=make(**head, bg_color="#FFE699", border_color="#FFFFFF"),
        by_kind={kind: make(**properties) for kind, properties in _BY_KIND.items()},
        levels={
            word: make(**_BY_KIND[Kind.LEVEL], bg_color=ground, font_color=ink)
            for word, (ground, ink) in _LEVELS.items()
        },
        plain_run=run_font(FONT_NAME, FONT_SIZE, INK),
        hit_run=run_font(FONT_NAME, FONT_SIZE, HIT, bold=True),
        heading=make(bold=True, font_size=14, font_color=HEADER, valign="vcenter"),
        section=make(bold=True, bg_color=HEADER, font_color="#FFFFFF", valign="vcenter"),
        label=make(bold=True, text_wrap=True),
        prose=make(text_wrap=True),
    )


def lines_of(text: str, width: float) -> int:
    """Estimate the lines that one paragraph takes in a column `width` characters wide."""
    # a Chinese character is three bytes and two columns, a Latin one is one and one
    size = (len(text.encode(errors="replace")) + len(text)) / 2
    return max(1, math.ceil(size / width))
