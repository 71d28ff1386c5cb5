"""`monitor evidence`: what is preserved, whether it still is as it was, and packs of it for others."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from monitor.cli.console import AS_JSON, errors, output, print_json, say
from monitor.cli.context import database, load_settings
from monitor.cli.mistakes import UsageMistakeError
from monitor.cli.screenshots import screenshot
from monitor.config import SHANGHAI
from monitor.evidence.head import head_lines, run_head
from monitor.evidence.timestamp import Stamp, StampReport, ask_authority, check_stamp, keep_stamp, stamps_of
from monitor.evidence.verifier import Problem
from monitor.evidence.verify import (
    ChainReport,
    ExpectedChain,
    ExpectedRecord,
    check_chain,
    unknown_files,
    warc_files,
)
from monitor.exporters.letters.evidence_packs import pack_pages
from monitor.storage.engine import reading
from monitor.storage.evidence import anchors, evidence_of, listing_keys, records
from monitor.storage.runs import load_run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from monitor.storage import Engine
    from monitor.storage.evidence import Anchor

app = typer.Typer(help="Preserved pages (电子证据): show, verify, pack.", no_args_is_help=True)

app.command()(screenshot)

_RUN = typer.Argument(None, help="Number of a run; without it, all.")
_HEAD = typer.Option(None, "--head", help="A head as it was printed: of a run or a chain. It must be met.")


def register(parent: typer.Typer) -> None:
    """Add these commands to the command line."""
    parent.add_typer(app, name="evidence")


_AUTHORITY = typer.Option(
    None, "--tsa-ca", help="Certificates (PEM) of the time-stamping authority that you trust."
)


@app.command()
def verify(
    run: int | None = _RUN,
    head: str | None = _HEAD,
    tsa_ca: Path | None = _AUTHORITY,
    as_json: bool = AS_JSON,
) -> None:
    """Read every preserved byte again and compare; exit 1 on any mismatch, gap or edit."""
    settings = load_settings()
    authority = _authority(tsa_ca)
    reports: list[ChainReport] = []
    problems: list[Problem] = []
    heads: set[str] = set()
    files = warc_files(settings.evidence_dir, run)
    with database(settings) as engine:
        chains = _anchors(engine, run)
        for each in chains:
            report = check_chain(settings.evidence_dir, _expected(engine, each))
            reports.append(report)
            problems += report.problems
            heads.update(report.values)
        with reading(engine) as connection:
            known = [each.file for each in anchors(connection)]
    problems += unknown_files(files, known)
    heads.update(head for _, head in _run_heads(chains))
    values = {each.file: each.values for each in reports}
    stamped = [check_stamp(each, values, authority) for each in stamps_of(settings.evidence_dir, run)]
    problems += [problem for each in stamped for problem in each.problems]
    if head is not None and head.strip().lower() not in heads:
        problems.append(Problem(str(settings.evidence_dir), "printed-head", expected=head))
    _show_verdict(reports, problems, stamped, as_json=as_json)
    if problems:
        raise typer.Exit(1)


@app.command()
def timestamp(
    run: int = typer.Argument(help="Number of a run."),
    tsa: str = typer.Option(..., "--tsa", help="Address of a time-stamping authority (RFC 3161)."),
    tsa_ca: Path | None = _AUTHORITY,
) -> None:
    """Have a third party put its time on the head of a run, and keep its answer beside the chains."""
    settings = load_settings()
    authority = _authority(tsa_ca)
    with database(settings) as engine:
        chains = [each for each in _anchors(engine, run) if each.records]
        values = {each.file: [row.chain for row in _expected(engine, each).records] for each in chains}
    if not chains:
        raise UsageMistakeError(f"run {run} has preserved nothing: there is no head to stamp")
    lines = head_lines((each.file, each.records, each.head) for each in chains)
    response = ask_authority(lines, tsa)
    asked = Stamp(run_id=run, name=f"run-{run}", lines=lines.encode(), response=response)
    report = check_stamp(asked, values, authority)
    if report.problems:
        raise UsageMistakeError(f"{report.problems[0].english()}; nothing is kept")
    name = keep_stamp(settings.evidence_dir, run, lines, response, datetime.now(UTC))
    assert report.at is not None
    at = report.at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
    output.print(f"{settings.evidence_dir / name}.tsr  {at} (Shanghai)", highlight=False, soft_wrap=True)


def _authority(file: Path | None) -> bytes | None:
    if file is None:
        return None
    try:
        return file.read_bytes()
    except OSError as error:
        raise UsageMistakeError(f"--tsa-ca {file}: {error.strerror}") from None


@app.command()
def heads(run: int | None = _RUN, as_json: bool = AS_JSON) -> None:
    """Print the heads of runs and their chains, to keep outside this machine."""
    with database(load_settings()) as engine:
        chains = _anchors(engine, run)
    by_run = dict(_run_heads(chains))
    if as_json:
        print_json(
            [
                {
                    "run": number,
                    "head": head,
                    "chains": [dataclasses.asdict(each) for each in chains if each.run_id == number],
                }
                for number, head in by_run.items()
            ]
        )
        return
    for number, head in by_run.items():
        output.print(f"run {number}  {head}", highlight=False, soft_wrap=True)
        for each in (each for each in chains if each.run_id == number):
            text = f"  {each.head}  {each.records} records  {each.file}"
            output.print(text, highlight=False, soft_wrap=True)


@app.command()
def show(
    listing: int = typer.Argument(help="Number of a listing, as in the list of suspects."),
    as_json: bool = AS_JSON,
) -> None:
    """Show which preserved pages a listing stands on."""
    with database(load_settings()) as engine, reading(engine) as connection:
        found = evidence_of(connection, [listing])
    if as_json:
        print_json([dataclasses.asdict(each) for each in found])
        return
    for each in found:
        at = each.record.collected_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
        lines = [
            f"{at} (Shanghai)  run {each.anchor.run_id}  {each.record.url or 'a row of a supplied table'}",
            f"  {each.anchor.file}, record {each.record.sequence}",
        ]
        if each.record.response_sha256 is not None:
            lines.append(f"  SHA-256 of the response {each.record.response_sha256}")
        say("\n".join(lines))


@app.command()
def pack(
    listings: list[int] = typer.Argument(help="Numbers of listings, as in the list of suspects."),
    to: Path = typer.Option(..., "--to", help="ZIP file to write."),
) -> None:
    """Write a ZIP with the preserved pages of listings, a record in Chinese and a verifier."""
    settings = load_settings()
    with database(settings) as engine, reading(engine) as connection:
        found = evidence_of(connection, listings)
        pack_pages(connection, settings.evidence_dir, to, found, now=datetime.now(UTC))
    output.print(f"{to}  {len(found)} pages", highlight=False, soft_wrap=True)


def _anchors(engine: Engine, run: int | None) -> list[Anchor]:
    with reading(engine) as connection:
        if run is not None:
            load_run(connection, run)  # says so when there is none
        return anchors(connection, run)


def _expected(engine: Engine, anchor: Anchor) -> ExpectedChain:
    with reading(engine) as connection:
        # the anchor anew: a crawl may have moved it since
        anchor = next(each for each in anchors(connection, anchor.run_id) if each.id == anchor.id)
        rows, keys = records(connection, anchor.id), listing_keys(connection, anchor.id)
    return ExpectedChain(
        run_id=anchor.run_id,
        file=anchor.file,
        count=anchor.records,
        length=anchor.length,
        head=anchor.head,
        records=[
            ExpectedRecord(
                sequence=each.sequence,
                kind=each.kind,
                offset=each.offset,
                length=each.length,
                sha256=each.sha256,
                chain=each.chain,
                listing_keys=keys.get(each.sequence, frozenset()),
            )
            for each in rows
        ],
    )


def _run_heads(chains: Sequence[Anchor]) -> Iterator[tuple[int, str]]:
    for run in dict.fromkeys(each.run_id for each in chains):
        yield run, run_head((each.file, each.records, each.head) for each in chains if each.run_id == run)


def _show_verdict(
    reports: Sequence[ChainReport],
    problems: Sequence[Problem],
    stamped: Sequence[StampReport],
    *,
    as_json: bool,
) -> None:
    good = sum(each.records for each in reports)
    if as_json:
        print_json(
            {
                "chains": len(reports),
                "records": good,
                "bytes": sum(each.bytes for each in reports),
                "recovered": [tail for each in reports for tail in each.recovered],
                "stamps": [
                    {"name": each.name, "at": each.at, "signature_checked": each.signature_checked}
                    for each in stamped
                ],
                "problems": [{**dataclasses.asdict(each), "text": each.english()} for each in problems],
            }
        )
        return
    for each in reports:
        for tail in each.recovered:
            output.print(f"recovered after a crash: {tail}", highlight=False, soft_wrap=True)
    for stamp in stamped:
        at = f"{stamp.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S} (Shanghai)" if stamp.at else "unreadable"
        checked = "signature checked" if stamp.signature_checked else "signature not checked"
        output.print(f"time stamp {stamp.name}: {at}, {checked}", highlight=False, soft_wrap=True)
    for problem in problems:
        errors.print(problem.english(), highlight=False, soft_wrap=True, markup=False)
    verdict = f"{len(problems)} problems" if problems else "all as preserved"
    output.print(f"{len(reports)} chains, {good} records right: {verdict}", highlight=False)
