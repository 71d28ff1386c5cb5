"""The dangerous goods that one field of a listing offers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.classifiers.candidates import Candidate, needs_company, sounding, spelt_out
from monitor.classifiers.finding import Evasion
from monitor.classifiers.lexicon.schema import Strength
from monitor.classifiers.matcher import WordKind
from monitor.classifiers.offer import Doubt, OfferRules, Surroundings, Verdict
from monitor.classifiers.words import Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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
        candidates.sort(key=_rank)
        around = Surroundings(normalised, hits, title=reading.field == "title")
        claims = any(hit.word.kind is WordKind.CLAIM for hit in hits)
        judged: list[Judged] = []
        for candidate in candidates:
            if _hidden(candidate, judged):
                continue
            verdict = self._offer.judge(candidate, around)
            if (
                verdict is None
                and needs_company(candidate)
                and not _company(candidate, around, child_or_claim=child or claims)
            ):
                verdict = Verdict(Doubt.ALONE)
            judged.append(Judged(candidate, verdict))
        return judged


def _rank(candidate: Candidate) -> tuple[int, int, int, int]:
    """Longest first, then what is spelt plainly, then what stands first."""
    weak = candidate.alias.strength is Strength.COMPANY
    return candidate.start - candidate.end, len(candidate.techniques), weak, candidate.start


def _hidden(candidate: Candidate, judged: Iterable[Judged]) -> bool:
    """Inside a longer spelling that stands, or that fell for another good's sake."""
    for other in judged:
        longer = other.candidate
        inside = longer.start <= candidate.start and candidate.end <= longer.end
        same = longer.place == candidate.place and longer.hazard.id != candidate.hazard.id
        if inside and not same and (other.verdict is None or other.verdict.doubt is not Doubt.ALONE):
            return True
    return False


def _company(candidate: Candidate, around: Surroundings, *, child_or_claim: bool) -> bool:
    """Say whether something beside a weak spelling makes it say enough."""
    only_with = candidate.alias.only_with
    for hit in around.of(Role.COMPANY, candidate.hazard.id):
        apart = hit.end <= candidate.start or candidate.end <= hit.start
        if apart and (not only_with or hit.word.spelling in only_with):
            return True
    if only_with or candidate.flimsy:
        return False
    return child_or_claim or _hiding(candidate, around)


def _hiding(candidate: Candidate, around: Surroundings) -> bool:
    """A name of some length that is romanised, taken apart or strewn with symbols is hidden on purpose."""
    if candidate.end - candidate.start < _LONG_NAME:
        return False
    if candidate.techniques & {Evasion.PINYIN, Evasion.SPLIT}:
        return True
    return any(not symbols.isspace() for symbols in around.filling(candidate))


#: Characters from which a name does not come about by chance.
_LONG_NAME = 3
