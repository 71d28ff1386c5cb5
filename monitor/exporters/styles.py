"""How workbooks look: one font, calm colours, red for what matters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from monitor.exporters.columns import Kind

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format

#: On every Windows and in WPS; others substitute their own Chinese font.
FONT = {"font_name": "微软雅黑", "font_size": 10}
INK = "#1F2937"
HIT = "#C00000"
HEADER = "#1F4E79"
BAR = "#F4B183"

#: Points of one line of text at this font size, and of the space above and below.
LINE_HEIGHT = 15.5
ROW_PADDING = 5

_BY_KIND: dict[Kind, dict[str, Any]] = {
    Kind.TEXT: {},
    Kind.WRAPPED: {"text_wrap": True},
    Kind.SHORT: {"align": "center", "text_wrap": True},
    Kind.MARKED: {"text_wrap": True},
    Kind.LINK: {"font_color": "#0563C1", "underline": 1},
    Kind.COUNT: {"num_format": "0", "align": "center"},
    Kind.SHARE: {"num_format": "0.00", "align": "center"},
    Kind.MONEY: {"num_format": '"¥"#,##0.00'},
    Kind.TIME: {"num_format": "yyyy-mm-dd hh:mm", "align": "center"},
    Kind.BLANK: {"bg_color": "#FFFBE6", "text_wrap": True, "border": 1, "border_color": "#D9D9D9"},
}


@dataclass(frozen=True, slots=True)
class Styles:
    """The formats of one workbook."""

    header: Format
    #: over a column that a person fills in
    blank_header: Format
    by_kind: dict[Kind, Format]
    #: runs of a rich string
    plain_run: Format
    hit_run: Format
    #: a cell of which every character is a hit
    hit_cell: Format
    heading: Format
    label: Format
    prose: Format


def styles(book: Workbook) -> Styles:
    """Make the formats of `book`."""

    def make(**properties: Any) -> Format:  # noqa: ANN401 - xlsxwriter's properties
        return book.add_format({"valign": "top", "font_color": INK, **FONT, **properties})

    head = {"bold": True, "text_wrap": True, "align": "center", "valign": "vcenter", "border": 1}
    return Styles(
        header=make(**head, bg_color=HEADER, font_color="#FFFFFF", border_color="#FFFFFF"),
        blank_header=make(**head, bg_color="#FFE699", border_color="#FFFFFF"),
        by_kind={kind: make(**properties) for kind, properties in _BY_KIND.items()},
        plain_run=book.add_format({**FONT, "font_color": INK}),
        hit_run=book.add_format({**FONT, "bold": True, "font_color": HIT}),
        hit_cell=make(text_wrap=True, bold=True, font_color=HIT),
        heading=make(bold=True, font_size=14, font_color=HEADER, valign="vcenter"),
        label=make(bold=True, text_wrap=True),
        prose=make(text_wrap=True),
    )
