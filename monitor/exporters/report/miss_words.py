"""What lists and reports say of the misses: an estimate with its limits, or that nothing is known yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.exporters.labels import labels
from monitor.leads.review.misses import CONFIDENCE

if TYPE_CHECKING:
    from monitor.leads.review.misses import Interval, Misses, MissEstimate

#: What stands where nothing was decided.
NOT_KNOWN = "尚无审核结果，漏检情况未知（不是 0）"
NO_CATEGORY = "未归类"


def miss_lines(estimate: MissEstimate) -> list[tuple[str, str]]:
    """Give the lines of a report: what is known over all, then of each category."""
    if not estimate.by_category:
        return [("漏检估计", "尚未抽取未列入的商品送审，漏检情况未知（不是 0）")]
    lines = [("漏检估计", _overall(estimate))]
    lines += [
        (f"　{category_name(category)}", misses_said(misses)) for category, misses in estimate.by_category
    ]
    lines.append(("　方法", METHOD))
    return lines


def category_name(category: str | None) -> str:
    """Name a category of the sample."""
    return NO_CATEGORY if category is None else labels().categories.get(category, category)


def misses_said(misses: Misses) -> str:
    """Say what is known of the misses in one category or over several."""
    of = f"未列入 {misses.filtered_out:,} 条，抽 {misses.sampled:,} 条，已审 {misses.decided:,} 条"
    if misses.rate is None or misses.number is None:
        return f"{of}；{NOT_KNOWN}"
    return (
        f"{of}，确认漏检 {misses.missed:,} 条；漏检率 {percent(misses.rate)}，"
        f"估计漏检 {misses.number.value:,.0f} 条（{misses.number.low:,.0f}–{misses.number.high:,.0f}）"
    )


def percent(interval: Interval) -> str:
    """Write a share with its limits: ``2.0%（0.4%–10.5%）``."""
    return f"{interval.value:.1%}（{interval.low:.1%}–{interval.high:.1%}）"


METHOD = (
    f"未列入的商品按类别随机抽取，混入审核清单，审核人不知哪些是抽样。括号内为 {CONFIDENCE:.0%} 置信区间："
    "各类用 Wilson 区间（1927），合计按各类条数加权、用 MOVER 法合成（Zou 等，2009）。"
    "只合并词表版本相同的清单；需补充信息和未审的不计入。"
)


def _overall(estimate: MissEstimate) -> str:
    said = misses_said(estimate.total)
    if estimate.total.rate is not None and estimate.unknown:
        said += f"；另有 {estimate.unknown:,} 条未列入商品所在类别尚无审核结果，不含在内"
    return said
