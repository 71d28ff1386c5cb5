"""What stands around the candidates of one field: cues, contexts, symbols and blanks."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from monitor.classifiers.finding import Evasion
from monitor.classifiers.intervals import Intervals
from monitor.classifiers.matcher import WordKind
from monitor.classifiers.words import ANY, Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from monitor.classifiers.candidates import Candidate
    from monitor.classifiers.matcher import Hit
    from monitor.classifiers.normalise import Normalised

#: What ends a phrase; a blank does not.
_STOPS = re.compile(r"[,，.。;；:：!！?？、|｜/\\\n\r()（）\[\]【】《》<>「」~～]")
#: Symbols that normalisation keeps: those beside Latin letters.
_SYMBOLS = re.compile(r"[\W_]+")
_BLANK_AFTER_WORD = re.compile(r"\w\s")
_NONE: Intervals[Hit] = Intervals()


class Surroundings:
    """What stands around the candidates of one field; asking does not grow slower with its length."""

    def __init__(self, normalised: Normalised, hits: Iterable[Hit], *, title: bool) -> None:
        """Sort `hits` by what they do; `title` says that the field is short and about one thing."""
        self.normalised = normalised
        self.text = normalised.text
        self.title = title
        self._cues: dict[str, list[Hit]] = defaultdict(list)
        self._vetoes: list[Hit] = []
        self.contexts: dict[str, list[Hit]] = defaultdict(list)
        for hit in hits:
            word = hit[0]
            kind = word.kind
            if kind is WordKind.CUE:
                self._cues[word.id].append(hit)
            elif kind is WordKind.VETO:
                self._vetoes.append(hit)
            elif kind is WordKind.CONTEXT:
                self.contexts[word.id].append(hit)
        self._near: dict[tuple[str, str], Intervals[Hit]] = {}
        self._company: dict[tuple[str, tuple[str, ...]], list[Hit]] = {}

    def near(self, role: Role, hazard: str) -> Intervals[Hit]:
        """Cues of `role` that hold for `hazard`."""
        cues = self._cues.get(role)
        if cues is None:
            return _NONE
        key = (role, hazard)
        if key not in self._near:
            self._near[key] = Intervals([(hit.start, hit.end, hit) for hit in cues if _holds(hit, hazard)])
        return self._near[key]

    def vetoing(self, start: int, end: int, hazard: str) -> Iterator[Hit]:
        """Vetoes that hold for `hazard` and share a character with ``start:end``."""
        if self._vetoes:
            for hit in self._all_vetoes.overlapping(start, end):
                if hit.word.id in {ANY, hazard}:
                    yield hit

    def company(self, candidate: Candidate) -> bool:
        """Say whether a word that keeps the candidate company stands apart from it, undenied."""
        only_with = candidate.alias.only_with
        key = (candidate.hazard.id, only_with)
        if key not in self._company:
            role = Role.ONLY_WITH if only_with else Role.COMPANY
            self._company[key] = [
                hit
                for hit in self._cues.get(role, ())
                if _holds(hit, candidate.hazard.id)
                and (not only_with or hit.word.spelling in only_with)
                and hit.start not in self._denied
            ]
        return any(hit.end <= candidate.start or candidate.end <= hit.start for hit in self._company[key])

    @cached_property
    def _all_vetoes(self) -> Intervals[Hit]:
        return Intervals((hit.start, hit.end, hit) for hit in self._vetoes)

    @cached_property
    def _denied(self) -> frozenset[int]:
        """Where a denial ends (无|针)."""
        denials = (*self._cues.get(Role.DENIAL_ADJACENT, ()), *self._cues.get(Role.DENIAL, ()))
        return frozenset(hit.end for hit in denials)

    def between(self, start: int, end: int) -> str:
        """The original text between two normalised positions, symbols included."""
        if start <= 0 or end >= len(self.text) or start > end:
            return ""
        if self.normalised.verbatim:
            return self.normalised.original[start:end]
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


def _holds(hit: Hit, hazard: str) -> bool:
    ids = hit.word.detail
    return ids is None or hazard in ids  # type: ignore[operator]
