"""The list of suspects, read back with another library than the one that wrote it."""

from __future__ import annotations

import csv
import dataclasses
import errno
import os
import zipfile
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from openpyxl.cell.rich_text import CellRichText
from xlsxwriter.exceptions import FileCreateError

from monitor.classifiers import FindingKind
from monitor.exporters import ExportError
from monitor.exporters.sheets.cells import CELL_LIMIT, CUT_MARK, merged, printable
from monitor.exporters.suspects import write_suspects
from monitor.storage.relistings import RelistingLine

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    # openpyxl does not know Excel's newer data bars and says so
    pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning:openpyxl"),
]

HIT = "FFC00000"


@pytest.fixture
def export(tmp_path, now):
    def write(rows, **options: Any):
        options = {"scope": "中秋国庆", "formats": ("xlsx", "csv"), "now": now} | options
        return write_suspects(rows, tmp_path / "exports", **options)

    return write


def sheet_of(path: Path, name: str = "疑似清单"):
    return openpyxl.load_workbook(path, rich_text=True)[name]


def column(sheet, title: str) -> int:
    return next(cell.column for cell in sheet[1] if cell.value == title)


def cell(sheet, title: str, row: int = 2):
    return sheet.cell(row=row, column=column(sheet, title))


def csv_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def spans(value: Any) -> tuple[tuple[int, int], ...]:
    """Where a cell shows its text in the colour of hits."""
    found, at = [], 0
    for run in value if isinstance(value, CellRichText) else []:
        text = getattr(run, "text", run)
        if getattr(run, "font", None) is not None and run.font.color.rgb == HIT:
            found.append((at, at + len(text.replace("_x005F_", "_"))))
        at += len(text.replace("_x005F_", "_"))
    return tuple(found)


def text_of(value: Any) -> str:
    """Text of a cell; openpyxl leaves to us to undo Excel's escape of a literal ``_x0041_``, run by run."""
    runs = value if isinstance(value, CellRichText) else ["" if value is None else value]
    return "".join(str(getattr(run, "text", run)).replace("_x005F_", "_") for run in runs)


def test_a_row_says_everything(export, make_row):
    xlsx, listed = export([make_row()])
    assert xlsx.path.name == "疑似清单_中秋国庆_20260925-0805.xlsx"
    assert listed.path.name == "疑似清单_中秋国庆_20260925-0805.csv"
    assert (xlsx.rows, listed.rows) == (1, 1)
    sheet = sheet_of(xlsx.path)
    said = {c.value: text_of(cell(sheet, c.value).value) for c in sheet[1]}
    assert said == {
        "编号": "7",
        "风险": "0.87",
        "严重程度": "极高",
        "商品标题": "巴克球 磁 力 球 216颗 儿童减压玩具",
        "商品链接": "https://shop.example.test/item/7.html",
        "疑点说明": "标题写有“磁 力 球”，疑似在售磁力球",
        "危险品种": "磁力球",
        "重点产品": "",
        "名单": "",
        "命中文字": "标题：磁 力 球",
        "规避手法": "插入符号或空格",
        "依据代码": "PQ49 MIN55",
        "把握度": "0.94",
        "价格": "12.5",
        "币种": "CNY",
        "类别": "儿童玩具",
        "CCC证书编号": "2019012202134567",
        "执行标准": "",
        "适用年龄": "3-6",
        "生产企业": "",
        "平台": "示例商城",
        "店铺": "快乐童年玩具店",
        "主体名称": "泉州市快乐童年玩具有限公司",
        "统一社会信用代码": "913505030000000001",
        "公示地址": "福建省泉州市丰泽区某某路1号",
        "页面所在地": "福建泉州",
        "店铺链接": "https://shop.example.test/shop/1",
        "采集与固证": "详情已采，未固证",
        "在售状态": "在售",
        "疑似重新上架": "",
        "首次发现": "2026-09-21 00:30:00",
        "最近所见": "2026-09-25 08:05:00",
    }


