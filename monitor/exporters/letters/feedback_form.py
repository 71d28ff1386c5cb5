"""线索反馈表: one workbook to each receiver, in which it says who signed and what came of each lead."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.exporters.letters.letter_words import plain, suspected_acts
from monitor.exporters.sheets.columns import Column, Kind
from monitor.exporters.sheets.files import ExportedFile, file_stem, fresh_file
from monitor.exporters.sheets.notes import Notes, Section
from monitor.exporters.sheets.sheet import ListSheet
from monitor.exporters.sheets.styles import FONT, styles
from monitor.exporters.sheets.workbook import open_workbook
from monitor.exporters.suspect_columns import shown
from monitor.leads.referral.feedback import answers, feedback_columns, guard_of
from monitor.storage.lead_records import LeadFilter, StoredEvent, StoredLead
from monitor.storage.lead_status import LeadStatus, LeadStep
from monitor.storage.leads import events_of, leads, snapshots_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from xlsxwriter import Workbook

    from monitor.exporters.sheets.columns import Cell
    from monitor.leads.referral.lead_terms import LeadTerms
    from monitor.storage import Connection

NAME = "线索反馈表"
#: Leads that a receiver has and has not done with.
_WITH_THEM = (LeadStatus.SENT, LeadStatus.SIGNED, LeadStatus.DISPUTED, LeadStatus.ANSWERED)
_FROZEN = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class FormLead:
    """One row of the form."""

    lead: StoredLead
    acts: str
    titles: str
    sent: str
    #: what is known already: who signed, what came of it
    recorded: str


def export_feedback(
    connection: Connection,
    folder: Path,
    terms: LeadTerms,
    *,
    campaign: str | None = None,
    receiver: str | None = None,
    now: datetime,
) -> list[ExportedFile]:
    """Write a form to each receiver that has leads and is not done with them.

    Args:
        connection: a reading transaction.
        folder: made when it is not there.
        terms: words for results.
        campaign: only leads of this one.
        receiver: only this one, by its full name.
        now: a time with its zone.

    Raises:
        ExportError: a file could not be written.

    """
    by_receiver: dict[str, list[StoredLead]] = defaultdict(list)
    for lead in leads(connection, LeadFilter(campaign=campaign, statuses=_WITH_THEM)):
        if lead.receiver.name is not None and receiver in (None, lead.receiver.name):
            by_receiver[lead.receiver.name].append(lead)
    files = []
    for name, found in sorted(by_receiver.items()):
        rows = _rows(connection, found, terms)
        stem = file_stem(NAME, name, now)
        with (
            fresh_file(folder, stem, ".xlsx") as (part, path),
            open_workbook(part, title=stem, now=now) as book,
        ):
            _write(book, rows, name, terms)
        files.append(ExportedFile(path=path, rows=len(rows)))
    return files


def _rows(connection: Connection, found: Sequence[StoredLead], terms: LeadTerms) -> list[FormLead]:
    numbers = [lead.id for lead in found]
    histories, snapshots = events_of(connection, numbers), snapshots_of(connection, numbers)
    rows = []
    for lead in found:
        taken = snapshots[lead.id]
        acts = dict.fromkeys(act for each in taken for act in suspected_acts(each))
        rows.append(
            FormLead(
                lead=lead,
                acts="；".join(acts) or plain(lead.origin),
                titles="\n".join(plain(each.title) for each in taken),
                sent=_day(_last(histories[lead.id], LeadStep.SEND)),
                recorded=_recorded(histories[lead.id], terms),
            )
        )
    return rows


def _last(history: Sequence[StoredEvent], step: LeadStep) -> StoredEvent | None:
    """Give the last event of a step since the letter was last sent."""
    sent = max((n for n, each in enumerate(history) if each.step is LeadStep.SEND), default=0)
    return next((each for each in reversed(history[sent:]) if each.step is step), None)


def _recorded(history: Sequence[StoredEvent], terms: LeadTerms) -> str:
    said = []
    for step in (LeadStep.SIGN, LeadStep.RESULT):
        event = _last(history, step)
        if event is not None:
            what = event.by if event.result is None else terms.results[event.result]
            said.append(f"{terms.steps[step]}：{what} {_day(event)}")
    return "\n".join(said)


def _day(event: StoredEvent | None) -> str:
    return "" if event is None else f"{shown(event.happened_at):%Y-%m-%d}"


def _titles() -> dict[str, str]:
    return {each.field: each.title for each in feedback_columns().fields}


def _columns() -> tuple[Column[FormLead], ...]:
    title = _titles()

    def fact(name: str, kind: Kind, width: float, value: Callable[[FormLead], Cell]) -> Column[FormLead]:
        return Column(title=name, kind=kind, width=width, about="发函时的内容，请勿改动", value=value)

    def blank(field: str, width: float, about: str) -> Column[FormLead]:
        return Column(title=title[field], kind=Kind.BLANK, width=width, about=about, value=lambda _: None)

    return (
        fact(title["lead"], Kind.COUNT, 9, lambda row: row.lead.id),
        fact("文号", Kind.WRAPPED, 20, lambda row: row.lead.number),
        fact("主体名称", Kind.WRAPPED, 26, lambda row: plain(row.lead.subject.name) or None),
        fact("统一社会信用代码", Kind.TEXT, 21, lambda row: row.lead.subject.credit_code),
        fact("商品", Kind.WRAPPED, 36, lambda row: row.titles),
        fact("涉嫌行为", Kind.WRAPPED, 24, lambda row: row.acts),
        fact("发函日期", Kind.SHORT, 12, lambda row: row.sent or None),
        fact("反馈期限", Kind.SHORT, 16, _deadline),
        fact("已记录", Kind.WRAPPED, 22, lambda row: row.recorded or None),
        blank("signer", 11, "与签收日期同时填写；已记录的不必再填"),
        blank("signed_on", 13, "写作 2026-10-12"),
        blank("outcome", 13, "从下拉列表选择"),
        blank("done_on", 13, "与办理结果同时填写；写作 2026-10-12"),
        blank("note", 36, "选“退回”“管辖争议”时必填；其余可不填"),
        blank("officer", 11, "可不填"),
        Column(
            title=title["guard"],
            kind=Kind.TEXT,
            width=15,
            about="隐藏栏，用于核对编号未被改动，请勿修改",
            value=lambda row: guard_of(row.lead),
        ),
    )


def _deadline(row: FormLead) -> str | None:
    due = row.lead.due
    if due is None:
        return None
    return f"{due.day}{'（暂定）' if due.provisional else ''}"


def _write(book: Workbook, rows: Sequence[FormLead], receiver: str, terms: LeadTerms) -> None:
    look, columns, titles = styles(book), _columns(), _titles()
    places = {column.title: number for number, column in enumerate(columns)}
    sheet = ListSheet(book, NAME, columns, look, frozen=_FROZEN)
    for row in rows:
        sheet.write([column.value(row) for column in columns])
    sheet.finish()
    at = places[titles["outcome"]]
    choice = {
        "validate": "list",
        "source": list(answers(terms)),
        "error_title": "办理结果",
        "error_message": "请从下拉列表中选择",
    }
    sheet.sheet.data_validation(1, at, len(rows), at, choice)
    sheet.sheet.fit_to_pages(1, 0)
    hidden = places[titles["guard"]]
    sheet.sheet.set_column(hidden, hidden, 15, book.add_format(FONT), {"hidden": True})
    notes = Notes(
        title=f"{NAME} 说明",
        sections=[
            Section(
                heading="怎样填写",
                lines=[
                    ("受送机关", receiver),
                    ("只填空白各栏", "其余各栏为发函时的内容；线索编号请勿改动"),
                    ("办理结果", "、".join(answers(terms))),
                    ("交回", "原文件交回；可以分几次交，已记录的不会重复，前后不一致的会列出核对"),
                    ("栏目来源", "推断，不是官方格式"),
                ],
            ),
            Section(heading="各栏含义", lines=[(column.title, column.about) for column in columns]),
        ],
    )
    notes.write(book.add_worksheet("说明"), look)
