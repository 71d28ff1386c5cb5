"""`monitor db`: the tables."""

from __future__ import annotations

import typer

from monitor.cli.console import output
from monitor.cli.context import database, load_settings
from monitor.storage.migrate import upgrade as upgrade_database

app = typer.Typer(help="The database: tables and their versions.", no_args_is_help=True)


def register(parent: typer.Typer) -> None:
    """Add these commands to the command line."""
    parent.add_typer(app, name="db")


@app.command()
def upgrade() -> None:
    """Make or bring up to date the tables of the configured database; all of it or nothing."""
    settings = load_settings()
    with database(settings, checked=False) as engine:
        upgrade_database(engine)
        output.print(f"{engine.url.render_as_string(hide_password=True)} is up to date", highlight=False)
