"""What bureaus write into 线索反馈表: each row checked against its lead, and the steps that it tells of."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, time
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.classifiers.lexicon.source import read
from monitor.config import SHANGHAI
from monitor.leads.referral.lead_life import Days, take_step
from monitor.matching.column_names import ColumnNames
from monitor.matching.list_file import ListRow, read_list, stated_date
from monitor.storage.lead_records import LeadFilter, NewEvent, StoredEvent, StoredLead
from monitor.storage.lead_status import (
    IllegalStepError,
    LeadResult,
    LeadStatus,
    LeadStep,
    after,
    needs_note,
)
from monitor.storage.leads import events_of, leads

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from monitor.leads.referral.lead_terms import LeadTerms
    from monitor.storage import Connection

_FILE = Path(__file__).with_name("feedback_columns.yaml")
#: Steps that a bureau may answer with instead of a result.
_ANSWERS = (LeadStep.RETURN, LeadStep.EXTEND, LeadStep.DISPUTE)


class FeedbackOutcome(StrEnum):
    """What becomes of a row."""

    #: it tells something new
    NEW = "new"
    #: all that it tells is recorded
    RECORDED = "recorded"
    #: nothing is filled in yet
    OPEN = "open"
    #: it contradicts what is recorded, or cannot follow it
    CONFLICT = "conflict"
    #: it cannot be understood
    WRONG = "wrong"


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckedFeedback:
    """One row, and what becomes of it."""

    #: as the spreadsheet counts
    row: int
    outcome: FeedbackOutcome
    lead_id: int | None = None
    #: in the order in which they happened
    events: tuple[NewEvent, ...] = ()
    #: why it is wrong or in conflict, and the mend
    said: str = ""


class _RowError(Exception):
    """A row cannot be taken."""

    def __init__(self, said: str, outcome: FeedbackOutcome = FeedbackOutcome.WRONG) -> None:
        super().__init__(said)
        self.outcome = outcome


@cache
def feedback_columns() -> ColumnNames:
    """Read the shipped columns."""
    return read(_FILE, ColumnNames)


def answers(terms: LeadTerms) -> dict[str, LeadResult | LeadStep]:
    """Give the words for 办理结果, and what each one means."""
    found: dict[str, LeadResult | LeadStep] = {label: code for code, label in terms.results.items()}
    return found | {terms.steps[step]: step for step in _ANSWERS}


def guard_of(lead: StoredLead) -> str:
    """Give what shows that a row's number was not changed: it is of this lead, of this database."""
    said = f"{lead.id}\n{lead.opened_at.isoformat()}\n{lead.receiver.name}\n{lead.subject.name}"
    return hashlib.sha256(said.encode()).hexdigest()[:12]


def import_feedback(
    connection: Connection, path: Path, days: Days, *, by: str, now: datetime, record: bool = True
) -> list[CheckedFeedback]:
    """Check every row of a filled-in form and, with `record`, record what is new; again adds nothing.

    Args:
        connection: a writing transaction; a reading one will do without `record`.
        path: what `export_feedback` wrote, filled in: xlsx, or saved as csv.
        days: what the steps start.
        by: who imports it; stands where the row names no officer.
        now: a time with its zone; nothing in the file is from later.
        record: record the steps.

    Raises:
        ListFileError: the file cannot be read, or lacks a column.

    """
    file = read_list(path, feedback_columns(), required=["lead", "guard", "outcome", "signed_on"])
    numbers = {number for row in file.rows if (number := _number(row)) is not None}
    known = {lead.id: lead for lead in leads(connection, LeadFilter(ids=tuple(sorted(numbers))))}
    histories = events_of(connection, known)
    checked, seen = [], set[int]()
    for row in file.rows:
        lead_id = _number(row)
        lead = None if lead_id is None else known.get(lead_id)
        history = [] if lead is None else histories[lead.id]
        result = _checked(row, lead, history, days.terms, source=path.name, by=by, now=now)
        if result.lead_id is not None and result.lead_id in seen:
            said = f"线索 {result.lead_id} 在表中出现两次：只保留一行"
            result = CheckedFeedback(row=row.number, outcome=FeedbackOutcome.WRONG, said=said)
        seen.update({result.lead_id} if result.lead_id is not None else ())
        if record and lead is not None:
            for event in result.events:
                take_step(connection, lead.id, event, days)
        checked.append(result)
    return checked


