"""`monitor demo`: the main job on shops that need no internet."""

from __future__ import annotations

import errno
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from monitor.campaigns.loading import load_plan
from monitor.cli.console import errors, output
from monitor.cli.context import database, load_settings
from monitor.cli.crawl_commands import carry_out, ready_run, report
from monitor.cli.export_commands import show_files
from monitor.cli.lead_desk import desk
from monitor.cli.mistakes import UsageMistakeError
from monitor.demo.mall import SITES, Mall
from monitor.demo.office import REVIEWER_NAME, Office
from monitor.demo.oscar.shop import OscarShop
from monitor.demo.server import serve
from monitor.exporters.report.run_report import export_report
from monitor.exporters.sampling.sampling import export_sampling
from monitor.exporters.suspects import export_suspects
from monitor.storage import runs
from monitor.storage.engine import reading
from monitor.storage.migrate import upgrade
from monitor.storage.suspects import ListingFilter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from monitor.campaigns.plan import Plan
    from monitor.config import Settings
    from monitor.demo.catalogue.schema import Expect
    from monitor.exporters.sheets.files import ExportedFile
    from monitor.storage import Engine

#: Links in the lists stay the same from run to run, because the shops stand at the same ports.
_PORTS = {"mall": 8600, "oscar": 8610}


class Shop(StrEnum):
    """Which shop the demo crawls."""

    MALL = "mall"
    OSCAR = "oscar"


def register(parent: typer.Typer) -> None:
    """Add these commands to the command line."""
    parent.command()(demo)


def demo(
    shop: Shop = typer.Option(
        Shop.MALL, help="mall: two small sites of ours; oscar: a real django-oscar shop."
    ),
    port: int | None = typer.Option(None, help="Port of the shop; by default 8600 (mall) or 8610 (oscar)."),
) -> None:
    """Run the main job: fire a campaign, crawl, classify, store, export. Each run is a day later."""
    at = port or _PORTS[shop]
    base = load_settings()
    settings = base.model_copy(update={"database_url": f"sqlite:///var/demo-{shop}.db"})
    with database(settings, checked=False) as engine:
        upgrade(engine)
        opened = _mall(engine, at) if shop is Shop.MALL else _oscar(at)
        with opened as found:
            run_id = ready_run(engine, settings, found.plan)
            carry_out(engine, run_id, settings)
        report(engine, run_id)
        now = datetime.now(UTC)
        files = _lists(engine, run_id, found.plan.name, settings, now)
        office = Office(
            engine=engine,
            settings=settings,
            campaign=found.plan.name,
            desk=desk(settings, REVIEWER_NAME),
            truth=found.truth,
            now=now,
        )
        files += office.work(seed=f"演示-{run_id}")
    output.print("\n[bold]Files")
    show_files(files)


def _lists(
    engine: Engine, run_id: int, campaign: str, settings: Settings, now: datetime
) -> list[ExportedFile]:
    wanted = ListingFilter(run_id=run_id, campaign=campaign)
    with reading(engine) as connection:
        threshold = settings.suspect_threshold
        files = export_suspects(connection, settings.exports_dir, wanted, now=now, threshold=threshold)
        everything = replace(wanted, suspects_only=False)
        files += export_sampling(connection, settings.exports_dir, everything, now=now)
        files += export_report(connection, settings.exports_dir, run_id, now=now)
    return files


@dataclass(frozen=True, slots=True)
class _Opened:
    """A shop that stands open."""

    plan: Plan
    #: title of a listing → what it really is
    truth: Mapping[str, Expect]


@contextmanager
def _mall(engine: Engine, port: int) -> Iterator[_Opened]:
    """Open the demo mall on the day after the last finished run."""
    plan = _plan("demo")
    with reading(engine) as connection:
        day = runs.finished_runs(connection, plan.name)
    errors.print(f"the demo mall opens, day {day}", highlight=False)
    try:
        mall = Mall(day=day)
        truth = {offer.title: offer.expect for site in SITES for offer in mall.listings(site)}
        with serve(mall, port=port) as server:
            yield _Opened(_located(plan, {use.site: server.base_url(use.site) for use in plan.sites}), truth)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise UsageMistakeError(f"port {port} or {port + 1} is taken: choose another with --port") from None


@contextmanager
def _oscar(port: int) -> Iterator[_Opened]:
    errors.print("the django-oscar shop opens (the first time it is filled, which takes a quarter minute)")
    with OscarShop(Path("var/oscar"), port=port) as shop:
        plan = _plan("demo-oscar")
        truth = {product.title: product.expect for product in shop.products}
        yield _Opened(_located(plan, {use.site: shop.base_url for use in plan.sites}), truth)


def _plan(name: str) -> Plan:
    return load_plan(Path(__file__).parent.parent / "demo" / "plans" / f"{name}.yaml")


def _located(plan: Plan, base_urls: dict[str, str]) -> Plan:
    sites = tuple(
        use.model_copy(update={"base_url": base_urls[use.site], "delay": 0.0, "concurrency": 4})
        for use in plan.sites
    )
    return plan.model_copy(update={"sites": sites})
