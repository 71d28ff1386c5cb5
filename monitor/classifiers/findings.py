"""Candidates that stand and claims that count → findings, with spans in the original text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.classifiers.finding import Basis, Finding, FindingKind
from monitor.classifiers.reasons import claim_reason, hazard_reason

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

    from monitor.classifiers.candidates import Candidate
    from monitor.classifiers.claims import Stated
    from monitor.classifiers.lexicon.schema import Risk
    from monitor.classifiers.reading import Reading

#: No rule is surer than this.
_CERTAIN = 0.99
#: Contexts that lower confidence; each has a factor of its own in risk.yaml.
_LOWERING = ("adult", "industry", "office", "garden", "pet")


def hazard_finding(candidate: Candidate, reading: Reading, contexts: AbstractSet[str], risk: Risk) -> Finding:
    """The finding of a candidate that stands."""
    hazard = candidate.hazard
    start, end = reading.normalised.span(candidate.start, candidate.end)
    matched = reading.normalised.original[start:end]
    return Finding(
        kind=FindingKind.HAZARD,
        id=hazard.id,
        field=reading.field,
        start=start,
        end=end,
        matched=matched,
        term=candidate.alias.text,
        evasion=candidate.evasion,
        severity=hazard.severity,
        basis=hazard.basis,
        confidence=_confidence(candidate.certainty(risk), contexts, risk),
        reason=hazard_reason(hazard, reading.field, matched, candidate.evasion),
    )


def strongest(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """One finding for each id: the surest, then the longest."""
    best: dict[str, Finding] = {}
    for finding in findings:
        known = best.get(finding.id)
        if known is None or _strength(known) < _strength(finding):
            best[finding.id] = finding
    return tuple(best.values())


def claim_finding(stated: Stated, reading: Reading, *, outside: bool) -> Finding:
    """The finding of a claim that counts.

    `outside`: everything offered lies outside the toy standard, so the claim cannot rest on it (PQ49) either.
    """
    claim = stated.claim
    start, end = reading.normalised.span(stated.start, stated.end)
    matched = reading.normalised.original[start:end]
    return Finding(
        kind=FindingKind.CLAIM,
        id=claim.id,
        field=reading.field,
        start=start,
        end=end,
        matched=matched,
        term=stated.term,
        severity=claim.severity,
        basis=tuple(b for b in claim.basis if not (outside and b is Basis.PQ49)),
        confidence=0.9,
        reason=claim_reason(claim, reading.field, matched),
    )


def _strength(finding: Finding) -> tuple[float, int]:
    return finding.confidence, finding.end - finding.start


def _confidence(certainty: float, contexts: AbstractSet[str], risk: Risk) -> float:
    for context in _LOWERING:
        if context in contexts:
            certainty *= getattr(risk, context)
    if "audience" in contexts:
        certainty *= risk.child
    return round(min(certainty, _CERTAIN), 2)
