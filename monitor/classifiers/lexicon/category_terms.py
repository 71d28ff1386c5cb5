"""The words of categories.yaml, compiled for the one matcher: one `Term` a spelling, all that it says."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from monitor.classifiers.lexicon.category_words import CATEGORIES, Hints, Need, Nouns, Others
from monitor.classifiers.normalise import spelled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from monitor.classifiers.lexicon.category_words import Brands, CategoryWords


@dataclass(frozen=True, slots=True)
class Reading:
    """One product that a word may name."""

    #: ``TOY``; None for extensions outside the five categories.
    category: str | None
    #: ``TOY.MAG.BALL``; None where no sub-category fits.
    subcategory: str | None
    weight: float
    needs: Need
    #: The noun directly before it is what it serves.
    accessory: bool
    #: It says nothing about key products where another noun says what is offered.
    general: bool


class Term(NamedTuple):
    """Everything that one spelling says about the category."""

    spelling: str
    readings: tuple[Reading, ...] = ()
    #: Weight as a good of somebody else's; 0 when it names none.
    other: float = 0.0
    #: Says nothing where it directly follows another product noun.
    transparent: bool = False
    child: int = 0
    adult: int = 0
    #: What begins within so many characters behind is thrown in; -1 for nothing.
    gift: int = -1
    pet: bool = False
    #: Category of a brand that backs words of its category, and whether the brand alone is enough.
    brand: str | None = None
    alone: bool = False
    #: It names a product, of ours or of somebody else's.
    noun: bool = False
    #: It says for whom, or that a brand of ours is enough.
    hint: bool = False
    #: What it takes for the word to lead to a category: LEADS and its like, or-ed.
    leads: int = 0


#: The word leads to a category by itself; beside one that `SAYS_CHILD`, which brands do too; in a short name;
#: in a brief title.
LEADS, LEADS_WITH_CHILD, LEADS_IF_SHORT, SAYS_CHILD, LEADS_IF_BRIEF = 1, 2, 4, 8, 16


def terms(words: CategoryWords) -> tuple[Term, ...]:
    """Every spelling of `words`, as normalised text has it, with all that it says.

    A longer word hides the shorter ones inside it, so it takes over what they say about child and adult
    (儿童水杯 says child), unless its block `hides` them (童年 does not).
    """
    facts: dict[str, _Facts] = defaultdict(_Facts)
    for part in _parts(words):
        for spelling in part.block.words:
            part.add_to(facts[spelled(spelling)])
    hints: dict[str, dict[str, _Facts]] = defaultdict(dict)
    for spelling, fact in facts.items():
        if fact.child or fact.adult or fact.pet:
            hints[spelling[:1]][spelling] = fact
    return tuple(_term(spelling, fact, hints) for spelling, fact in facts.items())


class _Facts:
    """What is gathered about one spelling."""

    def __init__(self) -> None:
        self.readings: list[Reading] = []
        self.other = 0.0
        self.failed = 0.0
        self.transparent = False
        self.hides = False
        self.child = 0
        self.adult = 0
        self.gift = -1
        self.pet = False
        self.brand: str | None = None
        self.alone = False


@dataclass(frozen=True, slots=True)
class _Part:
    block: Nouns | Others | Hints | Brands
    weight: float = 0.0
    #: what each of the block's words may name, if they are ours
    reading: Reading | None = None

    def add_to(self, facts: _Facts) -> None:
        block = self.block
        if isinstance(block, Nouns):
            assert self.reading is not None
            facts.readings.append(self.reading)
            if block.otherwise == "other" and self.reading.needs < Need.SHORT_NAME:
                facts.failed = max(facts.failed, self.weight)
            facts.transparent |= block.transparent
        elif isinstance(block, Others):
            facts.other = max(facts.other, self.weight)
            facts.hides |= block.hides
            facts.transparent |= block.transparent
        elif isinstance(block, Hints):
            facts.child = max(facts.child, block.child)
            facts.adult = max(facts.adult, block.adult)
            facts.gift = max(facts.gift, -1 if block.gift is None else block.gift)
            facts.pet |= block.pet
        else:
            facts.alone = block.alone
            facts.brand = block.category if block.alone or block.backs else None
            facts.child = max(facts.child, block.child)


def _parts(words: CategoryWords) -> Iterator[_Part]:
    blocks: Iterable[Nouns | Others | Hints | Brands] = (
        *words.nouns, *words.others, *words.hints, *words.brands,
    )  # fmt: skip
    for block in blocks:
        weight = words.strengths[block.strength] if isinstance(block, Nouns | Others) else 0.0
        yield _Part(block, weight, _reading(block, weight) if isinstance(block, Nouns) else None)


def _reading(block: Nouns, weight: float) -> Reading:
    top = block.id.partition(".")[0]
    return Reading(
        category=top if top in CATEGORIES else None,
        subcategory=block.id if block.id != top else None,
        weight=weight,
        needs=Need[block.needs.upper()] if block.needs else Need.NOTHING,
        accessory=block.accessory,
        general=block.general,
    )


def _term(spelling: str, fact: _Facts, hints: dict[str, dict[str, _Facts]]) -> Term:
    """Put together what one spelling says; `hints` are by their first character."""
    child, adult, pet = fact.child, fact.adult, fact.pet
    if not fact.hides:
        for first in hints.keys() & set(spelling):
            for hint, inner in hints[first].items():
                if hint in spelling:
                    child, adult = max(child, inner.child), max(adult, inner.adult)
                    pet |= inner.pet
    return Term(
        spelling=spelling,
        readings=tuple(fact.readings),
        other=fact.other or fact.failed,
        transparent=fact.transparent,
        child=child,
        adult=adult,
        gift=fact.gift,
        pet=pet,
        brand=fact.brand,
        alone=fact.alone,
        noun=bool(fact.readings) or fact.other > 0,
        hint=bool(child or adult or pet or fact.brand),
        leads=_leads(fact, child),
    )


def _leads(fact: _Facts, child: int) -> int:
    leads = (SAYS_CHILD if child >= 2 or fact.brand else 0) | (LEADS_IF_BRIEF if fact.alone else 0)
    for reading in fact.readings:
        leads |= _LEADS_BY_NEED[reading.needs]
    return leads


_LEADS_BY_NEED = {
    Need.NOTHING: LEADS,
    Need.NO_ADULT: LEADS,
    Need.UNSIZED: LEADS,
    Need.COMPANY: LEADS,
    Need.CHILD: LEADS_WITH_CHILD,
    Need.CHILD_NEAR: LEADS_WITH_CHILD,
    Need.SHORT_NAME: LEADS_IF_SHORT | LEADS_WITH_CHILD,
    Need.BARE: LEADS_IF_SHORT | LEADS_WITH_CHILD,
}
