from __future__ import annotations

import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from monitor.matching.list_file import ListFileError, read_list, stated_date
from monitor.matching.watchlist_entry import ListKind
from monitor.matching.watchlist_file import read_watchlist, watchlist_columns

NAMES = watchlist_columns()


def test_excel_with_a_heading_above_numbers_and_dates(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["2026年不合格产品名单"])
    sheet.append(["序号", "样品名称", "标称商标", "条码", "抽样日期", "不合格项目"])
    sheet.append([1, "水晶泥", "墨小喵", 6901234567892, datetime(2026, 5, 1), "硼"])  # noqa: DTZ001 - Excel knows no zones
    sheet.append([None] * 6)
    sheet.append([2, None, "某牌", None, None, None])
    file = tmp_path / "list.xlsx"
    book.save(file)
    read = read_watchlist(file, ListKind.FAILED)
    (one,) = read.entries
    assert (one.product_name, one.brand, one.barcode) == ("水晶泥", "墨小喵", "6901234567892")
    assert (one.stated_on, one.defect, one.source_row) == (date(2026, 5, 1), "硼", 3)
    assert [(each.number, each.problem) for each in read.bad] == [(5, "no product name")]
    assert read.file.unread == ("序号",)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_text_in_any_usual_form(tmp_path, encoding, separator):
    file = tmp_path / "list.csv"
    file.write_text(
        separator.join(["产品名称", "商标"]) + "\n" + separator.join(["水晶泥", "墨小喵"]) + "\n", encoding
    )
    (row,) = read_list(file, NAMES).rows
    assert (row.number, dict(row.values)) == (2, {"product_name": "水晶泥", "brand": "墨小喵"})


def test_a_heading_line_breaks_within_cells_and_strange_line_ends_are_no_trouble(tmp_path):
    file = tmp_path / "list.csv"
    text = '不合格名单\n产品名称;商标;不合格项目\n水晶泥;墨小喵;"硼,\n邻苯"\n磁力\u2028球;x牌;\x0b磁通量\n'
    file.write_bytes(text.encode())
    rows = read_list(file, NAMES).rows
    assert [dict(row.values) for row in rows] == [
        {"product_name": "水晶泥", "brand": "墨小喵", "defect": "硼,\n邻苯"},
        {"product_name": "磁力\u2028球", "brand": "x牌", "defect": "磁通量"},
    ]


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("monitor.matching.list_file._LARGEST_WORKBOOK", 1_000)
    file = tmp_path / "list.xlsx"
    openpyxl.Workbook().save(file)
    with pytest.raises(ListFileError, match="that is no list"):
        read_list(file, NAMES)


def test_columns_can_be_mapped(tmp_path):
    file = tmp_path / "list.csv"
    file.write_text("货,谁家\n水晶泥,墨小喵\n", "utf-8")
    with pytest.raises(ListFileError, match="no header is found"):
        read_watchlist(file, ListKind.RECALL)
    (one,) = read_watchlist(file, ListKind.RECALL, {"货": "product_name", "谁家": "brand"}).entries
    assert (one.product_name, one.brand) == ("水晶泥", "墨小喵")
    with pytest.raises(ListFileError, match=r"no column is 产品名称.*give --map COLUMN=product_name"):
        read_watchlist(file, ListKind.RECALL, {"谁家": "brand"})
    file.write_text("产品名称,谁家\n水晶泥,墨小喵\n", "utf-8")
    with pytest.raises(ListFileError, match="there is no such column"):
        read_watchlist(file, ListKind.RECALL, {"没有": "brand"})
    with pytest.raises(ListFileError, match="the fields are "):
        read_watchlist(file, ListKind.RECALL, {"谁家": "thing"})


def test_bad_dates_are_named_and_the_rest_is_taken(tmp_path):
    file = tmp_path / "list.csv"
    file.write_text("产品名称,日期\n水晶泥,2026年5月1日\n磁力球,去年\n", "utf-8")
    read = read_watchlist(file, ListKind.RECALL)
    assert [each.stated_on for each in read.entries] == [date(2026, 5, 1)]
    assert [(each.number, each.problem) for each in read.bad] == [(3, "'去年' is no date: write 2024-08-12")]


def test_files_that_cannot_be_read(tmp_path):
    for name, content, said in (
        ("a.xlsx", b"no zip", "no readable Excel workbook"),
        ("a.csv", b"\xff\xff\x81", "neither UTF-8 nor GB18030"),
        ("b.csv", b"", "no header is found"),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ListFileError, match=said):
            read_list(tmp_path / name, NAMES)
    with pytest.raises(ListFileError, match="cannot be read"):
        read_list(tmp_path / "none.csv", NAMES)


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml"])
def test_a_damaged_workbook_is_explained(tmp_path, part):
    file = tmp_path / "list.xlsx"
    book = openpyxl.Workbook()
    for _ in range(50):
        book.active.append(["产品名称", "商标"])
    book.save(file)
    with zipfile.ZipFile(file) as archive:
        at = archive.getinfo(part).header_offset + 30 + len(part)
    content = bytearray(file.read_bytes())
    content[at : at + 8] = b"\xff" * 8
    file.write_bytes(content)
    with pytest.raises(ListFileError, match="no readable Excel workbook"):
        read_list(file, NAMES)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024/8/12", date(2024, 8, 12)),
        ("2024.08.12", date(2024, 8, 12)),
        ("2024-13-01", None),
        ("8月", None),
    ],
)
def test_dates(text, day):
    assert stated_date(text) == day
