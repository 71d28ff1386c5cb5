"""`monitor import-results`: what the laboratories said of drawn samples, and what follows from it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import typer

from monitor.classifiers.classify import default_classifier
from monitor.cli.console import AS_JSON, print_json, say
from monitor.cli.context import database, load_settings
from monitor.cli.export_commands import show_files
from monitor.cli.lead_desk import counting
from monitor.cli.mapping import mapped_columns
from monitor.config import SHANGHAI
from monitor.exporters.sampling.followup import export_follow_up
from monitor.leads.sampling.after_test import record_results
from monitor.leads.sampling.results import check_results
from monitor.leads.sampling.sampling_terms import SHIPPED, sampling_terms
from monitor.matching.listed_goods import apply_lists
from monitor.storage.engine import reading, writing


def register(parent: typer.Typer) -> None:
    """Add these commands to the command line."""
    parent.command("import-results")(import_results)


def import_results(
    file: Path = typer.Argument(help="Test results: xlsx, csv or tsv with 抽样编号 and 检验结论."),
    draw: int | None = typer.Option(None, help="Number of the draw that all rows must belong to."),
    by: str = typer.Option("monitor", "--by", help="Who imports them, for the record of the leads."),
    mapping: list[str] = typer.Option(
        [], "--map", help="COLUMN=FIELD for a column that is not recognised. May be given again."
    ),
    to: Path | None = typer.Option(None, "--to", help="Folder to write to, instead of the configured one."),
    as_json: bool = AS_JSON,
) -> None:
    """Record test results; failed ones open leads and an entry of the watchlist, and get a re-test date.

    Rows that do not fit a draw are named and left out; the exit status is then 1. Again adds nothing.
    """
    settings = load_settings()
    terms = sampling_terms(settings.sampling_terms or SHIPPED)
    now = datetime.now(UTC)
    with database(settings) as engine:
        with writing(engine) as connection:
            checked = check_results(
                connection,
                file,
                today=now.astimezone(SHANGHAI).date(),
                draw_id=draw,
                mapped=mapped_columns(mapping),
            )
            done = record_results(
                connection,
                checked,
                terms=terms,
                by=by,
                source=file.name,
                now=now,
                announced=counting(settings).announced,
            )
            if done.entries:
                apply_lists(connection, default_classifier(settings.suspect_threshold), at=now)
        with reading(engine) as connection:
            folder = to or settings.exports_dir
            files = export_follow_up(connection, folder, draw_id=draw, terms=terms, now=now)
    if as_json:
        print_json(
            {
                **asdict(done),
                "known": len(checked.known),
                "problems": [asdict(each) for each in checked.problems],
                "files": [str(each.path) for each in files],
            }
        )
    else:
        for each in checked.problems:
            say(f"{file}, row {each.row} {each.number}: {each.what}; left out")
        say(f"{done.recorded} results recorded, {len(checked.known)} known; {done.failed} failed")
        if done.leads:
            say(f"leads {', '.join(map(str, done.leads))}; {done.entries} new entries of the watchlist")
        show_files(files)
    if checked.problems:
        raise typer.Exit(1)