def test_types_and_formats(export, make_row):
    sheet = sheet_of(export([make_row()], formats=["xlsx"])[0].path)
    assert cell(sheet, "风险").value == 0.87
    assert cell(sheet, "价格").value == 12.5
    assert cell(sheet, "价格").number_format == '"¥"#,##0.00'
    assert cell(sheet, "首次发现").value == datetime(2026, 9, 21, 0, 30)  # noqa: DTZ001 - Excel knows no zones
    for title in ("统一社会信用代码", "CCC证书编号", "适用年龄"):
        assert cell(sheet, title).data_type in ("s", "inlineStr"), title
    for title, target in (
        ("商品链接", "https://shop.example.test/item/7.html"),
        ("店铺链接", "https://shop.example.test/shop/1"),
    ):
        assert cell(sheet, title).hyperlink.target == target


def test_other_currencies_are_named(export, make_row):
    rows = [
        make_row(currency="USD"),
        make_row(currency="CNY"),
        make_row(currency="USD"),
        make_row(price=None),
    ]
    sheet = sheet_of(export(rows, formats=["xlsx"])[0].path)
    shown = [cell(sheet, "价格", row).number_format for row in (2, 3, 4)]
    assert shown == ['"USD" #,##0.00', '"¥"#,##0.00', '"USD" #,##0.00']
    assert cell(sheet, "价格", 5).value is None
    assert cell(sheet, "币种", 5).value is None


def test_sheet_is_ready_to_work_with(export, make_row):
    sheet = sheet_of(export([make_row(id=n) for n in range(1, 4)], formats=["xlsx"])[0].path)
    assert sheet.dimensions == "A1:AF4"
    assert sheet.freeze_panes == "E2"
    assert sheet.auto_filter.ref == "A1:AF4"
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.page_setup.orientation == "landscape"
    assert all(sheet.row_dimensions[row].height > 10 for row in (1, 2, 3, 4))
    assert sheet.column_dimensions["D"].width > 40
    assert sheet["B2"].font.name == "微软雅黑"


def test_hits_are_in_colour(export, make_row, make_finding):
    title = "巴克球 磁 力 球 磁铁珠"
    row = make_row(
        title=title,
        findings=(
            make_finding(title, "磁 力 球"),
            make_finding(title, "力 球 磁", kind=FindingKind.FOCUS, id="magnetic_toy"),
            make_finding(title, "铁珠", field="description"),
        ),
    )
    value = cell(sheet_of(export([row], formats=["xlsx"])[0].path), "商品标题").value
    assert spans(value) == ((4, 11),)
    assert text_of(value) == title


def test_title_that_is_one_hit(export, make_row, make_finding):
    row = make_row(title="磁力球", findings=(make_finding("磁力球", "磁力球"),))
    value = cell(sheet_of(export([row], formats=["xlsx"])[0].path), "商品标题").value
    assert spans(value) == ((0, 3),)


NASTY = st.text(
    alphabet=st.one_of(
        st.characters(exclude_categories=[]), st.sampled_from("=+-@<>&'\"_x0041 磁力球\t\n\r\x00")
    )
)


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    title=NASTY.filter(bool),
    cuts=st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=4),
    other=NASTY,
)
@example(title="<r>磁</r>", cuts=[], other="<r><t>x</t></r>")
@example(title="_x0041_", cuts=[(0, 3)], other="_x000D_")
@example(title="=1+1", cuts=[(0, 1)], other='=HYPERLINK("http://x","y")')
@example(title=" 磁 ", cuts=[(0, 1)], other="\u3000")
@example(title="\n磁", cuts=[(0, 1), (1, 2)], other="\n")
def test_whatever_sellers_write(export, make_row, make_finding, title, cuts, other):
    findings = tuple(
        dataclasses.replace(make_finding("x", "x"), start=start, end=end, matched=title[start:end])
        for start, end in cuts
        if start < min(end, len(title))
    )
    row = make_row(
        title=title,
        findings=findings,
        reasons=(other,),
        seller_name=other,
        address=other,
        attributes={"standard": other, "manufacturer": title},
    )
    xlsx, listed = export([row])
    sheet = sheet_of(xlsx.path)
    shown = cell(sheet, "商品标题").value
    assert text_of(shown) == printable(title)
    assert spans(shown) == merged([(f.start, f.end) for f in findings], len(title))
    for name in ("店铺", "公示地址", "执行标准", "疑点说明"):
        assert text_of(cell(sheet, name).value) == printable(other)
    assert not any(c.data_type == "f" for row_ in sheet.iter_rows() for c in row_)
    with zipfile.ZipFile(xlsx.path) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
    (back,) = csv_rows(listed.path)
    assert back["商品标题"].removeprefix("'").removesuffix("\t") == printable(title).removeprefix(
        "'"
    ).removesuffix("\t")
    xlsx.path.unlink()
    listed.path.unlink()


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "internal:Sheet1!A1",
        "https://x.test/" + "a" * 3000,
        "https://x.test/\x00",
        "mailto:a@b.c",
    ],
)
def test_what_is_no_web_address_is_shown_but_leads_nowhere(export, make_row, url):
    sheet = sheet_of(export([make_row(url=url)], formats=["xlsx"])[0].path)
    assert cell(sheet, "商品链接").hyperlink is None
    assert text_of(cell(sheet, "商品链接").value) == printable(url)


