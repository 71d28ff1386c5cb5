"""`monitor export`: lists for people, as files."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from monitor.cli.console import output, print_json
from monitor.cli.context import database, load_settings
from monitor.cli.mistakes import UsageMistakeError
from monitor.cli.progress import export_progress
from monitor.config import SHANGHAI
from monitor.exporters.letters.feedback_form import export_feedback
from monitor.exporters.report.run_report import export_report
from monitor.exporters.review.review_list import ReviewOrder, export_review
from monitor.exporters.sampling.sampling import export_sampling
from monitor.exporters.statistics.statistics import export_statistics
from monitor.exporters.statistics.statistics_terms import ReportKind
from monitor.exporters.suspects import export_suspects
from monitor.leads.referral.lead_terms import lead_terms
from monitor.storage.engine import reading
from monitor.storage.reviews import campaign_ids
from monitor.storage.runs import load_run
from monitor.storage.suspects import ListingFilter, count_listings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.exporters.sheets.files import ExportedFile
    from monitor.storage import Connection

app = typer.Typer(help="Write lists for analysts and samplers (Excel and CSV).", no_args_is_help=True)

_RUN = typer.Option(None, "--run", help="Only listings seen by this run.")
_CAMPAIGN = typer.Option(None, "--campaign", help="Only listings seen by this campaign.")
_FOLDER = typer.Option(None, "--to", help="Folder to write to, instead of the configured one.")
_JSON = typer.Option(False, "--json", help="Print paths and row counts as JSON.")


def register(parent: typer.Typer) -> None:
    """Add these commands to the command line."""
    parent.add_typer(app, name="export")


@app.command()
def suspects(
    run: int | None = _RUN,
    campaign: str | None = _CAMPAIGN,
    to: Path | None = _FOLDER,
    gone: bool = typer.Option(False, "--gone", help="Also those whose page says they are no longer offered."),
    as_json: bool = _JSON,
) -> None:
    """Write the list of suspects (疑似清单): matched words in colour, reasons, seller, place."""
    settings = load_settings()
    wanted = ListingFilter(run_id=run, campaign=campaign, on_sale_only=not gone)
    with (
        database(settings) as engine,
        reading(engine) as connection,
        export_progress("疑似清单", _count(connection, wanted)) as progress,
    ):
        files = export_suspects(
            connection,
            to or settings.exports_dir,
            wanted,
            now=datetime.now(UTC),
            threshold=settings.suspect_threshold,
            progress=progress,
        )
    show_files(files, as_json=as_json)


@app.command()
def sampling(
    run: int | None = _RUN,
    campaign: str | None = _CAMPAIGN,
    to: Path | None = _FOLDER,
    as_json: bool = _JSON,
) -> None:
    """Write the list for online sampling (网络抽样清单), purchase fields blank for the buyer."""
    settings = load_settings()
    wanted = ListingFilter(run_id=run, campaign=campaign, suspects_only=False)
    with database(settings) as engine, reading(engine) as connection:
        _check_names(connection, wanted)
        files = export_sampling(connection, to or settings.exports_dir, wanted, now=datetime.now(UTC))
    show_files(files, as_json=as_json)


@app.command()
def review(
    campaign: str | None = _CAMPAIGN,
    limit: int = typer.Option(500, min=1, help="Suspects on the list, those of the highest risk first."),
    sample: int = typer.Option(
        10, min=0, help="Filtered-out listings of each category to mix in, for the estimate of misses."
    ),
    seed: str | None = typer.Option(None, help="Of the random sample; the list keeps it either way."),
    decided: bool = typer.Option(False, "--decided", help="Also suspects that are decided already."),
    to: Path | None = _FOLDER,
    as_json: bool = _JSON,
) -> None:
    """Write the list to review (审核清单): analysts fill it in, `monitor import-review` takes it back."""
    settings = load_settings()
    order = ReviewOrder(
        campaign=campaign,
        limit=limit,
        per_category=sample,
        seed=seed,
        decided_too=decided,
        threshold=settings.suspect_threshold,
    )
    with database(settings) as engine:
        file = export_review(engine, to or settings.exports_dir, order, now=datetime.now(UTC))
    show_files([file], as_json=as_json)


@app.command()
def statistics(
    campaign: str = typer.Option(..., "--campaign", help="Name of the campaign."),
    until: str | None = typer.Option(None, help="Last day that counts, like 2026-10-31; by default today."),
    kind: ReportKind = typer.Option(ReportKind.FINAL, help="stage: 阶段性情况; final: 工作总结."),
    to: Path | None = _FOLDER,
    as_json: bool = _JSON,
) -> None:
    """Write the report of a campaign: Excel with 附件2, sums, precision and charts, and a summary in Word."""
    settings = load_settings()
    now = datetime.now(UTC)
    with database(settings) as engine, reading(engine) as connection:
        files = export_statistics(
            connection,
            to or settings.exports_dir,
            campaign,
            kind=kind,
            until=_end_of(until, now),
            now=now,
            exports=settings.exports_dir,
        )
    show_files(files, as_json=as_json)


def _end_of(day: str | None, now: datetime) -> datetime:
    try:
        last = now.astimezone(SHANGHAI).date() if day is None else date.fromisoformat(day)
    except ValueError:
        raise UsageMistakeError(f"--until {day!r} is no day: write it like 2026-10-31") from None
    return datetime.combine(last + timedelta(days=1), time.min, SHANGHAI)


@app.command()
def feedback(
    campaign: str | None = typer.Option(None, "--campaign", help="Only leads of this campaign."),
    receiver: str | None = typer.Option(None, help="Only this receiver, by its full name."),
    to: Path | None = _FOLDER,
    as_json: bool = _JSON,
) -> None:
    """Write a form to each receiver of leads (线索反馈表), to be filled in and taken by import-feedback."""
    settings = load_settings()
    with database(settings) as engine, reading(engine) as connection:
        files = export_feedback(
            connection,
            to or settings.exports_dir,
            lead_terms(settings.lead_terms),
            campaign=campaign,
            receiver=receiver,
            now=datetime.now(UTC),
        )
    show_files(files, as_json=as_json)


@app.command()
def report(
    run: int = typer.Option(..., "--run", help="Number of the run; `monitor runs` lists them."),
    to: Path | None = _FOLDER,
    as_json: bool = _JSON,
) -> None:
    """Write the report of a run (采集任务报告): coverage, suspects, changes, rising words. HTML and Excel."""
    settings = load_settings()
    with database(settings) as engine, reading(engine) as connection:
        files = export_report(connection, to or settings.exports_dir, run, now=datetime.now(UTC))
    show_files(files, as_json=as_json)


def show_files(files: Sequence[ExportedFile], *, as_json: bool = False) -> None:
    """Say which files were written."""
    if as_json:
        print_json([{"path": str(file.path), "rows": file.rows} for file in files])
        return
    for file in files:
        output.print(f"{file.path}  {file.rows} rows", highlight=False, soft_wrap=True)


def _count(connection: Connection, wanted: ListingFilter) -> int:
    _check_names(connection, wanted)
    return count_listings(connection, wanted)


def _check_names(connection: Connection, wanted: ListingFilter) -> None:
    """Refuse a run or campaign that there is not: its empty list would look like one without suspects.

    Raises:
        UnknownRunError: there is no such run.
        UnknownCampaignError: there is no such campaign, or it never ran.

    """
    if wanted.run_id is not None:
        load_run(connection, wanted.run_id)
    if wanted.campaign is not None:
        campaign_ids(connection, {wanted.campaign})
