"""The report of a campaign, from the database to the files."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
from docx import Document

from monitor.classifiers import Classification, FindingKind
from monitor.exporters.statistics.statistics import export_statistics
from monitor.exporters.statistics.statistics_facts import statistics_facts
from monitor.exporters.statistics.statistics_form import TOTAL
from monitor.exporters.statistics.statistics_terms import ReportKind, StatisticsTerms, statistics_terms
from monitor.exporters.templates import LayoutError
from monitor.listing import Listing, Seller
from monitor.storage import open_database
from monitor.storage.engine import reading, writing
from monitor.storage.lead_records import NewEvent, NewLead, Receiver, Subject
from monitor.storage.lead_status import LeadKind, LeadResult, LeadStep
from monitor.storage.leads import add_event, open_lead
from monitor.storage.reviews import Decision, Review, UnknownCampaignError, record
from monitor.storage.runs import ensure_campaign

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")

SEEN = datetime(2026, 10, 8, 1, tzinfo=UTC)
#: end of 31 October in Shanghai
STAGE = datetime(2026, 10, 31, 16, tzinfo=UTC)
END = datetime(2026, 12, 8, 16, tzinfo=UTC)
JINJIANG, WENZHOU = "福建省泉州市晋江市青阳街道1号", "浙江省温州市永嘉县桥下镇2号"


@pytest.fixture
def shop(sqlite_url, make_finding, crawled_page):
    """Listings 1–4 are suspects (1, 2 in Jinjiang, 3 in Wenzhou, 4 nowhere), 5 and 6 are not (Jinjiang)."""
    engine = open_database(sqlite_url)
    places = {1: JINJIANG, 2: JINJIANG, 3: WENZHOU, 4: None, 5: JINJIANG, 6: JINJIANG}
    found = []
    for number, address in places.items():
        title = f"磁力球 {number}"
        finding = make_finding(title, "磁力球")
        suspect = number <= 4
        listing = Listing(
            site="mall",
            url=f"http://shop.test/{number}",
            title=title,
            seller=Seller(name=f"店{address}", address=address),
        )
        classification = Classification(
            category="TOY" if suspect else "MASK",
            subcategory=None,
            hazards=(finding, finding) if suspect else (),
            risk=0.9 if suspect else 0.1,
            suspect=suspect,
            lexicon_version="v1",
        )
        found.append((listing, classification))
    crawled_page(engine, found, at=SEEN, title="守护行动")
    yield engine
    engine.dispose()


def decide(engine, decisions: dict[int, Decision], at: datetime = SEEN + timedelta(days=2)) -> None:
    with writing(engine) as connection:
        record(
            connection,
            [
                Review(listing_id=number, decision=decision, reviewer="张三", decided_at=at)
                for number, decision in decisions.items()
            ],
        )


def refer(engine, listing: int, area: str, *, sent: datetime, result: LeadResult | None, answered: datetime):
    with writing(engine) as connection:
        lead = open_lead(
            connection,
            NewLead(
                kind=LeadKind.SELLER,
                receiver=Receiver(name="某局", area_code=area),
                subject=Subject(name="某店"),
                listing_ids=(listing,),
                origin="审核",
                by="张三",
                at=sent - timedelta(hours=1),
                campaign="autumn",
            ),
        )
        details = {"score": 1.0, "missing": []}
        add_event(connection, lead, NewEvent(step=LeadStep.DRAFT, by="张三", at=sent, details=details))
        add_event(connection, lead, NewEvent(step=LeadStep.SEND, by="张三", at=sent))
        if result is not None:
            add_event(connection, lead, NewEvent(step=LeadStep.RESULT, by="李四", at=answered, result=result))


@pytest.fixture
def worked(shop):
    """1 and 3 confirmed, 2 rejected; 1 and 3 referred in October, 1 answered in November."""
    decide(shop, {1: Decision.CONFIRMED, 2: Decision.REJECTED, 3: Decision.CONFIRMED})
    sent, answered = SEEN + timedelta(days=10), datetime(2026, 11, 20, tzinfo=UTC)
    refer(shop, 1, "350582", sent=sent, result=LeadResult.CASE_FILED, answered=answered)
    refer(shop, 3, "330324", sent=sent + timedelta(days=10), result=None, answered=answered)
    return shop


def facts_of(engine, until: datetime = END):
    with reading(engine) as connection:
        return statistics_facts(connection, "autumn", ReportKind.FINAL, until)


def column(table, name: str) -> dict[str, object]:
    return dict(zip(table.iloc[:, 0], table[name], strict=True))


def form(facts, title: str, kind: str = "") -> dict[str, object]:
    return dict(zip(facts.form.iloc[:, 0], facts.form[(title, kind)], strict=True))


def test_the_funnel_counts_listings_then_leads(worked):
    assert column(facts_of(worked).funnel, "数量") == {
        "商品信息": 6,
        "疑似商品": 4,
        "已审核": 3,
        "确认": 2,
        "进入线索": 2,
        "线索": 2,
        "已发出线索": 2,
        "已反馈线索": 1,
    }


def test_what_came_after_the_last_day_does_not_count(worked):
    stage = facts_of(worked, STAGE)
    assert column(stage.funnel, "数量")["已发出线索"] == 2
    assert column(stage.funnel, "数量")["已反馈线索"] is None
    decide(worked, {4: Decision.CONFIRMED, 1: Decision.REJECTED}, at=STAGE)
    assert column(facts_of(worked, STAGE).funnel, "数量")["确认"] == 2
    assert column(facts_of(worked).funnel, "数量")["确认"] == 2  # 3 and 4
    early = facts_of(worked, SEEN)
    assert column(early.funnel, "数量")["商品信息"] == 0


def test_what_nobody_collected_is_not_0(shop):
    facts = facts_of(shop)
    numbers = column(facts.funnel, "数量")
    assert (numbers["已审核"], numbers["确认"], numbers["已反馈线索"]) == (None, None, None)
    assert numbers["线索"] == 0  # only here could one have been opened
    assert set(form(facts, "立案（件）").values()) == {None}
    assert set(form(facts, "检查生产企业（家）").values()) == {None}
    assert set(column(facts.rules, "准确率").values()) == {None}
    assert set(column(facts.times, "中位天数").values()) == {None}
    assert facts.misses.total.rate is None


def test_a_row_a_county_by_where_the_seller_and_the_bureau_are(worked):
    facts = facts_of(worked)
    listings = form(facts, "网络监测商品信息（条）", TOTAL)
    assert {name: n for name, n in listings.items() if n} == {"晋江市": 4, "市外": 1, "待核": 1, TOTAL: 6}
    assert form(facts, "网络监测商品信息（条）", "服装口罩")["晋江市"] == 2
    assert form(facts, "审核确认（条）", "儿童玩具")["晋江市"] == 1
    assert form(facts, "移送线索（件）", TOTAL)["市外"] == 1
    assert form(facts, "立案（件）") | {"晋江市": 1, TOTAL: 1} == form(facts, "立案（件）")
    assert form(facts, "立案（件）")["丰泽区"] == 0


def test_precision_has_its_limits_and_a_rule_counts_a_listing_once(worked):
    facts = facts_of(worked)
    (rule,) = facts.rules.to_dict("records")
    assert (rule["种类"], rule["规则"], rule["名称"]) == ("危险品种", "magnet_balls", "磁力球")
    assert (rule["疑似"], rule["确认"], rule["排除"]) == (4, 2, 1)
    assert rule["准确率"] == pytest.approx(2 / 3)
    assert 0.2 < rule["下限"] < 2 / 3 < rule["上限"] < 0.95
    (query,) = facts.queries.to_dict("records")
    assert (query["检索词"], query["商品信息"], query["疑似"], query["确认"]) == ("磁力球", 6, 4, 2)


def test_days_from_first_seen_to_sent(worked):
    times = facts_of(worked).times.set_index("去向").loc["移送经营者所在地"]
    assert (times["已发出"], times["中位天数"], times["最短"], times["最长"]) == (2, 15.0, 10.0, 20.0)


def test_a_miss_that_was_confirmed_counts_as_a_suspect(worked):
    decide(worked, {5: Decision.CONFIRMED})
    numbers = column(facts_of(worked).funnel, "数量")
    assert (numbers["疑似商品"], numbers["确认"]) == (5, 3)


def test_excel_and_word_say_the_same(worked, tmp_path):
    with reading(worked) as connection:
        book_file, word_file = export_statistics(
            connection, tmp_path, "autumn", kind=ReportKind.STAGE, until=STAGE, now=END
        )
    assert book_file.path.name == "阶段性情况_autumn_20261209-0000.xlsx"
    assert book_file.rows == word_file.rows == 6
    book = openpyxl.load_workbook(book_file.path)
    assert book.sheetnames == ["概况", "附件2", "分类统计", "规则准确率", "检索词准确率", "说明"]
    assert len(book["概况"]._charts) == 1
    assert len(book["分类统计"]._charts) == 4
    cells = [str(cell.value) for sheet in book for row in sheet for cell in row if cell.value is not None]
    assert "未采集" in cells
    assert not any(cell.data_type == "f" for sheet in book for row in sheet for cell in row)
    assert any("统计截至 2026年10月31日" in text for text in cells)
    for form_column in statistics_terms().form.columns:
        assert form_column.title in cells
        assert any(form_column.source in text and "推断" in text for text in cells)
    word = Document(word_file.path)
    text = "\n".join(paragraph.text for paragraph in word.paragraphs)
    assert "守护行动" in text
    assert "确认 2 条" in text
    assert "发出 2 件；反馈情况：尚未采集。" in text
    assert "未采集 件" not in text
    assert "未采集 条" not in text
    assert "漏检情况未知（不是 0）" in text
    assert "{" not in text
    tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in word.tables]
    assert ["晋江市", "4", "2", "1", "1"] in tables[1]
    assert ["磁力球", "4", "2", "1", "67%（21%–94%）"] in tables[-1]


def test_a_campaign_with_nothing_still_makes_its_files(tmp_path, shop):
    with writing(shop) as connection:
        ensure_campaign(connection, name="empty", title="空", plan_digest=None)
    with reading(shop) as connection:
        files = export_statistics(connection, tmp_path, "empty", kind=ReportKind.FINAL, until=END, now=END)
        with pytest.raises(UnknownCampaignError, match="winter"):
            export_statistics(connection, tmp_path, "winter", kind=ReportKind.FINAL, until=END, now=END)
    assert [file.rows for file in files] == [0, 0]


def test_a_layout_of_the_office_goes_first_and_a_broken_one_is_named(worked, tmp_path):
    folder = tmp_path / "templates"
    folder.mkdir()
    own = Document()
    own.add_paragraph("本局版式：{{ title }}")
    own.save(folder / "统计总结.docx")
    with reading(worked) as connection:
        _, word = export_statistics(connection, tmp_path, "autumn", kind=ReportKind.FINAL, until=END, now=END)
        assert [each.text for each in Document(word.path).paragraphs] == ["本局版式：守护行动"]
        own.add_paragraph("{% if %}")
        own.save(folder / "统计总结.docx")
        with pytest.raises(LayoutError, match="mend the layout"):
            export_statistics(connection, tmp_path, "autumn", kind=ReportKind.FINAL, until=END, now=END)
    assert len(list(tmp_path.glob("工作总结*"))) == 2


def test_every_word_has_its_chinese_and_every_column_its_source():
    terms = statistics_terms()
    assert set(terms.kinds_of_finding) == set(FindingKind)
    assert set(terms.lead_kinds) == set(LeadKind)
    assert set(terms.results) == set(LeadResult)
    assert all("推断" in each.source for each in terms.form.columns)
    twice = terms.model_dump()
    twice["form"]["columns"] *= 2
    with pytest.raises(ValueError, match="two columns are called"):
        StatisticsTerms.model_validate(twice)
