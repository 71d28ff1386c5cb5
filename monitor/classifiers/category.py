"""Category of a title: its product nouns weighed, the head noun most (DESIGN: classification, step 5).

The words, their strengths and what they need stand in `lexicon/categories.yaml`. A longer word hides the
shorter ones inside it. Chinese compounds end with their head: a noun that another noun directly follows only
qualifies it (玩具收纳箱 is a box), and the last noun of the title counts double.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from monitor.classifiers.lexicon.category_words import (
    LEADS,
    LEADS_IF_BRIEF,
    LEADS_IF_SHORT,
    LEADS_WITH_CHILD,
    SAYS_CHILD,
    CategoryWords,
    Need,
    Reading,
    Term,
    terms,
)
from monitor.classifiers.matcher import Word, WordKind
from monitor.classifiers.normalise import HAN

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
        yield Word(term.spelling, WordKind.CATEGORY, name, term)


def longest(hits: Sequence[Hit]) -> list[Hit]:
    """The category hits that no longer one contains, in the order in which they stand."""
    kept: list[Hit] = []
    for hit in hits:
        word, start, end = hit
        if word.kind is not _CATEGORY:
            continue
        while kept and kept[-1][1] >= start:
            del kept[-1]
        if not kept or kept[-1][2] < end:
            kept.append(hit)
    return kept


_CATEGORY = WordKind.CATEGORY


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

    def weigh(self, hits: Sequence[Hit], text: str, listing_context: Sequence[Hit] = ()) -> CategoryChoice:
        """Choose the category.

        Args:
            hits: what the matcher found in the title, in the order in which the words end.
            text: the title, normalised.
            listing_context: what the matcher found in the other fields; it says for whom the product is, and
                its nouns count, as little as what is thrown in, where the title has none.

        """
        kept = longest(hits)
        if not listing_context and not _leads(kept, text, self._words.short_name):
            return NOTHING
        title = _Title(kept, text, self._words)
        around = longest(listing_context) if listing_context else ()
        if around:
            title.listen(around)
        scales = _Scales(self._words.broad)
        self._weigh_nouns(title, scales)
        if not scales.totals:
            if title.alone is not None and is_brief(text, self._words.short_name):
                return CategoryChoice(title.alone, None, title.brand_words, self._words.threshold)
            self._weigh_context(around, scales)
        return scales.choice(self._words.threshold)

    def _weigh_nouns(self, title: _Title, scales: _Scales) -> None:
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


class _Title:
    """For whom a title is, whose brand it names, and whether it is a wholesaler's short name."""

    __slots__ = (
        "_near", "_short", "_short_name", "adult", "alone", "brand", "brand_words", "child", "kept", "pet",
        "text",
    )  # fmt: skip

    def __init__(self, kept: list[Hit], text: str, words: CategoryWords) -> None:
        self.kept, self.text = kept, text
        self._near, self._short_name = words.near, words.short_name
        self._short: bool | None = None
        self.brand = self.alone = None
        self.brand_words: tuple[Weighed, ...] = ()
        self.pet = False
        child = adult = weak = 0
        for word, start, end in kept:
            term: Term = word.detail  # type: ignore[assignment]
            if not term.hint:
                continue
            if term.child == 1:
                weak = 1
            else:
                child += term.child
            adult += term.adult
            if term.pet:
                self.pet = True
            if term.brand is not None:
                self.brand = term.brand
            if term.alone:
                self.alone = term.brand
                self.brand_words = (Weighed(start, end, term.spelling, None, 1.0, False),)
        self.child, self.adult = child + weak, adult

    def listen(self, around: Sequence[Hit]) -> None:
        """Let the strongest word of the other fields say for whom the product is, too."""
        said: list[Term] = [hit[0].detail for hit in around]  # type: ignore[misc]
        self.child += max((term.child for term in said), default=0)
        self.adult += max((term.adult for term in said), default=0)

    def reading(self, term: Term, index: int) -> Reading | None:
        """The first reading of `term` that has what it needs."""
        if self.pet and self.child < _CHILD:
            return None
        for reading in term.readings:
            need = reading.needs
            if need is _NOTHING or self._has(need, index):
                return reading
            if reading.category == self.brand and need is not Need.NO_ADULT and not term.alone:
                return reading
        return None

    def _has(self, need: Need, index: int) -> bool:
        if need is Need.NO_ADULT:
            return self.child >= self.adult
        if need >= Need.SHORT_NAME:
            _, start, end = self.kept[index]
            return (
                self.child >= self.adult
                and self.short
                and _HANS.search(self.text, end) is None
                and (need is Need.SHORT_NAME or _HANS.search(self.text, 0, start) is None)
            )
        if self.child < _CHILD or self.child <= self.adult:
            return False
        return need is Need.CHILD or self._child_near(index)

    def _child_near(self, index: int) -> bool:
        """Say whether a child word stands shortly before, or directly behind."""
        kept = self.kept
        start = kept[index][1] - self._near
        if index + 1 < len(kept) and kept[index + 1][1] <= kept[index][2]:
            index += 1
        while index >= 0 and kept[index][2] >= start:
            if kept[index][0].detail.child >= _CHILD:  # type: ignore[attr-defined]
                return True
            index -= 1
        return False

    def follows_noun(self, index: int) -> bool:
        """Say whether another noun stands directly before the word."""
        if not index:
            return False
        word, _, end = self.kept[index - 1]
        return end >= self.kept[index][1] and word.detail.noun  # type: ignore[attr-defined]

    def thrown_in(self, index: int) -> bool:
        """Say whether a word of giving stands shortly before: 送胶水, 带餐盘."""
        if not index:
            return False
        word, _, end = self.kept[index - 1]
        reach: int = word.detail.gift  # type: ignore[attr-defined]
        return reach >= 0 and self.kept[index][1] - end <= reach

    @property
    def short(self) -> bool:
        """Say whether it is a short name."""
        if self._short is None:
            self._short = is_short_name(self.text, self._short_name)
        return self._short


