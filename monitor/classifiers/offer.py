"""Is the good offered, or is it denied, talked about, or named as what something else is for?

(DESIGN: classification, steps 3 and 4.) Chinese compounds end with their head, so what directly follows a
good is what the title sells (弹弓|皮筋); what precedes it denies it (不含|磁力球) or makes it another good
(磁性|飞镖).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from monitor.classifiers.normalise import HAN, spelled
from monitor.classifiers.segmentation import straddled
from monitor.classifiers.words import Role

if TYPE_CHECKING:
    from monitor.classifiers.candidates import Candidate
    from monitor.classifiers.lexicon import Lexicon
    from monitor.classifiers.segmentation import Cut
    from monitor.classifiers.surroundings import Surroundings


class Doubt(StrEnum):
    """Why a candidate is not an offer."""

    VETO = "veto"
    STRADDLED = "straddled"
    ORDINARY_WORD = "ordinary word"
    DENIED = "denied"
    TALK = "talk"
    ACCESSORY = "accessory"
    OTHER_GOOD = "other good"
    ALONE = "needs company"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why a candidate fell, and the words that made it fall (normalised span; None where no word did)."""

    doubt: Doubt
    start: int | None = None
    end: int | None = None


#: Longest stretch of Han characters on either side of a candidate that segmentation is shown.
_NEIGHBOURHOOD = 12
#: Farthest that a head may stand from its good, in characters, connectors included.
_HEAD_REACH = 6
#: Farthest that a modifier may stand before its good.
_MODIFIER_REACH = 4