def test_address_that_grows_too_long_by_escaping(export, make_row):
    url = "https://x.test/" + " " * 2000
    sheet = sheet_of(export([make_row(url=url)], formats=["xlsx"])[0].path)
    assert cell(sheet, "商品链接").hyperlink is None


def test_title_of_a_megabyte(export, make_row, make_finding):
    title = "磁力球" + "玩具" * 500_000 + "水晶宝宝"
    row = make_row(title=title, findings=(make_finding(title, "磁力球"), make_finding(title, "水晶宝宝")))
    xlsx, listed = export([row, make_row()])
    sheet = sheet_of(xlsx.path)
    value = cell(sheet, "商品标题").value
    assert len(text_of(value)) == CELL_LIMIT
    assert text_of(value).endswith(CUT_MARK)
    assert spans(value) == ((0, 3),)
    assert sheet.row_dimensions[2].height < 200
    rows = csv_rows(listed.path)
    assert [len(row["商品标题"]) for row in rows] == [CELL_LIMIT, len(make_row().title)]


def test_title_with_very_many_hits(export, make_row, make_finding):
    title = "磁 " * 10_000
    one = make_finding(title, "磁")
    findings = tuple(dataclasses.replace(one, start=n, end=n + 1) for n in range(0, len(title), 2))
    value = cell(
        sheet_of(export([make_row(title=title, findings=findings)], formats=["xlsx"])[0].path), "商品标题"
    ).value
    assert text_of(value) == title
    assert len(spans(value)) == 500


def test_numbers_of_people_are_hidden(export, make_row, make_finding):
    title = "磁力球 微信13812345678"
    row = make_row(title=title, findings=(make_finding(title, "磁力球"),), address="张三 13812345678")
    xlsx, listed = export([row])
    sheet = sheet_of(xlsx.path)
    assert text_of(cell(sheet, "商品标题").value) == "磁力球 微信138******78"
    assert "13812345678" not in listed.path.read_text(encoding="utf-8-sig")
    assert cell(sheet, "公示地址").value == "张三 138******78"


def test_csv_opens_in_excel(export, make_row):
    (listed,) = export([make_row(seller_name="=1+1", price=Decimal("-5.00"))], formats=["csv"])
    raw = listed.path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.count(b"\r\n") == raw.count(b"\n") == 2
    (row,) = csv_rows(listed.path)
    assert row["店铺"] == "'=1+1"
    assert row["价格"] == "-5.00"
    assert row["统一社会信用代码"] == "913505030000000001\t"
    assert row["适用年龄"] == "3-6\t"
    assert row["首次发现"] == "2026-09-21 00:30"
    assert b',-5.00,"CNY"' in raw


def test_list_without_rows(export):
    xlsx, listed = export([])
    assert (xlsx.rows, listed.rows) == (0, 0)
    assert sheet_of(xlsx.path).max_row == 1
    assert csv_rows(listed.path) == []


def test_notes_explain_the_list(export, make_row):
    rows = [make_row(), make_row(detail_seen=False, lexicon_version="2026.10")]
    (xlsx,) = export(rows, formats=["xlsx"], about=[("专项行动", "中秋国庆")])
    sheet = sheet_of(xlsx.path, "说明")
    said = {row[0].value: row[1].value for row in sheet.iter_rows(min_row=2, max_col=2) if row[0].value}
    assert said["专项行动"] == "中秋国庆"
    assert said["本清单条数"] == "2 条，其中未采到详情页 1 条"
    assert said["词表版本"] == "2026.09、2026.10"
    assert said["导出时间"] == "2026-09-25 08:05（北京时间）"
    assert "线索" in said["缺项"]
    assert "来源 S45，置信 高" in said["PQ49"]
    listed = sheet_of(xlsx.path)
    assert {c.value for c in listed[1]} <= said.keys()


