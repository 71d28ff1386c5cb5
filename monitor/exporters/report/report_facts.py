"""The numbers of a run's report: what was looked at and what not, suspects by what they have in common."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pandas as pd

from monitor.classifiers import FindingKind
from monitor.exporters.labels import hazard_names, labels
from monitor.exporters.report.report_labels import report_labels
from monitor.exporters.report.rising_words import RisingWord, rising_words
from monitor.exporters.sheets.cells import masked, printable
from monitor.health.words import health_words
from monitor.leads.review.misses import MissEstimate, estimate_misses
from monitor.storage.changes import RunChanges, run_changes
from monitor.storage.health import LISTS, HealthLine, health_counts, health_lines
from monitor.storage.progress import RunSummary, run_summaries, site_progress, unit_reports
from monitor.storage.report import (
    plain_listings,
    resting_words,
    site_titles,
    suspect_facts,
    suspect_hazards,
)
from monitor.storage.review_lists import sample_results
from monitor.storage.runs import load_run
from monitor.storage.tables import HealthVerdict, UnitStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.storage import Connection
    from monitor.storage.report import SuspectFact, SuspectHazard

#: Reasons of units that a budget ended begin so; see `campaigns.selection` and `storage.budgets`.
LEFT_OUT = "未采集"
#: Reason of a unit that is done, but only as far as its page budget reached.
CUT = "page budget"
#: In the order in which somebody should look.
_WORST_FIRST = (
    HealthVerdict.BLOCKED,
    HealthVerdict.LAYOUT_CHANGED,
    HealthVerdict.DEGRADED,
    HealthVerdict.EMPTY,
)
_EXAMPLES = 5
_LONGEST_KEY = 24
#: The city of a stated address or place: 福建省泉州市… → 福建省泉州市, 浙江 金华 → as it stands.
_CITY = re.compile(r"^(?:.{2,8}?(?:省|自治区))?.{2,8}?(?:市|自治州|地区|盟)")
_LONGEST_PLACE = 16


@dataclass(frozen=True, kw_only=True)
class ReportFacts:
    """Everything that a report says; tables have Chinese headings and are shown as they are."""

    run: RunSummary
    #: the campaign's run before it; None for the first
    previous: RunSummary | None
    #: a line a site: units by their end, pages, listings, suspects
    coverage: pd.DataFrame
    #: why units were not looked at, grouped
    gaps: pd.DataFrame
    #: verdicts on units that did not go as usual, grouped; empty when all did, or none was judged
    health: pd.DataFrame
    #: units by verdict
    verdicts: Counter[HealthVerdict]
    #: heading → name, this run, the run before, difference
    sums: dict[str, pd.DataFrame]
    changes: RunChanges
    #: number of the run up to which words count as earlier
    baseline: int | None
    #: unflagged children's goods of the two groups
    plain: tuple[int, int]
    words: tuple[RisingWord, ...]
    sites: dict[str, str]
    #: what people's decisions on filtered-out listings of the campaign say by now
    misses: MissEstimate


def report_facts(connection: Connection, run_id: int) -> ReportFacts:
    """Gather what the report of a run says.

    Raises:
        UnknownRunError: there is no such run.

    """
    load_run(connection, run_id)
    changes = run_changes(connection, run_id)
    plain = plain_listings(connection, run_id)
    previous = changes.previous
    titles = site_titles(connection, run_id)
    run = run_summaries(connection, run_id=run_id)[0]
    return ReportFacts(
        run=run,
        previous=run_summaries(connection, run_id=previous)[0] if previous is not None else None,
        coverage=_coverage(connection, run_id, titles),
        gaps=_gaps(connection, run_id, titles),
        health=_health(connection, run_id, titles),
        verdicts=health_counts(connection, [run_id]).get(run_id, Counter()),
        sums=_compared(_sums(connection, run_id), _sums(connection, previous) if previous else None),
        changes=changes,
        baseline=plain.baseline,
        plain=(len(plain.later), len(plain.earlier)),
        words=tuple(rising_words(plain.later, plain.earlier)),
        sites=titles,
        misses=estimate_misses(sample_results(connection, run.campaign)),
    )


def shown_text(text: str) -> str:
    """Give what somebody wrote, without the numbers of people and without what no file can hold."""
    return printable(masked(text))


def _coverage(connection: Connection, run_id: int, titles: dict[str, str]) -> pd.DataFrame:
    words = report_labels()
    units = _units(connection, run_id)
    columns = [words.ends[UnitStatus.DONE], words.left_out]
    columns += [words.ends[each] for each in UnitStatus if each is not UnitStatus.DONE]
    counts = units.groupby(["site", "end"]).size().to_dict()
    rows = [
        {
            "网站": titles.get(site.site, site.site),
            "单元": site.units,
            **{column: counts.get((site.site, column), 0) for column in columns},
            "页数": site.pages,
            "商品信息": site.listings,
            "疑似": site.suspects,
        }
        for site in site_progress(connection, run_id)
    ]
    table = pd.DataFrame(rows, columns=["网站", "单元", *columns, "页数", "商品信息", "疑似"])
    always = {"网站", "单元", columns[0], "页数", "商品信息", "疑似"}
    return table.loc[:, [name for name in table if name in always or table[name].sum() > 0]]


def _units(connection: Connection, run_id: int) -> pd.DataFrame:
    words = report_labels()
    rows = [
        {
            "site": unit.site,
            "kind": words.kinds[unit.kind],
            "key": unit.key,
            "end": words.left_out if _is_left_out(unit.reason) else words.ends[unit.status],
            "cut": unit.status is UnitStatus.DONE and (unit.reason or "").startswith(CUT),
            "reason": unit.reason or "",
        }
        for unit in unit_reports(connection, run_id)
    ]
    return pd.DataFrame(rows, columns=["site", "kind", "key", "end", "cut", "reason"])


def _is_left_out(reason: str | None) -> bool:
    return reason is not None and reason.startswith(LEFT_OUT)


def _gaps(connection: Connection, run_id: int, titles: dict[str, str]) -> pd.DataFrame:
    words = report_labels()
    units = _units(connection, run_id)
    rows: list[dict[str, Any]] = []
    units["end"] = units["end"].where(~units["cut"].astype(bool), words.cut)
    missed = units[units["end"] != words.ends[UnitStatus.DONE]]
    for names, group in missed.groupby(["site", "kind", "end", "reason"], sort=True):
        site, kind, end, reason = map(str, names)
        rows.append(
            {
                "网站": titles.get(site, site),
                "单元种类": kind,
                "结果": end,
                "数量": len(group),
                "原因": shown_text(reason) or end,
                "举例": _listed(list(group["key"])),
            }
        )
    for site, resting in resting_words(connection, run_id).items():
        if resting:
            rows.append(
                {
                    "网站": titles.get(site, site),
                    "单元种类": "搜索词",
                    "结果": words.resting,
                    "数量": len(resting),
                    "原因": "连续多次一无所获，按规则降低查询频次，不会停查",
                    "举例": _listed([each["word"] for each in resting]),
                }
            )
    return pd.DataFrame(rows, columns=["网站", "单元种类", "结果", "数量", "原因", "举例"])


def _health(connection: Connection, run_id: int, titles: dict[str, str]) -> pd.DataFrame:
    """Verdicts other than ok, the worst first; in one line single pages with the same verdict, and lists
    whose verdict rests on the same.
    """
    words = report_labels()
    groups: dict[tuple[str, str, str, str], list[HealthLine]] = defaultdict(list)
    for line in health_lines(connection, run_id):
        if line.verdict is not HealthVerdict.OK:
            rests_on = "；".join(line.reasons) if line.kind in LISTS else ""
            groups[line.verdict, line.site, line.kind, rests_on].append(line)
    order = list(_WORST_FIRST)
    rows = [
        {
            "网站": titles.get(first.site, first.site),
            "单元种类": words.kinds[first.kind],
            "结论": health_words().verdicts[first.verdict],
            "数量": len(lines),
            "依据": "；".join(shown_text(reason) for reason in first.reasons),
            "举例": _listed([line.key for line in lines]),
        }
        for lines in sorted(groups.values(), key=lambda lines: order.index(lines[0].verdict))
        for first in lines[:1]
    ]
    return pd.DataFrame(rows, columns=["网站", "单元种类", "结论", "数量", "依据", "举例"])


def _listed(keys: Sequence[str]) -> str:
    more = f" 等{len(keys)}个" if len(keys) > _EXAMPLES else ""
    return "、".join(shown_text(_short(key)) for key in keys[:_EXAMPLES]) + more


def _short(key: str) -> str:
    """Of an address, its end: that is where pages of one site differ."""
    if not key.startswith(("http://", "https://")) or len(key) <= _LONGEST_KEY:
        return key
    parts = urlsplit(key)
    return "…" + f"{parts.path}?{parts.query}".rstrip("?")[-_LONGEST_KEY:]


def _sums(connection: Connection, run_id: int) -> dict[str, pd.Series[int]]:
    """Count a run's suspects by category, hazard, site and place."""
    facts = suspect_facts(connection, run_id)
    suspects = pd.DataFrame(
        [{"id": each.listing_id, "site": each.site, **_grouped(each)} for each in facts],
        columns=["id", "site", "category", "place"],
    )
    about = pd.DataFrame(
        [{"id": each.listing_id, "name": _named(each)} for each in suspect_hazards(connection, run_id)],
        columns=["id", "name"],
    ).drop_duplicates()
    hazards = suspects[["id"]].merge(about, how="left", on="id")
    return {
        "类别": suspects["category"].value_counts(),
        "危险品种和重点产品": hazards["name"].fillna(report_labels().unknown_hazard).value_counts(),
        "网站": suspects["site"].value_counts(),
        "页面所示地点": suspects["place"].value_counts(),
    }


