"""Importing a table: its rows become listings in batches, what cannot be read is handed back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from monitor.imports.csv_table import CsvTable
from monitor.imports.desk import ReadRow
from monitor.imports.jsonl_table import JsonlTable
from monitor.imports.rejects import Reject
from monitor.imports.sources import FileKind
from monitor.imports.xlsx_table import XlsxTable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from monitor.imports.columns import ColumnMap
    from monitor.imports.desk import Desk
    from monitor.imports.fingerprint import Fingerprint
    from monitor.imports.row_listing import RowReader
    from monitor.imports.rows import Table
    from monitor.storage.imports import KnownFile

#: Rows of one transaction.
BATCH = 500


@dataclass(slots=True)
class Counts:
    """What came of a file so far."""

    #: rows below the header, or pages
    read: int = 0
    listings: int = 0
    suspects: int = 0
    rejected: int = 0
    #: parts of a page archive that are no pages: pictures, scripts
    other: int = 0


def open_table(path: Path, kind: FileKind, found: Fingerprint) -> Table:
    """Open a table that is on the disk.

    Raises:
        ImportProblemError: it cannot be read as what its name says.

    """
    if kind is FileKind.XLSX:
        return XlsxTable(path)
    return JsonlTable(path, found) if kind is FileKind.JSONL else CsvTable(path, found)


def read_table(
    table: Table,
    reader: RowReader,
    columns: ColumnMap,
    *,
    on_reject: Callable[[Reject], None],
    on_progress: Callable[[float, Counts], None],
    taking: Taking | None = None,
) -> Counts:
    """Read a table to its end; what is committed already is read again only for the list of rejects.

    Args:
        table: opened.
        reader: of its rows.
        columns: what its columns are.
        on_reject: told of every row that is not imported.
        on_progress: told now and then how far it is, 0–1.
        taking: where the listings go; None counts them only.

    """
    counts = Counts(listings=taking.file.listings if taking else 0)
    batch: list[ReadRow] = []
    for row in table.rows():
        outcome = reader.read(row)
        counts.read += 1
        if isinstance(outcome, Reject):
            counts.rejected += 1
            on_reject(outcome)
        elif taking is None:
            counts.listings += 1
        elif row.number > taking.file.position:
            listing, site = outcome
            batch.append(ReadRow(row=row, listing=listing, site=site, columns=columns))
            if len(batch) == BATCH:
                taking.rows(batch, counts)
                batch.clear()
        if counts.read % BATCH == 0:
            on_progress(table.position(), counts)
            if taking is not None:
                taking.desk.hold(taking.desk.files_site)
    if taking is not None and batch:
        taking.rows(batch, counts)
    on_progress(1.0, counts)
    return counts


@dataclass(frozen=True, slots=True)
class Taking:
    """Where the listings of one file go."""

    desk: Desk
    file: KnownFile
    #: of the file, for the evidence
    facts: Mapping[str, Any]

    def rows(self, batch: list[ReadRow], counts: Counts) -> None:
        """Commit a batch and count it."""
        counts.listings += len(batch)
        counts.suspects += self.desk.take_rows(self.file, batch, self.facts, listings=counts.listings)
