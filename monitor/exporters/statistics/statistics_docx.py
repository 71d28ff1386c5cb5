"""The report of a campaign in Word, by a layout that the office may change (`统计总结.docx`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monitor.exporters.report.miss_words import miss_lines
from monitor.exporters.sheets.cells import masked, printable
from monitor.exporters.statistics.statistics_terms import NOT_COLLECTED
from monitor.exporters.statistics.statistics_words import CAUTIONS, period
from monitor.exporters.suspect_columns import shown
from monitor.exporters.templates import fill, layout

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    import pandas as pd

    from monitor.exporters.statistics.statistics_facts import StatisticsFacts

LAYOUT = "统计总结.docx"
#: Rows of one table; the workbook has them all.
_MOST = 15


def write_statistics_docx(
    part: Path, facts: StatisticsFacts, *, now: datetime, exports: Path | None = None
) -> None:
    """Write the summary to `part`.

    Args:
        part: the file.
        facts: what it says.
        now: a time with its zone.
        exports: folder of exports whose own layouts go first.

    Raises:
        LayoutError: the layout is missing or cannot be filled.
        OSError: the file could not be written.

    """
    fill(layout(LAYOUT, exports), _context(facts, now), part)


def _context(facts: StatisticsFacts, now: datetime) -> dict[str, Any]:
    return {
        "title": _shown(facts.title),
        "heading": facts.report.title,
        "period": period(facts),
        "overview": _overview(facts),
        "funnel": _rows(facts.funnel, name="环节", number="数量", about="说明"),
        "sums": [_sum(heading, table) for heading, table in facts.sums.items()],
        "leads": _leads(facts),
        "results": _results(facts),
        "precision": _precision(facts),
        "rules": _rules(facts),
        "misses": "".join(f"{name.strip('　')}：{said}。" for name, said in miss_lines(facts.misses)[:1]),
        "notes": [f"{name}：{said}" for name, said in CAUTIONS],
        "made": f"{shown(now):%Y-%m-%d %H:%M}",
    }


def _overview(facts: StatisticsFacts) -> str:
    numbers = dict(zip(facts.funnel["环节"], facts.funnel["数量"], strict=True))
    if not numbers["商品信息"]:
        return "截至统计日，本专项行动尚未采集到网络商品信息。"
    said = f"专项行动采集网络商品信息 {numbers['商品信息']:,} 条，"
    if not numbers["疑似商品"]:
        return f"{said}未筛出疑似商品。"
    return f"{said}筛出疑似商品 {numbers['疑似商品']:,} 条；{_reviewed(numbers)}；{_led(numbers)}。"


def _reviewed(numbers: Mapping[str, Any]) -> str:
    if numbers["已审核"] is None:
        return "尚无审核结论"
    return f"已审核 {numbers['已审核']:,} 条，确认 {numbers['确认']:,} 条"


def _led(numbers: Mapping[str, Any]) -> str:
    if not numbers["线索"]:
        return "尚未立线索"
    if not numbers["已发出线索"]:
        return f"立为线索 {numbers['线索']:,} 件，均尚未发出"
    answered = numbers["已反馈线索"]
    feedback = "反馈情况：尚未采集" if answered is None else f"收到反馈 {answered:,} 件"
    return f"立为线索 {numbers['线索']:,} 件，发出 {numbers['已发出线索']:,} 件；{feedback}"


def _sum(heading: str, table: pd.DataFrame) -> dict[str, Any]:
    rows = _rows(
        table.head(_MOST),
        name="名称",
        listings="商品信息",
        suspects="疑似",
        confirmed="确认",
        rejected="排除",
    )
    left = len(table) - _MOST
    more = f"另有 {left} 行，见同名 Excel。" if left > 0 else ""
    return {"heading": heading, "rows": rows, "more": more if rows else "截至统计日暂无此项数据。"}


def _leads(facts: StatisticsFacts) -> str:
    if not facts.results["线索"].sum():
        return "截至统计日，本专项行动尚未立线索。"
    days = facts.times["中位天数"]
    if not days.notna().any():
        return "已立的线索均尚未发出，暂无时限数据。各去向的件数如下。"
    return "各去向的件数、反馈结果和时限如下。"


def _results(facts: StatisticsFacts) -> list[dict[str, str]]:
    rows = _rows(
        facts.results,
        name="去向",
        leads="线索",
        sent="已发出",
        answered="已反馈",
        true="属实",
        off_shelf="已下架",
        cases="已立案",
    )
    for row, days in zip(rows, facts.times["中位天数"], strict=True):
        row["days"] = NOT_COLLECTED if days is None else f"{days:.1f}"
    return rows


def _precision(facts: StatisticsFacts) -> str:
    numbers = dict(zip(facts.funnel["环节"], facts.funnel["数量"], strict=True))
    if numbers["已审核"] is None:
        return "尚无审核结论，各规则的准确率暂无数据。"
    return f"各规则的准确率（确认 ÷ 确认与排除之和）见下表，按疑似商品数取前 {_MOST} 条，其余见 Excel。"


def _rules(facts: StatisticsFacts) -> list[dict[str, str]]:
    table = facts.rules.head(_MOST)
    rows = _rows(table, name="名称", suspects="疑似", confirmed="确认", rejected="排除")
    limits = zip(table["准确率"], table["下限"], table["上限"], strict=True)
    for row, (share, low, high) in zip(rows, limits, strict=True):
        row["share"] = NOT_COLLECTED if share is None else f"{share:.0%}（{low:.0%}–{high:.0%}）"
    return rows


def _rows(table: pd.DataFrame, **fields: str) -> list[dict[str, str]]:
    """Give the rows of a table as texts, by the names that the layout has for its columns."""
    return [
        {name: _shown(row.get(title, "—")) for name, title in fields.items()}
        for row in table.to_dict("records")
    ]


def _shown(value: object) -> str:
    if value is None:
        return NOT_COLLECTED
    return printable(masked(value)) if isinstance(value, str) else f"{value:,}"