def is_brief(text: str, han: int) -> bool:
    """Say whether `text` has at most `han` Han characters and states no quantity."""
    return len(text) <= _SHORT and len(_HANS.findall(text)) <= han and _MEASURE.search(text) is None


def is_short_name(text: str, han: int) -> bool:
    """Say whether `text` is brief and has a model code, as wholesalers name goods (60228咖宝蛋神)."""
    return is_brief(text, han) and _CODE.search(text) is not None


_NOTHING = Need.NOTHING
#: Child words must weigh this much for a product that adults have too.
_CHILD = 2
#: Characters of a short name, code and all.
_SHORT = 18
_HANS = re.compile(f"[{HAN}]")
_CODE = re.compile(r"\d{2}|[a-z]\d|\d[a-z]|[a-z]-[a-z]")
_MEASURE = re.compile(r"\d *(?:m?g|kg|ml|l|[克斤升枚份抽卷罐听袋包瓶支根粒片]|公斤|毫升)(?![a-z0-9])")


class _Scales:
    """Sums the weights per category and remembers the most telling sub-category of each."""

    __slots__ = ("_broad", "_telling", "_words", "totals")

    def __init__(self, broad: frozenset[str]) -> None:
        self._broad = broad
        #: category, None for goods of somebody else → sum of weights
        self.totals: dict[str | None, float] = {}
        #: category → (how telling the sub-category is, weight), sub-category
        self._telling: dict[str | None, tuple[tuple[int, float], str | None]] = {}
        self._words: dict[str | None, list[Weighed]] = {}

    def put(self, hit: Hit, reading: Reading | None, weight: float, place: float, *, offered: bool) -> None:
        """Put a noun of the title on the scales: of ours by its `reading`, of somebody else's by None."""
        category = self.add(reading, weight * place)
        subcategory = reading.subcategory if reading is not None else None
        word = Weighed(hit[1], hit[2], hit[0].spelling, subcategory, weight, offered)
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
        words = tuple(self._words.get(category, ()))
        return CategoryChoice(category, self._telling[category][1], words, score)
