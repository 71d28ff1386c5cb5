"""The report of a run, from the database to the files, with what sellers may write in it."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import openpyxl
import pytest

from monitor.classifiers import Classification
from monitor.exporters.report.report_facts import place_of, report_facts
from monitor.exporters.report.run_report import export_report
from monitor.exporters.sheets.files import ExportError
from monitor.listing import Listing, Seller
from monitor.storage import open_database, runs
from monitor.storage.budgets import leave_out
from monitor.storage.crawl import PageOutcome, SeenListing, UnitEnd, commit_page
from monitor.storage.engine import reading, writing
from monitor.storage.leases import acquire
from monitor.storage.runs import NewRun, UnitOrder
from monitor.storage.tables import UnitKind, UnitStatus

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning:openpyxl")

AT = datetime(2026, 9, 24, 23, 0, tzinfo=UTC)
EVIL = "<img src=x onerror=alert(1)>\"'&"
FORMULA = '=HYPERLINK("http://evil.test","点我") 磁 力 球'


class Page(HTMLParser):
    """Tags, links and text of a page."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.links, self.text = set(), [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        attributes = dict(attrs)
        assert not any(name.startswith("on") for name in attributes)
        if "href" in attributes:
            self.links.append(attributes["href"])

    def handle_data(self, data):
        self.text += data


@pytest.fixture
def make_seen(make_finding):
    def make(number, title, *, suspect=False, url=None):
        finding = make_finding(title, "磁 力 球") if suspect else None
        return SeenListing(
            listing=Listing(
                site="mall",
                url=url or f"https://shop.test/{number}",
                title=title,
                seen_at=AT,
                seller=Seller(
                    name=f"店{number % 3}{EVIL}",
                    stated_place="福建泉州",
                    url=f"https://shop.test/s/{number % 3}",
                ),
            ),
            classification=Classification(
                category="TOY",
                subcategory=None,
                hazards=(finding,) if finding else (),
                focus=(),
                risk=0.9,
                suspect=suspect,
                reasons=(),
                lexicon_version="v1",
            ),
        )

    return make


@pytest.fixture
def database(sqlite_url, make_seen):
    engine = open_database(sqlite_url)

    def run(days, seen, *, failed=None, left_out=None):
        with writing(engine) as connection:
            site = runs.ensure_site(
                connection, name="mall", title="商城" + EVIL, base_url="https://shop.test"
            )
            campaign = runs.ensure_campaign(connection, name="p", title="中秋" + EVIL, plan_digest=None)
            resting = [{"word": "磁厉球", "empty": 4, "every": 4, "since": 1}]
            new = NewRun(
                campaign_id=campaign,
                scheduled_at=AT + timedelta(days=days),
                reason="每6小时",
                orders={"sites": [{"name": "mall", "resting": resting}]},
                lexicon_version="v1",
            )
            number = runs.create_run(connection, new)
            words = ["磁力球", *([failed[0]] if failed else []), *([left_out] if left_out else [])]
            orders = [UnitOrder(kind=UnitKind.SEARCH, key=word) for word in words]
            runs.add_units(connection, number, site, orders)
            if left_out:
                leave_out(connection, number, site, orders[-1:], "未采集：超出上限")
            lease = acquire(connection, site, "test", 600)
            ends = [UnitEnd(status=UnitStatus.DONE), failed and failed[1]]
            for unit, end in zip(
                runs.pending_units(connection, number, site, [UnitKind.SEARCH]), ends, strict=False
            ):
                outcome = PageOutcome(
                    run_id=number,
                    unit_id=unit.id,
                    received_at=AT + timedelta(days=days),
                    page=1,
                    seen=tuple(seen) if unit.key == "磁力球" else (),
                    end=end,
                )
                commit_page(connection, lease, outcome)
            runs.finish_run(connection, number)

    plain = [make_seen(n, f"儿童积木 拼插 {n}") for n in range(20, 50)]
    run(0, [make_seen(1, "巴克 磁 力 球 216颗", suspect=True), *plain])
    rising = [make_seen(60 + n, f"萝卜刀 {c} {EVIL} 13800138000") for n, c in enumerate("红绿蓝黄白黑")]
    run(
        1,
        [
            make_seen(2, FORMULA, suspect=True),
            make_seen(3, "磁 力 球 坏链接", suspect=True, url="javascript:alert(1)"),
            *rising,
            *plain,
        ],
        failed=("弩" + EVIL, UnitEnd(status=UnitStatus.BLOCKED, reason="captcha " + EVIL)),
        left_out="飞镖",
    )
    yield engine
    engine.dispose()


