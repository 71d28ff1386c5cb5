"""`monitor draw`: which listings are bought and tested, drawn so that anybody can repeat it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path

import typer
from rich.table import Table

from monitor.cli.console import AS_JSON, output, print_json, say
from monitor.cli.context import database, load_settings
from monitor.cli.export_commands import show_files
from monitor.cli.mapping import mapped_columns
from monitor.cli.mistakes import UsageMistakeError
from monitor.config import SHANGHAI
from monitor.exporters.sampling.draw_files import export_draw
from monitor.leads.sampling.draw import Allocation
from monitor.leads.sampling.draw_verify import mismatches
from monitor.leads.sampling.drawing import Wanted, assign_inspectors, drawn_rows, keep_draw, prepare_draw
from monitor.leads.sampling.listed_before import known_from_lists
from monitor.leads.sampling.manifest import Manifest, read_manifest
from monitor.leads.sampling.population import DEFAULT_STRATA, PopulationKind
from monitor.leads.sampling.roster import read_roster
from monitor.leads.sampling.sampling_terms import SHIPPED, sampling_terms
from monitor.storage.draws import drawn_listings, draws
from monitor.storage.engine import reading, writing
from monitor.storage.reviews import campaign_ids

app = typer.Typer(no_args_is_help=False, invoke_without_command=True)


def register(parent: typer.Typer) -> None:
    """Add these commands to the command line."""
    parent.add_typer(app, name="draw")


@app.callback()
def draw(
    context: typer.Context,
    campaign: str | None = typer.Option(None, help="Only listings seen by this campaign."),
    run: int | None = typer.Option(None, "--run", help="Only listings seen by this run."),
    strata: str = typer.Option(
        ",".join(DEFAULT_STRATA),
        help="Dimensions of the strata: category, subcategory, site, place, priority.",
    ),
    size: int | None = typer.Option(None, help="How many listings to draw."),
    seed: str | None = typer.Option(
        None, help="Agreed on before the draw and published with it, such as a lottery number to come."
    ),
    allocation: Allocation = typer.Option(
        Allocation.PROPORTIONAL, help="Places for each stratum: by its size, or alike."
    ),
    population: PopulationKind = typer.Option(
        PopulationKind.FOCUS, help="focus: all focus products and hazards on sale; confirmed: reviewed ones."
    ),
    exclude: list[Path] = typer.Option(
        [], "--exclude", help="List of products that a higher level has sampled already (xlsx, csv, tsv)."
    ),
    mapping: list[str] = typer.Option(
        [], "--map", help="COLUMN=FIELD for columns of --exclude that are not recognised."
    ),
    roster: Path | None = typer.Option(
        None, help="Roster of inspectors (xlsx, csv): two are drawn for every group of samples."
    ),
    groups: str = typer.Option("place", help="Dimensions of the groups that inspectors are drawn for."),
    to: Path | None = typer.Option(None, "--to", help="Folder to write to, instead of the configured one."),
    as_json: bool = AS_JSON,
) -> None:
    """Draw listings for sampling, keep the draw, and write 抽样记录, 抽样清单 and 抽样单.

    The same seed and population give the same draw and add nothing.
    """
    if context.invoked_subcommand is not None:
        return
    if seed is None or size is None:
        raise UsageMistakeError("give --seed and --size (and --campaign), or one of: verify, export, list")
    settings = load_settings()
    terms = sampling_terms(settings.sampling_terms or SHIPPED)
    columns = mapped_columns(mapping)
    now = datetime.now(UTC)
    people = None if roster is None else read_roster(roster)
    wanted = Wanted(
        campaign=campaign,
        run_id=run,
        seed=seed,
        size=size,
        allocation=allocation,
        strata=_names(strata),
        kind=population,
    )
    with database(settings) as engine:
        with reading(engine) as connection:
            if campaign is not None:
                campaign_ids(connection, {campaign})
            known = known_from_lists(connection, exclude, terms=terms, today=_today(now), mapped=columns)
            prepared = prepare_draw(connection, wanted, known=known, terms=terms, now=now)
        with writing(engine) as connection:
            stored, new = keep_draw(connection, prepared)
            if people is not None:
                stored, _ = assign_inspectors(
                    connection,
                    stored,
                    people,
                    drawn_rows(connection, stored),
                    by=_names(groups),
                    per_group=terms.inspectors_per_group,
                )
        with reading(engine) as connection:
            files = export_draw(
                connection,
                to or settings.exports_dir,
                stored.id,
                terms=terms,
                exports=settings.exports_dir,
                now=now,
            )
    if not as_json:
        manifest = Manifest.model_validate_json(stored.manifest)
        output.print(
            f"draw {stored.id}{'' if new else ' (made before, nothing added)'}: {len(manifest.chosen)} of "
            f"{len(manifest.population)} listings in {len(manifest.strata_drawn)} strata, "
            f"{len(manifest.excluded)} excluded; manifest {stored.manifest_sha256}",
            highlight=False,
            soft_wrap=True,
        )
    show_files(files, as_json=as_json)


@app.command()
def verify(
    manifest: Path = typer.Argument(help="抽样记录, the JSON file that `monitor draw` wrote."),
    as_json: bool = AS_JSON,
) -> None:
    """Repeat a draw from its manifest alone, without a database; exit 1 and name what does not come out."""
    read = read_manifest(manifest)
    wrong = mismatches(read)
    if as_json:
        print_json({"manifest": str(manifest), "sha256": read.sha256, "mismatches": wrong})
    else:
        for each in wrong:
            say(f"mismatch: {each}")
        if not wrong:
            output.print(
                f"the draw comes out as stated: {len(read.chosen)} of {len(read.population)} listings, "
                f"seed {read.seed!r}, manifest {read.sha256}",
                highlight=False,
                markup=False,
                soft_wrap=True,
            )
    if wrong:
        raise typer.Exit(1)


@app.command()
def export(
    number: int = typer.Argument(help="Number of the draw; `monitor draw list` shows them."),
    to: Path | None = typer.Option(None, "--to", help="Folder to write to, instead of the configured one."),
    as_json: bool = AS_JSON,
) -> None:
    """Write the files of a draw again, whatever was crawled since."""
    settings = load_settings()
    with database(settings) as engine, reading(engine) as connection:
        files = export_draw(
            connection,
            to or settings.exports_dir,
            number,
            terms=sampling_terms(settings.sampling_terms or SHIPPED),
            exports=settings.exports_dir,
            now=datetime.now(UTC),
        )
    show_files(files, as_json=as_json)


@app.command("list")
def list_(
    campaign: str | None = typer.Option(None, help="Only draws of this campaign."),
    as_json: bool = AS_JSON,
) -> None:
    """List the draws that were made."""
    with database(load_settings()) as engine, reading(engine) as connection:
        found = [(each, len(drawn_listings(connection, each.id))) for each in draws(connection, campaign)]
    if as_json:
        hidden = ("manifest", "identity")
        print_json([{k: v for k, v in asdict(e).items() if k not in hidden} | {"drawn": n} for e, n in found])
        return
    table = Table()
    for name in ("draw", "made", "campaign", "seed", "drawn", "manifest"):
        table.add_column(name, overflow="fold")
    for each, number in found:
        made = f"{each.made_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
        table.add_row(
            str(each.id), made, each.campaign or "", each.seed, str(number), each.manifest_sha256[:16]
        )
    output.print(table)


def _names(text: str) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, text.split(","))))


def _today(now: datetime) -> date:
    return now.astimezone(SHANGHAI).date()
