"""`monitor lexicon`: the words the classifiers know."""

from __future__ import annotations

import typer

app = typer.Typer(help="The lexicon: what the classifiers know.", no_args_is_help=True)


def register(parent: typer.Typer) -> None:
    """Add these commands to the command line."""
    parent.add_typer(app, name="lexicon")
