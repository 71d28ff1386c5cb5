"""`monitor crawl`: a campaign, or one site, now."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

from monitor.campaigns.launch import run_crawlers
from monitor.campaigns.loading import load_plans
from monitor.campaigns.orders import add_run, site_orders
from monitor.campaigns.plan import Plan, Query, SiteUse, Via
from monitor.campaigns.problem import nearest
from monitor.campaigns.queries import search_words
from monitor.classifiers.lexicon.lexicon import load_lexicon
from monitor.cli.console import errors, output, print_json
from monitor.cli.context import database, load_settings
from monitor.cli.mistakes import UsageMistakeError
from monitor.cli.progress import changes_table, coverage_table, crawl_progress
from monitor.storage import runs
from monitor.storage.changes import run_changes
from monitor.storage.engine import reading, writing
from monitor.storage.progress import site_progress

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.storage import Engine


def register(parent: typer.Typer) -> None:
    """Add these commands to the command line."""
    parent.command()(crawl)


def crawl(
    campaign: str | None = typer.Argument(None, help="Name of a plan in the schedules folder."),
    site: str | None = typer.Option(None, help="Instead of a campaign: name or file of a site profile."),
    query: list[str] = typer.Option([], help="With --site: a search word; may be given again."),
    shop: bool = typer.Option(False, "--shop", help="With --site: read the whole shop, not its search."),
    base_url: str | None = typer.Option(None, help="With --site: which shop, for a shop engine's profile."),
    max_pages: int = typer.Option(20, min=1, help="With --site: pages of one search or shelf."),
    retry: int | None = typer.Option(None, "--retry", help="Number of a run: try its failed units again."),
    as_json: bool = typer.Option(False, "--json", help="Print the outcome as JSON."),
) -> None:
    """Crawl a campaign or one site now. A run that was cut short is taken up where it was."""
    settings = load_settings()
    with database(settings) as engine:
        if retry is not None:
            run_id = _reopened(engine, retry)
        elif site is not None:
            run_id = ready_run(engine, settings, _ad_hoc(site, query, base_url, max_pages, shop=shop))
        elif campaign is not None:
            plans = load_plans(settings.schedules_dir)
            if campaign not in plans:
                raise UsageMistakeError(
                    f"no plan is called {campaign!r} in {settings.schedules_dir}{nearest(campaign, plans)}"
                )
            run_id = ready_run(engine, settings, plans[campaign])
        else:
            raise UsageMistakeError("say what to crawl: the name of a campaign, or --site PROFILE --query 词")
        try:
            carry_out(engine, run_id, settings)
        finally:
            report(engine, run_id, as_json=as_json)


def carry_out(engine: Engine, run_id: int, settings: Settings) -> None:
    """Crawl what is left of a run, showing how far it is; Ctrl-C and SIGTERM end it with status 130."""
    try:
        with crawl_progress() as show:
            run_crawlers(engine, run_id, settings, show)
    except KeyboardInterrupt:
        errors.print("stopped; what was committed is kept: run the same command again to go on")
        raise typer.Exit(130) from None


def ready_run(engine: Engine, settings: Settings, plan: Plan) -> int:
    """Return the run of a plan that was cut short, else a new one, fired by hand now."""
    with reading(engine) as connection:
        unfinished = runs.unfinished_run(connection, plan.name)
    if unfinished is not None:
        errors.print(f"run {unfinished} was cut short: going on with it", highlight=False)
        return unfinished
    lexicon = load_lexicon()
    words = [each.word for each in search_words(plan, lexicon)]
    orders = site_orders(plan, words, [settings.sites_dir])
    with writing(engine) as connection:
        return add_run(
            connection,
            plan,
            orders,
            scheduled_at=datetime.now(UTC),
            reason="人工启动",
            lexicon_version=lexicon.version,
        )


def report(engine: Engine, run_id: int, *, as_json: bool = False) -> None:
    """Show what a run looked at and what it found changed."""
    with reading(engine) as connection:
        sites = site_progress(connection, run_id)
        changes = run_changes(connection, run_id)
    if as_json:
        numbers = {
            name: sum(getattr(site, name) for site in sites)
            for name in ("units", "done", "failed", "blocked", "pages", "listings", "suspects")
        }
        moved = {name: len(getattr(changes, name)) for name in ("new", "changed", "vanished", "new_sellers")}
        print_json({"run": run_id, **numbers, "since_last_run": moved if changes.previous else None})
        return
    output.print(coverage_table(sites))
    if changes.previous is not None:
        output.print(changes_table(changes))


def _reopened(engine: Engine, run_id: int) -> int:
    with writing(engine) as connection:
        runs.load_run(connection, run_id)
        count = runs.reopen_failed(connection, run_id)
    errors.print(f"run {run_id}: {count} failed or blocked units are tried again", highlight=False)
    return run_id


def _ad_hoc(site: str, queries: list[str], base_url: str | None, max_pages: int, *, shop: bool) -> Plan:
    if not queries and not shop:
        raise UsageMistakeError("--site needs --query 词 (may be given again), or --shop for the whole shop")
    via = (Via.SHOP,) * shop + (Via.SEARCH,) * bool(queries)
    return Plan.model_validate(
        {
            "name": "ad-hoc",
            "title": "临时采集",
            "windows": [{"name": "临时", "from": "01-01", "to": "12-31", "cadence": "daily 00:00"}],
            "sites": [SiteUse(site=site, via=via, base_url=base_url)],
            "search": [Query(words=tuple(queries))] if queries else [],
            "budget": {"pages_per_unit": max_pages},
        }
    )
