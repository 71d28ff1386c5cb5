"""The dangerous goods that one field of a listing offers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.classifiers.candidates import Candidate, needs_company, sounding, spelt_out
from monitor.classifiers.lexicon.schema import Strength
from monitor.classifiers.matcher import WordKind
from monitor.classifiers.offer import Doubt, OfferRules, Surroundings, Verdict
from monitor.classifiers.words import Role

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitor.classifiers.lexicon import Lexicon
    from monitor.classifiers.matcher import Hit
    from monitor.classifiers.normalise import Normalised
    from monitor.classifiers.segmentation import Cut
    from monitor.classifiers.sounds import Sounding


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

    def judge(
        self,
        normalised: Normalised,
        hits: Iterable[Hit],
        soundings: Iterable[Sounding],
        *,
        title: bool,
        child: bool,
    ) -> list[Judged]:
        """Every candidate of a field with its verdict, the longest first.

        Args:
            normalised: the field.
            hits: the rule hits of the first pass.
            soundings: those of the second.
            title: the field is short and about one thing.
            child: the listing speaks of children somewhere.

        """
        hits = list(hits)
        candidates = [*spelt_out(hits, normalised), *sounding(soundings, normalised)]
        candidates.sort(key=_rank)
        around = Surroundings(normalised, hits, title=title)
        claims = any(hit.word.kind is WordKind.CLAIM for hit in hits)
        judged: list[Judged] = []
        for candidate in candidates:
            if _hidden(candidate, judged):
                continue
            verdict = self._offer.judge(candidate, around)
            if (
                verdict is None
                and needs_company(candidate)
                and not _company(candidate, around, child or claims)
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
        if inside and (other.verdict is None or other.verdict.doubt is not Doubt.ALONE):
            return True
    return False


def _company(candidate: Candidate, around: Surroundings, child_or_claim: bool) -> bool:
    only_with = candidate.alias.only_with
    for hit in around.of(Role.COMPANY, candidate.hazard.id):
        apart = hit.end <= candidate.start or candidate.end <= hit.start
        if apart and (not only_with or hit.word.spelling in only_with):
            return True
    return not only_with and child_or_claim
