"""Words that rise among unflagged goods: log odds with a prior, over titles that had nothing against them.

After Monroe, Colaresi & Quinn, "Fightin' Words" (2008): the log odds ratio of a word between two groups of
titles, shrunk by a prior that expects the word as often as both groups together have it, divided by its
standard deviation. A title counts a word once, and equal titles count once.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import TYPE_CHECKING

from monitor.classifiers.normalise import HAN, normalise
from monitor.classifiers.segmentation import segmenter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from monitor.storage.report import PlainListing

#: Titles of the later group that have the word, and sellers (or sites, where none is named) behind them.
LEAST_TITLES = 3
LEAST_SELLERS = 2
#: Standard deviations above no change.
LEAST_Z = 1.96
#: Titles that the prior weighs as much as.
PRIOR = 20.0
MOST = 30
EXAMPLES = 3
#: Share of a word's titles that bear a stronger word of the same parts too: then that one is the news.
_SWALLOWED = 0.8

_TOKENS = re.compile(f"[{HAN}]+|[a-z]{{3,}}")
_HAN = re.compile(f"[{HAN}]")


@dataclass(frozen=True, kw_only=True, slots=True)
class RisingWord:
    """A word, or a pair of neighbours, and where it was read."""

    word: str
    pair: bool
    #: titles that have it, now and before
    later: int
    earlier: int
    #: titles of each group
    of_later: int
    of_earlier: int
    sellers: int
    z: float
    examples: tuple[PlainListing, ...]


def rising_words(later: Sequence[PlainListing], earlier: Sequence[PlainListing]) -> list[RisingWord]:
    """Rank the words of `later` that rise against `earlier`, at most `MOST`; none when one group is empty."""
    now, before = _distinct(later), _distinct(earlier)
    if not now or not before:
        return []
    (places, pairs), (old, _) = _places(now), _places(before)
    found = []
    for term, listings in places.items():
        sellers = len({(each.site, each.seller_id) for each in listings})
        if len(listings) < LEAST_TITLES or sellers < LEAST_SELLERS:
            continue
        z = _z(len(listings), len(now), len(old.get(term, ())), len(before))
        if z >= LEAST_Z:
            found.append(
                RisingWord(
                    word=term,
                    pair=term in pairs,
                    later=len(listings),
                    earlier=len(old.get(term, ())),
                    of_later=len(now),
                    of_earlier=len(before),
                    sellers=sellers,
                    z=z,
                    examples=tuple(listings[:EXAMPLES]),
                )
            )
    return list(islice(_telling(found, pairs, places), MOST))


def _distinct(listings: Iterable[PlainListing]) -> list[PlainListing]:
    return list({normalise(each.title).text: each for each in listings}.values())


def _places(
    listings: Iterable[PlainListing],
) -> tuple[dict[str, list[PlainListing]], dict[str, tuple[str, str]]]:
    """Term → the listings whose title has it; and pair → its parts."""
    places: dict[str, list[PlainListing]] = defaultdict(list)
    pairs: dict[str, tuple[str, str]] = {}
    for listing in listings:
        terms: set[str] = set()
        for words in _runs(listing.title):
            terms.update(word for word in words if len(word) > 1)
            # single characters too, so that new words come together
            for parts in pairwise(words):
                pairs["".join(parts)] = parts
                terms.add("".join(parts))
        for term in terms:
            places[term].append(listing)
    return places, pairs


def _runs(title: str) -> Iterator[list[str]]:
    cut = segmenter()
    for piece in title.split():  # sellers part their words by blanks
        for run in _TOKENS.findall(normalise(piece).text):
            yield list(cut(run)) if _HAN.match(run) else [run]


def _z(now: int, of_now: int, before: int, of_before: int) -> float:
    """Standard deviations by which the odds of a word rose, with the prior added to both groups."""
    expected = PRIOR * (now + before) / (of_now + of_before)
    a, b = now + expected, before + expected
    rest_a, rest_b = of_now + PRIOR - a, of_before + PRIOR - b
    if min(rest_a, rest_b) <= 0:  # every title of both groups has it
        return 0.0
    ratio = math.log(a / rest_a) - math.log(b / rest_b)
    return ratio / math.sqrt(1 / a + 1 / rest_a + 1 / b + 1 / rest_b)


def _telling(
    found: Sequence[RisingWord],
    pairs: Mapping[str, tuple[str, str]],
    places: Mapping[str, Sequence[PlainListing]],
) -> Iterator[RisingWord]:
    """Give the strongest first, without those that rise only as a part of another, or beside it.

    Of 萝卜刀 neither 萝卜 nor 儿童萝卜 is news of its own, as long as the same titles bear them.
    """
    whole = {part: each for each in found for part in pairs.get(each.word, ())}
    chosen: list[RisingWord] = []
    for each in sorted(found, key=lambda each: (-each.z, -len(each.word), each.word)):
        pair = whole.get(each.word)
        if pair is not None and _borne_by(places[each.word], places[pair.word]):
            continue
        parts = set(pairs.get(each.word, (each.word,)))
        kin = (other for other in chosen if parts & set(pairs.get(other.word, (other.word,))))
        if any(_borne_by(places[each.word], places[other.word]) for other in kin):
            continue
        chosen.append(each)
        yield each


def _borne_by(titles: Sequence[PlainListing], others: Sequence[PlainListing]) -> bool:
    known = {each.title for each in others}
    return sum(each.title in known for each in titles) >= _SWALLOWED * len(titles)
