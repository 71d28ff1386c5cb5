"""`monitor classify`: one title readable, or a whole file."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from monitor.classifiers import FindingKind
from monitor.classifiers.batch import classify_file
from monitor.classifiers.classify import default_classifier
from monitor.classifiers.contract import to_contract
from monitor.classifiers.explain import explain
from monitor.cli.console import errors, output
from monitor.cli.context import load_settings
from monitor.cli.mistakes import UsageMistakeError
from monitor.extraction.attributes import unify
from monitor.listing import Listing

if TYPE_CHECKING:
    from monitor.classifiers.classify import Classifier


def register(parent: typer.Typer) -> None:
    """Add these commands to the command line."""
    parent.command()(classify)


def classify(
    title: str | None = typer.Argument(None, help="One title, shown with its matched words and the sum."),
    input_file: Path | None = typer.Option(None, "--input", help="A .txt, .tsv or .csv file, UTF-8."),
    output_file: Path | None = typer.Option(None, "--output", help="Where to write JSON lines."),
    column: str | None = typer.Option(None, help="Column with the text; by default title, text or query."),
    as_json: bool = typer.Option(
        False, "--json", help="With a title: print the JSON object of the contract."
    ),
) -> None:
    """Say category, hazards, focus, claims, marks and risk of one title or of every row of a file."""
    classifier = default_classifier(load_settings().suspect_threshold)
    if title is not None and input_file is None:
        _one(title, classifier, as_json=as_json)
        return
    if title is not None or input_file is None or output_file is None:
        raise UsageMistakeError("give either a title, or --input FILE and --output FILE.jsonl")
    columns = (SpinnerColumn(), TextColumn("{task.completed} rows"), TimeElapsedColumn())
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as progress:
        task = progress.add_task("classify", total=None)
        summary = classify_file(
            input_file,
            output_file,
            column,
            classifier,
            lambda rows: progress.update(task, completed=rows),
            unify=unify,
        )
    errors.print(f"{output_file}: {summary.rows} rows, {summary.suspects} suspects", highlight=False)


def _one(title: str, classifier: Classifier, *, as_json: bool) -> None:
    workings = classifier.work_out(Listing(site="", url="", title=title))
    said = workings.classification
    if as_json:
        sys.stdout.write(json.dumps(to_contract(title, said), ensure_ascii=False) + "\n")
        return
    shown = Text(title)
    for finding in said.findings:
        if finding.field == "title":
            shown.stylize(
                "bold red" if finding.kind is FindingKind.HAZARD else "bold yellow",
                finding.start,
                finding.end,
            )
    output.print(shown)
    output.print(f"category {said.category or 'none'}  {said.subcategory or ''}", highlight=False)
    table = Table(title="Risk")
    table.add_column("because", overflow="fold")
    table.add_column("points", justify="right")
    for term in workings.terms:
        table.add_row(term.why, f"{term.points:+.2f}")
    table.add_section()
    table.add_row("suspect" if said.suspect else "no suspect", f"{said.risk:.2f}", style="bold")
    output.print(table)
    for dropped in explain(title, said, classifier).dropped:
        output.print(f"not counted: “{dropped.matched}” ({dropped.hazard}): {dropped.why}", highlight=False)
