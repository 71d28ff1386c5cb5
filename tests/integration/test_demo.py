"""`monitor demo` from the crawl to the letters: the files that a bureau could use are there, and agree."""

from __future__ import annotations

import json
import socket
import zipfile

import docx
import openpyxl
import pytest

from monitor.demo.office import DRAWN, REVIEWER_NAME

pytestmark = [
    pytest.mark.slow,
    # openpyxl does not know the data bars that Excel 2010 draws, and says so
    pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning:openpyxl"),
]


def free_port() -> int:
    """The second of two neighbours, because the demo takes two."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def test_the_demo_ends_with_files_that_a_bureau_could_use(workplace):
    workplace.process("demo", "--port", str(free_port()), timeout=300)
    exports = workplace.folder / "exports"
    names = sorted(file.name for file in exports.iterdir())

    def those(start: str, end: str) -> list[str]:
        return [name for name in names if name.startswith(start) and name.endswith(end)]

    (filled,) = those("审核清单", "_已审核.xlsx")
    sheet = openpyxl.load_workbook(exports / filled)["审核清单"]
    said = [row for row in sheet.iter_rows(values_only=True) if REVIEWER_NAME in row]
    confirmed = [row for row in said if "确认" in row]
    assert len(said) > 70
    assert len(confirmed) > 40

    (manifest,) = those("抽样记录", ".json")
    assert len(json.loads((exports / manifest).read_text(encoding="utf-8"))["chosen"]) == DRAWN
    assert "comes out as stated" in workplace.monitor("draw", "verify", str(exports / manifest)).stdout
    assert len(those("抽样清单", ".xlsx")) == len(those("抽样单", ".docx")) == 1

    referred = those("案件线索移送函", ".docx")
    assert any("晋江市市场监督管理局" in name for name in referred)
    assert any("金华市市场监督管理局" in name for name in referred), "outside Quanzhou"
    police = those("涉嫌违法线索告知函", ".docx")
    assert any("公安机关" in name for name in police)
    assert len(those("网络交易平台协查告知函", ".docx")) == 2
    for name in [*referred, *police]:
        letter = docx.Document(str(exports / name))
        text = "\n".join(cell.text for table in letter.tables for row in table.rows for cell in row.cells)
        text += "\n".join(paragraph.text for paragraph in letter.paragraphs)
        assert "SHA-256" in text, name
        assert "{{" not in text
        assert "None" not in text, name
    packs = [file for file in exports.iterdir() if file.suffix == ".zip"]
    assert len(packs) >= len(referred)
    for pack in packs:
        assert zipfile.ZipFile(pack).testzip() is None

    (book,) = those("阶段性情况", ".xlsx")
    figures = {row[0]: row[1] for row in openpyxl.load_workbook(exports / book)["概况"].values}
    assert figures["确认"] == len(confirmed)
    assert figures["线索"] > 0
    assert figures["已反馈线索"] == "未采集"  # nobody has answered yet
    assert those("阶段性情况", ".docx")
