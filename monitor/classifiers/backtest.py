"""`monitor lexicon backtest`: what an edited lexicon would change among listings that are stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import tee
from typing import TYPE_CHECKING

from monitor.classifiers.classify import Classifier

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitor.classifiers.finding import Classification
    from monitor.classifiers.lexicon import Lexicon
    from monitor.listing import Listing

#: Examples kept of each kind of change.
EXAMPLES = 20


@dataclass(frozen=True, slots=True)
class Change:
    """A listing on which the two lexicons differ."""

    listing: Listing
    before: Classification
    after: Classification


@dataclass(slots=True)
class Kind:
    """One kind of change: how many, and some of them."""

    count: int = 0
    examples: list[Change] = field(default_factory=list)

    def add(self, change: Change) -> None:
        """Count `change`, and keep it if there is room."""
        self.count += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(change)


@dataclass(slots=True)
class Backtest:
    """What would change."""

    listings: int = 0
    #: No suspect before, a suspect after.
    newly_suspect: Kind = field(default_factory=Kind)
    #: The other way round.
    no_longer: Kind = field(default_factory=Kind)
    #: Hazard id → listings that newly show it, that no longer do.
    hazards: dict[str, tuple[Kind, Kind]] = field(default_factory=dict)


def backtest(
    before: Lexicon, after: Lexicon, listings: Iterable[Listing], *, threshold: float = 0.5
) -> Backtest:
    """Classify every listing by both lexicons, and count where they differ."""
    old, new = Classifier(before, threshold=threshold), Classifier(after, threshold=threshold)
    result = Backtest()
    each, for_old, for_new = tee(listings, 3)
    for listing, was, would_be in zip(
        each, old.classify_all(for_old), new.classify_all(for_new), strict=True
    ):
        result.listings += 1
        change = Change(listing, was, would_be)
        if change.after.suspect and not change.before.suspect:
            result.newly_suspect.add(change)
        elif change.before.suspect and not change.after.suspect:
            result.no_longer.add(change)
        had, has = _ids(change.before), _ids(change.after)
        for hazard in had ^ has:
            gained, lost = result.hazards.setdefault(hazard, (Kind(), Kind()))
            (gained if hazard in has else lost).add(change)
    return result


def _ids(classification: Classification) -> set[str]:
    return {finding.id for finding in classification.hazards}
