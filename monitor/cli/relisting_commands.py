"""`monitor relistings`: listings that look like one that is gone."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer
from rich.table import Table

from monitor.campaigns.relisting import link_relistings
from monitor.cli.console import AS_JSON, output, print_json
from monitor.cli.context import database, load_settings
from monitor.config import SHANGHAI
from monitor.storage.engine import reading
from monitor.storage.relistings import relistings as found_relistings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.storage.relistings import RelistingLine


def register(parent: typer.Typer) -> None:
    """Add these commands to the command line."""
    parent.command()(relistings)


def relistings(
    find: bool = typer.Option(False, "--find", help="Look for new ones first; every run does so at its end."),
    limit: int = typer.Option(50, min=1, help="How many to list, newest first."),
    as_json: bool = AS_JSON,
) -> None:
    """List listings that look like one that is gone (疑似重新上架), with the reasons. A clue, not a proof."""
    settings = load_settings()
    with database(settings) as engine:
        if find:
            link_relistings(engine, settings.relisting_threshold, datetime.now(UTC))
        with reading(engine) as connection:
            lines = found_relistings(connection, limit=limit)
    if as_json:
        print_json([dataclasses.asdict(line) for line in lines])
    elif not lines:
        output.print("nothing looks like a listing that is gone")
    else:
        output.print(_table(lines))


def _table(lines: Sequence[RelistingLine]) -> Table:
    table = Table(title="Relistings")
    for name in ("gone", "came up", "score", "why", "found (Shanghai)"):
        table.add_column(name, overflow="fold")
    for line in lines:
        table.add_row(
            f"{line.gone_listing_id} {line.gone_title[:40]} ({line.gone_site})",
            f"{line.listing_id} {line.title[:40]} ({line.site})",
            f"{line.score:.0%}",
            "\n".join(line.reasons),
            f"{line.found_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
        )
    return table
