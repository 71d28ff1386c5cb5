"""All files of one draw: 抽样记录 (the manifest), 抽样清单, 抽样单."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.exporters.sampling.samples import samples_of
from monitor.exporters.sampling.sampling import write_sampling
from monitor.exporters.sampling.sampling_form import write_forms_docx, write_forms_xlsx
from monitor.exporters.sheets.files import ExportedFile, file_stem, whole_file
from monitor.leads.sampling.drawing import drawn_rows
from monitor.leads.sampling.manifest import Manifest
from monitor.leads.sampling.sampling_terms import sampling_terms
from monitor.storage.draws import stored_draw

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from monitor.leads.sampling.sampling_terms import SamplingTerms
    from monitor.storage import Connection

NAME = "抽样记录"


def export_draw(
    connection: Connection,
    folder: Path,
    draw_id: int,
    *,
    terms: SamplingTerms | None = None,
    exports: Path | None = None,
    now: datetime,
) -> list[ExportedFile]:
    """Write the files of a draw that is stored; the manifest comes first.

    Args:
        connection: a reading transaction.
        folder: made when it is not there.
        draw_id: number of the draw.
        terms: numbers and rules; the shipped ones by default.
        exports: folder whose ``templates`` go before the shipped layouts; by default `folder`.
        now: a time with its zone; the manifest is the same whenever it is written.

    Raises:
        UnknownDrawError: there is no such draw.
        ExportError: a file could not be written.
        LayoutError: the Word layout is missing or cannot be filled.

    """
    terms = terms or sampling_terms()
    stored = stored_draw(connection, draw_id)
    manifest = Manifest.model_validate_json(stored.manifest)
    rows = drawn_rows(connection, stored)
    samples = samples_of(manifest, rows, terms)
    record = write_manifest(manifest, stored.manifest, folder)
    return [
        record,
        *write_sampling(manifest, rows, folder, terms=terms, now=now),
        write_forms_xlsx(manifest, samples, folder, now=now),
        write_forms_docx(manifest, samples, folder, now=now, exports=exports or folder),
    ]


def write_manifest(manifest: Manifest, text: str, folder: Path) -> ExportedFile:
    """Write a manifest under a name of its own: the time of the draw, and the first digits of its digest.

    Raises:
        ExportError: the file could not be written.

    """
    stem = file_stem(NAME, manifest.campaign, manifest.made_at)
    path = folder / f"{stem}_{manifest.sha256[:8]}.json"
    with whole_file(path) as part:
        part.write_text(text, encoding="utf-8")
    return ExportedFile(path=path, rows=len(manifest.chosen))
