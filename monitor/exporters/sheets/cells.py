"""What sellers wrote, made fit for a cell: nothing lost that can be shown, nothing run as a formula."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.extraction.personal import masked

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

__all__ = [
    "CELL_LIMIT",
    "CUT_MARK",
    "Marked",
    "Money",
    "csv_text",
    "fitting",
    "masked",
    "merged",
    "printable",
]

#: Excel's limit for one cell, in UTF-16 units.
CELL_LIMIT = 32_767
#: What a cut cell ends with, so that nobody takes it for the whole.
CUT_MARK = "……（过长，已截断）"

#: What XML 1.0 cannot hold, and what CSV readers take for the end of a line or of the file.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
#: Wide marks at which Excel in East Asian locales starts a formula as it does at the ASCII ones.
_FORMULA = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\u00ad]*[=+\-@＝＋－﹣﹢﹦＠﹫−]|[\t\r\n]")
#: Characters of which numbers, dates, times and amounts are made, as Excel reads them from a CSV file.
_NUMERIC = re.compile(r"[\d\s.,:/()eE%¥￥$€£+\-年月日时分秒]+")
_DIGIT = re.compile(r"\d")
_MONTH = (
    "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    "|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
#: Other words that Excel does not leave as they are: ``Mar-5``, ``5 Mar 2026``, ``TRUE``.
_TYPED_WORD = re.compile(
    rf"\s*(?:{_MONTH}[\s.\-/,]*\d+|\d+[\s.\-/,]*{_MONTH}(?:[\s.\-/,]*\d+)?|true|false)\s*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Marked:
    """Text of which some spans are to be shown in colour."""

    text: str
    #: (start, end) in code points, end exclusive, in order, apart from each other
    spans: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Money:
    """An amount and the ISO 4217 code of its currency."""

    amount: Decimal
    currency: str


def printable(text: str) -> str:
    """Replace each character that no file can hold by a visible one, one for one, so that spans still fit.

    Control characters become their pictures (BEL → ``␇``), lone surrogates and non-characters U+FFFD.
    """
    return _UNPRINTABLE.sub(_picture, text) if _UNPRINTABLE.search(text) else text


def _picture(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code == 0x7F:
        return "␡"
    return chr(0x2400 + code) if code < 0x20 else "\ufffd"


def fitting(text: str) -> str:
    """Cut `text` to what one cell can hold; what is cut says so."""
    # a character takes two units at most
    if len(text) <= CELL_LIMIT // 2 or _units(text) <= CELL_LIMIT:
        return text
    room = CELL_LIMIT - len(CUT_MARK)
    kept = text[:room]
    while (excess := _units(kept) - room) > 0:
        kept = kept[: -((excess + 1) // 2)]
    return kept + CUT_MARK


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def merged(spans: Iterable[tuple[int, int]], length: int) -> tuple[tuple[int, int], ...]:
    """Join spans that overlap or touch, in order; what lies outside 0 … `length` is left out."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted((max(start, 0), min(end, length)) for start, end in spans):
        if start >= end:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def csv_text(text: str) -> str:
    """Make `text` safe to open in Excel as CSV.

    What would start a formula gets an apostrophe in front, also behind white space and for full-width marks
    (OWASP, "CSV Injection"). What Excel would turn into a number or a date (``913505…``, ``007``, ``3-6``)
    gets a tab behind, which leaves it text with every digit.
    """
    if _FORMULA.match(text):
        return "'" + text
    return text + "\t" if _looks_typed(text) else text


def _looks_typed(text: str) -> bool:
    if _NUMERIC.fullmatch(text):
        return _DIGIT.search(text) is not None
    return _TYPED_WORD.fullmatch(text) is not None
