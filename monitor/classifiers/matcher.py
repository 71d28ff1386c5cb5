"""One pass over the normalised text for what leads anywhere, others for what matters only then.

How a rule's words get into the pass: whoever owns a YAML file turns its words into `Word`s, spelled as
`normalise` spells text (give them through `normalise(word).text`), and hands them to `Matcher`. A word may
be owned by several rules; each gets a `Hit` of its own. `Matcher.find` is the first pass: hazards, claims and
words that give a signal. Where it gives cause, `Matcher.category` looks for the category words, longest ones
only, and `Matcher.rules` for hazards, claims, vetoes, cues and contexts; in the order in which the words end.
The rules' hits overlap and contain one another: it is for the rules to choose.
"""

from __future__ import annotations

from collections import defaultdict
from enum import StrEnum
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Final, NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class WordKind(StrEnum):
    """What a word says to the rules."""

    #: a spelling of a dangerous good; `id` is the hazard's
    HAZARD = "hazard"
    #: a longer or other good that contains or governs a hazard's spelling; `id` is the hazard's
    VETO = "veto"
    #: a word that turns the meaning of what stands near it: negation, warning talk, accessory, other good
    CUE = "cue"
    #: for whom or where: `id` is ``child``, ``adult``, ``pet``, ``industry``, ``office`` … of contexts.yaml
    CONTEXT = "context"
    #: the seller's own claim; `id` is the claim's
    CLAIM = "claim"
    #: a word of a category; `id` is the taxonomy's, e.g. ``TOY.MAG.BALL``
    CATEGORY = "category"
    #: a character written as its parts side by side (弓单); `id` is the character
    PARTS = "parts"


#: Kinds that give the other rules something to do.
LEADING_KINDS = frozenset({WordKind.HAZARD, WordKind.CLAIM})


class Word(NamedTuple):
    """One spelling that the pass looks for, and what it means to one rule; a tuple, for there are 14,000."""

    #: As it stands in normalised text; never empty.
    spelling: str
    kind: WordKind
    id: str
    #: The owner's own record of the word (weight, strength, source …); the pass does not look at it.
    detail: object = None
    #: Bits that the owner wants to know of without looking at the hits.
    signal: int = 0


class Hit(NamedTuple):
    """A word, found in the normalised text at ``start:end`` (code points, end exclusive)."""

    word: Word
    start: int
    end: int


#: There is a hazard or a claim.
RULES: Final = 1
#: There is a character that may be written as its parts.
PARTS: Final = 2
#: From this bit on the signals are the words' own.
OWN: Final = 4

_ASCII_WORD = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")


#: Makes a `Hit` in a third of the time: there are twenty to a title.
_new = tuple.__new__


class Matcher:
    """Automata over the words of all rules."""

    def __init__(self, words: Iterable[Word]) -> None:
        """Build the automata; a few milliseconds per thousand words."""
        words = list(words)
        leading = _Pass(word for word in words if _signal(word))
        self._leads = leading.find
        self._signals = [_signals(owners) for owners in leading.words]
        self._category = _Pass(word for word in words if word.kind is WordKind.CATEGORY)
        self._rules = _Pass(word for word in words if word.kind is not WordKind.CATEGORY)

    def find(self, text: str) -> int:
        """The signals of the words in `text` (normalised), or-ed.

        They are `RULES`, `PARTS`, and what the words' own signals say (`Word.signal` times `OWN`).
        """
        signals, of = 0, self._signals
        for index, _, _ in self._leads(text, True):
            signals |= of[index]
        return signals

    def find_each(self, texts: Sequence[str]) -> list[int]:
        """As `find`, for many texts in one pass; no word holds the line feed that parts them."""
        signals, of = [0] * len(texts), self._signals
        place, end_of_text = -1, -1
        for index, _, end in self._leads("\n".join(texts), True):
            while end > end_of_text:
                place += 1
                end_of_text += len(texts[place]) + 1
            signals[place] |= of[index]
        return signals

    def category(self, text: str) -> list[Hit]:
        """The category words in `text` that no longer one contains, as they stand."""
        words, bounded = self._category.words, self._category.bounded
        kept: list[tuple[int, int, int]] = []
        for match in self._category.find(text, True):
            index, start, end = match
            if bounded[index] and not stands_alone(text, start, end):
                continue
            while kept and kept[-1][1] >= start:
                del kept[-1]
            if not kept or kept[-1][2] < end:
                kept.append(match)
        return [_new(Hit, (words[index][0], start, end)) for index, start, end in kept]

    def rules(self, text: str) -> list[Hit]:
        """The hits of hazards, vetoes, cues, context and claims in `text`; a Latin word must stand alone."""
        words, bounded = self._rules.words, self._rules.bounded
        return [
            _new(Hit, (word, start, end))
            for index, start, end in self._rules.find(text, True)
            if not bounded[index] or stands_alone(text, start, end)
            for word in words[index]
        ]


class _Pass:
    """One automaton and whose its words are."""

    def __init__(self, words: Iterable[Word]) -> None:
        owners: dict[str, list[Word]] = defaultdict(list)
        for word in words:
            owners[word.spelling].append(word)
        automaton = AhoCorasick(list(owners), implementation=Implementation.ContiguousNFA)
        #: text, overlapping → (pattern, start, end) of everything, in the order in which it ends
        self.find = automaton.find_matches_as_indexes
        self.words = [tuple(all_) for all_ in owners.values()]
        #: whether a pattern must not stand inside a longer Latin word
        self.bounded = [s[0] in _ASCII_WORD or s[-1] in _ASCII_WORD for s in owners]


def _signal(word: Word) -> int:
    return word.signal * OWN | RULES * (word.kind in LEADING_KINDS) | PARTS * (word.kind is WordKind.PARTS)


def _signals(words: Iterable[Word]) -> int:
    return reduce(or_, map(_signal, words))


def stands_alone(text: str, start: int, end: int) -> bool:
    """Say whether no Latin word or number goes on across the edges of ``start:end``.

    A number may follow a word (orbeez200), but a number that is part of a code (g502) does not stand alone.
    """
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (
        (before in _ASCII_WORD and text[start] in _ASCII_WORD)
        or (
            after in _ASCII_WORD
            and text[end - 1] in _ASCII_WORD
            and not (after.isdigit() and text[end - 1].isalpha())
        )
    )