def _grouped(fact: SuspectFact) -> dict[str, str]:
    words = report_labels()
    category = fact.category
    return {
        "category": labels().categories.get(category, category) if category else words.unknown_category,
        "place": place_of(fact.address) or place_of(fact.stated_place) or words.unknown_place,
    }


def place_of(text: str | None) -> str | None:
    """Shorten what a page states to province and city; what names no city stays as it is, cut."""
    said = shown_text(" ".join(text.split())) if text else ""
    found = _CITY.match(said)
    return (found[0] if found else said[:_LONGEST_PLACE]) or None


def _named(about: SuspectHazard) -> str:
    names = labels().focus if about.kind is FindingKind.FOCUS else hazard_names()
    return names.get(about.rule, about.term)


def _compared(
    now: dict[str, pd.Series[int]], before: dict[str, pd.Series[int]] | None
) -> dict[str, pd.DataFrame]:
    return {
        heading: _table(counts, None if before is None else before[heading])
        for heading, counts in now.items()
    }


def _table(now: pd.Series[int], before: pd.Series[int] | None) -> pd.DataFrame:
    """Names by their number now; those that are no longer there come last."""
    table = pd.DataFrame({"本次": now})
    if before is not None:
        table = pd.DataFrame({"本次": now, "上次": before}).fillna(0).astype(int)
        table["增减"] = table["本次"] - table["上次"]
    table = table.rename_axis("名称").reset_index()
    return table.sort_values(["本次", "名称"], ascending=[False, True], ignore_index=True)
