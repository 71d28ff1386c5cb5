"""Which filtered-out listings a review list shows beside its suspects: from them misses are estimated.

Within a category the order is that of SHA-256 over (version, seed, listing): every listing has the same
chance, nobody can steer it, and it does not depend on the order of the rows. The samples take random places
among the suspects, so that a row's place says nothing of its role.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from monitor.storage.review_lists import Stratum

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from monitor.storage.suspects import ListingMark

#: Changes whenever the same seed and listings would give another sample.
ALGORITHM = "review-sample-1"

Thing = TypeVar("Thing")


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """Filtered-out listings that were drawn, and from how many."""

    listing_ids: tuple[int, ...]
    strata: tuple[Stratum, ...]
    lexicon_versions: tuple[str, ...]


def draw_sample(
    marks: Iterable[ListingMark],
    *,
    seed: str,
    per_category: int,
    before: Mapping[tuple[str, ...], Collection[int]] = MappingProxyType({}),
) -> Sample:
    """Draw up to `per_category` filtered-out listings of every category.

    Args:
        marks: listings; suspects among them are left out.
        seed: kept with the list.
        per_category: listings without a category are one of their own.
        before: by lexicon versions, listings that were drawn and decided already (`sampled_before`); they
            count as filtered out, and are not drawn again while the lexicon is the same.

    """
    layers: dict[str | None, list[int]] = defaultdict(list)
    versions: set[str] = set()
    for mark in marks:
        if not mark.suspect:
            layers[mark.category].append(mark.id)
            versions.add(mark.lexicon_version)
    leave = before.get(tuple(sorted(versions)), ())
    chosen: list[int] = []
    strata: list[Stratum] = []
    for category in sorted(layers, key=lambda each: each or ""):
        left = [each for each in layers[category] if each not in leave]
        drawn = sorted(left, key=lambda each: _digest(seed, each))[:per_category]
        chosen += drawn
        strata.append(Stratum(category=category, filtered_out=len(layers[category]), sampled=len(drawn)))
    return Sample(listing_ids=tuple(chosen), strata=tuple(strata), lexicon_versions=tuple(sorted(versions)))


def mixed(first: Sequence[Thing], others: Sequence[Thing], *, seed: str) -> list[Thing]:
    """Put `others` at random places among `first`, which keep their order."""
    total = len(first) + len(others)
    places = set(sorted(range(total), key=lambda place: _digest(f"{seed}/place", place))[: len(others)])
    # in the order of the draw, the others would stand category by category
    order = sorted(range(len(others)), key=lambda number: _digest(f"{seed}/order", number))
    shuffled = iter(others[number] for number in order)
    kept = iter(first)
    return [next(shuffled) if place in places else next(kept) for place in range(total)]


def _digest(seed: str, number: int) -> str:
    return hashlib.sha256(f"{ALGORITHM}\n{seed}\n{number}".encode("utf-8", "surrogatepass")).hexdigest()
