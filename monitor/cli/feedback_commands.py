"""`monitor import-feedback`: what bureaus say came of their leads."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from monitor.cli.console import AS_JSON, print_json, say
from monitor.cli.context import database, load_settings
from monitor.cli.lead_desk import counting
from monitor.cli.returned import counted, summary
from monitor.leads.referral.feedback import FeedbackOutcome, import_feedback
from monitor.storage.engine import reading, writing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.leads.referral.feedback import CheckedFeedback

#: Rows of these outcomes are named one by one.
_TOLD = (FeedbackOutcome.WRONG, FeedbackOutcome.CONFLICT)


def register(parent: typer.Typer) -> None:
    """Add these commands to the command line."""
    parent.command(name="import-feedback")(feedback)


def feedback(
    file: Path = typer.Argument(..., help="A form that `monitor export feedback` wrote, filled in."),
    by: str = typer.Option(..., "--by", help="Name of who imports it, for rows that name no officer."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Check every row, record nothing."),
    as_json: bool = AS_JSON,
) -> None:
    """Record what a bureau says of its leads; exit 1 if rows are wrong or in conflict, the rest counts."""
    settings = load_settings()
    days, now = counting(settings), datetime.now(UTC)
    with database(settings) as engine, (reading if dry_run else writing)(engine) as connection:
        checked = import_feedback(connection, file, days, by=by.strip(), now=now, record=not dry_run)
    if as_json:
        print_json(_as_dict(checked, recorded=not dry_run))
    else:
        _print(checked, recorded=not dry_run)
    if any(row.outcome in _TOLD for row in checked):
        raise typer.Exit(1)


def _as_dict(checked: Sequence[CheckedFeedback], *, recorded: bool) -> dict[str, object]:
    return {
        "recorded": recorded,
        "rows": counted(row.outcome for row in checked),
        "told": [
            {"row": row.row, "lead": row.lead_id, "outcome": row.outcome.value, "said": row.said}
            for row in checked
            if row.outcome in _TOLD
        ],
    }


def _print(checked: Sequence[CheckedFeedback], *, recorded: bool) -> None:
    say(summary((row.outcome for row in checked), recorded=recorded))
    for row in checked:
        if row.outcome in _TOLD:
            say(f"  row {row.row}: {row.outcome.value}: {row.said}")
