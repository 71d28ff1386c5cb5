"""`monitor recheck`: look at suspects again, now."""

from __future__ import annotations

import dataclasses
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer
from rich.table import Table

from monitor.campaigns.loading import load_plans
from monitor.campaigns.problem import nearest
from monitor.campaigns.recheck_due import Why
from monitor.campaigns.rechecking import Chosen, add_recheck_run, due, reachable
from monitor.classifiers.lexicon.lexicon import load_lexicon
from monitor.cli.console import errors, output, print_json
from monitor.cli.context import database, load_settings
from monitor.cli.crawl_commands import carry_out
from monitor.cli.mistakes import UsageMistakeError
from monitor.storage.engine import reading, writing
from monitor.storage.watching import check_lines, left_by_hand, watched

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.campaigns.plan import Plan
    from monitor.config import Settings
    from monitor.storage import Connection, Engine
    from monitor.storage.watching import CheckLine

_ROWS = 30


def register(parent: typer.Typer) -> None:
    """Add these commands to the command line."""
    parent.command()(recheck)


def recheck(
    campaign: str | None = typer.Option(None, "--campaign", help="Suspects that this campaign saw."),
    listing: list[int] = typer.Option([], "--listing", help="Number of a listing; may be given again."),
    only_due: bool = typer.Option(
        False, "--due", help="Only those that are due: by their campaigns' recheck: cadence, or 未固证."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print the outcome as JSON."),
) -> None:
    """Look at suspects again: still on sale, changed, gone? What was cut short is taken up first."""
    if not (campaign or listing or only_due):
        raise UsageMistakeError(
            "say which suspects: --due, --campaign NAME (with or without --due), --listing N"
        )
    if listing and (campaign or only_due):
        raise UsageMistakeError("--listing names the listings itself: leave out --campaign and --due")
    settings = load_settings()
    with database(settings) as engine:
        numbers = _left(engine)
        for number in numbers:
            errors.print(f"run {number} was cut short: going on with it", highlight=False)
            carry_out(engine, number, settings)
        if (fresh := _new_run(engine, settings, campaign, listing, only_due=only_due)) is not None:
            numbers.append(fresh)
            carry_out(engine, fresh, settings)
        with reading(engine) as connection:
            lines = [line for number in numbers for line in check_lines(connection, number)]
    _report(numbers, lines, as_json=as_json)


def _left(engine: Engine) -> list[int]:
    with reading(engine) as connection:
        return left_by_hand(connection)


def _new_run(
    engine: Engine, settings: Settings, campaign: str | None, listing: Sequence[int], *, only_due: bool
) -> int | None:
    now = datetime.now(UTC)
    # what a person names needs no plan: it may come from a file, where there are none
    plans = {} if listing else load_plans(settings.schedules_dir)
    version = load_lexicon().version
    with writing(engine) as connection:
        chosen = _chosen(connection, plans, campaign, listing, now, only_due=only_due)
        chosen, from_files = reachable(connection, chosen)
        if from_files:
            sites = ", ".join(sorted({each.listing.site for each in from_files}))
            errors.print(
                f"{len(from_files)} listings left out: no run was ever told to visit {sites}, they are known "
                "from files; import a newer file or page instead",
                highlight=False,
            )
        if not chosen:
            return None
        return add_recheck_run(connection, chosen, now=now, lexicon_version=version)


def _chosen(
    connection: Connection,
    plans: dict[str, Plan],
    campaign: str | None,
    listing: Sequence[int],
    now: datetime,
    *,
    only_due: bool,
) -> list[Chosen]:
    if campaign is not None and campaign not in plans:
        raise UsageMistakeError(f"no plan is called {campaign!r}{nearest(campaign, plans)}")
    if only_due:
        return due(connection, plans.values(), now, campaign=campaign)
    found = watched(connection, campaign=campaign, listing_ids=listing or None)
    if missing := set(listing) - {each.listing_id for each in found}:
        raise UsageMistakeError(
            f"there is no listing {min(missing)}; 编号 in the list of suspects is the number to give"
        )
    return [Chosen(listing=each, why=Why.ASKED) for each in found if not each.waiting]


def _report(numbers: Sequence[int], lines: Sequence[CheckLine], *, as_json: bool) -> None:
    if as_json:
        print_json({"runs": list(numbers), "checks": [dataclasses.asdict(line) for line in lines]})
        return
    if not numbers:
        output.print("nothing to look at")
        return
    table = Table(title=f"Rechecks of run {', '.join(map(str, numbers))}")
    for name in ("listing", "site", "title", "outcome", "rests on", "stands as"):
        table.add_column(name, overflow="fold")
    for line in lines[:_ROWS]:
        table.add_row(
            str(line.listing_id), line.site, line.title[:40], line.outcome, line.rests_on or "", _stands(line)
        )
    counts = Counter(line.outcome for line in lines)
    table.caption = ", ".join(f"{number} {outcome}" for outcome, number in counts.most_common())
    if len(lines) > _ROWS:
        table.caption += f" ({len(lines) - _ROWS} more rows: --json lists them all)"
    output.print(table)


def _stands(line: CheckLine) -> str:
    if line.gone_at is not None:
        return "gone"
    return "back on sale" if line.back_at is not None else "on sale"
