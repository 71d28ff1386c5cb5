"""Columns: what a list shows, how it is written, and what it tells its reader about itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from monitor.exporters.sheets.cells import Marked, Money

#: What a cell may hold; None leaves it empty.
Cell: TypeAlias = "str | int | float | datetime | Marked | Money | None"

Row = TypeVar("Row")


class Kind(Enum):
    """How the values of a column are shown."""

    #: one line of text
    TEXT = auto()
    #: text of several lines
    WRAPPED = auto()
    #: short text, centred
    SHORT = auto()
    #: a word for how bad it is, on a ground of colour
    LEVEL = auto()
    #: text with words in colour (`Marked`)
    MARKED = auto()
    #: a URL to click on
    LINK = auto()
    #: a whole number
    COUNT = auto()
    #: a number from 0 to 1, with a bar
    SHARE = auto()
    #: an amount of money (`Money`)
    MONEY = auto()
    #: a time, shown as that of Asia/Shanghai
    TIME = auto()
    #: empty, for a person to write in
    BLANK = auto()


@dataclass(frozen=True, kw_only=True, slots=True)
class Column(Generic[Row]):
    """One column of a list of `Row`."""

    title: str
    kind: Kind
    #: in characters of the Latin alphabet, two to a Chinese one
    width: float
    #: what stands here and what it does not say, for the sheet 说明
    about: str
    value: Callable[[Row], Cell]
