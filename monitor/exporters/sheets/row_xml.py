"""Cells of a worksheet as XML: text stays text, numbers are numbers, words in colour are runs.

In a long list xlsxwriter spends more time on its own way of writing a cell than on all the rest. Here stands
the little of SpreadsheetML (ISO/IEC 29500-1, 18.3.1.4 and 18.4) that a list needs. There is no formula in it,
so no text can become one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from monitor.exporters.sheets.cells import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

#: What text may not hold as it is: XML's marks, what XML cannot hold, and Excel's own escape ``_x0041_``.
_SPECIAL = re.compile("[\x00-\x08\x0b-\x1f\x7f&<>\ud800-\udfff\ufffe\uffff]|_x[0-9a-fA-F]{4}_")
_EXCEL_ESCAPE = re.compile("_(?=x[0-9a-fA-F]{4}_)")


def escaped(text: str) -> str:
    """Make `text` fit for an XML element that Excel reads; what cannot be shown becomes a visible sign."""
    if not _SPECIAL.search(text):
        return text
    text = _EXCEL_ESCAPE.sub("_x005F_", printable(text))
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def text_element(text: str) -> str:
    """Write the element ``<t>``, with white space at both ends kept."""
    keep = ' xml:space="preserve"' if text[:1].isspace() or text[-1:].isspace() else ""
    return f"<t{keep}>{escaped(text)}</t>"


def text_cell(place: str, look: int, text: str) -> str:
    """Write a text cell at `place`, e.g. ``C7``, in the format of index `look`."""
    return f'<c r="{place}" s="{look}" t="inlineStr"><is>{text_element(text)}</is></c>'


def rich_cell(place: str, look: int, runs: Iterable[tuple[str, str]]) -> str:
    """Write a text cell of (font, text) runs; `font` is an element ``<rPr>``."""
    inner = "".join(f"<r>{font}{text_element(text)}</r>" for font, text in runs)
    return f'<c r="{place}" s="{look}" t="inlineStr"><is>{inner}</is></c>'


def number_cell(place: str, look: int, number: float) -> str:
    """Write a number."""
    return f'<c r="{place}" s="{look}"><v>{number:.16G}</v></c>'


def empty_cell(place: str, look: int) -> str:
    """Write a cell that holds nothing, for a person to write in."""
    return f'<c r="{place}" s="{look}"/>'


def run_font(name: str, size: int, colour: str, *, bold: bool = False) -> str:
    """Write the font of a run; `colour` is ``#RRGGBB``."""
    strong = "<b/>" if bold else ""
    return f'<rPr>{strong}<sz val="{size}"/><color rgb="FF{colour[1:]}"/><rFont val="{name}"/></rPr>'