class OfferRules:
    """Decides about candidates by the cues of the lexicon."""

    def __init__(self, lexicon: Lexicon, cut: Cut) -> None:
        """Prepare; `cut` is the tokenizer for arbitration."""
        cues = lexicon.cues
        self._reach_before = cues.denials.reach
        self._reach_after = cues.denials_after.reach
        self._reach_other = cues.other_goods.reach
        self._cut = cut
        connectors = sorted((spelled(c) for c in cues.connectors), key=len, reverse=True)
        self._connected = re.compile(f"(?:{'|'.join(map(re.escape, connectors))})*")

    def judge(self, candidate: Candidate, around: Surroundings) -> Verdict | None:
        """Say why `candidate` is no offer, or None if nothing speaks against it."""
        filling = around.filling(candidate)
        return (
            self._vetoed(candidate, around)
            or self._denied(candidate, around, filling)
            or self._talked_about(candidate, around)
            or self._another_good(candidate, around, filling)
            or self._accessory(candidate, around, filling)
            or self._other_goods(candidate, around, filling)
            or self._straddled(candidate, around, filling)
            or self._ordinary(candidate, around, filling)
        )

    def _vetoed(self, candidate: Candidate, around: Surroundings) -> Verdict | None:
        start, end, hazard = candidate.start, candidate.end, candidate.hazard.id
        for _, first, last in around.vetoing(start, end, hazard):
            inside = start <= first and last <= end and last - first < end - start
            if not inside:
                return Verdict(Doubt.VETO, first, last)
        return None

    def _denied(self, candidate: Candidate, around: Surroundings, filling: frozenset[str]) -> Verdict | None:
        start, end, hazard = candidate.start, candidate.end, candidate.hazard.id
        before = ((Role.DENIAL_ADJACENT, 0), (Role.DENIAL, self._reach_before))
        for role, reach in before:
            for _, first, last in around.near(role, hazard).ending(start - reach, start):
                if around.one_scope(last, start, filling):
                    return Verdict(Doubt.DENIED, first, last)
        for _, first, last in around.near(Role.DENIAL_AFTER, hazard).beginning(end, end + self._reach_after):
            if around.one_phrase(end, first, filling):
                return Verdict(Doubt.DENIED, first, last)
        return None

    def _talked_about(self, candidate: Candidate, around: Surroundings) -> Verdict | None:
        hazard = candidate.hazard.id
        if not around.title:
            return None
        length = len(around.text)
        for _, first, last in around.near(Role.TALK, hazard).beginning(0, length):
            return Verdict(Doubt.TALK, first, last)
        for _, first, last in around.near(Role.TALK_LAST, hazard).ending(length, length):
            if first >= candidate.end:
                return Verdict(Doubt.TALK, first, last)
        return None

    def _another_good(
        self, candidate: Candidate, around: Surroundings, filling: frozenset[str]
    ) -> Verdict | None:
        start = candidate.start
        modifiers = around.near(Role.MODIFIER, candidate.hazard.id)
        for _, first, last in modifiers.ending(start - _MODIFIER_REACH, start):
            if around.one_phrase(last, start, filling):
                return Verdict(Doubt.OTHER_GOOD, first, last)
        return None

    def _accessory(
        self, candidate: Candidate, around: Surroundings, filling: frozenset[str]
    ) -> Verdict | None:
        start, end, hazard = candidate.start, candidate.end, candidate.hazard.id
        heads = list(around.near(Role.HEAD, hazard).beginning(end, end + _HEAD_REACH))
        for _, first, last in heads:
            whole_title = last == len(around.text) and start == 0
            if (whole_title or around.closed_up(end, first, filling)) and self._connected.fullmatch(
                around.text, end, first
            ):
                return Verdict(Doubt.ACCESSORY, first, last)
        for _, first, last in around.near(Role.PURPOSE, hazard).ending(start, start):
            if heads:
                return Verdict(Doubt.ACCESSORY, first, last)
        return None

    def _other_goods(
        self, candidate: Candidate, around: Surroundings, filling: frozenset[str]
    ) -> Verdict | None:
        """Clothes, toiletries and the like further on bear the name as a brand or a pattern."""
        end, hazard = candidate.end, candidate.hazard.id
        others = around.near(Role.OTHER_GOOD, hazard)
        for _, first, last in others.beginning(end, end + self._reach_other):
            if around.closed_up(end, first, filling):
                return Verdict(Doubt.OTHER_GOOD, first, last)
        return None

    def _straddled(
        self, candidate: Candidate, around: Surroundings, filling: frozenset[str]
    ) -> Verdict | None:
        start, end = candidate.start, candidate.end
        first, last = _reach(around, start, -1, filling), _reach(around, end, 1, filling)
        text = around.text
        if text[start:end].isascii() or (first == start and last == end):
            return None
        if straddled(text[first:last], start - first, end - first, self._cut):
            return Verdict(Doubt.STRADDLED)
        return None

    def _ordinary(
        self, candidate: Candidate, around: Surroundings, filling: frozenset[str]
    ) -> Verdict | None:
        """A sound-alike that is made of ordinary words is those words (水晶包包, 电机玩具)."""
        if not candidate.replaced or candidate.deliberate or filling:
            return None
        start, end = candidate.place
        position, words = start, list[tuple[int, int]]()
        for word in self._cut(around.text[start:end]):
            words.append((position, position + len(word)))
            position += len(word)
        replaced = set(candidate.replaced)
        touching = [(a, b) for a, b in words if b - a > 1 and not replaced.isdisjoint(range(a, b))]
        for first, last in touching:
            whole = replaced.issuperset(range(first, last))
            apart = last < end and around.between(last, last) != ""
            if whole or apart or candidate.guess or len(replaced) > 1:
                return Verdict(Doubt.ORDINARY_WORD, first, last)
        return None


def _reach(around: Surroundings, edge: int, step: int, filling: frozenset[str]) -> int:
    """How far the run of Han characters goes on from `edge`, in the original too, but for `filling`."""
    text, position = around.text, edge
    if around.normalised.verbatim:
        if step > 0:
            return _HAN_RUN.match(text, edge, edge + _NEIGHBOURHOOD).end()  # type: ignore[union-attr]
        return _HAN_TAIL.search(text, max(0, edge - _NEIGHBOURHOOD), edge).start()  # type: ignore[union-attr]
    while abs(position - edge) < _NEIGHBOURHOOD:
        here = position - 1 if step < 0 else position
        if not 0 <= here < len(text) or not _IS_HAN(text, here):
            break
        if around.between(position, position) not in {"", *filling}:
            break
        position += step
    return position


_IS_HAN = re.compile(f"[{HAN}]").match
_HAN_RUN = re.compile(f"[{HAN}]*")
_HAN_TAIL = re.compile(f"[{HAN}]*\\Z")
