"""`monitor schedule run | fire | pause | resume | status`: the service, and what people tell it."""

from __future__ import annotations

import logging
import signal
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import typer
from rich.table import Table

from monitor.campaigns import by_hand, execution
from monitor.campaigns.loading import plan_files
from monitor.campaigns.notices import send_outbox
from monitor.campaigns.plan import Export
from monitor.campaigns.plan_book import PlanBook
from monitor.campaigns.problem import nearest
from monitor.campaigns.rechecking import fire_due
from monitor.campaigns.service import Service, Work
from monitor.campaigns.status import as_json as status_as_json
from monitor.campaigns.status import schedule_status
from monitor.cli.console import AS_JSON, errors, output, print_json
from monitor.cli.context import database, load_settings
from monitor.cli.mistakes import UsageMistakeError
from monitor.config import SHANGHAI
from monitor.exporters.report.run_report import export_report
from monitor.exporters.sampling.sampling import export_sampling
from monitor.exporters.suspects import export_suspects
from monitor.storage.engine import reading
from monitor.storage.runs import last_finished_run
from monitor.storage.services import living
from monitor.storage.suspects import ListingFilter
from monitor.storage.tables import RunStatus

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import FrameType

    from monitor.campaigns.plan import Plan
    from monitor.campaigns.status import ScheduleStatus
    from monitor.config import Settings
    from monitor.exporters.sheets.files import ExportedFile
    from monitor.storage import Connection, Engine
    from monitor.storage.service_runs import RunStanding

_CAMPAIGN = typer.Argument(..., help="Name of a plan in the schedules folder.")
_ROWS = 20


def register(app: typer.Typer) -> None:
    """Add these commands to `monitor schedule`."""
    for command in (run, fire, pause, resume, status):
        app.command()(command)


def run(
    interval: float = typer.Option(
        15.0, min=1.0, max=60.0, help="Seconds between two looks at the schedule."
    ),
    workers: int = typer.Option(2, min=1, help="Runs at once; each has a process a site."),
) -> None:
    """Run the service: fire campaigns when they are due, until Ctrl-C or SIGTERM. See docs/service.md."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # tells of every beat
    logging.getLogger("alembic").setLevel(logging.WARNING)  # tells which database it looked at
    settings = load_settings()
    plan_files(settings.schedules_dir)  # says so when there is no such folder
    with database(settings) as engine:
        work = Work(
            engine=engine,
            plans=PlanBook(settings.schedules_dir),
            orders_of=lambda plan: execution.orders_of(plan, settings),
            executor=execution.Crawling(engine=engine, settings=settings, writers=_WRITERS),
            interval=interval,
            workers=workers,
            recheck=lambda plans, now: fire_due(engine, plans, now),
            send_alerts=lambda now: send_outbox(engine, settings, now),
        )
        Service(work).run(_stop_signal())


def fire(campaign: str = _CAMPAIGN, as_json: bool = AS_JSON) -> None:
    """Leave a run of a campaign to the service, now. (`monitor crawl` crawls here, in the foreground.)"""
    settings = load_settings()
    plan = _plan(settings, campaign)
    with database(settings) as engine:
        orders, version = execution.orders_of(plan, settings)
        now = datetime.now(UTC)
        try:
            run_id = by_hand.fire(engine, plan, orders, version, now=now)
        except by_hand.PausedError as error:
            raise UsageMistakeError(str(error)) from None
        served = _served(engine, now)
    if as_json:
        print_json({"run": run_id, "campaign": campaign, "scheduled_at": now, "service_running": served})
        return
    output.print(f"run {run_id} of {campaign} is left to the service", highlight=False)
    if not served:
        errors.print("no service is running; it begins when `monitor schedule run` is started")


def pause(campaign: str = _CAMPAIGN, as_json: bool = AS_JSON) -> None:
    """Let a campaign fire no more, and its runs rest. What it does not do is recorded as missed."""
    settings = load_settings()
    plan = _plan(settings, campaign)
    with database(settings) as engine:
        since = by_hand.pause(engine, plan, now=datetime.now(UTC))
    if as_json:
        print_json({"campaign": campaign, "paused_at": since})
    else:
        output.print(f"{campaign} is paused since {_at(since)}", highlight=False)


def resume(campaign: str = _CAMPAIGN, as_json: bool = AS_JSON) -> None:
    """Let a paused campaign fire again, from now on; runs that rested go on if their time is not over."""
    settings = load_settings()
    plan = _plan(settings, campaign)
    with database(settings) as engine:
        missed = by_hand.resume(engine, plan, now=datetime.now(UTC))
    if as_json:
        print_json({"campaign": campaign, "recorded_as_missed": missed})
    else:
        output.print(f"{campaign} fires again; {missed} firings recorded as missed", highlight=False)


def status(days: int = typer.Option(7, min=1, help="How many days back."), as_json: bool = AS_JSON) -> None:
    """Say what ran, what is running, what was missed and why, and what comes next."""
    settings = load_settings()
    book = _book(settings)
    now = datetime.now(UTC)
    with database(settings) as engine, reading(engine) as connection:
        found = schedule_status(
            connection,
            book.plans.values(),
            now,
            since=now - timedelta(days=days),
            plan_problems=book.problems,
        )
    if as_json:
        print_json(status_as_json(found))
    else:
        _show(found, days)


def _suspects(
    connection: Connection, folder: Path, wanted: ListingFilter, now: datetime
) -> Sequence[ExportedFile]:
    return export_suspects(connection, folder, wanted, now=now)


def _sampling(
    connection: Connection, folder: Path, wanted: ListingFilter, now: datetime
) -> Sequence[ExportedFile]:
    everything = ListingFilter(run_id=wanted.run_id, campaign=wanted.campaign, suspects_only=False)
    return export_sampling(connection, folder, everything, now=now)


def _report(
    connection: Connection, folder: Path, wanted: ListingFilter, now: datetime
) -> Sequence[ExportedFile]:
    """The report of a run; at a campaign's end, of its last run."""
    assert wanted.campaign is not None, "files are written for a campaign"
    run = wanted.run_id if wanted.run_id is not None else last_finished_run(connection, wanted.campaign)
    return export_report(connection, folder, run, now=now) if run is not None else []


