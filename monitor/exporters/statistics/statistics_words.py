"""Sentences that the workbook and the Word summary of a campaign's report share."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from monitor.exporters.statistics.statistics_terms import NOT_COLLECTED
from monitor.exporters.suspect_columns import shown
from monitor.leads.review.misses import CONFIDENCE

if TYPE_CHECKING:
    from monitor.exporters.statistics.statistics_facts import StatisticsFacts


def period(facts: StatisticsFacts) -> str:
    """Say up to which day, that day included, things were counted."""
    last = shown(facts.until - timedelta(microseconds=1))
    return f"统计截至 {last:%Y年%m月%d日}（含当日，北京时间）"


CAUTIONS = (
    (NOT_COLLECTED, "没有采集或尚无数据，不等于 0；由业务科填写或待数据补齐后重新导出。"),
    ("截止日", "只计截止日前的采集任务、审核结论、线索和反馈；是否疑似、属于何类和漏检估计以导出时为准。"),
    (
        "商品所在县区",
        "按经营者统一社会信用代码或公示地址；不明或有多种可能的计入待核。平台所示发货地不作依据。",
    ),
    ("线索所在县区", "按受理机关所在地；开发区分局单列，其余功能区计入所在县区。"),
    (
        "准确率",
        f"确认 ÷（确认＋排除），上下限为 {CONFIDENCE:.0%} 置信区间（Wilson，1927）；其他结论和未审核的不计。",
    ),
    ("一条多计", "一条商品涉及几个品种、规则或检索词的，在各项中分别计数，各项之和可大于合计。"),
    ("线索，不是结论", "疑似商品由规则从公开页面筛出；确认为审核意见，违法与否由办案机关认定。"),
)
