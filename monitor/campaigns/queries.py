"""Search words of a plan, from knowledge: names, aliases and spellings of the lexicon, in the order of promise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.campaigns.problem import PlanError, Problem, nearest
from monitor.classifiers.lexicon.schema import Evasive, Strength

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from monitor.campaigns.plan import Plan, Query
    from monitor.classifiers.lexicon.lexicon import Lexicon
    from monitor.classifiers.lexicon.schema import Alias, Product

#: The group of the seven dangerous toys of the city's plan, by the name that plans use.
SEVEN = "seven"
_SEVEN_GROUP = "seed_dangerous"


@dataclass(frozen=True, kw_only=True, slots=True)
class SearchWord:
    """One word to search for, and why."""

    word: str
    #: in Chinese, for `monitor queries`
    why: str


def search_words(plan: Plan, lexicon: Lexicon) -> tuple[SearchWord, ...]:
    """List the search words of `plan`, each once, most promising first.

    Raises:
        PlanError: the plan names a hazard or group that the lexicon does not have.

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
        group = _SEVEN_GROUP if query.group == SEVEN else query.group
        hazards = [hazard for hazard in lexicon.hazards if hazard.group == group]
        if not hazards:
            known = nearest(query.group, {SEVEN, *(hazard.group for hazard in lexicon.hazards)})
            raise _wrong(plan, "search.group", f"the lexicon has no group {query.group!r}{known}")
        yield from _of_hazards(hazards)
    elif query.category is not None:
        products = [each for each in lexicon.products if (each.taxonomy or "").startswith(query.category)]
        if not products:
            raise _wrong(plan, "search.category", f"the lexicon has no product of {query.category!r}")
        for product in products:
            yield SearchWord(word=product.term, why=f"重点产品 {product.term}")
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


def _worth_asking(aliases: Iterable[Alias]) -> Iterator[Alias]:
    return (each for each in aliases if each.strength is Strength.ALONE and not isinstance(each, Evasive))


def _wrong(plan: Plan, key: str, message: str) -> PlanError:
    return PlanError([Problem(plan.name, 0, key, message)])
