"""Reading one prepared file to its end, whatever it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from monitor.imports.pages import open_pages, read_pages
from monitor.imports.row_listing import RowReader
from monitor.imports.tables import Taking, open_table, read_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from monitor.imports.desk import Desk
    from monitor.imports.intake import Prepared, Reading
    from monitor.imports.rejects import Reject
    from monitor.imports.sites import Sites
    from monitor.imports.tables import Counts
    from monitor.storage.imports import KnownFile


@dataclass(frozen=True, kw_only=True, slots=True)
class Destination:
    """Where what is read goes."""

    desk: Desk
    file: KnownFile


def read_file(
    prepared: Prepared,
    sites: Sites,
    how: Reading,
    *,
    on_reject: Callable[[Reject], None],
    on_progress: Callable[[float, Counts], None],
    to: Destination | None = None,
) -> Counts:
    """Read a file; without `to` nothing is written, and suspects are not counted.

    Args:
        prepared: the file.
        sites: finds the site of each listing.
        how: as a person asked for it.
        on_reject: told of every row or page that is not imported.
        on_progress: told now and then how far it is, 0–1.
        to: where the listings go.

    Raises:
        ImportProblemError: it cannot be read to its end; what was committed stays.

    """
    taking = None
    if to is not None:
        to.desk.begin(to.file)
        taking = Taking(to.desk, to.file, prepared.facts())
    kind = prepared.source.kind
    with prepared.source.on_disk() as path:
        if not kind.is_table:
            return read_pages(
                open_pages(path, kind, how.url),
                sites,
                on_reject=on_reject,
                on_progress=on_progress,
                taking=taking,
            )
        table = open_table(path, kind, prepared.found)
        reader = RowReader(prepared.columns, sites, datetime.now(UTC))
        return read_table(
            table,
            reader,
            prepared.columns,
            on_reject=on_reject,
            on_progress=on_progress,
            taking=taking,
        )
