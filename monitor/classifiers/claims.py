"""What the seller says that contradicts or strengthens: 14岁以上 beside 小学生, 无3C, 射程20米."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.classifiers.intervals import Intervals
from monitor.classifiers.matcher import WordKind
from monitor.classifiers.words import ClaimWord

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from monitor.classifiers.lexicon import Lexicon
    from monitor.classifiers.lexicon.schema import Claim
    from monitor.classifiers.matcher import Hit

#: How far around its trigger a pattern is tried, in characters.
_WINDOW = 16


@dataclass(frozen=True, slots=True)
class Stated:
    """A claim found in a field, by its normalised span; whether it counts is not yet decided."""

    claim: Claim
    term: str
    start: int
    end: int


class ClaimRules:
    """Finds claims in a field, and decides which of them count in a listing."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Compile the patterns."""
        self._patterns = {
            pattern.pattern: re.compile(pattern.pattern)
            for claim in lexicon.claims
            for pattern in claim.patterns
        }

    def stated(self, text: str, hits: Iterable[Hit]) -> list[Stated]:
        """Every claim in `text`, the longest wording of each, vetoed ones left out."""
        hits = list(hits)
        if not any(hit.word.kind is WordKind.CLAIM for hit in hits):
            return []
        vetoes = Intervals((hit.start, hit.end, hit) for hit in hits if hit.word.kind is WordKind.VETO)
        found: dict[str, Stated] = {}
        for stated in self._each(text, hits):
            near = vetoes.overlapping(stated.start, stated.end)
            vetoed = any(veto.word.id == stated.claim.id for veto in near)
            known = found.get(stated.claim.id)
            if not vetoed and (known is None or stated.end - stated.start > known.end - known.start):
                found[stated.claim.id] = stated
        return list(found.values())

    def _each(self, text: str, hits: Iterable[Hit]) -> Iterator[Stated]:
        for word, start, end in hits:
            if word.kind is not WordKind.CLAIM:
                continue
            detail = word.detail
            assert isinstance(detail, ClaimWord)
            if detail.pattern is None:
                yield Stated(detail.claim, word.spelling, start, end)
                continue
            first = max(0, start - _WINDOW)
            for match in self._patterns[detail.pattern.pattern].finditer(text, first, end + _WINDOW):
                if match.start() <= start and end <= match.end():
                    yield Stated(detail.claim, word.spelling, match.start(), match.end())


def counts(stated: Stated, circumstances: Container[str]) -> bool:
    """Say whether the claim counts, given what the listing is and speaks of (see `needs` in claims.yaml)."""
    needs = stated.claim.needs
    return not needs or any(need in circumstances for need in needs)
