"""Sentences that the page and the workbook of a run's report share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.exporters.report import rising_words
from monitor.exporters.suspect_columns import shown
from monitor.health.words import health_words
from monitor.storage.tables import RunStatus

if TYPE_CHECKING:
    from monitor.exporters.report.report_facts import ReportFacts


def subtitle(facts: ReportFacts) -> str:
    """Which run this is, when, and why it fired."""
    run = facts.run
    state = "" if run.status is RunStatus.DONE else "（任务未完成，以下为当前情况）"
    late = "，晚于计划启动" if run.late else ""
    return (
        f"第 {run.id} 号采集任务{state} · 计划 {shown(run.scheduled_at):%Y-%m-%d %H:%M}（北京时间）{late} · "
        f"{run.reason}"
    )


def numbers(facts: ReportFacts) -> list[tuple[str, str, str]]:
    """The figures at the head: name, value, and what they are compared with."""
    run, before = facts.run, facts.previous
    done = int(facts.coverage["已采"].sum())
    share = f"{done / run.units:.0%}" if run.units else "–"
    changes = facts.changes
    return [
        ("采集单元已采", f"{done} / {run.units}", share),
        (
            "商品信息",
            f"{run.listings:,}",
            _against(run.listings, None if before is None else before.listings),
        ),
        (
            "疑似商品",
            f"{run.suspects:,}",
            _against(run.suspects, None if before is None else before.suspects),
        ),
        *(
            [
                ("新出现", f"{len(changes.new)}", f"其中疑似 {sum(n.suspect for n in changes.new)}"),
                ("有变化", f"{len(changes.changed)}", f"其中疑似 {sum(n.suspect for n in changes.changed)}"),
                (
                    "没见到",
                    f"{len(changes.vanished)}",
                    f"其中疑似 {sum(n.suspect for n in changes.vanished)}",
                ),
            ]
            if changes.previous is not None
            else []
        ),
    ]


def verdicts(facts: ReportFacts) -> str:
    """How many units went how, beside their own history."""
    if not facts.verdicts:
        return "本次任务的采集单元尚未评判。"
    words = health_words().verdicts
    counts = "，".join(f"{words[each]} {facts.verdicts[each]} 个" for each in words if facts.verdicts[each])
    return (
        f"已看过的单元与同一网站、同一搜索词以往各次的中位数比较：{counts}。“确无结果”为网站自己写明没有结果；"
        "“疑似改版”的网站须检查其网站规则（profile）。没有以往记录的单元只按页面本身评判。"
    )


def statistic(facts: ReportFacts) -> str:
    """How the early warning is reckoned, and of how many titles."""
    if facts.baseline is None:
        return "预警需要与此前的任务比较；这是第一次任务，下次起有此项。"
    return (
        f"在未列为疑似的儿童和学生用品中，把第 {facts.baseline} 号任务之后才出现的商品（{facts.plain[0]} 条）"
        f"与此前已见的（{facts.plain[1]} 条）比较：标题用词的对数优势比，加先验（两组合并频率，相当于 "
        f"{rising_words.PRIOR:g} 条标题）后除以标准差，即“显著度”（Monroe 等，2008）。列出显著度不低于 "
        f"{rising_words.LEAST_Z}、本期至少 {rising_words.LEAST_TITLES} 条不同标题、至少 "
        f"{rising_words.LEAST_SELLERS} 家店铺的词和相邻词对，至多 {rising_words.MOST} 个。相同标题只计一次。"
        "同时检验很多词，个别上升可能出于偶然；这些词只是候选，经人工判断后方可写入词表。"
    )


def caution() -> str:
    """What the report does not say."""
    return (
        "疑似商品由规则从公开页面筛出，供人工审核，不是违法认定。是否疑似按当前词表判断，上次任务所见的商品也按当前"
        "词表计数，以便比较。“没见到”只统计本次各列表均已采完的网站。地点为页面或亮照所示，未经核实，不能据以"
        "确定管辖。一条商品涉及几个品种的，在各品种中分别计数。"
    )


def _against(now: int, before: int | None) -> str:
    return "首次" if before is None else f"上次 {before:,}（{now - before:+,}）"
