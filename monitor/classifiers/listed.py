"""A classification, joined with the lists that name the product: monotone, by the rules of the rest."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from monitor.classifiers.finding import FindingKind
from monitor.classifiers.lexicon import load_lexicon
from monitor.classifiers.risk import advisory, points, total

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.classifiers.finding import Classification, Finding
    from monitor.classifiers.lexicon.schema import Risk


def with_watchlist(said: Classification, found: Sequence[Finding]) -> Classification:
    """Add findings of kind `WATCHLIST` to a classification that has none yet.

    Risk grows by their points. A hazard or a focus product that a list names is a suspect (DESIGN: step 7),
    and so is what comes over the threshold; advice alone counts towards neither.
    """
    if not found:
        # most listings of a page have no finding at all, and one object for each category serves them all
        return replace(said, watchlist=()) if said.findings else _in_no_list(said)
    table, seven = _rules()
    terms = points(found, table, seven, child=False)
    added = sum(term.points for term in terms)
    solid = [finding for finding in replace(said, watchlist=None).findings if not advisory(finding)]
    without_advice = said.risk
    if len(solid) < len(said.findings):
        without_advice = total(points(solid, table, seven, child=False))
    named = any(finding.kind in {FindingKind.HAZARD, FindingKind.FOCUS} for finding in solid)
    reasons = tuple(term.why for term in terms)
    first = 1 if said.hazards else 0
    return replace(
        said,
        watchlist=tuple(found),
        risk=round(min(1.0, said.risk + added), 2),
        suspect=said.suspect or named or without_advice + added >= said.threshold,
        reasons=tuple(dict.fromkeys((*said.reasons[:first], *reasons, *said.reasons[first:]))),
    )


@lru_cache(maxsize=1_024)
def _in_no_list(said: Classification) -> Classification:
    return replace(said, watchlist=())


@cache
def _rules() -> tuple[Risk, tuple[str, ...]]:
    lexicon = load_lexicon()
    return lexicon.risk, lexicon.seven
