"""统计: the report of a campaign, stage or final, as a workbook with 附件2 and as a summary in Word."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from monitor.exporters.sheets.files import ExportedFile, file_stem, fresh_file
from monitor.exporters.sheets.workbook import open_workbook
from monitor.exporters.statistics.statistics_book import write_statistics_book
from monitor.exporters.statistics.statistics_docx import write_statistics_docx
from monitor.exporters.statistics.statistics_facts import statistics_facts

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from monitor.exporters.statistics.statistics_terms import ReportKind
    from monitor.storage import Connection


def export_statistics(
    connection: Connection,
    folder: Path,
    campaign: str,
    *,
    kind: ReportKind,
    until: datetime,
    now: datetime,
    exports: Path | None = None,
) -> list[ExportedFile]:
    """Write the report of a campaign to `folder` as xlsx and docx; `rows` is the number of listings counted.

    Args:
        connection: a reading transaction.
        folder: made when it is not there.
        campaign: its name.
        kind: stage or final.
        until: what happened before counts.
        now: a time with its zone.
        exports: folder of exports whose own layouts go first; by default `folder`.

    Raises:
        UnknownCampaignError: it never ran.
        ExportError: a file could not be written; none of them is there.
        LayoutError: the Word layout is missing or cannot be filled.

    """
    facts = statistics_facts(connection, campaign, kind, until)
    stem = file_stem(facts.report.title, campaign, now)
    with ExitStack() as stack:
        part, book_path = stack.enter_context(fresh_file(folder, stem, ".xlsx"))
        word, word_path = stack.enter_context(fresh_file(folder, stem, ".docx"))
        with open_workbook(part, title=stem, now=now) as book:
            write_statistics_book(book, facts, now=now)
        write_statistics_docx(word, facts, now=now, exports=exports or folder)
    rows = int(facts.funnel["数量"].iloc[0])
    return [ExportedFile(path=path, rows=rows) for path in (book_path, word_path)]
