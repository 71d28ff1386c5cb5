"""CSV, Excel and JSON lines, as people save them."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import TYPE_CHECKING

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.imports.csv_table import CsvTable
from monitor.imports.fingerprint import fingerprint
from monitor.imports.jsonl_table import JsonlTable
from monitor.imports.problem import ImportProblemError
from monitor.imports.rejects import Reason
from monitor.imports.xlsx_table import XlsxTable

if TYPE_CHECKING:
    from pathlib import Path


def csv_table(path: Path, data: bytes) -> CsvTable:
    path.write_bytes(data)
    return CsvTable(path, fingerprint(path.name, io.BytesIO(data)))


def jsonl_table(path: Path, data: bytes) -> JsonlTable:
    path.write_bytes(data)
    return JsonlTable(path, fingerprint(path.name, io.BytesIO(data)))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_csv_in_every_usual_form(tmp_path, encoding, separator, end):
    rows = [
        ["商品标题", "链接", "价格"],
        ["弓弩，玩具", "https://a.cn/1", "9.9"],
        ["龘靐磁力球", "https://a.cn/2", "8"],
    ]
    text = end.join(separator.join(row) for row in rows)
    table = csv_table(tmp_path / "a.csv", text.encode(encoding))
    assert table.columns == ("商品标题", "链接", "价格")
    assert [(row.number, row.values["商品标题"]) for row in table.rows()] == [
        (2, "弓弩，玩具"),
        (3, "龘靐磁力球"),
    ]
    assert table.position() == 1.0


cells = st.text(
    st.characters(codec="utf-8", exclude_characters="\0\r", exclude_categories=("Cs",)), max_size=12
)


@given(
    rows=st.lists(st.lists(cells, min_size=3, max_size=3), max_size=12),
    separator=st.sampled_from(",;\t"),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
def test_whatever_a_csv_writer_writes_is_read_back(tmp_path, rows, separator, quoting, encoding):
    header = ["商品标题", "商品链接", "备考"]
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=separator, quoting=quoting, lineterminator="\n").writerows([header, *rows])
    # Chinese enough that the encoding shows: a few odd bytes alone tell nobody what they are
    data = (buffer.getvalue() + separator.join(["童" * 40] * 3)).encode(encoding)
    table = csv_table(tmp_path / "p.csv", data)
    assert table.columns == tuple(header)
    found = {row.number: row for row in table.rows()}
    for number, row in enumerate(rows, 2):
        if any(cell.strip() for cell in row):
            assert found[number].broken is None
            assert [found[number].values.get(name, "") for name in header] == row
        else:
            assert number not in found


@given(data=st.binary(max_size=400))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_bytes_bring_the_reader_down(tmp_path, data):
    try:
        table = csv_table(tmp_path / "b.csv", data)
    except ImportProblemError:
        return
    for row in table.rows():
        assert row.number > 1 or row.values


def test_a_heading_above_the_header_is_passed_over(tmp_path):
    table = csv_table(
        tmp_path / "a.csv", "某平台清单,,\n导出时间 2026-09-01,,\n商品名称,商品链接,售价\nx,y,1\n".encode()
    )
    assert table.columns == ("商品名称", "商品链接", "售价")
    assert [row.number for row in table.rows()] == [4]


def test_rows_that_cannot_be_read_say_why_and_the_others_are_read(tmp_path):
    data = (
        "标题,链接\n".encode()
        + "好一,https://a.cn/1\n".encode()
        + b"\xff\xfe bad,https://a.cn/2\n"
        + "多,https://a.cn/3,又一格\n".encode()
        + b"x" * 1_200_000
        + b"\n"
        + "好二,https://a.cn/4\n".encode()
    )
    found = list(csv_table(tmp_path / "a.csv", data).rows())
    assert [(row.number, row.broken and row.broken[0]) for row in found] == [
        (2, None),
        (3, Reason.UNDECODABLE),
        (4, Reason.TOO_MANY_CELLS),
        (5, Reason.TOO_LONG),
        (6, None),
    ]


def test_a_quote_that_never_ends_costs_a_bounded_stretch(tmp_path):
    lines = ["标题,链接"] + [f"好{n},https://a.cn/{n}" for n in range(20_000)]
    lines[5] = '"坏,https://a.cn/x'
    found = list(csv_table(tmp_path / "a.csv", "\n".join(lines).encode()).rows())
    broken = [row for row in found if row.broken is not None]
    assert [row.broken[0] for row in broken] == [Reason.BROKEN]
    assert len(found) > 10_000


def test_one_damaged_byte_does_not_turn_a_utf8_file_into_gb(tmp_path):
    data = ("标题,链接\n" + "儿童磁力球玩具,https://a.cn/1\n" * 200).encode() + b"\xe7,https://a.cn/2\n"
    found = list(csv_table(tmp_path / "a.csv", data).rows())
    assert found[0].values["标题"] == "儿童磁力球玩具"
    assert found[-1].broken[0] is Reason.UNDECODABLE


def test_an_empty_file_is_explained(tmp_path):
    with pytest.raises(ImportProblemError, match="must name the columns"):
        csv_table(tmp_path / "a.csv", b"\n\n")


def workbook(path: Path, rows: list[list[object]], *, empty_sheet: bool = False) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    if empty_sheet:
        sheet = book.create_sheet("清单")
    for row in rows:
        sheet.append(row)
    book.save(path)
    book.close()
    return path


def test_a_workbook_gives_the_sheet_that_has_rows_and_numbers_as_text(tmp_path):
    path = workbook(
        tmp_path / "a.xlsx",
        [
            ["清单"],
            ["商品标题", "链接", "价格", "3C证书编号"],
            ["磁力球", "https://a.cn/1", 9.5, 2018012345678901],
        ],
        empty_sheet=True,
    )
    table = XlsxTable(path)
    assert table.columns == ("商品标题", "链接", "价格", "3C证书编号")
    (row,) = table.rows()
    assert row.number == 3
    assert row.values["价格"] == "9.5"
    # Excel keeps 15 digits: a longer number is shown for what it is
    assert row.values["3C证书编号"] == "2.01801234567890E+15"


def test_what_is_no_workbook_is_explained(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(b"\xd0\xcf\x11\xe0 an old workbook")
    with pytest.raises(ImportProblemError, match=r"saved as \.xlsx"):
        XlsxTable(tmp_path / "a.xlsx")
    with zipfile.ZipFile(tmp_path / "b.xlsx", "w") as archive:
        archive.writestr("x.txt", "nothing")
    with pytest.raises(ImportProblemError, match="no Excel workbook"):
        XlsxTable(tmp_path / "b.xlsx")


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml"])
def test_a_damaged_workbook_is_explained(tmp_path, part):
    path = workbook(tmp_path / "a.xlsx", [["商品标题", "链接"]] * 50)
    with zipfile.ZipFile(path) as archive:
        at = archive.getinfo(part).header_offset + 30 + len(part)
    content = bytearray(path.read_bytes())
    content[at : at + 8] = b"\xff" * 8
    path.write_bytes(content)
    with pytest.raises(ImportProblemError, match=r"a\.xlsx: .*(no Excel workbook|cannot be read)"):
        XlsxTable(path)


def test_a_workbook_that_is_a_bomb_is_refused_before_it_is_unpacked(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 120_000_000)
    with pytest.raises(ImportProblemError, match="refused as a bomb"):
        XlsxTable(tmp_path / "a.xlsx")


def test_a_workbook_whose_entities_multiply_is_refused(tmp_path):
    good = workbook(tmp_path / "good.xlsx", [["标题", "链接"]])
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    sheet = (
        f'<!DOCTYPE w [<!ENTITY l0 "lol">{entities}]>'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>&l9;</t></is></c></row></sheetData></worksheet>'
    )
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(tmp_path / "bad.xlsx", "w") as target:
        for name in source.namelist():
            target.writestr(name, sheet if name.endswith("sheet1.xml") else source.read(name))
    with pytest.raises(ImportProblemError, match="no Excel workbook that can be read"):
        XlsxTable(tmp_path / "bad.xlsx")


def test_json_lines_are_flattened_and_bad_ones_named(tmp_path):
    lines = [
        json.dumps(
            {"title": "弩", "url": "https://a.cn/1", "seller": {"name": "甲"}, "attributes": {"材质": "木"}}
        ),
        "{broken",
        "[1, 2]",
        json.dumps(
            {
                "title": "镖",
                "url": "https://a.cn/2",
                "price": 12345678901234567890,
                "breadcrumb": ["玩具", "镖"],
            }
        ),
    ]
    table = jsonl_table(tmp_path / "a.jsonl", "\n".join(lines).encode())
    assert set(table.columns) >= {"title", "url", "seller.name", "attributes.材质", "price"}
    found = {row.number: row for row in table.rows()}
    assert found[2].broken[0] is found[3].broken[0] is Reason.BROKEN
    assert found[4].values["price"] == "12345678901234567890"
    assert found[4].values["breadcrumb"] == "玩具 > 镖"
