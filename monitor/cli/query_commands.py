"""`monitor queries`: what a campaign searches for, why, and what it brought."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import typer
from rich.table import Table

from monitor.campaigns.loading import load_plans
from monitor.campaigns.orders import searches, site_orders
from monitor.campaigns.problem import nearest
from monitor.campaigns.queries import search_words
from monitor.campaigns.selection import select_words
from monitor.classifiers.lexicon.lexicon import load_lexicon
from monitor.cli.console import AS_JSON, output, print_json
from monitor.cli.context import database, load_settings
from monitor.cli.mistakes import UsageMistakeError
from monitor.storage.engine import reading

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.campaigns.plan import Plan
    from monitor.campaigns.selection import Selection, WordStanding
    from monitor.config import Settings


def register(parent: typer.Typer) -> None:
    """Add these commands to the command line."""
    parent.command()(queries)


def queries(
    campaign: str = typer.Argument(..., help="Name of a plan in the schedules folder."),
    as_json: bool = AS_JSON,
) -> None:
    """List the search words of a campaign's next run, site by site: why, what they brought, which rest."""
    settings = load_settings()
    plan = _plan(settings, campaign)
    why = {each.word: each.why for each in search_words(plan, load_lexicon())}
    if plan.sites:
        orders = site_orders(plan, list(why), [settings.sites_dir])
        with database(settings) as engine, reading(engine) as connection:
            sites = searches(connection, plan, orders)
    else:
        sites = {"no site yet": select_words(list(why), None, plan.budget.units_per_run)}
    if as_json:
        print_json({"campaign": campaign, "sites": {s: _as_dict(c, why) for s, c in sites.items()}})
        return
    for site, selection in sites.items():
        output.print(_table(site, selection, why))


def _plan(settings: Settings, campaign: str) -> Plan:
    plans = load_plans(settings.schedules_dir)
    if campaign not in plans:
        raise UsageMistakeError(
            f"no plan is called {campaign!r} in {settings.schedules_dir}{nearest(campaign, plans)}"
        )
    return plans[campaign]


def _as_dict(selection: Selection, why: Mapping[str, str]) -> dict[str, object]:
    return {
        place: [{"why": why[each.word], **asdict(each)} for each in standings]
        for place, standings in (
            ("asked", selection.asked),
            ("resting", selection.resting),
            ("left_out", selection.left_out),
        )
    }


def _table(site: str, selection: Selection, why: Mapping[str, str]) -> Table:
    table = Table(title=f"{site}: search words of the next run")
    table.add_column("word", overflow="fold")
    table.add_column("why", overflow="fold")
    for name in ("promise", "asks", "listings", "suspects", "alone", "first", "next run"):
        table.add_column(name, justify="right")
    for standings, said in (
        (selection.asked, "asked"),
        (selection.left_out, "left out"),
        (selection.resting, "rests"),
    ):
        for each in standings:
            table.add_row(each.word, why[each.word], *_numbers(each), _said(each, said))
        table.add_section()
    table.caption = (
        f"{len(selection.asked)} asked, {len(selection.left_out)} left out by the budget, "
        f"{len(selection.resting)} rest. alone: suspects that no other list showed; first: seen first then"
    )
    return table


def _numbers(standing: WordStanding) -> list[str]:
    counts = (standing.asks, standing.listings, standing.suspects, standing.alone, standing.first)
    return [f"{standing.promise:.2f}", *map(str, counts)]


def _said(standing: WordStanding, said: str) -> str:
    return said if standing.every == 1 else f"{said} (every {standing.every}: {standing.empty} empty)"
