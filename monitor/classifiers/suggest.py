"""`monitor lexicon suggest`: words that part what reviewers confirmed from what they rejected.

A list for a person to read; nothing changes by itself.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.classifiers.normalise import HAN, spelled
from monitor.classifiers.segmentation import segmenter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from monitor.classifiers.lexicon import Lexicon

_RUN = re.compile(f"[{HAN}]+")
#: Words that are joined to longer terms at most (牙签 + 弩).
_JOINED = 2


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A term that occurs more often on one side."""

    term: str
    #: Titles on each side that have it.
    confirmed: int
    rejected: int
    #: Log odds ratio with a half added to each count; above 0 it speaks for confirmed.
    weight: float
    #: The lexicon has it already, as a hazard's spelling or as a veto.
    known: bool


def suggest(
    confirmed: Iterable[str],
    rejected: Iterable[str],
    lexicon: Lexicon,
    *,
    least: int = 3,
    most: int = 50,
) -> list[Suggestion]:
    """Terms that part confirmed from rejected titles, the most telling first.

    Args:
        confirmed: titles of suspects that reviewers confirmed.
        rejected: titles of those they rejected.
        lexicon: to mark what it knows.
        least: a term must occur in so many titles of one side.
        most: length of the list.

    """
    yes, no = list(confirmed), list(rejected)
    for_it, against = _counts(yes), _counts(no)
    known = _known(lexicon)
    found = [
        Suggestion(term, for_it[term], against[term], weight, term in known)
        for term in for_it.keys() | against.keys()
        if max(for_it[term], against[term]) >= least
        for weight in [_log_odds(for_it[term], len(yes), against[term], len(no))]
    ]
    found.sort(key=lambda s: (-abs(s.weight), -(s.confirmed + s.rejected), s.term))
    return found[:most]


def _counts(titles: Iterable[str]) -> Counter[str]:
    """Titles that have each term, each counted once."""
    return Counter(term for title in titles for term in set(_terms(title)))


def _terms(title: str) -> Iterator[str]:
    """Words of two or more characters, and neighbours joined."""
    cut = segmenter()
    for run in _RUN.findall(spelled(title)):
        words = list(cut(run))
        for size in range(1, _JOINED + 1):
            for start in range(len(words) - size + 1):
                term = "".join(words[start : start + size])
                if len(term) > 1:
                    yield term


def _log_odds(a: int, of_a: int, b: int, of_b: int) -> float:
    return math.log((a + 0.5) / (of_a - a + 0.5)) - math.log((b + 0.5) / (of_b - b + 0.5))


def _known(lexicon: Lexicon) -> frozenset[str]:
    texts = (
        text
        for hazard in lexicon.hazards
        for text in (*(a.text for a in hazard.spellings), *(v.text for v in hazard.vetoes), *hazard.heads)
    )
    return frozenset(spelled(text) for text in texts)
