"""`monitor import` as people run it: tables and saved pages, a kill in the middle, evidence that verifies."""

from __future__ import annotations

import csv
import json
import os
import signal
import time
import zipfile

import pytest

pytestmark = pytest.mark.slow

URL = "https://shop.example.cn/item/"
HEADER = "商品标题,商品链接,价格,店铺名称,统一社会信用代码,联系电话"


def write_table(path, rows, bad=()):
    lines = [HEADER]
    for number in range(rows):
        title = "牙签弩 迷你弓弩" if number % 50 == 0 else f"小学生铅笔 {number}"
        code = "9.1350E+17" if number in bad else "91350500MA2XN7Q12E"
        lines.append(f"{title},{URL}{number},9.9,店{number % 9},{code},13812345678")
    path.write_bytes("\n".join(lines).encode("gb18030"))


def product_page(number, title):
    data = {"@type": "Product", "@context": "https://schema.org", "name": title, "offers": {"price": "9.90"}}
    text = json.dumps(data, ensure_ascii=False)
    url = f"{URL}{number}"
    return (
        f"<!-- saved from url=({len(url):04d}){url} --><html><head><meta charset='utf-8'>"
        f'<script type="application/ld+json">{text}</script></head><body><h1>{title}</h1></body></html>'
    )


def outcome(workplace, *arguments, **options):
    return json.loads(workplace.monitor("import", *arguments, "--json", **options).stdout)


def test_a_table_killed_in_the_middle_and_given_again(workplace):
    write_table(workplace.folder / "a.csv", 8_000, bad={3, 7_990})
    process = workplace.start("import", "a.csv", "--yes")
    deadline = time.monotonic() + 120
    while workplace.count("listing") < 1000 and time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    committed = workplace.count("listing")
    assert 1000 <= committed < 7_998, "the kill came too late: make the table longer"
    (said,) = outcome(workplace, "a.csv", "--yes", timeout=300)
    assert (said["read"], said["listings"], said["rejected"]) == (8_000, 7_998, 2)
    assert (
        workplace.count("listing") == workplace.count("sighting") == workplace.count("observation") == 7_998
    )
    assert workplace.count("finding", "superseded_at IS NOT NULL") == 0
    assert workplace.count("evidence_listing") == workplace.count("listing", "suspect") > 100
    assert workplace.count("run", "status = 'done'") == workplace.count("run") == 1
    with (workplace.folder / said["rejects"]).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["行号"], row["原因代码"]) for row in rows] == [
        ("5", "lost_digits"),
        ("7992", "lost_digits"),
    ]
    assert "13812345678" not in json.dumps(rows)
    workplace.monitor("evidence", "verify")
    first = workplace.rows()[0].id
    assert not workplace.rows()[0].preserved  # a row is no page
    assert "a row of a supplied table" in workplace.monitor("evidence", "show", str(first)).stdout
    workplace.monitor("evidence", "pack", str(first), "--to", "row.zip")
    with zipfile.ZipFile(workplace.folder / "row.zip") as pack:
        text = pack.read(f"电子数据提取笔录-{first}.html").decode()
    assert "该行内容" in text
    assert "商品标题：牙签弩 迷你弓弩" in text
    assert "13812345678" not in text
    (again,) = outcome(workplace, "a.csv", "--yes")
    assert "imported before, in run 1: nothing added" in again["said"]
    assert workplace.count("run") == 1


def test_saved_pages_in_an_archive_and_what_the_evidence_says_of_them(workplace):
    with zipfile.ZipFile(workplace.folder / "存证.zip", "w") as archive:
        archive.writestr("1.html", product_page(1, "牙签弩 迷你弓弩 不锈钢"))
        archive.writestr("2.html", product_page(2, "小学生铅笔"))
        archive.writestr("3.html", "<html>说明</html>")
    said = outcome(workplace, "存证.zip")
    assert said[2]["said"].startswith("no_page_url")
    assert said[2]["rejects"] is None
    assert [(each["file"], each["listings"], each["suspects"]) for each in said] == [
        ("存证.zip/1.html", 1, 1),
        ("存证.zip/2.html", 1, 0),
        ("存证.zip/3.html", 0, 0),
    ]
    (suspect,) = workplace.rows()
    assert suspect.preserved
    workplace.monitor("evidence", "verify")
    shown = json.loads(workplace.monitor("evidence", "show", str(suspect.id), "--json").stdout)
    assert shown[0]["record"]["url"] == f"{URL}1"
    workplace.monitor("evidence", "pack", str(suspect.id), "--to", "包.zip")
    with zipfile.ZipFile(workplace.folder / "包.zip") as pack:
        text = pack.read(f"电子数据提取笔录-{suspect.id}.html").decode()
    assert "由人员提供的文件，不是本程序从网络采集" in text
    assert "存证.zip/1.html" in text
    assert "程序自动访问公开网页" not in text


def test_columns_are_asked_about_once_and_a_rehearsal_writes_nothing(workplace):
    write_table(workplace.folder / "a.csv", 10, bad={4})
    refused = workplace.monitor("import", "a.csv", status=2)
    assert "say --yes" in refused.stderr
    assert "personal" in refused.stderr
    (rehearsed,) = outcome(workplace, "a.csv", "--dry-run")
    assert (rehearsed["listings"], rehearsed["rejected"]) == (9, 1)
    assert "lost_digits 1" in rehearsed["said"]
    assert workplace.count("listing") == workplace.count("run") == 0
    outcome(workplace, "a.csv", "--yes", "--map", "店铺名称=-")
    write_table(workplace.folder / "b.csv", 12)
    outcome(workplace, "b.csv")  # the same columns: nobody is asked
    assert workplace.count("listing") == 12
    assert workplace.count("seller", "name LIKE '店%'") == 0


def test_files_for_a_campaign_and_what_cannot_be_met(workplace):
    write_table(workplace.folder / "a.csv", 60)
    workplace.plan("before-holidays", [{"site": "demo_mall"}])
    missing = workplace.monitor("import", "a.csv", "--yes", "--campaign", "after-holidays", status=2)
    assert "no plan is called 'after-holidays'" in missing.stderr
    outcome(workplace, "a.csv", "--yes", "--campaign", "before-holidays")
    assert len(workplace.rows(campaign="before-holidays")) == 2
    for arguments, said in [
        (("a.csv", "--map", "店铺=title"), "the columns are"),
        (("schedules",), "nothing to import"),
    ]:
        assert said in workplace.monitor("import", *arguments, status=2).stderr


def test_a_damaged_file_among_good_ones(workplace):
    folder = workplace.folder / "存证"
    folder.mkdir()
    (folder / "bad.har").write_text('{"log": {"entries": [{"request"', encoding="utf-8")
    (folder / "empty.csv").write_text("\n", encoding="utf-8")
    (folder / "good.html").write_text(product_page(1, "牙签弩 迷你弓弩"), encoding="utf-8")
    empty, bad, good = outcome(workplace, "存证", status=3)
    assert bad["failed"]
    assert empty["failed"]
    assert "must name the columns" in empty["said"]
    assert "damaged or cut short" in bad["said"]
    assert good["listings"] == 1
    assert workplace.count("unit", "status = 'failed'") == 1
    assert workplace.count("run", "status = 'done'") == 1
