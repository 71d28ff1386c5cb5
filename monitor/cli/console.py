"""Where commands print."""

from __future__ import annotations

import json
import sys
from datetime import date
from typing import Any

import typer
from rich.console import Console

#: Results.
output = Console(soft_wrap=False)
#: Progress and errors: never mixed into a result that a program reads.
errors = Console(stderr=True)
#: The option of every command that can answer a program.
AS_JSON = typer.Option(False, "--json", help="Print JSON for a program.")


def say(text: str) -> None:
    """Print a line as it is: what sellers and files say is no markup, and no path is broken over lines."""
    output.print(text, highlight=False, markup=False, soft_wrap=True)


def print_json(value: Any) -> None:  # noqa: ANN401 - whatever JSON takes
    """Print a result for a program: one JSON document, UTF-8, dates as ISO 8601."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=_plain) + "\n")


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