@pytest.fixture
def exported(database, tmp_path, now):
    with reading(database) as connection:
        return export_report(connection, tmp_path / "out", 2, now=now)


def test_two_files_named_after_campaign_and_run(exported):
    assert [file.path.name for file in exported] == [
        "采集任务报告_p_第2号_20260925-0805.html",
        "采集任务报告_p_第2号_20260925-0805.xlsx",
    ]
    assert [file.rows for file in exported] == [2, 2]


def test_the_page_runs_and_loads_nothing(exported):
    html = exported[0].path.read_text(encoding="utf-8")
    page = Page(html)
    assert not {"script", "img", "iframe", "link", "object"} & page.tags
    assert "svg" in page.tags
    assert page.links
    assert all(link.startswith("https://shop.test/") for link in page.links)
    assert EVIL in page.text, "it is shown as the seller wrote it"
    assert "13800138000" not in html
    assert "Content-Security-Policy" in html


def test_the_page_says_what_was_not_looked_at_and_what_rises(exported):
    text = Page(exported[0].path.read_text(encoding="utf-8")).text
    for said in (
        "captcha",
        "未采集：超出上限",
        "飞镖",
        "轮休",
        "磁厉球",
        "萝卜刀",
        "对数优势比",
        "按类别",
        "1 / 3",
    ):
        assert said in text, said


def test_the_workbook_has_everything_as_text(exported):
    book = openpyxl.load_workbook(exported[1].path)
    assert book.sheetnames == ["概况", "疑似商品", "未采集", "采集是否正常", "变化", "预警词", "说明"]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not any(cell.data_type == "f" for cell in cells)
    assert FORMULA in [cell.value for cell in cells]
    links = [cell.hyperlink.target for cell in cells if cell.hyperlink]
    assert links
    assert all(link.startswith("https://shop.test/") for link in links)
    assert "萝卜刀" in [row[0].value for row in book["预警词"].iter_rows(min_row=2)]
    assert len(book["疑似商品"]._charts) == 4


def test_misses_that_nobody_looked_for_are_unknown_not_none(exported):
    page, book = (file.path for file in exported)
    assert "漏检情况未知（不是 0）" in Page(page.read_text(encoding="utf-8")).text
    notes = openpyxl.load_workbook(book)["说明"].iter_rows(values_only=True)
    assert any("漏检情况未知（不是 0）" in str(row) for row in notes)


def test_sums_compare_with_the_run_before(database):
    with reading(database) as connection:
        facts = report_facts(connection, 2)
        first = report_facts(connection, 1)
    assert facts.sums["类别"].to_dict("records") == [{"名称": "儿童玩具", "本次": 2, "上次": 1, "增减": 1}]
    assert facts.sums["危险品种和重点产品"].to_dict("records")[0]["名称"] == "磁力球"
    assert facts.previous is not None
    assert facts.previous.id == 1
    assert list(facts.gaps["数量"]) == [1, 1, 1]
    assert first.previous is None
    assert first.words == ()
    assert "上次" not in first.sums["类别"]


def test_whole_files_or_none(database, tmp_path, now, monkeypatch):
    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("monitor.exporters.report.run_report.write_report_book", full)
    folder = tmp_path / "full"
    with reading(database) as connection, pytest.raises(ExportError, match="free some space"):
        export_report(connection, folder, 2, now=now)
    assert list(folder.iterdir()) == []


def test_an_unknown_run_is_named(database, tmp_path, now):
    with reading(database) as connection, pytest.raises(runs.UnknownRunError, match="no run 99"):
        export_report(connection, tmp_path, 99, now=now)


def test_a_run_that_is_going_says_so(database, tmp_path, now):
    with writing(database) as connection:
        runs.reopen_failed(connection, 2)
    with reading(database) as connection:
        files = export_report(connection, tmp_path, 2, now=now)
    assert "任务未完成" in files[0].path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("stated", "place"),
    [
        ("福建省泉州市丰泽区某某路1号", "福建省泉州市"),
        ("泉州市晋江市陈埭镇", "泉州市"),
        ("浙江 金华", "浙江 金华"),
        ("广西壮族自治区南宁市", "广西壮族自治区南宁市"),
        ("   ", None),
        (None, None),
    ],
)
def test_places_are_shortened_to_the_city(stated, place):
    assert place_of(stated) == place


def test_facts_cannot_be_changed(database):
    with reading(database) as connection:
        facts = report_facts(connection, 2)
    with pytest.raises(dataclasses.FrozenInstanceError):
        facts.baseline = 3
