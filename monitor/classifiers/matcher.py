"""One pass over the normalised text that finds every word any rule knows of.

How a rule's words get into the pass: whoever owns a YAML file turns its words into `Word`s, spelled as
`normalise` spells text (give them through `normalise(word).text`), and hands them to `Matcher`. A word may
be owned by several rules; each gets a `Hit` of its own. `Matcher.category` gives the hits of category and
focus words, `Matcher.rules` those of hazards, vetoes, cues, context and claims; both in the order in which
the words end. Hits overlap and contain one another: it is for the rules to choose.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

if TYPE_CHECKING:
    from collections.abc import Iterable


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
    #: a word of a key product; `id` is the focus id, e.g. ``nipple``
    FOCUS = "focus"
    #: a character written as its parts side by side (弓单); `id` is the character
    PARTS = "parts"


#: Kinds that the category and focus rules read; the other rules read the rest.
CATEGORY_KINDS = frozenset({WordKind.CATEGORY, WordKind.FOCUS})
#: Kinds that give the other rules something to do.
LEADING_KINDS = frozenset({WordKind.HAZARD, WordKind.CLAIM})


@dataclass(frozen=True, slots=True)
class Word:
    """One spelling that the pass looks for, and what it means to one rule."""

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


class Found(NamedTuple):
    """What one pass found; `Matcher.category` and `Matcher.rules` turn it into hits where they are needed."""

    #: (pattern, start, end) of everything, in the order in which it ends.
    matches: list[tuple[int, int, int]]
    #: `RULES`, `PARTS` and what the words' own signals say (`Word.signal` times `OWN`), or-ed.
    signals: int


#: There is a hazard or a claim.
RULES: Final = 1
#: There is a character that may be written as its parts.
PARTS: Final = 2
#: From this bit on the signals are the words' own.
OWN: Final = 4

_ASCII_WORD = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")


class Matcher:
    """An automaton over the words of all rules."""

    def __init__(self, words: Iterable[Word]) -> None:
        """Build the automaton; a few milliseconds per thousand words."""
        owners: dict[str, list[Word]] = defaultdict(list)
        for word in words:
            owners[word.spelling].append(word)
        spellings = list(owners)
        self._automaton = AhoCorasick(spellings, implementation=Implementation.ContiguousNFA)
        self._signals = [_signal(owners[spelling]) for spelling in spellings]
        self._bounded = [spelling[0] in _ASCII_WORD or spelling[-1] in _ASCII_WORD for spelling in spellings]
        kinds = (CATEGORY_KINDS, frozenset(WordKind) - CATEGORY_KINDS)
        self._category, self._rules = (
            [tuple(word for word in owners[spelling] if word.kind in kind) for spelling in spellings]
            for kind in kinds
        )

    def find(self, text: str) -> Found:
        """Find every word in `text` (normalised)."""
        matches = self._automaton.find_matches_as_indexes(text, overlapping=True)
        signals, of = 0, self._signals
        for index, _, _ in matches:
            signals |= of[index]
        return Found(matches, signals)

    def category(self, text: str, found: Found) -> list[Hit]:
        """The hits of category and focus words among what was `found` in `text`."""
        return self._hits(text, found, self._category)

    def rules(self, text: str, found: Found) -> list[Hit]:
        """The hits of hazards, vetoes, cues, context and claims among what was `found` in `text`."""
        return self._hits(text, found, self._rules)

    def _hits(self, text: str, found: Found, words: list[tuple[Word, ...]]) -> list[Hit]:
        """A Latin word must not stand inside a longer one."""
        return [
            Hit(word, start, end)
            for index, start, end in found.matches
            if words[index] and (not self._bounded[index] or stands_alone(text, start, end))
            for word in words[index]
        ]


def _signal(words: list[Word]) -> int:
    signal = 0
    for word in words:
        signal |= word.signal * OWN
        signal |= RULES * (word.kind in LEADING_KINDS) | PARTS * (word.kind is WordKind.PARTS)
    return signal


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