def test_full_sheet_goes_on_in_the_next(export, make_row, monkeypatch):
    monkeypatch.setattr("monitor.exporters.sheets.sheet.MOST_ROWS", 4)
    (xlsx,) = export([make_row(id=n) for n in range(1, 8)], formats=["xlsx"])
    assert xlsx.rows == 7
    book = openpyxl.load_workbook(xlsx.path)
    assert book.sheetnames == ["疑似清单", "疑似清单(2)", "疑似清单(3)", "说明"]
    ids = [row[0].value for name in book.sheetnames[:3] for row in book[name].iter_rows(min_row=2)]
    assert ids == list(range(1, 8))
    assert all(book[name].auto_filter.ref for name in book.sheetnames[:3])


def test_no_sheet_has_more_links_than_excel_takes(export, make_row, monkeypatch):
    monkeypatch.setattr("monitor.exporters.sheets.sheet.MOST_LINKS", 40)
    rows = [
        make_row(id=n, seller_url=None if n % 2 else "https://shop.example.test/shop/1")
        for n in range(1, 101)
    ]
    (xlsx,) = export(rows, formats=["xlsx"])
    book = openpyxl.load_workbook(xlsx.path)
    links = [
        sum(c.hyperlink is not None for row in book[name].iter_rows() for c in row)
        for name in book.sheetnames[:-1]
    ]
    assert sum(links) == 150
    assert max(links) <= 40
    assert links[0] >= 39


def test_progress_is_told(export, make_row):
    told: list[int] = []
    row = make_row()
    export((row for _ in range(1_200)), formats=["csv"], progress=told.append)
    assert told == [500, 1000, 1200]


def test_rows_that_fail_half_way_leave_no_file(export, make_row, tmp_path):
    def rows():
        yield make_row()
        raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError, match="went away"):
        export(rows())
    assert list((tmp_path / "exports").iterdir()) == []


def test_disk_that_is_full_when_the_workbook_is_packed_leaves_no_csv_either(
    export, make_row, tmp_path, monkeypatch
):
    def full(_book):
        raise FileCreateError(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))

    monkeypatch.setattr("xlsxwriter.Workbook.close", full)
    with pytest.raises(ExportError, match="No space left"):
        export([make_row()])
    assert list((tmp_path / "exports").iterdir()) == []


def test_exports_of_one_minute_stand_side_by_side(export, make_row):
    first, second = export([make_row()], formats=["csv"]), export([make_row(), make_row()], formats=["csv"])
    assert first[0].path != second[0].path
    assert len(csv_rows(first[0].path)) == 1
    assert len(csv_rows(second[0].path)) == 2


def test_back_on_sale_and_come_up_again(export, make_row):
    line = RelistingLine(
        gone_listing_id=3,
        listing_id=7,
        score=0.752,
        reasons=("标题相似度 100%", "同一店铺", "不同之处：型号不同（电话13800138000）"),
        gone_title="磁力球",
        gone_url="http://shop.test/3",
        gone_site="shop",
        gone_at=datetime(2026, 9, 24, tzinfo=UTC),
        title="磁力球",
        url="http://shop.test/7",
        site="shop",
        found_at=datetime(2026, 9, 25, tzinfo=UTC),
    )
    row = make_row(back_at=datetime(2026, 9, 24, tzinfo=UTC), relisted_from=(line,))
    sheet = sheet_of(export([row], formats=["xlsx"])[0].path)
    assert cell(sheet, "在售状态").value == "曾下架，又在售"
    said = cell(sheet, "疑似重新上架").value
    assert said.startswith("疑为已下架的编号 3（相似 75%）：标题相似度 100%；同一店铺；不同之处：型号不同")
    assert "13800138000" not in said


def test_gone_and_unread(export, make_row):
    row = make_row(gone_at=datetime(2026, 9, 24, tzinfo=UTC), detail_seen=False, category=None, attributes={})
    sheet = sheet_of(export([row], formats=["xlsx"])[0].path)
    assert cell(sheet, "在售状态").value == "已下架"
    assert cell(sheet, "采集与固证").value == "仅列表，未固证"
    assert cell(sheet, "类别").value is None
