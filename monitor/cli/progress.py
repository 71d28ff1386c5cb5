"""What a person sees while crawlers work, and the tables at the end."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

from monitor.cli.console import errors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rich.progress import ProgressColumn, TaskID

    from monitor.imports.tables import Counts
    from monitor.storage.changes import RunChanges
    from monitor.storage.progress import SiteProgress

_ROWS = 8


@contextmanager
def crawl_progress() -> Iterator[Callable[[list[SiteProgress]], None]]:
    """Show a line a site: units done, pages, listings, suspects."""
    bars: dict[str, TaskID] = {}
    with _bars(
        MofNCompleteColumn(),
        TextColumn("units  {task.fields[pages]} pages  {task.fields[listings]} listings"),
        TextColumn("[bold]{task.fields[suspects]} suspects"),
    ) as progress:

        def show(sites: list[SiteProgress]) -> None:
            for site in sites:
                numbers: dict[str, Any] = {
                    "pages": site.pages,
                    "listings": site.listings,
                    "suspects": site.suspects,
                }
                if site.site not in bars:
                    bars[site.site] = progress.add_task(site.site, **numbers)
                progress.update(bars[site.site], completed=site.ended, total=site.units, **numbers)

        yield show


@contextmanager
def import_progress(name: str) -> Iterator[Callable[[float, Counts], None]]:
    """Show how far a supplied file is read, and what came of it."""
    with _bars(
        TaskProgressColumn(),
        TextColumn("{task.fields[listings]} listings  {task.fields[rejected]} rejected"),
        TextColumn("[bold]{task.fields[suspects]} suspects"),
    ) as progress:
        bar = progress.add_task(escape(name[-50:]), total=1.0, listings=0, rejected=0, suspects=0)

        def show(part: float, counts: Counts) -> None:
            progress.update(
                bar,
                completed=part,
                listings=counts.listings,
                rejected=counts.rejected,
                suspects=counts.suspects,
            )

        yield show


@contextmanager
def export_progress(name: str, rows: int) -> Iterator[Callable[[int], None]]:
    """Show how many rows of a list are written."""
    with _bars(MofNCompleteColumn(), TextColumn("rows")) as progress:
        bar = progress.add_task(escape(name), total=rows)
        yield lambda written: progress.update(bar, completed=written)


def _bars(*columns: ProgressColumn) -> Progress:
    """What a person watches: name, bar, `columns`, time; gone at the end, silent where nobody watches."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        *columns,
        TimeElapsedColumn(),
        console=errors,
        transient=True,
        disable=not errors.is_terminal,
    )


def coverage_table(sites: Sequence[SiteProgress]) -> Table:
    """Say what was looked at, and what was not, a line a site and one for all."""
    table = Table(title="Coverage")
    table.add_column("site")
    for name in ("units", "done", "failed", "blocked", "pages", "listings", "suspects"):
        table.add_column(name, justify="right")
    for site in sites:
        table.add_row(site.site, *_numbers([site]))
    if len(sites) > 1:
        table.add_section()
        table.add_row("all", *_numbers(sites), style="bold")
    return table


def changes_table(changes: RunChanges) -> Table:
    """Say what is new, changed and vanished since the run before."""
    table = Table(title=f"Since run {changes.previous}")
    for name in ("", "site", "listing"):
        table.add_column(name, overflow="fold")
    for note in changes.new[:_ROWS]:
        table.add_row("new", note.site, _priced(note.title, note.price))
    for seller in changes.new_sellers[:_ROWS]:
        table.add_row("new seller", seller.site, seller.name or seller.url or "")
    for change in changes.changed[:_ROWS]:
        before, after = _priced(change.old_title, change.old_price), _priced(change.title, change.price)
        table.add_row("changed", change.site, f"{before}\n→ {after}")
    for note in changes.vanished[:_ROWS]:
        table.add_row("vanished", note.site, _priced(note.title, note.price))
    counts = [len(each) for each in (changes.new, changes.changed, changes.vanished, changes.new_sellers)]
    table.caption = "{} new, {} changed, {} vanished, {} new sellers".format(*counts)
    return table


def _numbers(sites: Sequence[SiteProgress]) -> list[str]:
    names = ("units", "done", "failed", "blocked", "pages", "listings", "suspects")
    return [str(sum(getattr(site, name) for site in sites)) for name in names]


def _priced(title: str, price: object) -> str:
    return f"{title[:60]}  ¥{price}" if price is not None else title[:60]
