"""`monitor lexicon`: the words the classifiers know."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.table import Table

from monitor.classifiers import backtest as backtests
from monitor.classifiers import suggest as suggestions
from monitor.classifiers.lexicon.lexicon import load_lexicon
from monitor.classifiers.lexicon_check import check_lexicon
from monitor.classifiers.lexicon_check import show as show_entry
from monitor.cli.console import output, say
from monitor.cli.context import database, load_settings
from monitor.cli.mistakes import UsageMistakeError
from monitor.storage.engine import reading
from monitor.storage.reviews import Decision
from monitor.storage.suspects import ListingFilter, stored_listings

if TYPE_CHECKING:
    from monitor.classifiers.backtest import Kind

app = typer.Typer(help="The lexicon: what the classifiers know.", no_args_is_help=True)


def register(parent: typer.Typer) -> None:
    """Add these commands to the command line."""
    parent.add_typer(app, name="lexicon")


@app.command()
def check(
    folder: Path | None = typer.Argument(
        None, help="Folder of an edited lexicon; by default the shipped one."
    ),
) -> None:
    """Say what is wrong: schema, words that stand twice or contain each other, names that veto themselves."""
    problems = check_lexicon(folder)
    for problem in problems:
        weight = "error" if problem.error else "warning"
        say(f"{weight}: {problem.where}: {problem.what}")
    if any(problem.error for problem in problems):
        raise typer.Exit(1)
    output.print(f"{len(problems)} warnings, no errors", highlight=False)


@app.command()
def show(entry: str = typer.Argument(help="Id of an entry, such as magnet_balls.")) -> None:
    """Show one entry: spellings, what is not it, legal basis and sources."""
    shown = show_entry(load_lexicon(), entry)
    output.print(f"[bold]{shown.entry.id}[/]  {shown.entry.term}  ({shown.file})", highlight=False)
    output.print(shown.entry.about, highlight=False, markup=False)
    table = Table(show_header=False)
    for name, value in shown.entry.model_dump(mode="json", exclude_defaults=True).items():
        if name not in ("id", "term", "about", "basis", "sources"):
            table.add_row(name, _readable(value))
    for code, text in shown.bases.items():
        table.add_row(f"basis {code}", text)
    for code, text in shown.sources.items():
        table.add_row(f"source {code}", text)
    output.print(table)


@app.command()
def backtest(
    folder: Path = typer.Argument(help="Folder of an edited lexicon (a copy of the shipped one, changed)."),
    campaign: str | None = typer.Option(None, help="Only listings seen by this campaign."),
) -> None:
    """Say what an edited lexicon would newly flag or drop among the stored listings; nothing is changed."""
    settings = load_settings()
    edited = load_lexicon(folder)
    wanted = ListingFilter(suspects_only=False, campaign=campaign, on_sale_only=False)
    with database(settings) as engine, reading(engine) as connection:
        outcome = backtests.backtest(
            load_lexicon(),
            edited,
            stored_listings(connection, wanted),
            threshold=settings.suspect_threshold,
        )
    output.print(f"{outcome.listings} listings", highlight=False)
    _print_kind("newly suspect", outcome.newly_suspect)
    _print_kind("no longer suspect", outcome.no_longer)
    for hazard, (gained, lost) in sorted(outcome.hazards.items()):
        output.print(f"{hazard}: +{gained.count} -{lost.count}", highlight=False)


@app.command()
def suggest(
    confirmed: Path | None = typer.Option(
        None, help="Titles of confirmed suspects, one a line, UTF-8; by default those of the database."
    ),
    rejected: Path | None = typer.Option(None, help="Titles of rejected ones, with --confirmed."),
    campaign: str | None = typer.Option(None, help="Only listings seen by this campaign."),
    least: int = typer.Option(3, min=1, help="A term must occur in so many titles of one side."),
) -> None:
    """List terms that part what reviewers confirmed from what they rejected, for a person to accept."""
    if (confirmed is None) != (rejected is None):
        raise UsageMistakeError("give both --confirmed and --rejected, or neither for the database's reviews")
    if confirmed is not None and rejected is not None:
        if campaign is not None:
            raise UsageMistakeError("--campaign is for the database's reviews: leave it out, or the files")
        yes, no = _lines(confirmed), _lines(rejected)
    else:
        yes, no = _reviewed(campaign)
    found = suggestions.suggest(yes, no, load_lexicon(), least=least)
    output.print(f"{len(yes)} confirmed, {len(no)} rejected", highlight=False)
    table = Table()
    for name in ("term", "confirmed", "rejected", "weight", "known"):
        table.add_column(name, justify="left" if name == "term" else "right")
    for each in found:
        known = "yes" if each.known else ""
        table.add_row(each.term, str(each.confirmed), str(each.rejected), f"{each.weight:+.2f}", known)
    output.print(table)


def _reviewed(campaign: str | None) -> tuple[list[str], list[str]]:
    """Titles of the listings that people confirmed, and of the suspects that they rejected.

    What was only sampled, and rightly filtered out, says nothing about why suspects are rejected.
    """
    confirmed = ListingFilter(
        suspects_only=False, on_sale_only=False, campaign=campaign, decision=Decision.CONFIRMED
    )
    rejected = ListingFilter(on_sale_only=False, campaign=campaign, decision=Decision.REJECTED)
    with database(load_settings()) as engine, reading(engine) as connection:
        yes, no = (
            [listing.title for listing in stored_listings(connection, wanted)]
            for wanted in (confirmed, rejected)
        )
    return yes, no


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageMistakeError(f"{file}: cannot be read: {error}") from None


def _print_kind(title: str, kind: Kind) -> None:
    output.print(f"[bold]{title}: {kind.count}", highlight=False)
    for change in kind.examples:
        output.print(f"  {change.listing.title}", highlight=False, markup=False)


def _readable(value: object) -> str:
    if isinstance(value, list):
        return "、".join(_readable(each) for each in value)
    if isinstance(value, dict):
        return " ".join(str(part) for part in value.values())
    return str(value)
