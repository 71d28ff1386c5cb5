"""The figures of a campaign's report: tables with Chinese headings, shown as they are by Excel and Word.

A figure that nobody collected is None and shown as 未采集: nothing decided is not nothing confirmed, and no
answer is not no case. What can only be counted here and is not there (no lead was opened) is 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from monitor.exporters.statistics.statistics_form import form_table
from monitor.exporters.statistics.statistics_frames import frames
from monitor.exporters.statistics.statistics_terms import ReportTitle, statistics_terms
from monitor.leads.jurisdiction.districts import districts
from monitor.leads.review.misses import MissEstimate, estimate_misses, wilson
from monitor.storage.review_lists import sample_results
from monitor.storage.reviews import Decision
from monitor.storage.statistics import campaign_facts

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from monitor.exporters.statistics.statistics_frames import Frames
    from monitor.exporters.statistics.statistics_terms import ReportKind
    from monitor.storage import Connection

_CONFIRMED, _REJECTED = Decision.CONFIRMED.value, Decision.REJECTED.value


@dataclass(frozen=True, kw_only=True)
class StatisticsFacts:
    """Everything that a report says."""

    campaign: str
    #: of the campaign, Chinese
    title: str
    report: ReportTitle
    #: what happened before counts
    until: datetime
    #: stage, number (None: not collected), what it is
    funnel: pd.DataFrame
    #: heading → table by name
    sums: dict[str, pd.DataFrame]
    #: 附件2: a row a county
    form: pd.DataFrame
    rules: pd.DataFrame
    queries: pd.DataFrame
    results: pd.DataFrame
    times: pd.DataFrame
    misses: MissEstimate


def statistics_facts(
    connection: Connection, campaign: str, kind: ReportKind, until: datetime
) -> StatisticsFacts:
    """Gather what the report of a campaign says.

    Args:
        connection: a reading transaction.
        campaign: its name.
        kind: which report.
        until: what happened before counts; whether a listing is suspect is said as of now.

    Raises:
        UnknownCampaignError: it never ran.

    """
    facts = campaign_facts(connection, campaign, until)
    tables = frames(connection, facts, campaign, until)
    return StatisticsFacts(
        campaign=campaign,
        title=facts.title,
        report=statistics_terms().reports[kind],
        until=until,
        funnel=_funnel(tables),
        sums=_sums(tables),
        form=form_table(tables),
        rules=_rules(tables),
        queries=_queries(tables),
        results=_results(tables),
        times=_times(tables),
        misses=estimate_misses(sample_results(connection, campaign)),
    )


def _funnel(tables: Frames) -> pd.DataFrame:
    goods, led = tables.goods, tables.leads
    suspects = goods[goods["suspect"]]
    reviewed = bool(goods["decision"].notna().any())
    confirmed = int((goods["decision"] == _CONFIRMED).sum()) if reviewed else None
    in_leads = tables.lead_listings["listing"].nunique()
    answered = int(led["answered"].sum())
    rows = [
        ("商品信息", len(goods), "采集到的不同商品"),
        ("疑似商品", len(suspects), "规则筛出的，以及审核确认的漏检"),
        ("已审核", int(suspects["decision"].notna().sum()) if reviewed else None, "其中已有审核结论的"),
        ("确认", confirmed, "审核结论为确认"),
        ("进入线索", in_leads, "已立为线索的商品"),
        ("线索", len(led), "按主体和受理机关合并后的件数"),
        ("已发出线索", int(led["sent"].sum()), "已移送或已告知"),
        ("已反馈线索", answered or None, "受理机关或平台已反馈"),
    ]
    return pd.DataFrame(rows, columns=["环节", "数量", "说明"], dtype=object)


def _sums(tables: Frames) -> dict[str, pd.DataFrame]:
    found = tables.findings[tables.findings["kind"].isin(["hazard", "focus"])]
    named = found.join(tables.goods.drop(columns=["kind"]), on="listing")
    hazards = _decided(named, "name", ["疑似"])
    return {
        "县区（经营者所在地）": _decided(tables.goods, "district", ["商品信息", "疑似"], order=districts()),
        "类别": _decided(tables.goods, "category", ["商品信息", "疑似"]),
        "危险品种和重点产品": hazards,
        "网站": _decided(tables.goods, "site", ["商品信息", "疑似"]),
    }


def _decided(
    rows: pd.DataFrame, by: str, counts: list[str], *, order: Iterable[str] | None = None
) -> pd.DataFrame:
    """Count rows by a column: all, suspects, and what was decided; without any decision that is not known."""
    names = list(rows[by].value_counts().index) if order is None else list(order)
    parts = {
        "商品信息": rows[by],
        "疑似": rows.loc[rows["suspect"].astype(bool), by],
        "已审核": rows.loc[rows["decision"].notna(), by],
        "确认": rows.loc[rows["decision"] == _CONFIRMED, by],
        "排除": rows.loc[rows["decision"] == _REJECTED, by],
    }
    table = pd.DataFrame({"名称": names})
    known = bool(rows["decision"].notna().any())
    for heading, part in parts.items():
        if heading in {"商品信息", "疑似"} and heading not in counts:
            continue
        numbers = part.value_counts()
        values = [int(numbers.get(name, 0)) for name in names]
        table[heading] = pd.Series(
            values if known or heading in counts else [None] * len(names), dtype=object
        )
    return table


def _precision(rows: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Share of the confirmed among the confirmed and rejected, with Wilson's limits, a row each group."""
    found = []
    for names, group in rows.groupby(by, sort=False):
        yes = int((group["decision"] == _CONFIRMED).sum())
        no = int((group["decision"] == _REJECTED).sum())
        share = wilson(yes, yes + no) if yes + no else None
        found.append(
            {
                **dict(zip(by, names, strict=True)),
                "商品": len(group),
                "疑似": int(group["suspect"].sum()),
                "确认": yes if share else None,
                "排除": no if share else None,
                "准确率": share.value if share else None,
                "下限": share.low if share else None,
                "上限": share.high if share else None,
            }
        )
    columns = [*by, "商品", "疑似", "确认", "排除", "准确率", "下限", "上限"]
    table = pd.DataFrame(found, columns=columns, dtype=object)
    return table.sort_values(["疑似", *by], ascending=[False, *(True for _ in by)], ignore_index=True)


