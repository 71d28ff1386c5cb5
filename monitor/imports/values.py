"""Cells as people and Excel leave them → text; and numbers that are text, where digits were lost."""

from __future__ import annotations

import re
from datetime import datetime

#: What a formula leaves when it fails: says nothing.
_ERRORS = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "NULL", "null", "None"}
)
_AS_FORMULA = re.compile(r'="((?:[^"]|"")*)"')
_SCIENTIFIC = re.compile(r"[+-]?\d+(?:\.\d+)?[eE][+-]?\d+")
_LONE = re.compile("[\ud800-\udfff]")
#: Excel keeps this many digits of a number; what has more was rounded.
_DIGITS = 15


def plain(cell: str) -> str:
    """Take off what is not the text: blanks, Excel's ``="…"`` and ``'``, NUL, lone surrogates, errors."""
    text = cell.strip()
    if not text or text in _ERRORS:
        return ""
    if text[0] == "=" and (wrapped := _AS_FORMULA.fullmatch(text)):
        text = wrapped[1].replace('""', '"').strip()
    elif text[0] == "'":
        text = text[1:].strip()
    if text.isascii():
        return text.replace("\0", "")
    return _LONE.sub("\ufffd", text).replace("\0", "")


def lost_digits(text: str) -> bool:
    """Whether a number that is text came as a rounded one: ``9.1350E+17``."""
    return _SCIENTIFIC.fullmatch(text) is not None


def cell_text(value: object) -> str:
    """Write the value of a spreadsheet's cell as text.

    A number of more digits than Excel keeps is written in scientific notation, so that it is known for what
    it is: rounded.
    """
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float):
        if abs(value) >= 10**_DIGITS:
            return f"{value:.{_DIGITS - 1}E}"
        return str(int(value)) if float(value).is_integer() else repr(value)
    return value.isoformat(" ") if isinstance(value, datetime) else str(value)
