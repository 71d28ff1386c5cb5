"""Risk: points added up and capped at one; more evidence never lowers it (docs/risk.md)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.classifiers.finding import Basis, FindingKind, Severity

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

    from monitor.classifiers.finding import Finding
    from monitor.classifiers.lexicon.schema import Risk


@dataclass(frozen=True, slots=True)
class Point:
    """One term of the sum."""

    #: What it is for, in Chinese.
    why: str
    points: float
    #: The finding it comes from; None for what belongs to the whole listing.
    finding: Finding | None = None


def points(findings: Iterable[Finding], table: Risk, seven: Container[str], *, child: bool) -> list[Point]:
    """The terms of the sum, largest first; of several findings with one id the strongest counts.

    Args:
        findings: of one listing.
        table: risk.yaml.
        seven: ids of the campaign's seven dangerous toys.
        child: whether child words stand beside a good that is dangerous to children.

    """
    best: dict[tuple[str, str], Point] = {}
    disguised = hazard = named = False
    for finding in findings:
        point = Point(finding.reason, _worth(finding, table), finding)
        key = (
            finding.kind,
            finding.id if finding.kind is not FindingKind.MARK else finding.id + finding.field,
        )
        if key not in best or best[key].points < point.points:
            best[key] = point
        if finding.kind is FindingKind.HAZARD:
            hazard = True
            named = named or finding.id in seven
            disguised = disguised or finding.evasion is not None
    terms = list(best.values())
    if named:
        terms.append(Point("属专项行动查处的七类危险玩具", table.seven))
    if hazard and child:
        terms.append(Point("面向儿童或学生宣传", table.child_beside_hazard))
    if disguised:
        terms.append(Point("用变形写法规避检索", table.disguised))
    return sorted(terms, key=lambda point: -point.points)


def total(terms: Iterable[Point]) -> float:
    """The sum, at most 1, to two decimals."""
    return round(min(1.0, sum(point.points for point in terms)), 2)


def advisory(finding: Finding) -> bool:
    """Say whether the finding rests on consumer advice alone, which can never make a lead by itself.

    A key product is no accusation either, but it is what a claim or a mark strengthens: it stays in the sum.
    """
    return finding.basis == (Basis.ADV,) and finding.kind is not FindingKind.FOCUS


def is_suspect(solid: Sequence[Finding], risk: float, seven: Container[str], threshold: float) -> bool:
    """Any of the seven; another hazard or a focus product that a claim or mark strengthens; or the risk.

    One missing field (a mark of low severity) strengthens nothing: most pages lack some field.

    Args:
        solid: the findings of the listing, advisory ones left out.
        risk: what they add up to.
        seven: ids of the campaign's seven dangerous toys.
        threshold: risk from which a listing is a suspect.

    """
    if any(f.kind is FindingKind.HAZARD and f.id in seven for f in solid):
        return True
    named = any(f.kind in {FindingKind.HAZARD, FindingKind.FOCUS} for f in solid)
    strengthened = any(
        f.kind is FindingKind.CLAIM or (f.kind is FindingKind.MARK and f.severity is not Severity.LOW)
        for f in solid
    )
    return bool(solid) and ((named and strengthened) or risk >= threshold)


def _worth(finding: Finding, table: Risk) -> float:
    if finding.kind is FindingKind.HAZARD:
        return table.hazard[finding.severity] * finding.confidence
    if finding.kind is FindingKind.CLAIM:
        return table.claim[finding.severity]
    if finding.kind is FindingKind.MARK:
        return table.mark[finding.severity]
    if finding.kind is FindingKind.WATCHLIST:
        return table.watchlist[finding.severity] * finding.confidence
    return table.focus
