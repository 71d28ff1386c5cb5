"""One letter: filled into its Word layout, numbered, stored with its leads; file and rows come together."""

from __future__ import annotations

import hashlib
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from monitor.config import SHANGHAI
from monitor.exporters.letters.evidence_packs import pack_pages, preserved_pages
from monitor.exporters.sheets.files import file_stem, fresh_file
from monitor.exporters.templates import fill, layout
from monitor.leads.referral.drafting import Draft, open_draft
from monitor.leads.referral.lead_life import Days, take_step
from monitor.leads.referral.lead_terms import Series
from monitor.storage.engine import reading, writing
from monitor.storage.evidence import anchors
from monitor.storage.lead_letters import NewLetter, add_letter, next_serial
from monitor.storage.lead_records import NewEvent
from monitor.storage.lead_status import LeadStep

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from monitor.storage import Engine
    from monitor.storage.evidence import Anchor, ListingEvidence


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """Where letters are written, and by whom."""

    #: name of who drafts them
    by: str
    days: Days
    evidence_dir: Path
    #: folder whose ``templates`` go before the shipped layouts; None looks at the shipped ones only
    layouts: Path | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Contents:
    """What a letter's layout is filled with, besides numbers."""

    pages: Sequence[ListingEvidence]
    #: every chain of the runs that the pages belong to
    chains: Sequence[Anchor]
    #: name of the evidence pack and its SHA-256; None where nothing is preserved
    pack: tuple[str, str] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class WrittenLetter:
    """A letter that stands in the folder, and its rows in the database."""

    number: str
    receiver: str
    series: Series
    lead_ids: tuple[int, ...]
    listings: int
    path: Path
    pack: Path | None
    #: what the leads lack, each once: titles in Chinese
    missing: tuple[str, ...]


def write_letter(
    engine: Engine,
    folder: Path,
    drafts: Sequence[Draft],
    series: Series,
    desk: Desk,
    *,
    context: Callable[[Contents], Mapping[str, Any]],
    now: datetime,
) -> WrittenLetter:
    """Write one letter to one receiver, with the evidence pack beside it, and store what it says.

    The rows are stored last, just before the files get their names: either both are there or neither. A
    notice has no pack: raw pages are not for platforms.

    Raises:
        ExportError: a file could not be written.
        EvidenceError: a record is not as it was preserved.
        LayoutError: the layout is missing or cannot be filled.
        TakenError: somebody made a lead of a listing meanwhile.

    """
    terms = desk.days.terms
    letter = terms.letters[series]
    file = layout(letter.layout, desk.layouts)
    receiver = drafts[0].receiver.name or ""
    stem = file_stem(letter.title, receiver, now)
    listed = [listing for draft in drafts for listing in draft.listing_ids]
    with ExitStack() as stack:
        with reading(engine) as connection:
            pages = preserved_pages(connection, listed)
            runs = sorted({page.anchor.run_id for page in pages})
            chains = [each for run in runs for each in anchors(connection, run)]
            pack = pack_path = None
            if pages and series is not Series.NOTICE:
                part, pack_path = stack.enter_context(fresh_file(folder, f"{stem}_证据包", ".zip"))
                pack_pages(connection, desk.evidence_dir, part, pages, now=now)
                pack = (pack_path.name, _sha256(part))
        # before the database is locked for writing: many listings take seconds
        said = context(Contents(pages=pages, chains=chains, pack=pack))
        part, path = stack.enter_context(fresh_file(folder, stem, ".docx"))
        with writing(engine) as connection:
            lead_ids = [open_draft(connection, draft, by=desk.by, at=now) for draft in drafts]
            year = now.astimezone(SHANGHAI).year
            serial = next_serial(connection, series, year)
            number = letter.number.format(year=year, number=serial)
            numbers = {"number": number, "lead_numbers": "、".join(map(str, lead_ids))}
            fill(file, {**said, **numbers}, part)
            new = NewLetter(
                series=series,
                year=year,
                serial=serial,
                number=number,
                receiver=receiver,
                made_at=now,
                file=path.name,
                sha256=_sha256(part),
                pack_file=pack[0] if pack else None,
                pack_sha256=pack[1] if pack else None,
            )
            letter_id = add_letter(connection, new)
            for draft, lead_id in zip(drafts, lead_ids, strict=True):
                take_step(connection, lead_id, _drafted(draft, letter_id, desk, now), desk.days)
    return WrittenLetter(
        number=number,
        receiver=receiver,
        series=series,
        lead_ids=tuple(lead_ids),
        listings=len(listed),
        path=path,
        pack=pack_path,
        missing=tuple(dict.fromkeys(m.term.title for draft in drafts for m in draft.completeness.missing)),
    )


def _drafted(draft: Draft, letter_id: int, desk: Desk, now: datetime) -> NewEvent:
    found = draft.completeness
    details = {"score": round(found.score, 4), "missing": [each.term.id.value for each in found.missing]}
    return NewEvent(step=LeadStep.DRAFT, by=desk.by, at=now, letter_id=letter_id, details=details)


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
