"""`monitor certificates`: CCC numbers that stand at many sellers."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import typer
from rich.table import Table

from monitor.classifiers.lexicon.lexicon import load_lexicon
from monitor.classifiers.lexicon.taxonomy import load_taxonomy
from monitor.classifiers.marks import MarkRules
from monitor.cli.console import AS_JSON, output, print_json
from monitor.cli.context import database, load_settings
from monitor.storage.certificates import shared_numbers
from monitor.storage.engine import reading

if TYPE_CHECKING:
    from monitor.storage.certificates import SharedNumber


def register(parent: typer.Typer) -> None:
    """Add these commands to the command line."""
    parent.command()(certificates)


def certificates(
    least: int | None = typer.Option(
        None, min=2, help="So many sellers or more; by default as marks.yaml says (same_number_from)."
    ),
    as_json: bool = AS_JSON,
) -> None:
    """List CCC numbers that stand at many sellers (同证多店), with their listings: a clue, not a proof."""
    rules = MarkRules(load_lexicon(), load_taxonomy())
    with database(load_settings()) as engine, reading(engine) as connection:
        found = shared_numbers(connection, rules.ccc_number, least or rules.same_number_from)
    if as_json:
        print_json(
            [
                {**dataclasses.asdict(each), "reason": rules.same_number_reason(each.number, each.sellers)}
                for each in found
            ]
        )
    elif not found:
        output.print("no CCC number stands at so many sellers")
    else:
        for each in found:
            output.print(rules.same_number_reason(each.number, each.sellers), highlight=False)
            output.print(_table(each))


def _table(shared: SharedNumber) -> Table:
    table = Table()
    for name in ("listing", "site", "seller", "title"):
        table.add_column(name, overflow="fold")
    for bearer in shared.bearers:
        table.add_row(str(bearer.listing_id), bearer.site, bearer.seller, bearer.title[:40])
    return table
