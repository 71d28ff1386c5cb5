"""`monitor evidence screenshot`: what a browser shows of a listing's page, kept in the chain of evidence."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from monitor.addresses import Guard
from monitor.cli.console import say
from monitor.cli.context import database, load_settings
from monitor.cli.mistakes import UsageMistakeError
from monitor.evidence.screenshot import find_browser, take
from monitor.extraction.profile import load_profile
from monitor.pipelines.preserve import PageKeeper
from monitor.pipelines.session import CrawlSession
from monitor.storage import leases, runs
from monitor.storage.engine import reading, writing
from monitor.storage.evidence import record_evidence
from monitor.storage.subjects import Subject, subject
from monitor.storage.watching import last_orders

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.evidence.screenshot import Screenshot
    from monitor.storage import Engine

_CAMPAIGN, _TITLE = "screenshot", "网页截图"


def screenshot(
    listing: int = typer.Argument(help="Number of a listing, as in the list of suspects."),
    browser: Path | None = typer.Option(None, help="Chromium to use; by default the one on the path."),
) -> None:
    """Open a listing's page in a browser and keep a picture of the whole of it as evidence."""
    settings = load_settings()
    with database(settings) as engine:
        with reading(engine) as connection:
            wanted = subject(connection, listing)
            order = last_orders(connection).get(wanted.site)
        if order is None:
            raise UsageMistakeError(
                f"{wanted.site} is known from files alone: no run was ever told to visit it"
            )
        profile = load_profile(order["profile"], [settings.sites_dir])
        if order["base_url"]:
            profile = profile.at(order["base_url"], name=order["name"])
        guard = Guard.of(profile.allowances)
        picture = take(wanted.known.url, guard, browser=find_browser(browser), user_agent=settings.user_agent)
        run_id = _keep(engine, settings, wanted, picture, listing)
    refused = f", {len(picture.refused)} addresses refused" if picture.refused else ""
    cut = f", {picture.left_out} pixels below left out" if picture.left_out else ""
    text = f"run {run_id}  {picture.url}  {picture.width}×{picture.height}{cut}{refused}"
    say(text)


def _keep(engine: Engine, settings: Settings, wanted: Subject, picture: Screenshot, listing: int) -> int:
    """Write the picture to a chain of a run of its own, under the site's lease."""
    with writing(engine) as connection:
        lease = leases.acquire(connection, wanted.site_id, leases.this_process(), settings.lease_seconds)
        campaign = runs.ensure_campaign(connection, name=_CAMPAIGN, title=_TITLE, plan_digest=None)
        new = runs.NewRun(
            campaign_id=campaign,
            scheduled_at=datetime.now(UTC),
            reason=f"商品 {listing} 网页截图",
            orders={},
            lexicon_version=wanted.known.lexicon_version,
        )
        run_id = runs.create_run(connection, new)
        runs.start_run(connection, run_id)
    session = CrawlSession(settings, engine)
    session.begin(run_id, lease)
    keeper = PageKeeper.begin(session, wanted.site)
    try:
        kept = keeper.keep_screenshot(picture, wanted.known)
        with writing(engine) as connection:
            record_evidence(connection, lease, kept)
            runs.finish_run(connection, run_id)
            leases.release(connection, lease)
    finally:
        keeper.close()
    return run_id
