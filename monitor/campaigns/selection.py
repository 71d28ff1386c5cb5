"""Which search words a run asks on a site, and in which order: what earlier runs yielded, then knowledge.

The rules and their numbers are explained in docs/queries.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.storage.yields import Ask, SiteHistory

#: So many asks in a row without anything, and a word begins to rest.
PATIENCE = 3
#: Then it is asked in every second, fourth, eighth run; never less often.
LONGEST_REST = 8
#: Promise counts the newest asks only: what sold last year says little.
WINDOW = 10
#: What knowledge expects of an ask that was never made: of the first word of the list, and of the last.
FIRST_PRIOR, LAST_PRIOR = 1.0, 0.2
#: Of the places that a budget leaves, one in so many goes to the word that has waited longest.
WAITING_PLACE = 5

LEFT_OUT = "未采集：超出每次任务的单元数上限（budget.units_per_run: {limit}）"


@dataclass(frozen=True, kw_only=True, slots=True)
class WordStanding:
    """One word on one site: what it brought, and whether it is due."""

    word: str
    #: expected worth of the next ask: suspects, those found by it alone and those found first, added up
    promise: float
    asks: int
    listings: int
    suspects: int
    alone: int
    first: int
    #: asks without anything, up to the last one
    empty: int
    #: it is asked in every so many-th run
    every: int
    #: runs on the site since it was last asked; None when it never was
    since: int | None

    @property
    def due(self) -> bool:
        """The run that is made now is to ask it."""
        return self.since is None or self.since + 1 >= self.every


@dataclass(frozen=True, kw_only=True, slots=True)
class Selection:
    """The words of one site, each in one of three places, most promising first."""

    asked: tuple[WordStanding, ...]
    resting: tuple[WordStanding, ...]
    #: due, but beyond the budget
    left_out: tuple[WordStanding, ...]


def rest_after(empty: int) -> int:
    """In every how-many-th run a word is asked after so many empty asks in a row."""
    return 1 if empty < PATIENCE else int(min(2 ** (empty - PATIENCE + 1), LONGEST_REST))


def standings(words: Sequence[str], history: SiteHistory | None) -> list[WordStanding]:
    """Rank `words`, which come in the order of knowledge, by promise; ties keep that order."""
    last = max(len(words) - 1, 1)
    ranked = [
        _standing(word, history, FIRST_PRIOR - (FIRST_PRIOR - LAST_PRIOR) * place / last)
        for place, word in enumerate(words)
    ]
    return sorted(ranked, key=lambda each: -each.promise)


def select_words(words: Sequence[str], history: SiteHistory | None, places: int | None) -> Selection:
    """Choose what the next run asks on a site.

    Args:
        words: search words in the order of knowledge.
        history: what earlier runs brought on this site; None for the first.
        places: how many units the budget leaves for searches; None for no limit.

    """
    ranked = standings(words, history)
    due = [each for each in ranked if each.due]
    chosen = set(_within(due, places))
    return Selection(
        asked=tuple(each for each in due if each.word in chosen),
        resting=tuple(each for each in ranked if not each.due),
        left_out=tuple(each for each in due if each.word not in chosen),
    )


def _within(due: Sequence[WordStanding], places: int | None) -> list[str]:
    """The most promising, and some that have waited longest, so that no word is left out for ever."""
    if places is None or places >= len(due):
        return [each.word for each in due]
    waiting_places = min(places, -(-places // WAITING_PLACE))
    best = due[: places - waiting_places]
    waiting = sorted(due[len(best) :], key=lambda each: -_waited(each))
    return [each.word for each in (*best, *waiting[:waiting_places])]


def _waited(standing: WordStanding) -> float:
    return float("inf") if standing.since is None else standing.since


def _standing(word: str, history: SiteHistory | None, prior: float) -> WordStanding:
    asks: Sequence[Ask] = history.asks.get(word, ()) if history is not None else ()
    recent = asks[-WINDOW:]
    worth = sum(ask.suspects + ask.alone + ask.first for ask in recent)
    empty = next((n for n, ask in enumerate(reversed(asks)) if not ask.empty), len(asks))
    return WordStanding(
        word=word,
        promise=(worth + prior) / (len(recent) + 1),
        asks=len(asks),
        listings=sum(ask.listings for ask in asks),
        suspects=sum(ask.suspects for ask in asks),
        alone=sum(ask.alone for ask in asks),
        first=sum(ask.first for ask in asks),
        empty=empty,
        every=rest_after(empty),
        since=history.since(word) if history is not None else None,
    )
