"""`monitor import`: tables that platforms supply, and pages that an officer saved."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from monitor.campaigns.loading import load_plans
from monitor.campaigns.problem import nearest
from monitor.classifiers.lexicon.lexicon import load_lexicon
from monitor.cli.console import errors
from monitor.cli.context import database, load_settings
from monitor.cli.import_shown import Outcome, report, show_columns, some, words
from monitor.cli.mistakes import UsageMistakeError
from monitor.cli.progress import import_progress
from monitor.exporters.reject_list import RejectList
from monitor.extraction.profile import all_profiles
from monitor.imports.desk import Desk
from monitor.imports.intake import Prepared, Reading, prepare
from monitor.imports.problem import ImportProblemError
from monitor.imports.reading import Destination, read_file
from monitor.imports.sites import Sites
from monitor.imports.sources import sources
from monitor.storage.engine import reading, writing
from monitor.storage.imports import CampaignName, confirmed_mapping, known_file, plan_files

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from monitor.config import Settings
    from monitor.imports.rejects import Reason, Reject
    from monitor.imports.sources import Source
    from monitor.storage import Engine
    from monitor.storage.imports import KnownFile


def register(parent: typer.Typer) -> None:
    """Add these commands to the command line."""
    parent.command("import")(import_)


def import_(
    files: list[Path] = typer.Argument(
        help="CSV, XLSX, JSONL, HTML, MHTML, HAR, WARC, WACZ, ZIP or folders."
    ),
    site: str | None = typer.Option(None, help="Site that all listings belong to; else the file says it."),
    campaign: str = typer.Option("import", help="Campaign that the files are handed in for."),
    url: str | None = typer.Option(None, help="Address that a single saved page came from."),
    columns: list[str] = typer.Option(
        [], "--map", help="列=field, 列=attributes.名 or 列=- ; corrects the guess. May be given again."
    ),
    yes: bool = typer.Option(False, "--yes", "-y", help="Take the columns as they are shown."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Read and check everything; write nothing."),
    reject_dir: Path | None = typer.Option(
        None, "--reject-dir", help="Folder for rejected rows, instead of the exports."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print the outcome as JSON."),
) -> None:
    """Import supplied tables and saved pages. A file that was cut short is taken up where it was."""
    settings = load_settings()
    how = Reading(site=site, campaign=campaign, url=url, corrections=_corrections(columns))
    profiles = all_profiles([settings.sites_dir])
    sites = Sites(profiles, site)
    if site is not None and site not in {each.name for each in profiles}:
        errors.print(f"no profile is called {site}: the listings are filed under that name", highlight=False)
    with ExitStack() as stack:
        found = stack.enter_context(sources(files))
        if found.passed_over:
            errors.print(
                f"passed over, not of a kind that is read: {some(found.passed_over)}", highlight=False
            )
        if not found.files:
            raise UsageMistakeError("there is nothing to import in what was named")
        if url is not None and len(found.files) > 1:
            raise UsageMistakeError("--url is the address of one saved page; name that page alone")
        if dry_run:
            prepared, outcomes = _prepare_all(found.files, how, lambda _: None)
            show_columns(prepared)
            outcomes += [_rehearse(each, sites, how) for each in prepared]
        else:
            engine = stack.enter_context(database(settings))
            prepared, outcomes = _prepare_all(found.files, how, lambda digest: _remembered(engine, digest))
            _confirm(prepared, yes=yes)
            try:
                outcomes += _carry_out(engine, settings, prepared, (how, sites), reject_dir)
            except KeyboardInterrupt:
                errors.print("stopped; what was committed is kept: run the same command again to go on")
                raise typer.Exit(130) from None
    report(outcomes, dry_run=dry_run, as_json=as_json)
    if any(each.failed for each in outcomes):
        raise typer.Exit(3)


def _prepare_all(
    files: Sequence[Source], how: Reading, remembered: Callable[[str], Mapping[str, str] | None]
) -> tuple[list[Prepared], list[Outcome]]:
    """Read every file once; of several, one that cannot be read keeps no other one from being imported."""
    prepared: list[Prepared] = []
    failed: list[Outcome] = []
    for source in files:
        try:
            prepared.append(prepare(source, how, remembered))
        except ImportProblemError as error:
            if len(files) == 1 or how.corrections:
                raise
            failed.append(Outcome(source.name, said=str(error), failed=True))
    return prepared, failed


def _corrections(given: Sequence[str]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for each in given:
        column, found, target = each.rpartition("=")
        if not found or not column or not target:
            raise UsageMistakeError(f"--map {each}: say 列=field, e.g. --map 宝贝名=title")
        pairs[column.strip()] = target.strip()
    return pairs


def _remembered(engine: Engine, digest: str) -> dict[str, str] | None:
    with reading(engine) as connection:
        return confirmed_mapping(connection, digest)


def _carry_out(
    engine: Engine,
    settings: Settings,
    prepared: Sequence[Prepared],
    asked: tuple[Reading, Sites],
    reject_dir: Path | None,
) -> list[Outcome]:
    how = asked[0]
    campaign = _campaign(settings, how.campaign)
    outcomes: list[Outcome] = []
    with Desk(engine, settings) as desk:
        files = _planned(engine, desk, prepared, how, campaign)
        for each, file in zip(prepared, files, strict=True):
            outcome = Outcome(each.source.name, run=file.run_id)
            outcomes.append(outcome)
            if file.ended_at is not None:
                outcome.said = f"imported before, in run {file.run_id}: nothing added"
                continue
            try:
                _take_in(
                    each,
                    Destination(desk=desk, file=file),
                    asked,
                    outcome,
                    reject_dir or settings.exports_dir,
                )
            except ImportProblemError as error:
                desk.fail(file, str(error))
                outcome.said, outcome.failed = str(error), True
        for run_id in {file.run_id for file in files}:
            desk.close_run(run_id)
    return outcomes


def _take_in(
    each: Prepared, to: Destination, asked: tuple[Reading, Sites], outcome: Outcome, folder: Path
) -> None:
    """Read one file to its end. Why a single page was not imported is said with it, not in a list of one."""
    how, sites = asked
    single: list[Reject] = []
    reasons: Counter[Reason] = Counter()
    with (
        RejectList(folder, each.source.name, each.found.sha256, each.names) as rejects,
        import_progress(each.source.name) as show,
    ):

        def on_reject(reject: Reject) -> None:
            reasons[reject.reason] += 1
            (single.append if each.source.kind.is_single_page else rejects.add)(reject)

        outcome.counts = read_file(each, sites, how, on_reject=on_reject, on_progress=show, to=to)
    outcome.rejects = rejects.file.path if rejects.file is not None else None
    outcome.said = _counted(reasons)
    if single:
        outcome.said = "; ".join(f"{reject.reason.value} {reject.detail}".strip() for reject in single)
    reason = words(outcome.counts) + (f": {outcome.said}" if outcome.said else "")
    to.desk.end(to.file, rejected=outcome.counts.rejected, reason=reason)


def _planned(
    engine: Engine, desk: Desk, prepared: Sequence[Prepared], how: Reading, campaign: CampaignName
) -> list[KnownFile]:
    """Find each file in the database; those that are new make a run together."""
    supplied = [each.supplied(how) for each in prepared]
    with writing(engine) as connection:
        new = {
            (each.sha256, each.reading): each
            for each in supplied
            if known_file(connection, each.sha256, each.reading) is None
        }
        if new:
            plan_files(
                connection,
                list(new.values()),
                campaign,
                units_site=desk.files_site,
                lexicon_version=load_lexicon().version,
            )
        found = [known_file(connection, each.sha256, each.reading) for each in supplied]
    return [each for each in found if each is not None]


def _campaign(settings: Settings, name: str) -> CampaignName:
    if name == "import":
        return CampaignName(name=name, title="导入")
    plans = load_plans(settings.schedules_dir)
    if name not in plans:
        raise UsageMistakeError(
            f"no plan is called {name!r} in {settings.schedules_dir}{nearest(name, plans)}; "
            "without --campaign the files go to the campaign import"
        )
    return CampaignName(name=name, title=plans[name].title, plan_digest=plans[name].digest)


def _rehearse(each: Prepared, sites: Sites, how: Reading) -> Outcome:
    outcome = Outcome(each.source.name)
    reasons: Counter[Reason] = Counter()

    def count(reject: Reject) -> None:
        reasons[reject.reason] += 1

    try:
        with import_progress(each.source.name) as show:
            outcome.counts = read_file(each, sites, how, on_reject=count, on_progress=show)
    except ImportProblemError as error:
        outcome.said, outcome.failed = str(error), True
        return outcome
    outcome.said = _counted(reasons)
    return outcome


def _counted(reasons: Counter[Reason]) -> str:
    """Say how many rows were rejected why; the list of them has the words (docs/imports.md)."""
    return ", ".join(f"{reason.value} {number}" for reason, number in reasons.most_common())


def _confirm(prepared: Sequence[Prepared], *, yes: bool) -> None:
    """Show what each column is read as, and ask, unless a person said so before."""
    show_columns(prepared)
    if yes or all(each.remembered or not each.names for each in prepared):
        return
    if not errors.is_terminal:
        raise UsageMistakeError(
            "nobody is there to confirm the columns: look with --dry-run, correct with --map, say --yes"
        )
    if not typer.confirm("Import with these columns?", err=True):
        raise UsageMistakeError("nothing was imported; --map 列=field corrects a column")
