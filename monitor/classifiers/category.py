"""Category of a title: its product nouns weighed, the head noun most (DESIGN: classification, step 5).

The words, their strengths and what they need stand in `lexicon/categories.yaml`. A longer word hides the
shorter ones inside it. Chinese compounds end with their head: a noun that another noun directly follows only
qualifies it (玩具收纳箱 is a box), and the last noun of the title counts double.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from monitor.classifiers.category_title import Title, is_brief, is_short_name
from monitor.classifiers.lexicon.category_terms import (
    LEADS,
    LEADS_IF_BRIEF,
    LEADS_IF_SHORT,
    LEADS_WITH_CHILD,
    SAYS_CHILD,
    Reading,
    Term,
    terms,
)
from monitor.classifiers.lexicon.category_words import CategoryWords, Need
from monitor.classifiers.matcher import Word, WordKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from monitor.classifiers.matcher import Hit


class Weighed(NamedTuple):
    """A product noun that spoke for the category."""

    #: Span in the normalised title, code points, end exclusive.
    start: int
    end: int
    #: The lexicon's spelling.
    spelling: str
    #: Taxonomy id that this word stands for, where one fits.
    subcategory: str | None
    #: 0.4 vague, 0.7 plain, 1 certain, more for what settles it (categories.yaml).
    weight: float
    #: False where it only qualifies another noun, is a pattern, or is thrown in.
    offered: bool
    #: It says nothing about key products where another noun says what is offered.
    general: bool = False


@dataclass(frozen=True, slots=True)
class CategoryChoice:
    """What a title offers, and the words that say so."""

    #: ``TOY``, ``STA``, ``APP``, ``MASK``, ``INF``, or None.
    category: str | None
    #: Taxonomy id; None where none fits. Goods of the extensions (ELE, MIS) have one, but no category.
    subcategory: str | None
    #: The words that decided, head noun first.
    words: tuple[Weighed, ...]
    #: Sum of the weights of the words that say so; from 0 up, no probability.
    score: float


NOTHING = CategoryChoice(None, None, (), 0.0)


def matcher_words(words: CategoryWords) -> Iterator[Word]:
    """The words of categories.yaml for the one matcher."""
    for term in terms(words):
        first = term.readings[0] if term.readings else None
        name = (first.subcategory or first.category or "") if first else "other" if term.noun else "hint"
        yield Word(term.spelling, WordKind.CATEGORY, name, term, term.leads)


def _leads(kept: Sequence[Hit], text: str, short_name: int) -> bool:
    """Say whether the words may lead to a category; those of most titles of a mall cannot."""
    leads = 0
    for word, _, _ in kept:
        leads |= word.detail.leads  # type: ignore[attr-defined]
    if leads & (LEADS | LEADS_IF_BRIEF) or (leads & LEADS_WITH_CHILD and leads & SAYS_CHILD):
        return True
    return leads & LEADS_IF_SHORT != 0 and is_short_name(text, short_name)


class Weigher:
    """Weighs the category words of a title by the rules of `words`."""

    def __init__(self, words: CategoryWords) -> None:
        """Take over strengths and places of `words`."""
        self._words = words

    def weigh(self, kept: list[Hit], text: str, around: Sequence[Hit] = ()) -> CategoryChoice:
        """Choose the category.

        Args:
            kept: the longest category words of the title, as they stand (`Matcher.category`).
            text: the title, normalised.
            around: those of the other fields; they say for whom the product is, and their nouns count, as
                little as what is thrown in, where the title has none.

        """
        if not around and not _leads(kept, text, self._words.short_name):
            return NOTHING
        title = Title(kept, text, self._words)
        if around:
            title.listen(around)
        scales = _Scales(self._words.broad)
        self._weigh_nouns(title, scales)
        if not scales.totals:
            if title.alone is not None and is_brief(text, self._words.short_name):
                return _by_brand(title.alone, title.brand_hit, self._words.threshold)
            self._weigh_context(around, scales)
        return scales.choice(self._words.threshold)

    def _weigh_nouns(self, title: Title, scales: _Scales) -> None:
        """Put the nouns of the title on the scales, the last, which is the head, first."""
        places, motif, text, kept = self._words.places, self._words.motif, title.text, title.kept
        place, decisive = places.head, self._words.strengths["decisive"]
        next_start, next_category = len(text) + 1, None
        seen: set[str] = set()
        for index in range(len(kept) - 1, -1, -1):
            hit = kept[index]
            word, start, end = hit
            term: Term = word.detail  # type: ignore[assignment]
            if not term.noun or (term.transparent and title.follows_noun(index)):
                continue
            reading = title.reading(term, index) if term.readings else None
            weight = reading.weight if reading is not None else term.other
            if not weight:
                continue
            if title.thrown_in(index) or text.startswith(motif, end):
                scales.put(hit, reading, weight, places.gift, offered=False)
                continue
            category = reading.category if reading is not None else None
            alike = end >= next_start and category is not None and category == next_category
            if word.spelling in seen or (end >= next_start and not alike and weight < decisive):
                scales.put(hit, reading, weight, places.modifier, offered=False)
            elif alike:
                scales.put(hit, reading, weight, places.body, offered=True)
            else:
                scales.put(hit, reading, weight, place, offered=True)
                place = places.body
            next_start = start
            next_category = category if reading is not None and not reading.accessory else None
            seen.add(word.spelling)

    def _weigh_context(self, around: Sequence[Hit], scales: _Scales) -> None:
        """Put each noun of the other fields on the scales once."""
        for term in {hit[0].spelling: hit[0].detail for hit in around}.values():
            assert isinstance(term, Term)
            reading = next((r for r in term.readings if r.needs is Need.NOTHING), None)
            weight = reading.weight if reading is not None else term.other
            if weight:
                scales.add(reading, weight * self._words.places.gift)


def _by_brand(category: str, hit: Hit | None, score: float) -> CategoryChoice:
    words = () if hit is None else (Weighed(hit.start, hit.end, hit.word.spelling, None, 1.0, offered=False),)
    return CategoryChoice(category, None, words, score)


class _Scales:
    """Sums the weights per category and remembers the most telling sub-category of each."""

    __slots__ = ("_broad", "_telling", "_words", "totals")

    def __init__(self, broad: frozenset[str]) -> None:
        self._broad = broad
        #: category, None for goods of somebody else → sum of weights
        self.totals: dict[str | None, float] = {}
        #: category → (how telling the sub-category is, weight), sub-category
        self._telling: dict[str | None, tuple[tuple[int, float], str | None]] = {}
        self._words: dict[str | None, list[tuple[int, int, str, str | None, float, bool, bool]]] = {}

    def put(self, hit: Hit, reading: Reading | None, weight: float, place: float, *, offered: bool) -> None:
        """Put a noun of the title on the scales: of ours by its `reading`, of somebody else's by None."""
        category = self.add(reading, weight * place)
        subcategory = reading.subcategory if reading is not None else None
        general = reading is not None and reading.general
        word = hit[1], hit[2], hit[0].spelling, subcategory, weight, offered, general
        self._words.setdefault(category, []).append(word)

    def add(self, reading: Reading | None, weight: float) -> str | None:
        """Add a weight to the category of `reading` and return it."""
        category, subcategory = (reading.category, reading.subcategory) if reading else (None, None)
        self.totals[category] = self.totals.get(category, 0.0) + weight
        telling = 0 if subcategory is None and category else 1 if subcategory in self._broad else 2
        best = self._telling.get(category)
        if best is None or (telling, weight) > best[0]:
            self._telling[category] = (telling, weight), subcategory
        return category

    def choice(self, threshold: float) -> CategoryChoice:
        """The heaviest category; of equals the one whose noun stands last."""
        if not self.totals:
            return NOTHING
        category = max(self.totals, key=self.totals.__getitem__)
        score = self.totals[category]
        if category is not None and score < threshold:
            return NOTHING
        words = tuple(Weighed(*word) for word in self._words.get(category, ()))
        return CategoryChoice(category, self._telling[category][1], words, score)
