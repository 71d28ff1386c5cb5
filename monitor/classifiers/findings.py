"""Candidates that stand and claims that count → findings, with spans in the original text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.classifiers.finding import Basis, Evasion, Finding, FindingKind
from monitor.classifiers.reasons import claim_reason, hazard_reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from collections.abc import Set as AbstractSet

    from monitor.classifiers.candidates import Candidate
    from monitor.classifiers.claims import Stated
    from monitor.classifiers.lexicon.schema import Claim, Product, Risk
    from monitor.classifiers.reading import Reading

#: No rule is surer than this.
_CERTAIN = 0.99
#: Confidence of a claim: it was said, whatever is meant by it.
_CLAIM = 0.9
#: Contexts that lower confidence; each has a factor of its own in risk.yaml.
_LOWERING = ("adult", "industry", "office", "garden", "pet")


def hazard_finding(candidate: Candidate, reading: Reading, contexts: AbstractSet[str], risk: Risk) -> Finding:
    """The finding of a candidate that stands."""
    hazard, evasion = candidate.hazard, candidate.evasion
    return _finding(
        FindingKind.HAZARD,
        hazard,
        reading,
        candidate.place,
        term=candidate.alias.text,
        basis=hazard.basis,
        confidence=_confidence(candidate.certainty(risk), contexts, risk),
        reason=lambda matched: hazard_reason(hazard, reading.field, matched, evasion),
        evasion=evasion,
    )


def claim_finding(stated: Stated, reading: Reading, *, outside: bool) -> Finding:
    """The finding of a claim that counts.

    `outside`: everything offered lies outside the toy standard, so the claim cannot rest on it (PQ49) either.
    """
    claim = stated.claim
    return _finding(
        FindingKind.CLAIM,
        claim,
        reading,
        (stated.start, stated.end),
        term=stated.term,
        basis=tuple(b for b in claim.basis if not (outside and b is Basis.PQ49)),
        confidence=_CLAIM,
        reason=lambda matched: claim_reason(claim, reading.field, matched),
    )


def _finding(  # noqa: PLR0913 - all that differs between a hazard and a claim
    kind: FindingKind,
    entry: Product | Claim,
    reading: Reading,
    place: tuple[int, int],
    *,
    term: str,
    basis: tuple[Basis, ...],
    confidence: float,
    reason: Callable[[str], str],
    evasion: Evasion | None = None,
) -> Finding:
    """The finding of a lexicon's entry at a normalised place; `reason` makes the sentence of its words."""
    start, end = reading.normalised.span(*place)
    matched = reading.normalised.original[start:end]
    return Finding(
        kind=kind,
        id=entry.id,
        field=reading.field,
        start=start,
        end=end,
        matched=matched,
        term=term,
        evasion=evasion,
        severity=entry.severity,
        basis=basis,
        confidence=confidence,
        reason=reason(matched),
    )


def strongest(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """One finding for each id: the surest, then the longest."""
    best: dict[str, Finding] = {}
    for finding in findings:
        known = best.get(finding.id)
        if known is None or _strength(known) < _strength(finding):
            best[finding.id] = finding
    return tuple(best.values())


def _strength(finding: Finding) -> tuple[float, int]:
    return finding.confidence, finding.end - finding.start


def _confidence(certainty: float, contexts: AbstractSet[str], risk: Risk) -> float:
    for context in _LOWERING:
        if context in contexts:
            certainty *= getattr(risk, context)
    if "audience" in contexts:
        certainty *= risk.child
    return round(min(certainty, _CERTAIN), 2)
