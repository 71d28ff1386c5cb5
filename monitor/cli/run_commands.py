"""`monitor runs`: what ran, and what was looked at."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import typer
from rich.table import Table

from monitor.cli.console import AS_JSON, output, print_json
from monitor.cli.context import database, load_settings
from monitor.cli.progress import changes_table, coverage_table
from monitor.config import SHANGHAI
from monitor.storage.changes import run_changes
from monitor.storage.engine import reading
from monitor.storage.progress import run_summaries, site_progress, unit_reports
from monitor.storage.runs import load_run
from monitor.storage.tables import HealthVerdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from monitor.storage import Connection
    from monitor.storage.progress import RunSummary


def register(parent: typer.Typer) -> None:
    """Add these commands to the command line."""
    parent.command()(runs)


def runs(
    run: int | None = typer.Argument(None, help="Number of a run: show its units and changes."),
    limit: int = typer.Option(20, min=1, help="How many runs to list, newest first."),
    as_json: bool = AS_JSON,
) -> None:
    """List runs with their coverage; with a number, show one run unit by unit."""
    settings = load_settings()
    with database(settings) as engine, reading(engine) as connection:
        if run is None:
            _list(run_summaries(connection, limit=limit), as_json=as_json)
        else:
            _show(connection, run, as_json=as_json)


def _list(summaries: Sequence[RunSummary], *, as_json: bool) -> None:
    if as_json:
        print_json([dataclasses.asdict(each) for each in summaries])
        return
    table = Table(title="Runs")
    for name in (
        "run",
        "campaign",
        "scheduled (Shanghai)",
        "status",
        "units",
        "listings",
        "suspects",
        "health",
    ):
        table.add_column(name, overflow="fold")
    for each in summaries:
        at = each.scheduled_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
        status = f"{each.status} (late)" if each.late else each.status
        units = f"{each.ended} of {each.units}"
        table.add_row(
            str(each.id),
            each.campaign,
            at,
            status,
            units,
            str(each.listings),
            str(each.suspects),
            _health(each.health),
        )
    output.print(table)


def _health(counts: Mapping[str, int]) -> str:
    """What a person should look at; ``ok`` when all went as usual, nothing when none was judged."""
    bad = {verdict: count for verdict, count in counts.items() if verdict != HealthVerdict.OK}
    said = "\n".join(f"{count} {verdict}" for verdict, count in sorted(bad.items()))
    return said or ("ok" if counts else "")


def _show(connection: Connection, run: int, *, as_json: bool) -> None:
    load_run(connection, run)  # says so when there is none
    units = unit_reports(connection, run)
    sites = site_progress(connection, run)
    changes = run_changes(connection, run)
    if as_json:
        whole = {"run": run, "changes": dataclasses.asdict(changes)}
        whole["sites"] = [dataclasses.asdict(each) for each in sites]
        whole["units"] = [dataclasses.asdict(each) for each in units]
        print_json(whole)
        return
    table = Table(title=f"Units of run {run}")
    for name in ("site", "kind", "key", "status", "pages", "listings", "health", "reason"):
        table.add_column(name, overflow="fold")
    for each in units:
        numbers = (str(each.pages), str(each.listings), each.health or "")
        # the verdict's own words say more than how the unit ended
        why = "\n".join(each.health_reasons) or each.reason or ""
        table.add_row(each.site, each.kind, each.key, each.status, *numbers, why)
    output.print(table)
    output.print(coverage_table(sites))
    if changes.previous is not None:
        output.print(changes_table(changes))
