"""Verdicts of health in the report of a run: what rests on the same stands in one line."""

from __future__ import annotations

from monitor.exporters.report import report_facts
from monitor.storage.health import HealthLine
from monitor.storage.tables import HealthVerdict, UnitKind


def line(number: int, key: str, verdict: HealthVerdict, *reasons: str, kind=UnitKind.SEARCH) -> HealthLine:
    return HealthLine(unit_id=number, site="mall", kind=kind, key=key, verdict=verdict, reasons=reasons)


def test_lists_whose_verdict_rests_on_the_same_stand_in_one_line(monkeypatch):
    nothing = "网站明示没有结果（.no-result）"
    lines = [
        line(1, "牙签弓弩", HealthVerdict.EMPTY, nothing),
        line(2, "迷你弓弩", HealthVerdict.EMPTY, nothing),
        line(3, "磁力球", HealthVerdict.EMPTY, f"{nothing}，以往中位数 20 条"),
        line(4, "激光笔", HealthVerdict.OK),
        line(5, "https://s.test/1", HealthVerdict.DEGRADED, "1 页返回服务器错误", kind=UnitKind.DETAIL),
        line(6, "https://s.test/2", HealthVerdict.DEGRADED, "用时 90 秒", kind=UnitKind.DETAIL),
    ]
    monkeypatch.setattr(report_facts, "health_lines", lambda connection, run_id: lines)
    found = report_facts._health(None, 1, {"mall": "商城"})
    assert sorted(zip(found["举例"], found["数量"], strict=True)) == [
        ("https://s.test/1、https://s.test/2", 2),
        ("牙签弓弩、迷你弓弩", 2),
        ("磁力球", 1),
    ]
