"""One pass over the normalised text that finds every word any rule knows of.

How a rule's words get into the pass: whoever owns a YAML file turns its words into `Word`s, spelled as
`normalise` spells text (give them through `normalise(word).text`), and hands them to `Matcher`. A word may
be owned by several rules; each gets a `Hit` of its own. `Found.rules` holds the hits of hazards, vetoes,
cues, context and claims; `Found.category` those of category, focus and context words; both in the order in
which the words end. Hits overlap and contain one another: it is for the rules to choose.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

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


#: Kinds that the category and focus rules read.
CATEGORY_KINDS = frozenset({WordKind.CATEGORY, WordKind.FOCUS, WordKind.CONTEXT})
#: Kinds that give the other rules something to do; without one of them a text has no rule hits.
LEADING_KINDS = frozenset({WordKind.HAZARD, WordKind.CLAIM})
_RULE_KINDS = frozenset(WordKind) - {WordKind.CATEGORY, WordKind.FOCUS}


@dataclass(frozen=True, slots=True)
class Word:
    """One spelling that the pass looks for, and what it means to one rule."""

    #: As it stands in normalised text; never empty.
    spelling: str
    kind: WordKind
    id: str
    #: The owner's own record of the word (weight, strength, source …); the pass does not look at it.
    detail: object = None


class Hit(NamedTuple):
    """A word, found in the normalised text at ``start:end`` (code points, end exclusive)."""

    word: Word
    start: int
    end: int


class Found(NamedTuple):
    """What one pass found, each list in the order in which the words end."""

    #: Hazards, vetoes, cues, context, claims.
    rules: list[Hit]
    #: Category, focus and context words.
    category: list[Hit]
    #: Whether `rules` holds a hazard or a claim.
    leads: bool


_ASCII_WORD = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")


class Matcher:
    """An automaton over the words of all rules."""

    def __init__(self, words: Iterable[Word]) -> None:
        """Build the automaton; a few milliseconds per thousand words."""
        owners: dict[str, list[Word]] = defaultdict(list)
        for word in words:
            owners[word.spelling].append(word)
        spellings = list(owners)
        self._automaton = AhoCorasick(spellings, implementation=Implementation.DFA)
        # one tuple a pattern, so that the loop over hits looks up once
        self._patterns = [
            (
                spelling[0] in _ASCII_WORD or spelling[-1] in _ASCII_WORD,
                tuple(word for word in owners[spelling] if word.kind in _RULE_KINDS),
                tuple(word for word in owners[spelling] if word.kind in CATEGORY_KINDS),
                any(word.kind in LEADING_KINDS for word in owners[spelling]),
            )
            for spelling in spellings
        ]

    def find(self, text: str) -> Found:
        """Find every word in `text` (normalised); a Latin word must not stand inside a longer one."""
        rules: list[Hit] = []
        category: list[Hit] = []
        leads = False
        patterns = self._patterns
        for index, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            bounded, rule_words, category_words, leading = patterns[index]
            if bounded and not stands_alone(text, start, end):
                continue
            leads = leads or leading
            for word in rule_words:
                rules.append(Hit(word, start, end))  # noqa: PERF401 - one word is the rule
            for word in category_words:
                category.append(Hit(word, start, end))  # noqa: PERF401 - one word is the rule
        return Found(rules, category, leads)


def stands_alone(text: str, start: int, end: int) -> bool:
    """Say whether no Latin word or number goes on across the edges of ``start:end``."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (
        (before in _ASCII_WORD and text[start] in _ASCII_WORD)
        or (after in _ASCII_WORD and text[end - 1] in _ASCII_WORD)
    )
