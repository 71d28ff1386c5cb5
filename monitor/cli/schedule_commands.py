"""`monitor schedule`: when campaigns fire."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import typer
from rich.table import Table

from monitor.campaigns import calendar as calendars
from monitor.campaigns import preview as previews
from monitor.campaigns.check import Known, check_plan
from monitor.campaigns.firings import next_firing
from monitor.campaigns.ics import to_ics
from monitor.campaigns.loading import load_plans, plan_files
from monitor.campaigns.preview_text import text
from monitor.campaigns.problem import Weight
from monitor.campaigns.queries import SEVEN
from monitor.classifiers.lexicon.lexicon import load_lexicon
from monitor.classifiers.lexicon.taxonomy import load_taxonomy
from monitor.cli import service_commands
from monitor.cli.console import AS_JSON, errors, output, print_json, say
from monitor.cli.context import load_settings
from monitor.cli.mistakes import UsageMistakeError
from monitor.config import SHANGHAI
from monitor.extraction.profile import all_profiles

app = typer.Typer(help="Campaign plans: what is planned, and the service that does it.", no_args_is_help=True)

_MONTH = timedelta(days=30)


def register(parent: typer.Typer) -> None:
    """Add these commands to the command line."""
    parent.add_typer(app, name="schedule")
    service_commands.register(app)


@app.command("list")
def list_plans(as_json: bool = AS_JSON) -> None:
    """List the campaigns that have a plan, with their next firing."""
    plans = load_plans(load_settings().schedules_dir)
    now = datetime.now(UTC)
    coming = {name: next_firing(plan, now) for name, plan in plans.items()}
    if as_json:
        print_json(
            [
                {"campaign": name, "title": plan.title, "next": firing and firing.scheduled_at.isoformat()}
                for (name, plan), firing in zip(plans.items(), coming.values(), strict=True)
            ]
        )
        return
    table = Table()
    for column in ("campaign", "title", "next firing (Shanghai)", "window"):
        table.add_column(column)
    for name, plan in plans.items():
        firing = coming[name]
        at = f"{firing.scheduled_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if firing else "over"
        table.add_row(name, plan.title, at, firing.window if firing else "")
    output.print(table)


@app.command()
def check(
    files: list[Path] = typer.Argument(None, help="Plans; by default all of the schedules folder."),
) -> None:
    """Say everything that is wrong with plans: file, line, key, and what was meant. Exit 1 on an error."""
    settings = load_settings()
    lexicon, taxonomy = load_lexicon(), load_taxonomy()
    known = Known(
        sites=frozenset(profile.name for profile in all_profiles([settings.sites_dir])),
        hazards=frozenset(lexicon.hazard_by_id),
        groups={SEVEN} | {hazard.group for hazard in lexicon.hazards},
        categories={branch for sub in taxonomy.subcategories for branch in _branches(sub.id)},
    )
    today = datetime.now(SHANGHAI).date()
    checked = files or plan_files(settings.schedules_dir)
    problems = [problem for path in checked for problem in check_plan(path, known, today)]
    for problem in problems:
        say(f"{problem.weight}: {problem}")
    if any(problem.weight is Weight.ERROR for problem in problems):
        raise typer.Exit(1)
    output.print(f"{len(checked)} plans can be run", highlight=False)


@app.command()
def days(
    year: int = typer.Option(..., help="Year, 1950–2099.", min=1950, max=2099),
    as_json: bool = AS_JSON,
) -> None:
    """Say on which dates the named days of a year fall."""
    calendar = calendars.load(load_settings().schedules_dir / calendars.OVERRIDE_NAME)
    found = calendar.days(year)
    if as_json:
        print_json({name: day.isoformat() for name, day in found.items()})
        return
    unsettled = calendar.unsettled(year)
    for name, day in found.items():
        doubt = "  (the new moon is too near midnight to be sure)" if name in unsettled else ""
        output.print(f"{day:%Y-%m-%d %a}  {name}  {calendar.chinese(name)}{doubt}", highlight=False)
    for name, (first, last) in calendar.periods(year).items():
        output.print(f"{first:%Y-%m-%d} … {last:%m-%d}  {name}  {calendar.chinese(name)}", highlight=False)


@app.command()
def preview(
    campaign: str | None = typer.Argument(None, help="Only this campaign."),
    first: datetime | None = typer.Option(None, "--from", formats=["%Y-%m-%d"], help="First day; today."),
    last: datetime | None = typer.Option(None, "--to", formats=["%Y-%m-%d"], help="Last day; 30 days on."),
    as_json: bool = AS_JSON,
    ics: Path | None = typer.Option(None, "--ics", help="Also write a calendar file for phones."),
) -> None:
    """Show every firing in a stretch of days, with why, and a sheet for each month."""
    plans = load_plans(load_settings().schedules_dir)
    if campaign is not None and campaign not in plans:
        raise UsageMistakeError(f"no plan is called {campaign!r}; there are: {', '.join(plans)}")
    chosen = [plan for name, plan in plans.items() if campaign in (None, name)]
    begin = first.date() if first else datetime.now(SHANGHAI).date()
    try:
        shown = previews.preview(chosen, begin, last.date() if last else begin + _MONTH)
    except ValueError as error:
        raise UsageMistakeError(str(error)) from None
    if ics is not None:
        ics.write_text(to_ics(shown, written_at=datetime.now(UTC)), encoding="utf-8", newline="")
        errors.print(f"{ics} written", highlight=False)
    if as_json:
        print_json(previews.as_json(shown))
    else:
        sys.stdout.write(text(shown) + "\n")


def _branches(subcategory: str) -> list[str]:
    """A branch of the taxonomy names all below it: TOY, TOY.SHOOT, TOY.SHOOT.GUN."""
    parts = subcategory.split(".")
    return [".".join(parts[:length]) for length in range(1, len(parts) + 1)]
