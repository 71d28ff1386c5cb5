"""`monitor refer` and `monitor notice`: letters to those who decide, from what reviewers confirmed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.markup import escape

from monitor.cli.console import AS_JSON, output, print_json
from monitor.cli.context import database, load_settings
from monitor.cli.lead_desk import desk
from monitor.exporters.letters.letters import export_letters
from monitor.exporters.letters.notices import export_notices
from monitor.leads.referral.drafting import ReferralOrder
from monitor.leads.referral.noticing import NoticeOrder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.exporters.letters.letter_file import WrittenLetter
    from monitor.leads.referral.drafting import Draft
    from monitor.leads.referral.referral import Held

_BY = typer.Option(..., "--by", help="Name of who drafts; it is kept with each lead.")
_CAMPAIGN = typer.Option(None, "--campaign", help="Only listings seen by this campaign.")
_LISTINGS = typer.Option(None, "--listing", help="Only this listing (编号); may be given several times.")
_OUT = typer.Option(None, "--out", help="Folder to write to, instead of the configured one.")


def register(parent: typer.Typer) -> None:
    """Add these commands to the command line."""
    parent.command()(refer)
    parent.command()(notice)


def refer(
    by: str = _BY,
    campaign: str | None = _CAMPAIGN,
    listing: list[int] | None = _LISTINGS,
    incomplete: bool = typer.Option(
        False, "--incomplete", help="Also leads that lack something required; the letter names it."
    ),
    producers: bool = typer.Option(
        False, "--producers", help="Also leads on producers that pages name (R6), each to its bureau."
    ),
    out: Path | None = _OUT,
    as_json: bool = AS_JSON,
) -> None:
    """Write a letter (案件线索移送函) with evidence pack to each bureau; exit 1 if a lead is held back.

    Takes listings that reviewers confirmed and that no such lead has yet, and leads that wait for a letter.
    """
    settings = load_settings()
    order = ReferralOrder(
        campaign=campaign,
        listing_ids=tuple(listing) if listing else None,
        incomplete=incomplete,
        producers=producers,
    )
    with database(settings) as engine:
        done = export_letters(
            engine, out or settings.exports_dir, order, desk(settings, by), now=datetime.now(UTC)
        )
    _show(done.letters, done.plan.incomplete, done.plan.held, as_json=as_json)
    if done.plan.incomplete:
        raise typer.Exit(1)


def notice(
    by: str = _BY,
    site: str | None = typer.Option(None, "--site", help="Only this platform, by the name of its site."),
    campaign: str | None = _CAMPAIGN,
    listing: list[int] | None = _LISTINGS,
    out: Path | None = _OUT,
    as_json: bool = AS_JSON,
) -> None:
    """Write a letter to each platform: take off, report, assist (下架、报告、协查), with a day of recheck."""
    settings = load_settings()
    order = NoticeOrder(campaign=campaign, site=site, listing_ids=tuple(listing) if listing else None)
    with database(settings) as engine:
        done = export_notices(
            engine, out or settings.exports_dir, order, desk(settings, by), now=datetime.now(UTC)
        )
    _show(done.letters, (), done.plan.held, as_json=as_json)


def _show(
    letters: Sequence[WrittenLetter], incomplete: Sequence[Draft], held: Sequence[Held], *, as_json: bool
) -> None:
    if as_json:
        print_json(
            {
                "letters": [_letter(each) for each in letters],
                "incomplete": [_incomplete(each) for each in incomplete],
                "held": [
                    {"listing": each.listing_id, "kind": each.kind, "hold": each.hold, "why": each.why}
                    for each in held
                ],
            }
        )
        return
    if not letters:
        output.print("no letter: nothing confirmed is without one, or all of it is held back")
    for letter in letters:
        leads = ", ".join(map(str, letter.lead_ids))
        text = f"{letter.number}  {letter.receiver}  leads {leads}, {letter.listings} listings"
        output.print(escape(text), highlight=False, soft_wrap=True)
        for path in (letter.path, letter.pack):
            if path is not None:
                output.print(f"  {escape(str(path))}", highlight=False, soft_wrap=True)
        if letter.missing:
            output.print(f"  missing: {'、'.join(letter.missing)}", highlight=False, soft_wrap=True)
    for draft in incomplete:
        numbers = ", ".join(map(str, draft.listing_ids))
        lacks = "；".join(f"{each.term.title}（{each.where}）" for each in draft.completeness.lacking)
        text = f"held back: {draft.subject.name or '主体不明'}, listings {numbers}: {lacks}"
        output.print(f"[yellow]{escape(text)}[/]", highlight=False, soft_wrap=True)
    if incomplete:
        output.print("  --incomplete writes their letters all the same, with what is missing named in them")
    for each in held:
        text = f"listing {each.listing_id}, {each.kind}: {each.hold}: {'；'.join(each.why)}"
        output.print(f"[yellow]{escape(text)}[/]", highlight=False, soft_wrap=True)


def _letter(letter: WrittenLetter) -> dict[str, Any]:
    return {
        "number": letter.number,
        "receiver": letter.receiver,
        "series": letter.series,
        "leads": letter.lead_ids,
        "listings": letter.listings,
        "path": str(letter.path),
        "pack": None if letter.pack is None else str(letter.pack),
        "missing": letter.missing,
    }


def _incomplete(draft: Draft) -> dict[str, Any]:
    return {
        "lead": draft.lead_id,
        "subject": draft.subject.name,
        "listings": draft.listing_ids,
        "score": round(draft.completeness.score, 4),
        "lacks": [
            {"element": each.term.id, "title": each.term.title, "why": each.where}
            for each in draft.completeness.lacking
        ],
    }
