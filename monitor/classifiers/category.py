"""Category of a title: its product nouns weighed, the head noun most (DESIGN: classification, step 5).

The words, their strengths and what they need stand in `lexicon/categories.yaml`. A longer word hides the
shorter ones inside it. Chinese compounds end with their head: a noun that another noun directly follows only
qualifies it (玩具收纳箱 is a box), and the last noun of the title counts double.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.classifiers.lexicon.category_words import CategoryWords, Need, Reading, Term, terms
from monitor.classifiers.matcher import Word, WordKind
from monitor.classifiers.normalise import HAN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from monitor.classifiers.matcher import Hit


@dataclass(frozen=True, slots=True)
class CategoryChoice:
    """What a title offers, and the words that say so."""

    #: ``TOY``, ``STA``, ``APP``, ``MASK``, ``INF``, or None.
    category: str | None
    #: Taxonomy id; None where none fits. Goods of the extensions (ELE, MIS) have one, but no category.
    subcategory: str | None
    #: The words that decided, head noun first; spans in the normalised text.
    words: tuple[Hit, ...]
    #: Sum of the weights of the words that say so; from 0 up, no probability.
    score: float


NOTHING = CategoryChoice(None, None, (), 0.0)


def matcher_words(words: CategoryWords) -> Iterator[Word]:
    """The words of categories.yaml for the one matcher."""
    for term in terms(words):
        first = term.readings[0] if term.readings else None
        name = (first.subcategory or first.category or "") if first else "other" if term.noun else "hint"
        yield Word(term.spelling, WordKind.CATEGORY, name, term)


def longest(hits: Sequence[Hit]) -> list[Hit]:
    """The category hits that no longer one contains, in the order in which they stand."""
    kept: list[Hit] = []
    for hit in hits:
        word, start, end = hit
        if word.kind is not _CATEGORY:
            continue
        while kept and kept[-1][1] >= start:
            kept.pop()
        if not kept or kept[-1][2] < end:
            kept.append(hit)
    return kept


_CATEGORY = WordKind.CATEGORY


class Weigher:
    """Weighs the category words of a title by the rules of `words`."""

    def __init__(self, words: CategoryWords) -> None:
        """Take over strengths and places of `words`."""
        self._words = words

    def weigh(self, hits: Sequence[Hit], text: str, listing_context: Sequence[Hit] = ()) -> CategoryChoice:
        """Choose the category.

        Args:
            hits: what the matcher found in the title, in the order in which the words end.
            text: the title, normalised.
            listing_context: what the matcher found in breadcrumb, attributes and shop; it says for whom the
                product is, and its nouns weigh as little as what is thrown in.

        """
        kept = longest(hits)
        around = longest(listing_context) if listing_context else kept[:0]
        if not kept and not around:
            return NOTHING
        title = _Title(kept, around, text, self._words)
        scales = _Scales(self._words.broad)
        headed = self._weigh_nouns(title, scales)
        for hit in around:
            term: Term = hit[0].detail  # type: ignore[assignment]
            if term.noun:
                reading = next((r for r in term.readings if r.needs is Need.NOTHING), None)
                weight = reading.weight if reading is not None else term.other
                scales.put(hit, reading, weight * self._words.places.gift)
        if not headed and title.brand is not None and not scales.totals and title.short:
            return CategoryChoice(title.brand, None, title.brand_words, self._words.threshold)
        return scales.choice(self._words.threshold)

    def _weigh_nouns(self, title: _Title, scales: _Scales) -> bool:
        """Put the nouns of the title on the scales, last first; say whether there is a head noun."""
        places, motif, text, kept = self._words.places, self._words.motif, title.text, title.kept
        place, next_start = places.head, len(text) + 1
        for index in range(len(kept) - 1, -1, -1):
            hit = kept[index]
            term: Term = hit[0].detail  # type: ignore[assignment]
            if not term.noun or (term.transparent and title.follows_noun(index)):
                continue
            reading = title.reading(term, hit, index) if term.readings else None
            weight = reading.weight if reading is not None else term.other
            if not weight:
                continue
            if title.thrown_in(index) or text.startswith(motif, hit[2]):
                scales.put(hit, reading, weight * places.gift)
                continue
            if hit[2] >= next_start:
                scales.put(hit, reading, weight * places.modifier)
            else:
                scales.put(hit, reading, weight * place)
                place = places.body
            next_start = hit[1]
        return place is not places.head


class _Title:
    """For whom a title is, whose brand it names, and whether it is a wholesaler's short name."""

    __slots__ = ("_near", "_short", "_short_name", "adult", "brand", "brand_words", "child", "kept", "text")

    def __init__(self, kept: list[Hit], around: list[Hit], text: str, words: CategoryWords) -> None:
        self.kept, self.text = kept, text
        self._near, self._short_name = words.near, words.short_name
        self._short: bool | None = None
        self.brand: str | None = None
        self.brand_words: tuple[Hit, ...] = ()
        self.child = self.adult = 0
        for hits in (kept, around):
            for hit in hits:
                term: Term = hit[0].detail  # type: ignore[assignment]
                self.child += term.child
                self.adult += term.adult
                if term.alone:
                    self.brand, self.brand_words = term.brand, (hit,)

    def reading(self, term: Term, hit: Hit, index: int) -> Reading | None:
        """The first reading of `term` that has what it needs."""
        for reading in term.readings:
            if self._has(reading.needs, hit, index) or (
                reading.category == self.brand and reading.needs is not Need.NO_ADULT
            ):
                return reading
        return None

    def _has(self, need: Need, hit: Hit, index: int) -> bool:
        if need is Need.NOTHING:
            return True
        if need is Need.NO_ADULT:
            return self.child >= self.adult
        if need is Need.SHORT_NAME:
            return self.short and self.child >= self.adult and not _HANS.search(self.text, hit[2])
        if self.child < _CHILD or self.child <= self.adult:
            return False
        return need is Need.CHILD or self._child_before(hit, index)

    def _child_before(self, hit: Hit, index: int) -> bool:
        from_ = hit[1] - self._near
        return any(
            h[2] >= from_ and h[0].detail.child >= _CHILD  # type: ignore[attr-defined]
            for h in self.kept[: index + 1]
        )

    def follows_noun(self, index: int) -> bool:
        """Say whether another noun stands directly before the word."""
        if not index:
            return False
        before = self.kept[index - 1]
        return before[2] >= self.kept[index][1] and before[0].detail.noun  # type: ignore[attr-defined]

    def thrown_in(self, index: int) -> bool:
        """Say whether a word of giving stands just before: 送胶水."""
        if not index:
            return False
        before = self.kept[index - 1]
        return before[0].detail.gift and self.kept[index][1] - before[2] <= _GIFT_GAP  # type: ignore[attr-defined]

    @property
    def short(self) -> bool:
        """Say whether it is a short name with a model code (60228咖宝蛋神), without weight or volume."""
        if self._short is None:
            text = self.text
            self._short = (
                _CODE.search(text) is not None
                and len(_HANS.findall(text)) <= self._short_name
                and _MEASURE.search(text) is None
            )
        return self._short