_WRITERS: dict[Export, execution.ListWriter] = {
    Export.SUSPECTS: _suspects,
    Export.SAMPLING: _sampling,
    Export.REPORT: _report,
}


def _stop_signal() -> threading.Event:
    """An event that Ctrl-C and SIGTERM set; crawlers are given their half minute, however often one asks."""
    stop = threading.Event()

    def ask_to_stop(signum: int, frame: FrameType | None) -> None:
        del signum, frame
        stop.set()

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    return stop


def _served(engine: Engine, now: datetime) -> bool:
    with reading(engine) as connection:
        return bool(living(connection, now))


def _book(settings: Settings) -> PlanBook:
    plan_files(settings.schedules_dir)  # says so when there is no such folder
    book = PlanBook(settings.schedules_dir, logs=False)  # shown by the command itself
    book.refresh()
    return book


def _plan(settings: Settings, campaign: str) -> Plan:
    book = _book(settings)
    if campaign not in book.plans:
        broken = "".join(f"\n{problem}" for problem in book.problems)
        known = nearest(campaign, book.plans)
        raise UsageMistakeError(f"no plan is called {campaign!r} in {settings.schedules_dir}{known}{broken}")
    return book.plans[campaign]


def _show(found: ScheduleStatus, days: int) -> None:
    for problem in found.problems:
        errors.print(f"problem: {problem}", highlight=False, markup=False, style="red")
    output.print(_services_table(found))
    if found.open_runs:
        output.print(_open_table(found))
    output.print(_campaigns_table(found, days))
    missed = [each for each in found.past if each.status is RunStatus.MISSED]
    if missed:
        output.print(_missed_table(missed))


def _services_table(found: ScheduleStatus) -> Table:
    table = Table(title="Services")
    for name in ("service", "state", "since (Shanghai)", "last sign of life", "version"):
        table.add_column(name, overflow="fold")
    for each in found.services:
        state = each.state if each.alive or each.state == "drained" else "died"
        table.add_row(each.owner, state, _at(each.started_at), _at(each.beat_at), each.version)
    return table


def _open_table(found: ScheduleStatus) -> Table:
    alive = {each.owner for each in found.services if each.alive}
    table = Table(title="Running and waiting")
    for name in ("run", "campaign", "for (Shanghai)", "state", "must end by", "problem"):
        table.add_column(name, overflow="fold")
    for each in found.open_runs:
        if each.owner in alive:
            state = "running" if each.status is not RunStatus.DONE else "writing files"
        else:
            state = "left by a service that died" if each.owner else "waiting"
        closes = _at(each.closes_at) if each.closes_at else ""
        table.add_row(
            str(each.run_id), each.campaign, _at(each.scheduled_at), state, closes, each.problem or ""
        )
    return table


def _campaigns_table(found: ScheduleStatus, days: int) -> Table:
    counts = Counter((each.campaign, _outcome(each)) for each in found.past)
    outcomes = ("done", "late", "coalesced", "missed")
    table = Table(title=f"Campaigns, last {days} days")
    table.add_column("campaign", overflow="fold")
    for name in outcomes:
        table.add_column(name, justify="right")
    for name in ("accounted until (Shanghai)", "next (Shanghai)"):
        table.add_column(name)
    for each in found.campaigns:
        coming = _at(each.next.scheduled_at) if each.next else "over"
        table.add_row(
            each.name,
            *(str(counts[each.name, outcome]) for outcome in outcomes),
            _at(each.checked_until) if each.checked_until else "not seen yet",
            f"paused since {_at(each.paused_at)}" if each.paused_at else coming,
        )
    return table


def _missed_table(missed: Sequence[RunStanding]) -> Table:
    table = Table(title=f"Missed: {len(missed)}")
    for name in ("campaign", "for (Shanghai)", "why"):
        table.add_column(name, overflow="fold")
    for each in missed[:_ROWS]:
        table.add_row(each.campaign, _at(each.scheduled_at), each.reason)
    if len(missed) > _ROWS:
        table.caption = f"and {len(missed) - _ROWS} more: --json lists them all"
    return table


def _outcome(run: RunStanding) -> str:
    return "late" if run.late and run.status is RunStatus.DONE else run.status.value


def _at(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
