"""What an office does once the suspects are there, played through: review, draw, letters, notices, figures.

The demo knows the truth of its own shops, so it fills in the review list as a careful analyst would. Its
people are invented, and are called 演示.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from openpyxl import load_workbook

from monitor.exporters.letters.letters import export_letters
from monitor.exporters.letters.notices import export_notices
from monitor.exporters.review.review_columns import COMMENT, DECISION, NUMBER, REASON, REVIEWER
from monitor.exporters.review.review_file import read_review
from monitor.exporters.review.review_list import ReviewOrder, export_review
from monitor.exporters.review.review_sheets import SHEET
from monitor.exporters.sampling.draw_files import export_draw
from monitor.exporters.sheets.files import ExportedFile
from monitor.exporters.statistics.statistics import export_statistics
from monitor.exporters.statistics.statistics_terms import ReportKind
from monitor.leads.referral.drafting import ReferralOrder
from monitor.leads.referral.noticing import NoticeOrder
from monitor.leads.review.review_import import ImportOptions, Returned, import_returned
from monitor.leads.review.review_terms import review_terms
from monitor.leads.sampling.draw import Allocation
from monitor.leads.sampling.drawing import Known, Wanted, assign_inspectors, drawn_rows, make_draw
from monitor.leads.sampling.inspectors import Inspector
from monitor.leads.sampling.sampling_terms import sampling_terms
from monitor.storage.engine import reading, writing
from monitor.storage.reviews import Decision

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet

    from monitor.config import Settings
    from monitor.demo.catalogue.schema import Expect
    from monitor.exporters.letters.letter_file import Desk
    from monitor.storage import Engine

REVIEWER_NAME = "演示审核员"
#: How many listings are drawn for sampling.
DRAWN = 12
INSPECTORS = tuple(Inspector(id=f"演示{n}", name=f"演示抽样员{n}") for n in "甲乙丙丁")
#: The header of a review list stands in one of so many rows.
_HEADER_WITHIN = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Office:
    """One office, on one day."""

    engine: Engine
    settings: Settings
    campaign: str
    #: where its letters are written
    desk: Desk
    #: title of a listing → what it really is
    truth: Mapping[str, Expect]
    now: datetime

    def work(self, seed: str) -> list[ExportedFile]:
        """Review the suspects, draw samples, write to bureaus and platforms, count; give the files.

        Raises:
            MistakeError: a file could not be written, or there is nothing to draw from.

        """
        return [*self._review(seed), *self._draw(seed), *self._write(), *self._count()]

    def _review(self, seed: str) -> Iterator[ExportedFile]:
        order = ReviewOrder(
            campaign=self.campaign, per_category=5, seed=seed, threshold=self.settings.suspect_threshold
        )
        listed = export_review(self.engine, self.settings.exports_dir, order, now=self.now)
        yield listed
        path = fill_in(listed.path, self.truth)
        yield ExportedFile(path=path, rows=listed.rows)
        filled = read_review(path)
        returned = Returned(
            source=filled.name, identity=filled.identity, campaign=filled.campaign, rows=filled.rows
        )
        with writing(self.engine) as connection:
            import_returned(connection, returned, ImportOptions(), now=self.now)

    def _draw(self, seed: str) -> list[ExportedFile]:
        terms = sampling_terms()
        wanted = Wanted(campaign=self.campaign, seed=seed, size=DRAWN, allocation=Allocation.PROPORTIONAL)
        with writing(self.engine) as connection:
            stored, _ = make_draw(connection, wanted, known=Known(), terms=terms, now=self.now)
            stored, _ = assign_inspectors(
                connection,
                stored,
                INSPECTORS,
                drawn_rows(connection, stored),
                by=("place",),
                per_group=terms.inspectors_per_group,
            )
        with reading(self.engine) as connection:
            return export_draw(connection, self.settings.exports_dir, stored.id, terms=terms, now=self.now)

    def _write(self) -> list[ExportedFile]:
        folder = self.settings.exports_dir
        referred = export_letters(
            self.engine,
            folder,
            ReferralOrder(campaign=self.campaign, producers=True),
            self.desk,
            now=self.now,
        )
        noticed = export_notices(
            self.engine, folder, NoticeOrder(campaign=self.campaign), self.desk, now=self.now
        )
        return [
            ExportedFile(path=path, rows=letter.listings)
            for letter in (*referred.letters, *noticed.letters)
            for path in (letter.path, letter.pack)
            if path is not None
        ]

    def _count(self) -> list[ExportedFile]:
        with reading(self.engine) as connection:
            return export_statistics(
                connection,
                self.settings.exports_dir,
                self.campaign,
                kind=ReportKind.STAGE,
                until=self.now + timedelta(microseconds=1),
                now=self.now,
            )


def fill_in(path: Path, truth: Mapping[str, Expect]) -> Path:
    """Decide on every row of a review list whose truth is known; give the file that was filled in.

    The others stay open, as an analyst leaves what cannot be told yet.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl leaves out the data bars of Excel 2010, and says so
        book = load_workbook(path)
    sheet: Worksheet = book[SHEET]
    header = next(row for row in sheet.iter_rows(max_row=_HEADER_WITHIN) if NUMBER in [c.value for c in row])
    column = {str(cell.value): cell.column for cell in header}
    for row in range(header[0].row + 1, sheet.max_row + 1):
        title = str(sheet.cell(row, column["商品标题"]).value or "")
        if (expect := truth.get(title)) is None:
            continue
        said = {**dict.fromkeys((REASON, COMMENT)), **_decided(expect), REVIEWER: REVIEWER_NAME}
        for name, value in said.items():
            sheet.cell(row, column[name]).value = value
    filled = path.with_name(f"{path.stem}_已审核.xlsx")
    book.save(filled)
    book.close()
    return filled


def _decided(expect: Expect) -> dict[str, str]:
    terms = review_terms()
    if expect.hazards and expect.suspect:
        return {DECISION: terms.decisions[Decision.CONFIRMED].label}
    if (expect.hazards or expect.focus) and expect.suspect is not False:
        more = terms.decisions[Decision.MORE_INFORMATION].label
        return {DECISION: more, COMMENT: "重点产品，是否合格须抽样检验"}
    code = "other_good" if expect.trap else "compliant" if expect.category else "not_for_children"
    reason = terms.reason(code)
    assert reason is not None, f"{code} is no reason of the review terms"
    return {DECISION: terms.decisions[Decision.REJECTED].label, REASON: reason.label}
