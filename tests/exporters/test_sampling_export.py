from __future__ import annotations

import csv

import openpyxl
import pytest

from monitor.classifiers import FindingKind
from monitor.exporters.sampling import sampling_rules, write_sampling
from monitor.leads.sampling import propose

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning:openpyxl")


@pytest.fixture
def lists(make_row, make_finding, tmp_path, now):
    title = "磁力片 磁性积木"
    found = make_finding(title, "磁力片", kind=FindingKind.FOCUS, id="magnetic_toy", evasion=None)
    rows = [
        make_row(
            id=n,
            url=f"https://shop.example.test/{n}",
            title=title,
            findings=(found,),
            category=("TOY", "STA")[n % 2],
            attributes={"brand": "=乐", "model": "007", "manufacturer_address": "广东汕头"},
        )
        for n in range(10)
    ]
    proposal = propose(rows, seed="演示", per_stratum=2)
    return proposal, *write_sampling(proposal, tmp_path, scope="中秋国庆", run_id=3, now=now)


def test_list_has_the_fields_of_the_form(lists):
    proposal, xlsx, listed = lists
    assert xlsx.path.name == "网络抽样清单_中秋国庆_20260925-0805.xlsx"
    assert xlsx.rows == listed.rows == 4
    with listed.path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["序号"] for row in rows] == ["1", "2", "3", "4"]
    assert [row["商品链接"] for row in rows] == [each.row.url for each in proposal.chosen]
    first = rows[0]
    assert (first["抽样数量"], first["检验样品"], first["备用样品"]) == ("3", "2", "1")
    assert first["拟抽原因"] == "磁性玩具；本层 5 条中随机抽取的第 1 条"
    assert first["任务编号"] == "中秋国庆-3"
    assert first["商标"] == "'=乐"
    assert first["规格型号"] == "007\t"
    for title in ("下单时间", "订单号", "快递公司及单号", "封样编号", "抽样人一", "抽样人二", "通知送达状态"):
        assert first[title] == "", title


def test_columns_of_the_buyer_are_marked_as_far_as_the_list_goes(lists):
    sheet = openpyxl.load_workbook(lists[1].path)["网络抽样清单"]
    (number,) = (cell.column for cell in sheet[1] if cell.value == "订单号")
    grounds = [sheet.cell(row, number).fill.fgColor.rgb for row in range(1, 7)]
    assert grounds == ["FFFFE699", *["FFFFFBE6"] * 4, "00000000"]


def test_notes_let_anybody_repeat_the_draw(lists):
    proposal, xlsx, _ = lists
    sheet = openpyxl.load_workbook(xlsx.path)["说明"]
    said = {row[0].value: row[1].value for row in sheet.iter_rows(max_col=2) if row[0].value}
    assert said["随机种子"] == "演示"
    assert said["候选清单哈希"] == proposal.population_hash
    assert said["算法版本"] == proposal.algorithm
    assert said["候选总数"].startswith("10 条")


def test_every_rule_says_what_it_rests_on(lists):
    sheet = openpyxl.load_workbook(lists[1].path)["说明"]
    said = {row[0].value: row[1].value for row in sheet.iter_rows(max_col=2) if row[0].value}
    for rule in sampling_rules().rules:
        assert said[rule.name] == f"{rule.text}〔来源 {rule.source}，置信 {rule.confidence}〕"
    assert "待核" in said["网络抽样程序"]
