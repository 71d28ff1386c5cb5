"""The workbook of a review list: the sheet to fill in, what the classifiers think, notes, and who it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsxwriter.utility import xl_col_to_name

from monitor import __version__
from monitor.exporters.review.review_columns import (
    DAY,
    DECISION,
    DUPLICATE_OF,
    GUARD,
    REASON,
    opinion_columns,
    review_columns,
)
from monitor.exporters.sheets.sheet import ListSheet
from monitor.exporters.sheets.styles import FONT, styles
from monitor.leads.review.review_terms import review_terms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsxwriter import Workbook

    from monitor.exporters.review.review_columns import Guarded
    from monitor.exporters.sheets.columns import Column
    from monitor.exporters.sheets.notes import Notes
    from monitor.exporters.sheets.styles import Styles
    from monitor.storage.review_lists import ReviewList

SHEET, OPINION, IDENTITY = "审核清单", "系统意见", "清单信息"
#: Names of the custom properties and of the rows of the hidden sheet; files of version 1 have these.
PROPERTIES = (
    "monitor_list",
    "monitor_campaign",
    "monitor_made_at",
    "monitor_version",
    "monitor_lexicon",
    "monitor_format",
)
FORMAT = "1"
#: For all campaigns, for no version: a property cannot be empty.
ALL, NONE = "*", "-"
#: 编号, 商品标题 stay in sight
_FROZEN = 2
_CHOICES = 2
#: what a protected sheet still allows
_ALLOWED = {
    "format_columns": True,
    "format_rows": True,
    "format_cells": True,
    "sort": True,
    "autofilter": True,
    "select_locked_cells": True,
    "select_unlocked_cells": True,
}


def write_review_book(book: Workbook, made: ReviewList, rows: Sequence[Guarded], notes: Notes) -> None:
    """Write every sheet of a review list to an empty workbook."""
    look = styles(book)
    columns = review_columns()
    listed = ListSheet(book, SHEET, columns, look, frozen=_FROZEN)
    for row in rows:
        listed.write([column.value(row) for column in columns])
    listed.finish()
    _choices(book, listed, columns, last=max(len(rows), 1))
    opinions = opinion_columns()
    thought = ListSheet(book, OPINION, opinions, look, frozen=_FROZEN)
    for _, listing in rows:
        thought.write([column.value(listing) for column in opinions])
    thought.finish()
    thought.sheet.protect("", _ALLOWED)
    notes.write(book.add_worksheet("说明"), look)
    _identity(book, made, look)


def _choices(
    book: Workbook, listed: ListSheet[Guarded], columns: Sequence[Column[Guarded]], *, last: int
) -> None:
    """Let the cells to fill in take only what is understood, and hide the guard."""
    sheet, places = listed.sheet, {column.title: n for n, column in enumerate(columns)}
    terms = review_terms()
    for title, words, first in (
        (DECISION, [term.label for term in terms.decisions.values()], 0),
        (REASON, [reason.label for reason in terms.reasons], 1),
    ):
        letter = xl_col_to_name(_CHOICES + first)
        sheet.data_validation(
            1,
            places[title],
            last,
            places[title],
            {
                "validate": "list",
                "source": f"='{IDENTITY}'!${letter}$1:${letter}${len(words)}",
                "error_title": f"{title}无效",
                "error_message": "请从下拉列表中选择",
            },
        )
    sheet.data_validation(
        1,
        places[DUPLICATE_OF],
        last,
        places[DUPLICATE_OF],
        {
            "validate": "integer",
            "criteria": ">",
            "value": 0,
            "error_title": "重复于",
            "error_message": "请填另一条商品的编号（数字）",
        },
    )
    day = book.add_format(
        {**FONT, "num_format": "yyyy-mm-dd", "bg_color": "#FFFBE6", "border": 1, "border_color": "#D9D9D9"}
    )
    day.set_locked(False)
    sheet.set_column(places[DAY], places[DAY], columns[places[DAY]].width, day)
    sheet.set_column(places[GUARD], places[GUARD], 16, None, {"hidden": True})
    sheet.protect("", _ALLOWED)


def _identity(book: Workbook, made: ReviewList, look: Styles) -> None:
    """Say in two places what list this is: some programs drop the properties, some people the sheet."""
    lexicon = " ".join(made.lexicon_versions) or NONE
    values = (made.identity, made.campaign or ALL, made.made_at.isoformat(), __version__, lexicon, FORMAT)
    for name, value in zip(PROPERTIES, values, strict=True):
        book.set_custom_property(name, value, "text")
    terms = review_terms()
    decisions = [term.label for term in terms.decisions.values()]
    reasons = [reason.label for reason in terms.reasons]
    sheet = book.add_worksheet(IDENTITY)
    for number in range(max(len(PROPERTIES), len(decisions), len(reasons))):
        if number < len(PROPERTIES):
            sheet.write_string(number, 0, PROPERTIES[number], look.label)
            sheet.write_string(number, 1, values[number])
        for column, words in ((_CHOICES, decisions), (_CHOICES + 1, reasons)):
            if number < len(words):
                sheet.write_string(number, column, words[number])
    sheet.protect("")
    sheet.very_hidden()
