"""What a title says besides its product nouns: for whom it is, whose brand it names, how it is written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from monitor.classifiers.lexicon.category_words import Need
from monitor.classifiers.normalise import HAN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.classifiers.lexicon.category_terms import Reading, Term
    from monitor.classifiers.lexicon.category_words import CategoryWords
    from monitor.classifiers.matcher import Hit


class Title:
    """For whom a title is, whose brand it names, and whether it is a wholesaler's short name."""

    __slots__ = (
        "_near", "_part_size", "_pieces", "_short", "_short_name", "adult", "alone", "brand", "brand_hit",
        "child", "kept", "pet", "text",
    )  # fmt: skip

    def __init__(self, kept: list[Hit], text: str, words: CategoryWords) -> None:
        self.kept, self.text = kept, text
        self._near, self._short_name = words.near, words.short_name
        self._pieces, self._part_size = words.pieces, words.part_size
        self._short: bool | None = None
        #: Category of a brand that backs words of its category, and of one that is enough.
        self.brand: str | None = None
        self.alone: str | None = None
        self.brand_hit: Hit | None = None
        self.pet = False
        child = adult = weak = 0
        for hit in kept:
            term: Term = hit[0].detail  # type: ignore[assignment]
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
                self.alone, self.brand_hit = term.brand, hit
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
            if need is _NOTHING or self._has(need, index, reading.category):
                return reading
            if reading.category == self.brand and need not in _UNLESS and not term.alone:
                return reading
        return None

    def _has(self, need: Need, index: int, category: str | None) -> bool:
        if need is Need.NO_ADULT:
            return self.child >= self.adult
        if need is Need.UNSIZED:
            return self._unsized()
        if need is Need.COMPANY:
            return (
                self.child > self.adult
                or self._beside(category, index)
                or (self._unsized() and re.search(self._pieces, self.text) is not None)
            )
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

    def _unsized(self) -> bool:
        """Say whether nothing speaks of adults, a trade, or the size of a part."""
        return self.child >= self.adult and re.search(self._part_size, self.text) is None

    def _beside(self, category: str | None, index: int) -> bool:
        """Say whether another noun that by itself names a product of `category` stands in the title."""
        spelling = self.kept[index][0].spelling
        return any(
            reading.needs is _NOTHING and reading.category == category
            for word, _, _ in self.kept
            if word.spelling != spelling
            for reading in word.detail.readings  # type: ignore[attr-defined]
        )

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
    return len(text) <= SHORT and len(_HANS.findall(text)) <= han and _MEASURE.search(text) is None


def is_short_name(text: str, han: int) -> bool:
    """Say whether `text` is brief and has a model code, as wholesalers name goods (60228咖宝蛋神)."""
    return is_brief(text, han) and _CODE.search(text) is not None


_NOTHING = Need.NOTHING
#: What a brand of the category cannot make good.
_UNLESS = frozenset({Need.NO_ADULT, Need.UNSIZED})
#: Child words must weigh this much for a product that adults have too.
_CHILD = 2
#: Characters of a short name, code and all.
SHORT = 18
_HANS = re.compile(f"[{HAN}]")
_CODE = re.compile(r"\d{2}|[a-z]\d|\d[a-z]|[a-z]-[a-z]")
_MEASURE = re.compile(r"\d *(?:m?g|kg|ml|l|[克斤升枚份抽卷罐听袋包瓶支根粒片]|公斤|毫升)(?![a-z0-9])")
