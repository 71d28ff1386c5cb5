"""`monitor schedule`: when campaigns fire."""

from __future__ import annotations

import typer

app = typer.Typer(help="Campaign plans: check, preview and run them.", no_args_is_help=True)


def register(parent: typer.Typer) -> None:
    """Add these commands to the command line."""
    parent.add_typer(app, name="schedule")
