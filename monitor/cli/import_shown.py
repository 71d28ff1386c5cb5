"""What a person sees of an import: what each column is read as, and what came of each file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from monitor.cli.console import errors, output, print_json, say
from monitor.extraction.personal import masked
from monitor.imports.columns import ATTRIBUTE, LEFT_OUT, PERSONAL, column_book
from monitor.imports.tables import Counts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from monitor.imports.intake import Prepared

#: Of more files than these, only those with something to say get a line.
_MOST_LINES = 20


@dataclass(slots=True)
class Outcome:
    """What came of one file, for the table at the end."""

    name: str
    run: int | None = None
    counts: Counts = field(default_factory=Counts)
    #: path of the list of rejected rows
    rejects: Path | None = None
    said: str = ""
    failed: bool = False


def show_columns(prepared: Sequence[Prepared]) -> None:
    """Show what each column is read as, once for tables with the same columns."""
    titles = {entry.field: entry.title for entry in column_book().fields}
    shown: set[tuple[str, ...]] = set()
    for each in prepared:
        if not each.names or each.names in shown:
            continue
        shown.add(each.names)
        before = " (as before)" if each.remembered else ""
        table = Table(title=f"Columns of {escape(each.source.name)}{before}")
        for name in ("column", "is read as", ""):
            table.add_column(name, overflow="fold")
        table.add_column("e.g.", overflow="ellipsis", no_wrap=True)
        for column in each.names:
            target = each.columns.target(column)
            meaning = _meaning(target, titles)
            sample = "" if target == PERSONAL else masked((each.samples or {}).get(column, "").strip())
            cells = (column, target.removeprefix(ATTRIBUTE), meaning, sample[:60])
            table.add_row(*map(escape, cells), style=_style(target))
        errors.print(table)


def _meaning(target: str, titles: dict[str, str]) -> str:
    if target == PERSONAL:
        return "not read: about people"
    return "not read" if target == LEFT_OUT else titles.get(target, "attribute")


def _style(target: str) -> str:
    if target in (PERSONAL, LEFT_OUT):
        return "dim"
    return "" if target.startswith(ATTRIBUTE) else "bold"


def report(outcomes: Sequence[Outcome], *, dry_run: bool, as_json: bool) -> None:
    """Say what came of each file, and of all."""
    if as_json:
        print_json(
            [
                {
                    "file": each.name,
                    "run": each.run,
                    "read": each.counts.read,
                    "listings": each.counts.listings,
                    "suspects": each.counts.suspects,
                    "rejected": each.counts.rejected,
                    "rejects": None if each.rejects is None else str(each.rejects),
                    "failed": each.failed,
                    "said": each.said,
                }
                for each in outcomes
            ]
        )
        return
    quiet = len(outcomes) > _MOST_LINES
    for each in outcomes:
        if quiet and not (each.failed or each.counts.rejected):
            continue
        say(_line(each))
        if each.rejects is not None:
            say(f"  rejected: {each.rejects}")
    if len(outcomes) > 1:
        output.print(f"{len(outcomes)} files: {words(_sum(outcomes))}", highlight=False, soft_wrap=True)
    runs = sorted({each.run for each in outcomes if each.run is not None})
    if runs and not dry_run:
        output.print(f"run {', '.join(map(str, runs))}: `monitor runs {runs[-1]}` shows it", highlight=False)


def _line(each: Outcome) -> str:
    if each.counts.read:
        return f"{each.name}: {words(each.counts)}" + (f" ({each.said})" if each.said else "")
    # a problem names its file itself
    return each.said if each.said.startswith(f"{each.name}:") else f"{each.name}: {each.said}"


def _sum(outcomes: Sequence[Outcome]) -> Counts:
    names = ("read", "listings", "suspects", "rejected", "other")
    return Counts(**{name: sum(getattr(each.counts, name) for each in outcomes) for name in names})


def words(counts: Counts) -> str:
    """Say what came of a file, on one line."""
    other = f", {counts.other} other parts" if counts.other else ""
    return (
        f"{counts.read} read, {counts.listings} listings, {counts.suspects} suspects, "
        f"{counts.rejected} rejected{other}"
    )


def some(names: Sequence[str]) -> str:
    """Name the first five."""
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(names[:5]) + more
