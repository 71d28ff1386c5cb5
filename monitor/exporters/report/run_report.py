"""采集任务报告: what a run looked at, what it found, what changed and what rises. One page and a workbook."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from monitor.exporters.report.report_book import write_report_book
from monitor.exporters.report.report_facts import report_facts
from monitor.exporters.report.report_html import report_html
from monitor.exporters.sheets.files import ExportedFile, file_stem, fresh_file
from monitor.exporters.sheets.workbook import open_workbook

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from monitor.storage import Connection

NAME = "采集任务报告"


def export_report(connection: Connection, folder: Path, run_id: int, *, now: datetime) -> list[ExportedFile]:
    """Write the report of a run to `folder` as HTML and xlsx; `rows` of both is the number of suspects.

    Args:
        connection: a reading transaction.
        folder: made when it is not there.
        run_id: the run; one that is not over is reported as it stands, and says so.
        now: a time with its zone.

    Raises:
        UnknownRunError: there is no such run.
        ExportError: a file could not be written; none of them is there.

    """
    facts = report_facts(connection, run_id)
    stem = file_stem(NAME, f"{facts.run.campaign}_第{run_id}号", now)
    with ExitStack() as stack:
        page, page_path = stack.enter_context(fresh_file(folder, stem, ".html"))
        part, book_path = stack.enter_context(fresh_file(folder, stem, ".xlsx"))
        page.write_text(report_html(facts, now=now), encoding="utf-8")
        with open_workbook(part, title=stem, now=now) as book:
            write_report_book(book, facts, now=now)
    return [ExportedFile(path=path, rows=facts.run.suspects) for path in (page_path, book_path)]
