"""Notices to platforms, and the forms on which bureaus answer."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import openpyxl
import pytest
from docx import Document

from monitor.exporters.letters.feedback_form import export_feedback
from monitor.exporters.letters.notices import export_notices
from monitor.leads.referral.feedback import FeedbackOutcome, import_feedback
from monitor.leads.referral.lead_life import take_step
from monitor.leads.referral.noticing import NoticeOrder
from monitor.leads.referral.referral import Hold
from monitor.matching.list_file import ListFileError
from monitor.storage.engine import reading, writing
from monitor.storage.lead_status import LeadKind, LeadResult, LeadStatus, LeadStep
from monitor.storage.leads import (
    NewEvent,
    NewLead,
    Receiver,
    Subject,
    events_of,
    leads,
    load_lead,
    open_lead,
    rechecks_asked,
)

#: a Friday before the holiday of 2026 (09-25 … 09-27 off, 10-01 … 10-07 off)
NOW = datetime(2026, 9, 22, 1, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=30)


def happened(office, lead: int, step: LeadStep, at: datetime = NOW, **more) -> None:
    with writing(office.engine) as connection:
        take_step(connection, lead, NewEvent(step=step, by="李四", at=at, **more), office.desk.days)


def test_a_notice_asks_for_the_three_things_with_days_and_is_followed_by_a_recheck(office):
    done = export_notices(office.engine, office.folder, NoticeOrder(), office.desk, now=NOW)
    (written,) = done.letters
    assert (written.receiver, written.number, written.pack) == ("示例商城", "泉市监平告〔2026〕1号", None)
    assert [(each.listing_id, each.hold) for each in done.plan.held] == [(office.ids["5"], Hold.NO_BASIS)]
    document = Document(str(written.path))
    said = "\n".join(each.text for each in document.paragraphs)
    for words in (
        "下架：",
        "报告：",
        "协查：",
        "3 个工作日内书面答复",
        "为 2026-09-28 前",
        "2026-09-29 起复查",
    ):
        assert words in said, words
    assert "置信 待核" in said
    cells = "\n".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)
    assert "主体名称、统一社会信用代码（公示的缺失或校验不符）" in cells
    (lead,) = written.lead_ids
    happened(office, lead, LeadStep.SEND)
    with reading(office.engine) as connection:
        stored = load_lead(connection, lead)
        asked = rechecks_asked(connection)
    assert (stored.kind, stored.site, stored.due.day) == (LeadKind.PLATFORM, "mall", date(2026, 9, 28))
    assert asked == dict.fromkeys(stored.listing_ids, date(2026, 9, 29))
    again = export_notices(office.engine, office.folder, NoticeOrder(), office.desk, now=NOW)
    assert again.letters == ()


@pytest.fixture
def sent(office):
    """A lead on two listings, sent; its letter is of no matter here."""
    with writing(office.engine) as connection:
        new = NewLead(
            kind=LeadKind.SELLER,
            receiver=Receiver(name="晋江市市场监督管理局", rule="R1"),
            subject=Subject(name="晋江市鹿鸣谷玩具有限公司"),
            listing_ids=(office.ids["1"], office.ids["2"]),
            origin="审核",
            by="张三",
            at=NOW,
        )
        lead = open_lead(connection, new)
    happened(office, lead, LeadStep.DRAFT, details={"score": 1.0, "missing": []})
    happened(office, lead, LeadStep.SEND)
    return lead


def a_form(office, /, **cells: object):
    """Export the form and fill in its only row."""
    with reading(office.engine) as connection:
        (file,) = export_feedback(
            connection, office.folder, office.desk.days.terms, receiver="晋江市市场监督管理局", now=LATER
        )
    book = openpyxl.load_workbook(file.path)
    sheet = book.worksheets[0]
    titles = [cell.value for cell in sheet[1]]
    for title, value in cells.items():
        sheet.cell(2, titles.index(title) + 1, value)
    filled = office.folder / "反馈.xlsx"
    book.save(filled)
    book.close()
    return filled


def taken(office, file, *, record: bool = True):
    with writing(office.engine) as connection:
        return import_feedback(connection, file, office.desk.days, by="张三", now=LATER, record=record)


SIGNED = {"签收人": "王科", "签收日期": date(2026, 9, 24)}
FILED = {"办理结果": "立案", "办理日期": "2026年10月12日", "承办人": "赵六"}


def test_a_filled_form_signs_and_answers_once(office, sent):
    file = a_form(office, **SIGNED, **FILED, 情况说明="已立案调查")
    assert [row.outcome for row in taken(office, file, record=False)] == [FeedbackOutcome.NEW]
    with reading(office.engine) as connection:
        assert load_lead(connection, sent).status is LeadStatus.SENT
    assert [row.outcome for row in taken(office, file)] == [FeedbackOutcome.NEW]
    assert [row.outcome for row in taken(office, file)] == [FeedbackOutcome.RECORDED]
    with reading(office.engine) as connection:
        lead, history = load_lead(connection, sent), events_of(connection, [sent])[sent]
    assert (lead.status, lead.result) == (LeadStatus.ANSWERED, LeadResult.CASE_FILED)
    sign, result = history[-2:]
    assert (sign.step, sign.by, sign.source, sign.source_row) == (LeadStep.SIGN, "王科", "反馈.xlsx", 2)
    assert sign.due_on == date(2026, 10, 22)
    assert (result.by, result.note) == ("赵六", "已立案调查")


def test_a_form_shows_what_is_recorded_already(office, sent):
    taken(office, a_form(office, **SIGNED, **FILED))
    book = openpyxl.load_workbook(a_form(office))
    titles, row = ([cell.value for cell in line] for line in book.worksheets[0].iter_rows(max_row=2))
    book.close()
    said = dict(zip(titles, row, strict=True))
    assert said["已记录"] == "签收：王科 2026-09-24\n反馈：立案 2026-10-12"
    assert (said["线索编号"], said["发函日期"], said["签收人"]) == (sent, "2026-09-22", None)


def test_a_form_that_nobody_filled_in_is_open(office, sent):
    assert [row.outcome for row in taken(office, a_form(office))] == [FeedbackOutcome.OPEN]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"线索编号": 99}, "校验码不符"),
        ({"校验码": "x"}, "校验码不符"),
        ({"签收人": "王科"}, "须同时填写"),
        ({"签收日期": "下周", "签收人": "王科"}, "不是日期"),
        ({"签收日期": "2027-01-01", "签收人": "王科"}, "尚未到来"),
        ({"签收日期": "2026-09-21", "签收人": "王科"}, "早于发函日期"),
        ({"办理结果": "好的", "办理日期": "2026-10-01"}, "不在可选范围：属实、不属实"),
        ({"办理结果": "属实"}, "没有办理日期"),
        ({"办理日期": "2026-10-01"}, "没有办理结果"),
        ({**SIGNED, "办理结果": "退回", "办理日期": "2026-10-01"}, "须填写情况说明"),
    ],
)
def test_what_cannot_be_understood_is_told_and_changes_nothing(office, sent, cells, said):
    (row,) = taken(office, a_form(office, **cells))
    assert row.outcome is FeedbackOutcome.WRONG
    assert said in row.said
    with reading(office.engine) as connection:
        assert load_lead(connection, sent).status is LeadStatus.SENT


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"签收人": "别人", "签收日期": "2026-09-29"}, "已记录：sign，2026-09-24"),
        ({"办理结果": "不属实", "办理日期": "2026-10-12"}, "已记录：case filed，2026-10-12"),
        ({"办理结果": "延长核查", "办理日期": "2026-10-13"}, "extend cannot follow"),
    ],
)
def test_what_contradicts_the_record_is_a_conflict_and_changes_nothing(office, sent, cells, said):
    taken(office, a_form(office, **SIGNED, **FILED))
    (row,) = taken(office, a_form(office, **cells))
    assert row.outcome is FeedbackOutcome.CONFLICT
    assert said in row.said
    with reading(office.engine) as connection:
        assert load_lead(connection, sent).result is LeadResult.CASE_FILED


def test_a_later_answer_follows_an_earlier_one(office, sent):
    taken(office, a_form(office, **SIGNED, **FILED))
    (row,) = taken(office, a_form(office, 办理结果="已下架", 办理日期="2026-10-20"))
    assert row.outcome is FeedbackOutcome.NEW
    with reading(office.engine) as connection:
        lead = load_lead(connection, sent)
        # seven working days after 10-20
        assert (lead.result, lead.recheck_on) == (LeadResult.OFF_SHELF, date(2026, 10, 29))


def test_a_bureau_may_send_it_back(office, sent):
    cells = {"办理结果": "退回", "办理日期": "2026-09-30", "情况说明": "实际经营地不在本辖区"}
    (row,) = taken(office, a_form(office, **SIGNED, **cells))
    assert row.outcome is FeedbackOutcome.NEW
    with reading(office.engine) as connection:
        assert [each.status for each in leads(connection)] == [LeadStatus.RETURNED]


def test_another_file_is_refused(office, sent, tmp_path):
    other = tmp_path / "other.csv"
    other.write_text("线索编号,办理结果\n1,立案\n", encoding="utf-8")
    with pytest.raises(ListFileError, match="校验码"):
        taken(office, other)
