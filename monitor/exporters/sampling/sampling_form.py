"""抽样单: one page a sample, as Excel and as Word; purchase and unsealing left blank for who does it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from monitor.exporters.sampling.form import Form, FormField, FormSection
from monitor.exporters.sampling.form_sheet import write_form_sheets
from monitor.exporters.sampling.sampling_fields import VALUES, sampling_fields
from monitor.exporters.sheets.cells import Marked, Money, printable
from monitor.exporters.sheets.files import ExportedFile, file_stem, fresh_file
from monitor.exporters.sheets.workbook import open_workbook
from monitor.exporters.suspect_columns import shown
from monitor.exporters.templates import fill, layout

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from monitor.exporters.sampling.samples import Sample
    from monitor.exporters.sampling.sampling_fields import SamplingField
    from monitor.exporters.sheets.columns import Cell
    from monitor.leads.sampling.manifest import Manifest

NAME = "抽样单"
TITLE = "网络抽样单"
LAYOUT = "抽样单.docx"
#: What a form says of itself, because no official layout was found.
CAUTION = "本单栏目由公开资料归并（DB61/T 1806.2-2024 等，推断），不是官方格式；空白栏由抽样人填写。"


def write_forms_xlsx(
    manifest: Manifest, samples: Sequence[Sample], folder: Path, *, now: datetime
) -> ExportedFile:
    """Write the forms as one workbook, a sheet each.

    Raises:
        ExportError: the file could not be written.

    """
    stem = file_stem(NAME, manifest.campaign, now)
    with fresh_file(folder, stem, ".xlsx") as (part, path), open_workbook(part, title=stem, now=now) as book:
        write_form_sheets(book, forms(manifest, samples), title=TITLE, caution=CAUTION)
    return ExportedFile(path=path, rows=len(samples))


def write_forms_docx(
    manifest: Manifest,
    samples: Sequence[Sample],
    folder: Path,
    *,
    now: datetime,
    exports: Path | None = None,
) -> ExportedFile:
    """Write the forms as one Word document, a page each, by the layout `LAYOUT`.

    Args:
        manifest: of the draw.
        samples: one page each.
        folder: made when it is not there.
        now: a time with its zone.
        exports: folder of exports whose own layouts go first.

    Raises:
        ExportError: the file could not be written.
        LayoutError: the layout is missing or cannot be filled.

    """
    file = layout(LAYOUT, exports)
    context: dict[str, Any] = {"title": TITLE, "caution": CAUTION, "forms": list(forms(manifest, samples))}
    with fresh_file(folder, file_stem(NAME, manifest.campaign, now), ".docx") as (part, path):
        fill(file, context, part)
    return ExportedFile(path=path, rows=len(samples))


def forms(manifest: Manifest, samples: Sequence[Sample]) -> Iterator[Form]:
    """Give the page of every sample."""
    book = sampling_fields()
    for sample in samples:
        yield Form(
            number=sample.number,
            sections=tuple(
                FormSection(
                    title=title,
                    fields=tuple(_field(field, sample) for field in book.fields if field.form == title),
                )
                for title in book.sections
            ),
            inspectors="、".join(sample.inspectors),
            draw=f"随机种子 {manifest.seed}；抽样记录 {manifest.sha256[:16]}…",
        )


def _field(field: SamplingField, sample: Sample) -> FormField:
    value = None if field.value is None else VALUES[field.value][1](sample)
    return FormField(
        title=field.title, text=printable(_text(value)), wide=field.wide, blank=field.value is None
    )


def _text(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, Marked):
        return value.text
    if isinstance(value, Money):
        return f"{value.amount:,.2f} {'元' if value.currency == 'CNY' else value.currency}"
    if isinstance(value, datetime):
        return f"{shown(value):%Y-%m-%d %H:%M}"
    return str(value)