#: Child words must weigh this much for a product that adults have too.
_CHILD = 2
#: Characters between a word of giving and what is given.
_GIFT_GAP = 3
_HANS = re.compile(f"[{HAN}]")
_CODE = re.compile(r"\d{2}|[a-z]\d|\d[a-z]")
_MEASURE = re.compile(r"\d *(?:m?g|kg|ml|l|克|斤|公斤|毫升|升)(?![a-z0-9])")


class _Scales:
    """Sums the weights per category and remembers the heaviest sub-category of each."""

    __slots__ = ("_broad", "_heaviest", "_words", "totals")

    def __init__(self, broad: frozenset[str]) -> None:
        self._broad = broad
        self.totals: dict[str | None, float] = {}
        #: category → (how telling the sub-category is, weight), sub-category
        self._heaviest: dict[str | None, tuple[tuple[int, float], str | None]] = {}
        self._words: dict[str | None, list[Hit]] = {}

    def put(self, hit: Hit, reading: Reading | None, weight: float) -> None:
        """Put a noun on the scales: of ours by its `reading`, of somebody else's by None."""
        category, subcategory = (reading.category, reading.subcategory) if reading else (None, None)
        telling = 0 if subcategory is None and category else 1 if subcategory in self._broad else 2
        rank = (telling, weight)
        if category not in self.totals:
            self.totals[category] = weight
            self._words[category] = [hit]
            self._heaviest[category] = rank, subcategory
            return
        self.totals[category] += weight
        self._words[category].append(hit)
        if rank > self._heaviest[category][0]:
            self._heaviest[category] = rank, subcategory

    def choice(self, threshold: float) -> CategoryChoice:
        """The heaviest category; of equals the one whose noun stands last."""
        if not self.totals:
            return NOTHING
        category = max(self.totals, key=self.totals.__getitem__)
        score = self.totals[category]
        if category is not None and score < threshold:
            return NOTHING
        return CategoryChoice(category, self._heaviest[category][1], tuple(self._words[category]), score)
