"""From matches to findings: one for each kind of list, of its best match, with what the list says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.classifiers import Finding, FindingKind, Severity
from monitor.matching.watchlist_entry import ListKind
from monitor.matching.watchlists import By, best_of_kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitor.matching.watchlists import Match

#: Lists that give a reason to look; how much a product on them matters is inference.
SEVERITIES = {
    ListKind.RECALL: Severity.HIGH,
    ListKind.FAILED: Severity.HIGH,
    ListKind.COMPLAINT: Severity.MEDIUM,
    ListKind.MEDIA: Severity.MEDIUM,
}
#: What people call the lists.
TITLES = {
    ListKind.RECALL: "召回通告",
    ListKind.FAILED: "抽查不合格名单",
    ListKind.COMPLAINT: "投诉举报名单",
    ListKind.MEDIA: "媒体曝光名单",
    ListKind.SAMPLED: "已抽查名单",
}
#: What people are told a match rests on.
GROUNDS = {
    By.BARCODE: "条码相同",
    By.CCC: "CCC证书编号相同",
    By.LICENCE: "生产许可证编号相同",
    By.PRODUCER_MODEL: "生产者和型号相同",
    By.BRAND_MODEL: "商标和型号相同",
    By.ENTERPRISE: "企业相同、品名相近",
    By.NAME: "商标和品名相近",
}
_LONGEST_DEFECT = 60


def findings_of(matches: Iterable[Match]) -> tuple[Finding, ...]:
    """Give the findings; a product that was only sampled gives none.

    They name no legal basis: that a like product was recalled or failed is a reason to look, and what the
    listing's own product violates is to be found out.
    """
    return tuple(
        _finding(match, SEVERITIES[match.entry.kind])
        for match in best_of_kind(matches).values()
        if match.entry.kind in SEVERITIES
    )


def _finding(match: Match, severity: Severity) -> Finding:
    return Finding(
        kind=FindingKind.WATCHLIST,
        id=match.entry.kind.value,
        field=match.field,
        start=match.start,
        end=match.end,
        matched=match.matched,
        term=match.entry.title,
        severity=severity,
        basis=(),
        confidence=round(match.score / 100, 2),
        reason=reason(match),
    )


def reason(match: Match) -> str:
    """Say in one Chinese sentence which entry is matched, by what, and what it was named for."""
    entry = match.entry
    day = f"，{entry.stated_on:%Y-%m-%d}" if entry.stated_on else ""
    said = f"与{TITLES[entry.kind]}中的“{entry.title}”相符（{GROUNDS[match.by]}，{match.score:g}分{day}）"
    if match.by in (By.ENTERPRISE, By.NAME):
        said += "，须人工核对是否同一产品"
    if entry.defect:
        cut = entry.defect if len(entry.defect) <= _LONGEST_DEFECT else entry.defect[:_LONGEST_DEFECT] + "…"
        said += f"：{cut}"
    return said
