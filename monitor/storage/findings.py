"""Findings of a listing: what holds now, and what held before."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select, update

import monitor.classifiers
from monitor.classifiers import Basis, Evasion, FindingKind, Severity
from monitor.storage.tables import Finding
from monitor.storage.upsert import batches, insert_all

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from sqlalchemy import Connection

    from monitor.classifiers import Classification

#: Two findings with the same values here are the same finding.
_IDENTITY = ("kind", "rule", "field", "start", "end", "matched", "evasion", "term")
# made once, as in `storage.crawl`
_HOLDING = select(Finding.id, Finding.listing_id, *(getattr(Finding, name) for name in _IDENTITY)).where(
    Finding.listing_id.in_(bindparam("listings", expanding=True)), Finding.superseded_at.is_(None)
)


def replace_findings(
    connection: Connection,
    said: Mapping[int, Classification],
    *,
    fresh: AbstractSet[int],
    at: datetime,
) -> None:
    """Make the findings that hold for listings those of their new classification; supersede the rest.

    Matches with lists stand where the classification was made without looking at the lists.

    Args:
        connection: a writing transaction.
        said: classification by listing id.
        fresh: ids of listings that are new, and so have no findings yet.
        at: when the page was received.

    """
    holding = _holding(connection, [key for key in said if key not in fresh])
    new: list[dict[str, Any]] = []
    fallen: list[int] = []
    for listing_id, classification in said.items():
        left = holding.get(listing_id, {})
        rows = _rows(listing_id, classification, at)
        new.extend(row for row in rows if left.pop(_identity(row), None) is None)
        looked = classification.watchlist is not None
        fallen.extend(id_ for same, id_ in left.items() if looked or same[0] != FindingKind.WATCHLIST)
    insert_all(connection, Finding, new)
    for batch in batches(fallen):
        connection.execute(update(Finding).where(Finding.id.in_(batch)).values(superseded_at=at))


def finding_from(row: Any) -> monitor.classifiers.Finding:  # noqa: ANN401 - a row of `finding`
    """Rebuild a finding from its row."""
    return monitor.classifiers.Finding(
        kind=FindingKind(row.kind),
        id=row.rule,
        field=row.field,
        start=row.start,
        end=row.end,
        matched=row.matched,
        term=row.term,
        evasion=None if row.evasion is None else Evasion(row.evasion),
        severity=Severity(row.severity),
        basis=tuple(Basis(code) for code in row.basis),
        confidence=row.confidence,
        reason=row.reason,
    )


def _holding(connection: Connection, listing_ids: list[int]) -> dict[int, dict[tuple[Any, ...], int]]:
    found: dict[int, dict[tuple[Any, ...], int]] = defaultdict(dict)
    for batch in batches(listing_ids):
        for row in connection.execute(_HOLDING, {"listings": batch}):
            found[row.listing_id][_identity(row._mapping)] = row.id  # noqa: SLF001 - public API
    return found


def _rows(listing_id: int, classification: Classification, at: datetime) -> list[dict[str, Any]]:
    rows = [
        {
            "listing_id": listing_id,
            "kind": finding.kind.value,
            "rule": finding.id,
            "field": finding.field,
            "start": finding.start,
            "end": finding.end,
            "matched": finding.matched,
            "term": finding.term,
            "evasion": None if finding.evasion is None else finding.evasion.value,
            "severity": finding.severity.value,
            "basis": [basis.value for basis in finding.basis],
            "confidence": finding.confidence,
            "reason": finding.reason,
            "lexicon_version": classification.lexicon_version,
            "found_at": at,
        }
        for finding in classification.findings
    ]
    return list({_identity(row): row for row in rows}.values())


def _identity(row: Mapping[Any, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in _IDENTITY)
