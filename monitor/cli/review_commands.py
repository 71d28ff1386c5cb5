"""`monitor review`, `monitor reviews`, `monitor import-review`: people's decisions on listings."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.markup import escape
from rich.table import Table

from monitor.cli.console import AS_JSON, output, print_json
from monitor.cli.context import database, load_settings
from monitor.cli.mistakes import UsageMistakeError
from monitor.cli.returned import counted, summary
from monitor.config import SHANGHAI
from monitor.exporters.review.review_file import read_review
from monitor.leads.review.review_check import Outcome
from monitor.leads.review.review_import import ImportOptions, Returned, check_returned, import_returned
from monitor.leads.review.review_terms import problem_with, review_terms
from monitor.storage.engine import reading, writing
from monitor.storage.reviews import Decision, Review, latest_reviews, record, reviews_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.leads.review.review_check import CheckedRow

#: Rows of these outcomes are named one by one.
_TOLD = (Outcome.WRONG, Outcome.CONFLICT)


def register(parent: typer.Typer) -> None:
    """Add these commands to the command line."""
    parent.command()(review)
    parent.command()(reviews)
    parent.command(name="import-review")(import_review)


def review(
    listing: int = typer.Argument(..., help="Number of the listing (编号)."),
    decision: Decision = typer.Option(..., help="What was decided."),
    reviewer: str = typer.Option(..., help="Name of who decided."),
    reason: str | None = typer.Option(None, help="Why it is rejected: code or Chinese label."),
    comment: str | None = typer.Option(None, help="Anything else, in words."),
    duplicate_of: int | None = typer.Option(None, help="Number of the listing that a duplicate repeats."),
    campaign: str | None = typer.Option(None, help="The campaign under which it was decided."),
) -> None:
    """Record one decision on one listing; earlier ones stay, the latest holds."""
    known = review_terms().reason(reason) if reason is not None else None
    code = known.code if known is not None else reason
    problem = problem_with(
        decision,
        listing_id=listing,
        reason=code,
        comment=comment,
        reviewer=reviewer,
        duplicate_of=duplicate_of,
    )
    if problem is not None:
        raise UsageMistakeError(problem)
    made = Review(
        listing_id=listing,
        decision=decision,
        reviewer=reviewer.strip(),
        decided_at=datetime.now(UTC),
        reason=code,
        comment=comment,
        campaign=campaign,
        duplicate_of=duplicate_of,
    )
    with database(load_settings()) as engine, writing(engine) as connection:
        record(connection, [made])
    output.print(f"listing {listing}: {decision.value}, by {escape(made.reviewer)}", highlight=False)


def reviews(
    listing: int | None = typer.Option(None, help="Every decision on this listing, oldest first."),
    last: int = typer.Option(20, min=1, help="Without --listing: so many of the latest decisions."),
    as_json: bool = AS_JSON,
) -> None:
    """List decisions: who said what of which listing, when, and why."""
    with database(load_settings()) as engine, reading(engine) as connection:
        found = reviews_of(connection, listing) if listing is not None else latest_reviews(connection, last)
    if as_json:
        print_json([dataclasses.asdict(each) for each in found])
        return
    table = Table()
    for name in ("listing", "decision", "why", "reviewer", "when", "from"):
        table.add_column(name, overflow="fold")
    for each in found:
        why = " · ".join(
            part
            for part in (
                each.reason,
                f"of {each.duplicate_of}" if each.duplicate_of is not None else None,
                each.comment,
            )
            if part
        )
        when = f"{each.decided_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
        row = "" if each.source_row is None else f" row {each.source_row}"
        cells = (each.decision.value, why, each.reviewer, when, f"{each.source}{row}")
        table.add_row(str(each.listing_id), *map(escape, cells))
    output.print(table)


def import_review(
    file: Path = typer.Argument(..., help="A list that `monitor export review` wrote, filled in."),
    reviewer: str | None = typer.Option(None, help="Name for rows whose 审核人 is empty."),
    campaign: str | None = typer.Option(None, help="Refuse the list of any other campaign."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Check every row, record nothing."),
    override_conflicts: bool = typer.Option(
        False, "--override-conflicts", help="Let this list replace what others decided meanwhile."
    ),
    as_json: bool = AS_JSON,
) -> None:
    """Record what a review list decides; exit 1 if rows are wrong or in conflict, the rest is recorded."""
    filled = read_review(file)
    returned = Returned(
        source=filled.name, identity=filled.identity, campaign=filled.campaign, rows=filled.rows
    )
    options = ImportOptions(reviewer=reviewer, campaign=campaign, override=override_conflicts)
    now = datetime.now(UTC)
    take = check_returned if dry_run else import_returned
    with database(load_settings()) as engine, (reading if dry_run else writing)(engine) as connection:
        checked = take(connection, returned, options, now=now)
    if as_json:
        print_json(_as_dict(checked, recorded=not dry_run))
    else:
        _print(checked, recorded=not dry_run)
    if any(row.outcome in _TOLD for row in checked):
        raise typer.Exit(1)


def _as_dict(checked: Sequence[CheckedRow], *, recorded: bool) -> dict[str, object]:
    return {
        "recorded": recorded,
        "rows": counted(row.outcome for row in checked),
        "told": [
            {
                "row": row.row.number,
                "listing": row.row.listing,
                "outcome": row.outcome.value,
                "said": row.said,
                "warning": row.warning,
            }
            for row in checked
            if row.outcome in _TOLD or row.warning
        ],
    }


def _print(checked: Sequence[CheckedRow], *, recorded: bool) -> None:
    output.print(summary((row.outcome for row in checked), recorded=recorded), highlight=False)
    for row in checked:
        where = f"row {row.row.number}"
        if row.outcome is Outcome.CONFLICT:
            kept = "kept; --override-conflicts replaces it"
            output.print(f"  {where}: [yellow]conflict[/]: {escape(row.said)} ({kept})", soft_wrap=True)
        elif row.outcome is Outcome.WRONG:
            output.print(f"  {where}: [red]wrong[/]: {escape(row.said)}", soft_wrap=True)
        if row.warning:
            output.print(f"  {where}: note: {escape(row.warning)}", soft_wrap=True)