def _rules(tables: Frames) -> pd.DataFrame:
    rows = tables.findings.join(tables.goods[["suspect", "decision"]], on="listing")
    table = _precision(rows, ["kind", "rule", "name"]).drop(columns=["商品"])
    table["kind"] = [statistics_terms().kinds_of_finding[kind] for kind in table["kind"]]
    return table.rename(columns={"kind": "种类", "rule": "规则", "name": "名称"})


def _queries(tables: Frames) -> pd.DataFrame:
    rows = tables.queries.join(tables.goods[["suspect", "decision"]], on="listing")
    return _precision(rows, ["query"]).rename(columns={"query": "检索词", "商品": "商品信息"})


def _results(tables: Frames) -> pd.DataFrame:
    words = statistics_terms()
    rows = []
    for kind in words.lead_kinds.values():
        group = tables.leads[tables.leads["lead_kind"] == kind]
        answered = int(group["answered"].sum())
        counts = {
            title: int((group["result"] == result.value).sum()) if answered else None
            for result, title in words.results.items()
        }
        rows.append(
            {
                "去向": kind,
                "线索": len(group),
                "已发出": int(group["sent"].sum()),
                "已反馈": answered or None,
                **counts,
            }
        )
    return pd.DataFrame(rows, dtype=object)


def _times(tables: Frames) -> pd.DataFrame:
    rows = []
    for kind in statistics_terms().lead_kinds.values():
        days = tables.leads.loc[tables.leads["lead_kind"] == kind, "days"].dropna().astype(float)
        known = len(days) > 0
        rows.append(
            {
                "去向": kind,
                "已发出": len(days) if known else None,
                "中位天数": float(days.median()) if known else None,
                "最短": float(days.min()) if known else None,
                "最长": float(days.max()) if known else None,
            }
        )
    return pd.DataFrame(rows, dtype=object)
