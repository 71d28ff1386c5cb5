"""Search words of a plan, from knowledge: names, aliases and spellings of the lexicon, and category words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.campaigns.problem import PlanError, Problem, nearest
from monitor.classifiers.lexicon import SEVEN_GROUP
from monitor.classifiers.lexicon.category_words import category_words
from monitor.classifiers.lexicon.schema import Evasive, Strength
from monitor.classifiers.lexicon.taxonomy import load_taxonomy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from monitor.campaigns.plan import Plan, Query
    from monitor.classifiers.lexicon.lexicon import Lexicon
    from monitor.classifiers.lexicon.schema import Alias, Product

#: The group of the seven dangerous toys of the city's plan, by the name that plans use.
SEVEN = "seven"
#: Nouns of one sub-category, and names of one product that is known by its aliases only.
MOST_NOUNS = 8
MOST_ALIASES = 2
#: Strengths of nouns that need no company, surest first.
_SURE = ("decisive", "certain", "plain")


@dataclass(frozen=True, kw_only=True, slots=True)
class SearchWord:
    """One word to search for, and why."""

    word: str
    #: in Chinese, for `monitor queries`
    why: str


def search_words(plan: Plan, lexicon: Lexicon) -> tuple[SearchWord, ...]:
    """List the search words of `plan`, each once, in the order of knowledge.

    What earlier runs brought is the business of `selection`.

    Raises:
        PlanError: the plan names a hazard or group that the lexicon does not have, or no category.

    """
    words: dict[str, SearchWord] = {}
    for query in plan.search:
        for word in _of_query(plan, query, lexicon):
            words.setdefault(word.word, word)
    return tuple(words.values())


def _of_query(plan: Plan, query: Query, lexicon: Lexicon) -> Iterator[SearchWord]:
    if query.hazard is not None:
        hazard = lexicon.hazard_by_id.get(query.hazard)
        if hazard is None:
            known = nearest(query.hazard, lexicon.hazard_by_id)
            raise _wrong(plan, "search.hazard", f"the lexicon has no hazard {query.hazard!r}{known}")
        yield from _of_hazards([hazard])
    elif query.group is not None:
        group = SEVEN_GROUP if query.group == SEVEN else query.group
        hazards = [hazard for hazard in lexicon.hazards if hazard.group == group]
        if not hazards:
            known = nearest(query.group, {SEVEN, *(hazard.group for hazard in lexicon.hazards)})
            raise _wrong(plan, "search.group", f"the lexicon has no group {query.group!r}{known}")
        yield from _of_hazards(hazards)
    elif query.category is not None:
        yield from _of_category(plan, query.category, lexicon)
    else:
        for word in query.words:
            yield SearchWord(word=word, why="方案自列")


def _of_hazards(hazards: Sequence[Product]) -> Iterator[SearchWord]:
    """Names first, then aliases, then disguises that were seen, then those only to be expected."""
    for hazard in hazards:
        if hazard.match_term:
            yield SearchWord(word=hazard.term, why=f"{hazard.term}：本名")
    for hazard in hazards:
        for alias in _worth_asking(hazard.aliases):
            yield SearchWord(word=alias.text, why=f"{hazard.term}：别名")
    for attested, why in ((True, "规避写法（有出处）"), (False, "规避写法（推断）")):
        for hazard in hazards:
            for evasive in hazard.evasions:
                if evasive.attested is attested and evasive.strength is Strength.ALONE:
                    yield SearchWord(word=evasive.text, why=f"{hazard.term}：{why}")


def _of_category(plan: Plan, category: str, lexicon: Lexicon) -> Iterator[SearchWord]:
    """The lexicon's products, then the nouns: the first of every sub-category before any second."""
    subs = {sub.id: sub.name for sub in load_taxonomy().subcategories if _within(sub.id, category)}
    if not subs:
        known = nearest(
            category, {part for sub in load_taxonomy().subcategories for part in _branches(sub.id)}
        )
        raise _wrong(plan, "search.category", f"the taxonomy has no {category!r}{known}")
    for product in lexicon.products:
        if product.taxonomy in subs:
            names = [product.term] if product.match_term else [a.text for a in _worth_asking(product.aliases)]
            for name in names[:MOST_ALIASES]:
                yield SearchWord(word=name, why=f"重点产品 {product.term}")
    nouns = {sub: _nouns(sub) for sub in subs}
    for place in range(MOST_NOUNS):
        for sub, words in nouns.items():
            if place < len(words):
                yield SearchWord(word=words[place], why=f"{subs[sub]}：品类词")


def _nouns(subcategory: str) -> list[str]:
    """Words that name the product by themselves: the certain before the plain, as the lexicon has them."""
    blocks = [
        block
        for block in category_words().nouns
        if block.id == subcategory
        and block.strength in _SURE
        and block.needs in {None, "company"}  # whoever asks a shop for 磁力片 finds the toy
        and not (block.accessory or block.transparent)
    ]
    blocks.sort(key=lambda block: _SURE.index(block.strength))
    return [word for block in blocks for word in block.words][:MOST_NOUNS]


def _within(subcategory: str, branch: str) -> bool:
    return subcategory == branch or subcategory.startswith(f"{branch}.")


def _branches(subcategory: str) -> Iterator[str]:
    parts = subcategory.split(".")
    return (".".join(parts[: depth + 1]) for depth in range(len(parts)))


def _worth_asking(aliases: Iterable[Alias]) -> Iterator[Alias]:
    return (each for each in aliases if each.strength is Strength.ALONE and not isinstance(each, Evasive))


def _wrong(plan: Plan, key: str, message: str) -> PlanError:
    return PlanError([Problem(plan.name, 0, key, message)])
