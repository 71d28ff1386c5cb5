"""Letters: who gets one, who gets none, and what stands in them."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from docx import Document
from sqlalchemy import select

from monitor.evidence.head import run_head
from monitor.exporters.letters.letters import export_letters
from monitor.exporters.templates import LayoutError, layout
from monitor.leads.referral.drafting import NotConfirmedError, ReferralOrder
from monitor.leads.referral.lead_life import take_step
from monitor.leads.referral.lead_terms import Series
from monitor.leads.referral.referral import Hold
from monitor.storage import tables
from monitor.storage.engine import reading, writing
from monitor.storage.evidence import anchors, records
from monitor.storage.lead_status import LeadKind, LeadStatus, LeadStep
from monitor.storage.leads import (
    LeadFilter,
    NewEvent,
    NewLead,
    Receiver,
    Subject,
    events_of,
    leads,
    load_lead,
    open_lead,
)

NOW = datetime(2026, 9, 25, 0, 5, tzinfo=UTC)
JINJIANG, JINHUA, POLICE = "晋江市市场监督管理局", "金华市市场监督管理局", "惠安县公安机关"


def refer(office, *keys: str, **order):
    """Refer the offers of `keys`, or all."""
    if keys:
        order["listing_ids"] = tuple(office.ids[key] for key in keys)
    return export_letters(
        office.engine, office.folder, ReferralOrder(campaign="autumn", **order), office.desk, now=NOW
    )


def text_of(path: Path) -> str:
    document = Document(str(path))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def letter(done, receiver):
    return next(each for each in done.letters if each.receiver == receiver)


def test_one_letter_a_receiver_and_other_authorities_apart(office):
    done = refer(office)
    assert {(each.receiver, each.series, each.number) for each in done.letters} == {
        (JINJIANG, Series.REFERRAL, "泉市监线移〔2026〕1号"),
        (JINHUA, Series.REFERRAL, "泉市监线移〔2026〕2号"),
        (POLICE, Series.SPECIAL, "泉市监线告〔2026〕1号"),
    }
    with reading(office.engine) as connection:
        by_receiver = {each.receiver.name: each for each in leads(connection)}
    ours, police = by_receiver[JINJIANG], by_receiver[POLICE]
    assert ours.listing_ids == (office.ids["1"], office.ids["2"])
    assert (ours.receiver.rule, by_receiver[JINHUA].receiver.rule, police.receiver.rule) == ("R1", "R2", "R8")
    assert (ours.receiver.special, police.receiver.special) == (None, "PSB")
    assert {each.status for each in by_receiver.values()} == {LeadStatus.DRAFTED}


@pytest.mark.parametrize("incomplete", [False, True])
def test_a_warning_alone_is_never_referred_and_nothing_goes_to_a_guessed_bureau(office, incomplete):
    done = refer(office, incomplete=incomplete)
    held = {each.listing_id: each.hold for each in done.plan.held}
    assert held == {office.ids["5"]: Hold.NO_BASIS, office.ids["6"]: Hold.PENDING}
    with reading(office.engine) as connection:
        referred = {listing for lead in leads(connection) for listing in lead.listing_ids}
    assert not referred & held.keys()
    for each in done.letters:
        assert "指尖陀螺" not in text_of(each.path)


def test_a_lead_that_lacks_something_is_held_back_and_what_it_lacks_stands_in_its_letter(office):
    first = refer(office, "7")
    assert first.letters == ()
    (kept,) = first.plan.incomplete
    assert kept.listing_ids == (office.ids["7"],)
    assert {each.term.id.value for each in kept.completeness.lacking} == {
        "subject_name",
        "subject_code",
        "preserved",
    }
    (written,) = refer(office, "7", incomplete=True).letters
    said = text_of(written.path)
    assert "部分线索要素不全" in said
    assert "主体｜主体名称：页面未公示主体名称，或未采到亮照页" in said
    assert f"编号 {office.ids['7']} 未固证，没有保全的网页" in said
    assert written.pack is None
    with reading(office.engine) as connection:
        lead = load_lead(connection, written.lead_ids[0])
    assert (lead.score, lead.missing) == (
        0.5,
        ("subject_name", "subject_code", "agreed", "preserved"),
    )


def test_what_stands_in_a_letter(office):
    written = letter(refer(office, "1", "2"), JINJIANG)
    said = text_of(written.path)
    for words in (
        "泉市监线移〔2026〕1号",
        "秋季专项",
        "晋江市鹿鸣谷玩具有限公司",
        "91350582MAET65750B",
        "https://mall.test/item/1",
        "9.90元",
        "1,200（页面所示）",
        "信用代码与公示地址一致",
        "R1（规则:中(处罚程序规定§10 仅经第三方文书引文确认)",
        "未成年人保护法§55",
        "技术监测记录资料可以作为电子数据证据",
        "签 收 回 执",
        "签收之日起 15 个工作日内（中高）",
        "2026年9月25日",
    ):
        assert words in said, words
    assert "13959512345" not in said
    assert "139******45" in said


def test_the_matched_words_are_emphasised_in_the_original_title(office):
    document = Document(str(letter(refer(office, "1", "2"), JINJIANG).path))
    marked = [
        run.text
        for table in document.tables
        for row in table.rows
        for paragraph in row.cells[-1].paragraphs
        for run in paragraph.runs
        if run.bold and run.underline
    ]
    assert set(marked) == {"磁力球", "巴克球"}


def test_what_is_inference_says_so_in_the_letter_to_the_police(office):
    said = text_of(letter(refer(office, "4"), POLICE).path)
    assert "涉及公安机关职责（依据代码推定，推断(以公安机关认定为准)）" in said
    assert "涉枪/弩/管制刀具/仿真枪:移送公安(推断:以公安机关认定为准)" in said
    assert "待核" in said


def test_evidence_is_listed_with_its_digests_and_pinned_by_the_heads(office):
    written = letter(refer(office, "3"), JINHUA)
    said = text_of(written.path)
    with reading(office.engine) as connection:
        (chain,) = anchors(connection)
        entry = next(each for each in records(connection, chain.id) if each.url == "https://mall.test/item/3")
    assert entry.sha256 in said
    assert entry.chain in said
    assert entry.response_sha256 in said
    assert chain.head in said
    assert run_head([(chain.file, chain.records, chain.head)]) in said
    assert hashlib.sha256(written.pack.read_bytes()).hexdigest() in said
    with zipfile.ZipFile(written.pack) as pack:
        names = pack.namelist()
    assert f"电子数据提取笔录-{office.ids['3']}.html" in names
    assert f"电子数据提取笔录-{office.ids['1']}.html" not in names


def test_the_pack_is_right_by_the_head_that_the_letter_prints(office, tmp_path):
    written = letter(refer(office, "3"), JINHUA)
    (head,) = re.findall(r"文件 \S+（\d+ 条）链头 (\w{64})", text_of(written.path))
    with zipfile.ZipFile(written.pack) as pack:
        pack.extractall(tmp_path / "pack")
    for printed, status in ((head, 0), ("a" * 64, 1)):
        command = [sys.executable, "-I", "-X", "utf8", "verify.py", "--head", printed]
        done = subprocess.run(command, cwd=tmp_path / "pack", capture_output=True, check=False)
        assert done.returncode == status, done.stdout.decode()


def test_the_row_of_a_letter_has_the_digest_of_its_file(office):
    written = letter(refer(office, "1", "2"), JINJIANG)
    with reading(office.engine) as connection:
        rows = connection.execute(select(tables.LeadLetter)).all()
    row = next(each for each in rows if each.number == written.number)
    assert row.sha256 == hashlib.sha256(written.path.read_bytes()).hexdigest()
    assert (row.file, row.pack_file) == (written.path.name, written.pack.name)


def test_again_writes_nothing(office):
    refer(office, "3")
    again = refer(office, "3")
    assert again.letters == ()
    assert len(list(office.folder.glob("*.docx"))) == 1


def test_what_came_back_may_be_referred_again_and_ends_the_old_lead(office):
    (old,) = letter(refer(office, "3"), JINHUA).lead_ids
    with writing(office.engine) as connection:
        for step, note in ((LeadStep.SEND, None), (LeadStep.RETURN, "不属本局管辖")):
            happened = NewEvent(step=step, by="李四", at=NOW, note=note)
            take_step(connection, old, happened, office.desk.days)
    (written,) = refer(office, "3").letters
    assert (written.receiver, written.number) == (JINHUA, "泉市监线移〔2026〕2号")
    with reading(office.engine) as connection:
        assert load_lead(connection, old).status is LeadStatus.CLOSED
        assert events_of(connection, [old])[old][-1].note == f"退回后另行移送，见线索 {written.lead_ids[0]}"


def test_leads_that_wait_for_a_letter_get_one_and_those_that_are_pending_do_not(office):
    with writing(office.engine) as connection:
        for name in ("汕头市市场监督管理局", None):
            open_lead(
                connection,
                NewLead(
                    kind=LeadKind.PRODUCER,
                    receiver=Receiver(name=name, rule="R6" if name else None, why=("管辖待核",)),
                    subject=Subject(name=f"汕头玩具厂{name}", credit_code="91350582MAET65750B"),
                    listing_ids=(office.ids["1"],),
                    origin="抽样 C-0001 检验不合格（小零件）",
                    by="质检",
                    at=NOW,
                    campaign="autumn",
                ),
            )
    done = refer(office, "1", incomplete=True)
    said = text_of(letter(done, "汕头市市场监督管理局").path)
    assert "抽样 C-0001 检验不合格（小零件）" in said
    assert [each.subject.name for each in done.plan.incomplete] == ["汕头玩具厂None"]
    with reading(office.engine) as connection:
        waiting = leads(connection, LeadFilter(statuses=(LeadStatus.OPENED,)))
    assert [each.receiver.name for each in waiting] == [None]


def test_only_what_is_confirmed(office):
    with pytest.raises(NotConfirmedError, match="listing 99 is not confirmed in the campaign 'autumn'"):
        refer(office, listing_ids=(99,))
    done = refer(office, "3")
    assert [each.receiver for each in done.letters] == [JINHUA]


def test_a_layout_of_ones_own_goes_first_and_a_broken_one_leaves_nothing(office, tmp_path):
    own = tmp_path / "own"
    (own / "templates").mkdir(parents=True)
    for name in ("案件线索移送函.docx", "涉嫌违法线索告知函.docx"):
        shutil.copy(layout(name), own / "templates" / name)
        document = Document(str(own / "templates" / name))
        document.add_paragraph("{% for %}")
        document.save(str(own / "templates" / name))
    desk = replace(office.desk, layouts=own)
    with pytest.raises(LayoutError, match="mend the layout in Word"):
        export_letters(office.engine, office.folder, ReferralOrder(), desk, now=NOW)
    assert list(office.folder.iterdir()) == []
    with reading(office.engine) as connection:
        assert leads(connection) == []


def test_numbers_begin_anew_with_the_year_of_shanghai(office):
    refer(office, "1")
    newyear = datetime(2026, 12, 31, 16, 30, tzinfo=UTC)
    done = export_letters(
        office.engine,
        office.folder,
        ReferralOrder(listing_ids=(office.ids["3"],)),
        office.desk,
        now=newyear + timedelta(minutes=1),
    )
    assert [each.number for each in done.letters] == ["泉市监线移〔2027〕1号"]