def _checked(
    row: ListRow,
    lead: StoredLead | None,
    history: Sequence[StoredEvent],
    terms: LeadTerms,
    *,
    source: str,
    by: str,
    now: datetime,
) -> CheckedFeedback:
    if lead is None or row.values.get("guard") != guard_of(lead):
        said = f"线索 {row.values.get('lead', '（空）')} 不在本库，或校验码不符：须用本库导出的表，不改编号"
        return CheckedFeedback(row=row.number, outcome=FeedbackOutcome.WRONG, said=said)
    try:
        stated = (_signature(row, source, now), _answer(row, terms, source, now, by))
        told = [event for event in stated if event is not None]
        events = _new(lead, told, history) if told else ()
    except _RowError as error:
        return CheckedFeedback(row=row.number, outcome=error.outcome, lead_id=lead.id, said=str(error))
    outcome = FeedbackOutcome.NEW if events else FeedbackOutcome.RECORDED
    if not told:
        outcome = FeedbackOutcome.OPEN
    return CheckedFeedback(row=row.number, outcome=outcome, lead_id=lead.id, events=events)


def _number(row: ListRow) -> int | None:
    text = row.values.get("lead", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _signature(row: ListRow, source: str, now: datetime) -> NewEvent | None:
    signer, day = row.values.get("signer"), _day(row.values, "signed_on", "签收日期", now)
    if signer is None and day is None:
        return None
    if signer is None or day is None:
        raise _RowError("签收人和签收日期须同时填写")
    return NewEvent(step=LeadStep.SIGN, by=signer, at=_noon(day, now), source=source, source_row=row.number)


def _answer(row: ListRow, terms: LeadTerms, source: str, now: datetime, by: str) -> NewEvent | None:
    word, day = row.values.get("outcome"), _day(row.values, "done_on", "办理日期", now)
    if word is None:
        if day is not None:
            raise _RowError("填了办理日期而没有办理结果")
        return None
    meaning = answers(terms).get(word)
    if meaning is None:
        raise _RowError(f"办理结果“{word}”不在可选范围：{'、'.join(answers(terms))}")
    if day is None:
        raise _RowError("填了办理结果而没有办理日期")
    return NewEvent(
        step=LeadStep.RESULT if isinstance(meaning, LeadResult) else meaning,
        result=meaning if isinstance(meaning, LeadResult) else None,
        by=row.values.get("officer") or by,
        at=_noon(day, now),
        note=row.values.get("note"),
        source=source,
        source_row=row.number,
    )


def _day(values: Mapping[str, str], field: str, title: str, now: datetime) -> date | None:
    text = values.get(field)
    if text is None:
        return None
    day = stated_date(text)
    if day is None:
        raise _RowError(f"{title}“{text}”不是日期：写作 2026-10-12")
    if day > now.astimezone(SHANGHAI).date():
        raise _RowError(f"{title} {day} 尚未到来")
    return day


def _noon(day: date, now: datetime) -> datetime:
    return min(datetime.combine(day, time(12), SHANGHAI), now)


def _new(lead: StoredLead, told: Sequence[NewEvent], history: Sequence[StoredEvent]) -> tuple[NewEvent, ...]:
    """Keep what is not recorded yet, and refuse what contradicts it.

    Only what happened since the letter was last sent counts: a lead that came back begins anew.
    """
    sent = max((n for n, each in enumerate(history) if each.step is LeadStep.SEND), default=None)
    if sent is None:
        raise _RowError(
            f"线索 {lead.id} 还没有记录发出：先用 monitor leads event 记录", FeedbackOutcome.CONFLICT
        )
    since, found, status = history[sent:], [], lead.status
    for event in told:
        if _date(event.at) < _date(since[0].happened_at):
            raise _RowError(f"日期 {_date(event.at)} 早于发函日期 {_date(since[0].happened_at)}")
        # a day is all that the form tells: on the day of the letter it was after the letter
        event = replace(event, at=max(event.at, since[0].happened_at))  # noqa: PLW2901
        same = [each for each in since if each.step is event.step]
        if any((each.result, _date(each.happened_at)) == (event.result, _date(event.at)) for each in same):
            continue
        status = _follows(lead, status, event, same)
        found.append(event)
    return tuple(found)


def _follows(
    lead: StoredLead, status: LeadStatus, event: NewEvent, same: Sequence[StoredEvent]
) -> LeadStatus:
    last = same[-1] if same else None
    if last is not None and (event.step is LeadStep.SIGN or _date(event.at) <= _date(last.happened_at)):
        said = f"线索 {lead.id} 已记录：{last.result or last.step}，{_date(last.happened_at)}，{last.by}"
        raise _RowError(f"{said}；表中所填不同，请核对，不作改动", FeedbackOutcome.CONFLICT)
    if needs_note(status, event.step) and not event.note:
        raise _RowError("退回、管辖争议须填写情况说明")
    try:
        return after(status, event.step)
    except IllegalStepError as error:
        raise _RowError(f"线索 {lead.id}：{error}", FeedbackOutcome.CONFLICT) from None


def _date(moment: datetime) -> date:
    return moment.astimezone(SHANGHAI).date()
