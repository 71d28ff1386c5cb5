"""What people hand in by mistake: the message names the file as they named it, and the mend."""

from __future__ import annotations

import pytest
from openpyxl import Workbook

from monitor.cli.import_shown import Outcome, _line
from monitor.imports.intake import Reading, prepare
from monitor.imports.problem import ImportProblemError
from monitor.imports.sources import FileKind, Source, sources
from monitor.imports.tables import Counts


def table(tmp_path, text: str) -> Source:
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    return Source(name="a.csv", kind=FileKind.CSV, path=path)


def test_a_table_without_titles_or_links_is_refused_before_anything_is_imported(tmp_path):
    source = table(tmp_path, "名,链,c\n磁力球,https://shop.example.cn/1,3\n")
    with pytest.raises(
        ImportProblemError, match=r"a\.csv: no column is read as title or url.*--map 列=title"
    ):
        prepare(source, Reading())
    mended = prepare(source, Reading(corrections={"名": "title", "链": "url"}))
    assert {"title", "url"} <= set(mended.columns.fields())


def test_json_lines_may_name_their_keys_later(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"note": "x"}\n', encoding="utf-8")
    assert prepare(Source(name="a.jsonl", kind=FileKind.JSONL, path=path), Reading()).names


def test_merged_cells_above_the_header_are_passed_over(tmp_path):
    book = Workbook()
    sheet = book.active
    for row in (
        ["平台清单", None, None],
        ["商品信息", None, "店铺信息"],
        ["商品标题", "商品链接", "店铺名称"],
    ):
        sheet.append(row)
    sheet.append(["牙签弩", "https://shop.example.cn/item/3.html", "弩店"])
    sheet.merge_cells("A1:C1")
    sheet.merge_cells("A2:B2")
    path = tmp_path / "a.xlsx"
    book.save(path)
    found = prepare(Source(name="a.xlsx", kind=FileKind.XLSX, path=path), Reading())
    assert found.names == ("商品标题", "商品链接", "店铺名称")


def test_this_folder_has_a_name(tmp_path, monkeypatch):
    (tmp_path / "bad.zip").write_bytes(b"PK\x03\x04xx")
    monkeypatch.chdir(tmp_path)
    here = tmp_path.relative_to(tmp_path)
    with (
        pytest.raises(ImportProblemError, match=f"^{tmp_path.name}/bad.zip: cannot be opened"),
        sources([here]),
    ):
        pass


@pytest.mark.parametrize(
    ("outcome", "line"),
    [
        (Outcome("x.har", said="x.har: is no HAR file"), "x.har: is no HAR file"),
        (Outcome("x.har", said="imported before"), "x.har: imported before"),
        (
            Outcome("a.csv", said="no_url 1", counts=Counts(read=1, rejected=1)),
            "a.csv: 1 read, 0 listings, 0 suspects, 1 rejected (no_url 1)",
        ),
    ],
)
def test_a_file_is_named_once(outcome, line):
    assert _line(outcome) == line
