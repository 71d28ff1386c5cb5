"""`monitor site`: profiles of sites, checked and tried."""

from __future__ import annotations

from pathlib import Path

import typer
from rich.table import Table

from monitor.addresses import Guard, own_address
from monitor.cli.console import output, say
from monitor.cli.context import load_settings
from monitor.cli.fetching import fetch_page
from monitor.cli.mistakes import UsageMistakeError
from monitor.extraction import Page, PageKind
from monitor.extraction.describe import describe
from monitor.extraction.profile import all_profiles, check_profile, load_profile
from monitor.extraction.reading import read_page

app = typer.Typer(help="Site profiles: how a shop is read.", no_args_is_help=True)


def register(parent: typer.Typer) -> None:
    """Add these commands to the command line."""
    parent.add_typer(app, name="site")


@app.command("list")
def list_profiles() -> None:
    """List the profiles there are: one's own and the shipped ones."""
    settings = load_settings()
    table = Table()
    for name in ("profile", "title", "address", "search", "whole shop"):
        table.add_column(name)
    for profile in all_profiles([settings.sites_dir]):
        table.add_row(
            profile.name,
            profile.title,
            profile.base_url or "(give base_url)",
            "yes" if profile.search else "no",
            "yes" if profile.shop.lists or profile.shop.sitemaps else "no",
        )
    output.print(table)


@app.command()
def check(file: Path = typer.Argument(help="A profile, YAML.")) -> None:
    """Say everything that is wrong with a profile: line, key, mend. Exit status 1 when something is."""
    problems = check_profile(file)
    for problem in problems:
        say(problem)
    if problems:
        raise typer.Exit(1)
    output.print(f"{file}: nothing to mend", highlight=False)


@app.command("try")
def try_profile(
    profile: str = typer.Argument(help="Name or file of a profile."),
    query: str | None = typer.Option(None, help="Search for this word."),
    url: str | None = typer.Option(None, help="Or read this page."),
    file: Path | None = typer.Option(
        None, help="With --url: the page as saved from there; nothing is fetched."
    ),
    base_url: str | None = typer.Option(None, help="Which shop, for a shop engine's profile."),
    kind: PageKind | None = typer.Option(None, help="What the page is; by default it is recognised."),
    rows: int = typer.Option(60, min=1, help="How many fields to show."),
) -> None:
    """Fetch one page (or take a saved one) and show what comes out of it, field by field."""
    settings = load_settings()
    wanted = load_profile(profile, [settings.sites_dir])
    if base_url is not None:
        wanted = wanted.at(base_url)
    if (query is None) == (url is None):
        raise UsageMistakeError("say either --query 词 or --url ADDRESS")
    if query is not None:
        url, kind = wanted.search_url(query), PageKind.LIST
    assert url is not None
    if file is not None:
        page = Page(url=url, body=file.read_bytes())
    else:
        # who types an address means that address
        guard = Guard.of([*wanted.allowances, *own_address(url)])
        page = fetch_page(url, settings.user_agent, guard)
    described = describe(read_page(page, wanted, kind))
    table = Table(title=page.url)
    for name in ("#", "field", "state", "value"):
        table.add_column(name, overflow="fold")
    for row in described[:rows]:
        table.add_row(str(row.listing or ""), row.field, row.state, row.value[:200])
    table.caption = f"{min(rows, len(described))} of {len(described)} fields"
    output.print(table)
