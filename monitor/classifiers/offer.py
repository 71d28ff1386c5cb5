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

from monitor.classifiers.finding import Evasion
from monitor.classifiers.matcher import WordKind
from monitor.classifiers.normalise import HAN, normalise
from monitor.classifiers.segmentation import straddled
from monitor.classifiers.words import ANY, Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from monitor.classifiers.candidates import Candidate
    from monitor.classifiers.lexicon import Lexicon
    from monitor.classifiers.matcher import Hit
    from monitor.classifiers.normalise import Normalised
    from monitor.classifiers.segmentation import Cut


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
#: What ends a phrase; a blank does not.
_STOPS = re.compile(r"[,，.。;；:：!！?？、|｜/\\\n\r()（）\[\]【】《》<>「」~～]")


class Surroundings:
    """What stands around the candidates of one field."""

    def __init__(self, normalised: Normalised, hits: Iterable[Hit], *, title: bool) -> None:
        """Sort `hits` by what they do; `title` says that the field is short and about one thing."""
        self.normalised = normalised
        self.text = normalised.text
        self.title = title
        self.cues: dict[str, list[Hit]] = {}
        self.vetoes: list[Hit] = []
        self.contexts: dict[str, list[Hit]] = {}
        for hit in hits:
            kind = hit.word.kind
            if kind is WordKind.CUE:
                self.cues.setdefault(hit.word.id, []).append(hit)
            elif kind is WordKind.VETO:
                self.vetoes.append(hit)
            elif kind is WordKind.CONTEXT:
                self.contexts.setdefault(hit.word.id, []).append(hit)

    def of(self, role: Role, hazard: str) -> Iterator[Hit]:
        """Cues of `role` that hold for `hazard`."""
        for hit in self.cues.get(role, ()):
            ids = hit.word.detail
            if ids is None or hazard in ids:  # type: ignore[operator]
                yield hit

    def denied(self, hit: Hit) -> bool:
        """Say whether a denial stands right before `hit` (无针)."""
        return any(
            denial.end == hit.start
            for role in (Role.DENIAL_ADJACENT, Role.DENIAL)
            for denial in self.cues.get(role, ())
        )

    def between(self, start: int, end: int) -> str:
        """The original text between two normalised positions, symbols included."""
        if start <= 0 or end >= len(self.text) or start > end:
            return ""
        first = self.normalised.span(start - 1, start)[1]
        last = self.normalised.span(end, end + 1)[0]
        return self.normalised.original[first:last]

    def filling(self, candidate: Candidate) -> frozenset[str]:
        """What stands between the characters of a disguised spelling (磁*力*球): it means nothing."""
        if Evasion.SYMBOLS not in candidate.techniques:
            return frozenset()
        start, end = candidate.place
        dropped = (self.between(joint, joint) for joint in range(start + 1, end))
        kept = _SYMBOLS.findall(self.text, start, end)
        return frozenset(symbols for symbols in (*dropped, *kept) if symbols.strip())

    def one_phrase(self, start: int, end: int, filling: frozenset[str]) -> bool:
        """Say whether no punctuation stands between two normalised positions, but for `filling`."""
        return _STOPS.search(self._without(filling, start, end)) is None

    def one_scope(self, start: int, end: int, filling: frozenset[str]) -> bool:
        """Say whether a word that ends at `start` can govern what stands at `end`.

        It can within a phrase, but not across a blank once it has something else to govern (不含电池 电人笔).
        """
        written = self._without(filling, start, end)
        return _STOPS.search(written) is None and _BLANK_AFTER_WORD.search(written) is None

    def closed_up(self, start: int, end: int, filling: frozenset[str]) -> bool:
        """Say whether nothing was dropped between two normalised positions, but for `filling`."""
        return len(self._without(filling, start, end)) <= end - start

    def _without(self, filling: frozenset[str], start: int, end: int) -> str:
        written = self.between(start, end)
        for symbols in filling:
            written = written.replace(symbols, "")
        return written


