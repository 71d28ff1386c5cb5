"""The JSON that `monitor classify` writes for one title (DESIGN §6; fixed)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from monitor.classifiers.finding import Classification, Finding


def to_contract(title: str, classification: Classification) -> dict[str, Any]:
    """The contract's object; offsets are code points of the field's original text, end exclusive."""
    return {
        "title": title,
        "category": classification.category,
        "subcategory": classification.subcategory,
        "hazards": [_finding(finding) for finding in classification.hazards],
        "focus": list(dict.fromkeys(finding.id for finding in classification.focus)),
        "claims": [_finding(finding) for finding in classification.claims],
        "marks": [_finding(finding) for finding in classification.marks],
        "risk": classification.risk,
        "suspect": classification.suspect,
        "reasons": list(classification.reasons),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "id": finding.id,
        "field": finding.field,
        "start": finding.start,
        "end": finding.end,
        "matched": finding.matched,
        "term": finding.term,
        "evasion": finding.evasion,
        "severity": finding.severity,
        "basis": list(finding.basis),
        "confidence": finding.confidence,
    }
