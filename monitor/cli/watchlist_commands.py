"""`monitor watchlist`: lists of recalled, failed and reported products, and the listings that match them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.table import Table

from monitor.classifiers.classify import default_classifier
from monitor.cli.console import AS_JSON, output, print_json, say
from monitor.cli.context import database, load_settings
from monitor.cli.mapping import mapped_columns
from monitor.config import SHANGHAI
from monitor.matching.listed_goods import apply_lists, import_entries, stored_entries
from monitor.matching.watchlist_entry import ListKind, goods_of
from monitor.matching.watchlist_file import read_watchlist
from monitor.matching.watchlists import WatchlistIndex
from monitor.storage.engine import reading, writing
from monitor.storage.suspects import ListingFilter, numbered_listings
from monitor.storage.watchlists import count_matches, watchlists

if TYPE_CHECKING:
    from monitor.matching.listed_goods import Applied
    from monitor.matching.watchlist_entry import Entry

app = typer.Typer(
    help="Lists of recalled, failed and reported products, and what matches them.", no_args_is_help=True
)

#: More is read in the file.
_MOST_SHOWN = 20


def register(parent: typer.Typer) -> None:
    """Add these commands to the command line."""
    parent.add_typer(app, name="watchlist")


@app.command("import")
def import_(
    file: Path = typer.Argument(help="The list: xlsx, csv or tsv, with a header."),
    kind: ListKind = typer.Option(..., help="What the list says of its products."),
    mapping: list[str] = typer.Option(
        [], "--map", help="COLUMN=FIELD for a column that is not recognised. May be given again."
    ),
    as_json: bool = AS_JSON,
) -> None:
    """Import a list, and match it with every stored listing. The same entry twice adds nothing."""
    settings = load_settings()
    read = read_watchlist(file, kind, mapped_columns(mapping))
    now = datetime.now(UTC)
    with database(settings) as engine, writing(engine) as connection:
        done = import_entries(
            connection, read.entries, kind=kind, source=file.name, sha256=read.file.sha256, at=now
        )
        applied = apply_lists(connection, default_classifier(settings.suspect_threshold), at=now)
    if as_json:
        print_json(
            {
                "list": done.list_id,
                "new": done.new,
                "known": done.known,
                "columns": dict(read.file.columns),
                "unread": list(read.file.unread),
                "bad": [asdict(each) for each in read.bad],
                "too_general": [each.title for each in done.too_general],
                **asdict(applied),
            }
        )
        return
    columns = ", ".join(f"{column}={field}" for field, column in read.file.columns.items())
    say(f"columns: {columns}; not read: {', '.join(read.file.unread) or 'none'}")
    say(f"{done.new} new entries, {done.known} known; list {done.list_id or 'unchanged'}")
    for each in read.bad:
        say(f"{file}, row {each.number}: {each.problem}; left out")
    if done.too_general:
        names = "、".join(each.title for each in done.too_general[:_MOST_SHOWN])
        say(f"{len(done.too_general)} entries say too little to be matched by name: {names}")
    say(_outcome(applied))


@app.command("list")
def list_(as_json: bool = AS_JSON) -> None:
    """List the lists that were imported, and how many listings match."""
    with database(load_settings()) as engine, reading(engine) as connection:
        found, matches = watchlists(connection), count_matches(connection)
    if as_json:
        print_json({"lists": [asdict(each) for each in found], "matching_listings": matches})
        return
    table = Table()
    for name in ("list", "kind", "source", "entries", "from", "to", "imported"):
        table.add_column(name, overflow="fold")
    for each in found:
        when = f"{each.imported_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
        days = (str(each.earliest or ""), str(each.latest or ""))
        table.add_row(str(each.id), each.kind, each.source, str(each.entries), *days, when)
    output.print(table)
    for kind, number in matches.items():
        say(f"{number} listings match an entry of kind {kind}")


@app.command()
def show(
    number: int = typer.Argument(help="Number of the list; `monitor watchlist list` shows them."),
    as_json: bool = AS_JSON,
) -> None:
    """Show the entries of a list, each with the stored listings that match it."""
    with database(load_settings()) as engine, reading(engine) as connection:
        entries = stored_entries(connection, list_id=number)
        index = WatchlistIndex(entries)
        everything = ListingFilter(suspects_only=False, on_sale_only=False)
        found: dict[str, list[tuple[int, str, str, float]]] = {}
        for listing_id, listing in numbered_listings(connection, everything):
            for match in index.match(goods_of(listing)):
                about = (listing_id, listing.title, match.by.value, match.score)
                found.setdefault(match.entry.digest, []).append(about)
    if as_json:
        print_json([_as_dict(each, found.get(each.digest, [])) for each in entries])
        return
    for each in entries:
        day = f" {each.stated_on}" if each.stated_on else ""
        say(f"{each.kind.value}{day}  {each.title}  {each.producer or ''}")
        for listing_id, title, by, score in found.get(each.digest, []):
            say(f"    listing {listing_id}  {score:g} by {by}  {title}")


@app.command()
def match(as_json: bool = AS_JSON) -> None:
    """Match every stored listing with the lists again, as importing one does."""
    settings = load_settings()
    with database(settings) as engine, writing(engine) as connection:
        applied = apply_lists(
            connection, default_classifier(settings.suspect_threshold), at=datetime.now(UTC)
        )
    if as_json:
        print_json(asdict(applied))
    else:
        say(_outcome(applied))


def _outcome(applied: Applied) -> str:
    return (
        f"{applied.listings} listings looked at, {applied.matching} match, {applied.changed} changed, "
        f"{applied.newly_suspect} newly suspect"
    )


def _as_dict(entry: Entry, matches: list[tuple[int, str, str, float]]) -> dict[str, object]:
    names = ("listing", "title", "by", "score")
    return asdict(entry) | {"matches": [dict(zip(names, each, strict=True)) for each in matches]}