class OfferRules:
    """Decides about candidates by the cues of the lexicon."""

    def __init__(self, lexicon: Lexicon, cut: Cut) -> None:
        """Prepare; `cut` is the tokenizer for arbitration."""
        cues = lexicon.cues
        self._reach_before = cues.denials.reach
        self._reach_after = cues.denials_after.reach
        self._reach_other = cues.other_goods.reach
        self._cut = cut
        connectors = sorted((normalise(c).text for c in cues.connectors), key=len, reverse=True)
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
        for word, first, last in around.vetoes:
            inside = start <= first and last <= end and last - first < end - start
            if word.id in {ANY, hazard} and first < end and start < last and not inside:
                return Verdict(Doubt.VETO, first, last)
        return None

    def _denied(self, candidate: Candidate, around: Surroundings, filling: frozenset[str]) -> Verdict | None:
        start, end, hazard = candidate.start, candidate.end, candidate.hazard.id
        before = ((Role.DENIAL_ADJACENT, 0), (Role.DENIAL, self._reach_before))
        for role, reach in before:
            for _, first, last in around.of(role, hazard):
                if 0 <= start - last <= reach and around.one_scope(last, start, filling):
                    return Verdict(Doubt.DENIED, first, last)
        for _, first, last in around.of(Role.DENIAL_AFTER, hazard):
            if 0 <= first - end <= self._reach_after and around.one_phrase(end, first, filling):
                return Verdict(Doubt.DENIED, first, last)
        return None

    def _talked_about(self, candidate: Candidate, around: Surroundings) -> Verdict | None:
        hazard = candidate.hazard.id
        if not around.title:
            return None
        for _, first, last in around.of(Role.TALK, hazard):
            return Verdict(Doubt.TALK, first, last)
        for _, first, last in around.of(Role.TALK_LAST, hazard):
            if last == len(around.text) and first >= candidate.end:
                return Verdict(Doubt.TALK, first, last)
        return None

    def _another_good(
        self, candidate: Candidate, around: Surroundings, filling: frozenset[str]
    ) -> Verdict | None:
        start = candidate.start
        for _, first, last in around.of(Role.MODIFIER, candidate.hazard.id):
            if 0 <= start - last <= _MODIFIER_REACH and around.one_phrase(last, start, filling):
                return Verdict(Doubt.OTHER_GOOD, first, last)
        return None

    def _accessory(
        self, candidate: Candidate, around: Surroundings, filling: frozenset[str]
    ) -> Verdict | None:
        start, end, hazard = candidate.start, candidate.end, candidate.hazard.id
        heads = [hit for hit in around.of(Role.HEAD, hazard) if 0 <= hit.start - end <= _HEAD_REACH]
        for _, first, last in heads:
            whole_title = last == len(around.text) and start == 0
            if (whole_title or around.closed_up(end, first, filling)) and self._connected.fullmatch(
                around.text, end, first
            ):
                return Verdict(Doubt.ACCESSORY, first, last)
        for _, first, last in around.of(Role.PURPOSE, hazard):
            if last == start and heads:
                return Verdict(Doubt.ACCESSORY, first, last)
        return None

    def _other_goods(
        self, candidate: Candidate, around: Surroundings, filling: frozenset[str]
    ) -> Verdict | None:
        """Clothes, toiletries and the like further on bear the name as a brand or a pattern."""
        end, hazard = candidate.end, candidate.hazard.id
        for _, first, last in around.of(Role.OTHER_GOOD, hazard):
            if 0 <= first - end <= self._reach_other and around.closed_up(end, first, filling):
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
    while abs(position - edge) < _NEIGHBOURHOOD:
        here = position - 1 if step < 0 else position
        if not 0 <= here < len(text) or not _IS_HAN(text, here):
            break
        if around.between(position, position) not in {"", *filling}:
            break
        position += step
    return position


#: Symbols that normalisation keeps: those beside Latin letters.
_SYMBOLS = re.compile(r"[\W_]+")
_BLANK_AFTER_WORD = re.compile(r"\w\s")
_IS_HAN = re.compile(f"[{HAN}]").match
