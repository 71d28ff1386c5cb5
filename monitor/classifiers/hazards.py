"""The dangerous goods that one field of a listing offers."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.classifiers.candidates import Candidate, needs_company, sounding, spelt_out
from monitor.classifiers.lexicon.schema import Strength
from monitor.classifiers.matcher import WordKind
from monitor.classifiers.offer import Doubt, OfferRules, Verdict
from monitor.classifiers.surroundings import Surroundings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.classifiers.lexicon import Lexicon
    from monitor.classifiers.matcher import Hit
    from monitor.classifiers.reading import Reading
    from monitor.classifiers.segmentation import Cut


@dataclass(frozen=True, slots=True)
class Judged:
    """A candidate and what became of it; no verdict means that it stands."""

    candidate: Candidate
    verdict: Verdict | None


class HazardRules:
    """Finds what is offered in one field."""

    def __init__(self, lexicon: Lexicon, cut: Cut) -> None:
        """Prepare the rules; `cut` is the tokenizer for arbitration."""
        self._offer = OfferRules(lexicon, cut)

    def judge(self, reading: Reading, hits: Sequence[Hit], *, child: bool) -> list[Judged]:
        """Every candidate of a reading with its verdict, the longest first.

        Args:
            reading: the field.
            hits: the words of the rules in it.
            child: the listing speaks of children somewhere.

        """
        normalised = reading.normalised
        candidates = [*spelt_out(hits, normalised), *sounding(reading.soundings, normalised)]
        if not candidates:
            return []
        candidates.sort(key=_rank)
        around = Surroundings(normalised, hits, title=reading.field == "title")
        claims = any(hit.word.kind is WordKind.CLAIM for hit in hits)
        judged: list[Judged] = []
        begun: dict[int, list[Judged]] = defaultdict(list)
        longest = candidates[0].end - candidates[0].start
        for candidate in candidates:
            starts = range(candidate.end - longest, candidate.start + 1)
            if any(_hides(other, candidate) for start in starts for other in begun.get(start, ())):
                continue
            verdict = self._offer.judge(candidate, around) or _beside_another_good(candidate, around)
            if verdict is None and needs_company(candidate):
                verdict = _alone(candidate, around, child_or_claim=child or claims)
            judged.append(Judged(candidate, verdict))
            begun[candidate.start].append(judged[-1])
        return judged


def _rank(candidate: Candidate) -> tuple[int, int, int, int, int]:
    """Longest first, then what is spelt most plainly, then what stands first."""
    weak = candidate.alias.strength is Strength.COMPANY
    length, changes = candidate.end - candidate.start, len(candidate.replaced)
    return -length, len(candidate.techniques), changes, weak, candidate.start


def _hides(other: Judged, candidate: Candidate) -> bool:
    """Say whether `candidate` lies inside a spelling that stands, or that fell for another good's sake."""
    longer = other.candidate
    if not (longer.start <= candidate.start and candidate.end <= longer.end):
        return False
    if longer.place == candidate.place:
        return other.verdict is None and longer.hazard.id == candidate.hazard.id
    return other.verdict is None or other.verdict.doubt is not Doubt.ALONE


def _beside_another_good(candidate: Candidate, around: Surroundings) -> Verdict | None:
    for context in candidate.alias.not_beside:
        for hit in around.contexts.get(context, ()):
            if candidate.start < hit.end and hit.start < candidate.end:
                continue
            return Verdict(Doubt.OTHER_GOOD, hit.start, hit.end)
    return None


def _alone(candidate: Candidate, around: Surroundings, *, child_or_claim: bool) -> Verdict | None:
    """A weak spelling needs something beside it that makes it say enough."""
    only_with = candidate.alias.only_with
    enough = not only_with and not candidate.flimsy and (child_or_claim or _hiding(candidate, around))
    if enough:
        return None
    if not around.contexts.get("industry") and around.company(candidate):
        return None
    return Verdict(Doubt.ALONE)


def _hiding(candidate: Candidate, around: Surroundings) -> bool:
    """A name of some length that is romanised, taken apart or strewn with symbols is hidden on purpose."""
    if candidate.end - candidate.start < _LONG_NAME:
        return False
    return candidate.deliberate or bool(around.filling(candidate))


#: Characters from which a name does not come about by chance.
_LONG_NAME = 3
