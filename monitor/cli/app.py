"""The command line as a whole: its groups, and what becomes of errors."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING

import typer
from rich.markup import escape

from monitor import __version__
from monitor.cli.console import errors
from monitor.cli.lazy import LazyCommands
from monitor.mistake import MistakeError

if TYPE_CHECKING:
    from types import FrameType

app = typer.Typer(
    name="monitor",
    help="Watch e-commerce for unsafe children's products.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    cls=LazyCommands,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"monitor {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(
        False, "--version", help="Show the version and exit.", callback=_show_version, is_eager=True
    ),
) -> None:
    del version


def main() -> None:
    """Run the command; a person's mistake gives a message and never a traceback."""
    signal.signal(signal.SIGTERM, _as_interrupt)
    try:
        app()
    except MistakeError as error:
        errors.print(f"[bold red]error:[/] {escape(str(error))}", highlight=False)
        sys.exit(error.status)


def _as_interrupt(signum: int, frame: FrameType | None) -> None:
    del signum, frame
    raise KeyboardInterrupt
