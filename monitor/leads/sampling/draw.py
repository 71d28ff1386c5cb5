"""The draw itself: which members of a population are chosen. Pure, and the same everywhere for everyone.

Two decisions, both without any random number generator:

*How many of each stratum.* Seats are given one by one to the stratum with the largest quotient
``weight × members / (2 × seats + 1)`` (Sainte-Laguë), or ``weight / (2 × seats + 1)`` when all strata count
alike, in exact fractions; a full stratum gets no more. Ties go by SHA-256 over (seed, population, stratum).

*Which members of a stratum.* Those that come first in the order of SHA-256 over (algorithm, seed, population,
member). Nobody can steer it, anybody can repeat it, the order of the rows is of no matter, and each member of
a stratum has the same chance: weights say how many seats a stratum gets, never who takes them.
"""

from __future__ import annotations

import hashlib
import heapq
import json
from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from monitor.mistake import MistakeError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

#: Changes whenever the same seed and population would give other members.
ALGORITHM = "stratified-sha256-2"

#: The dimension whose strata may count several times.
PRIORITY = "priority"


class DrawError(MistakeError):
    """A draw cannot be made as asked; the message says why and what to change."""


class Allocation(StrEnum):
    """How the places of a draw are shared among its strata."""

    #: by the number of members (按比例)
    PROPORTIONAL = "proportional"
    #: alike (等额)
    EQUAL = "equal"


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """One listing that can be drawn."""

    site: str
    url: str
    title: str
    #: one value for each dimension of the draw
    stratum: tuple[str, ...]

    @property
    def key(self) -> tuple[str, str]:
        """What identifies it within the population."""
        return self.site, self.url

    @property
    def sha256(self) -> str:
        """Digest over all that it states."""
        return digest(self.site, self.url, self.title, *self.stratum)


@dataclass(frozen=True, kw_only=True, slots=True)
class DrawOrder:
    """What is asked for; agreed on before the draw, and published with it."""

    seed: str
    #: names of the dimensions that strata are made of
    strata: tuple[str, ...]
    size: int
    allocation: Allocation
    #: value of the dimension ``priority`` → how many times its strata count; 1 for all that are not named
    weights: Mapping[str, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class StratumDrawn:
    """One stratum, and how many of it were drawn."""

    stratum: tuple[str, ...]
    members: int
    weight: int
    drawn: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Chosen:
    """One member that was drawn."""

    member: Member
    #: 1 for the first of the list
    position: int
    #: 1 for the first of its stratum
    place_in_stratum: int
    stratum_size: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Draw:
    """The outcome, with everything that is needed to make it again."""

    order: DrawOrder
    algorithm: str
    population_sha256: str
    strata: tuple[StratumDrawn, ...]
    chosen: tuple[Chosen, ...]


def draw(members: Iterable[Member], order: DrawOrder) -> Draw:
    """Draw `order.size` members, or all when there are fewer.

    Raises:
        DrawError: a size below 1, an empty seed, or one member twice.

    """
    if order.size < 1:
        raise DrawError(f"size is {order.size}: draw at least 1")
    if not order.seed.strip():
        raise DrawError("the seed is empty: agree on one before the draw, such as a published lottery number")
    layers: dict[tuple[str, ...], list[Member]] = defaultdict(list)
    population = list(members)
    for member in population:
        layers[member.stratum].append(member)
    if len({member.key for member in population}) < len(population):
        raise DrawError("a listing stands twice in the population: each must have the same chance")
    fingerprint = population_sha256(population)
    seats = _seats({stratum: len(layer) for stratum, layer in layers.items()}, order, fingerprint)
    strata, chosen = [], list[Chosen]()
    for stratum, layer in sorted(layers.items()):
        drawn = _shuffled(layer, order.seed, fingerprint)[: seats[stratum]]
        strata.append(
            StratumDrawn(stratum=stratum, members=len(layer), weight=weight(stratum, order), drawn=len(drawn))
        )
        for place, member in enumerate(drawn, 1):
            chosen.append(
                Chosen(
                    member=member,
                    position=len(chosen) + 1,
                    place_in_stratum=place,
                    stratum_size=len(layer),
                )
            )
    return Draw(
        order=order,
        algorithm=ALGORITHM,
        population_sha256=fingerprint,
        strata=tuple(strata),
        chosen=tuple(chosen),
    )


def population_sha256(members: Iterable[Member]) -> str:
    """Digest over all members, whatever their order."""
    return digest(*sorted(member.sha256 for member in members))


def weight(stratum: Sequence[str], order: DrawOrder) -> int:
    """How many times a stratum counts when places are shared out."""
    if PRIORITY not in order.strata:
        return 1
    return order.weights.get(stratum[order.strata.index(PRIORITY)], 1)


def digest(*parts: str) -> str:
    """SHA-256 over a JSON array of texts, so that no separator can be forged; lone surrogates and all."""
    return hashlib.sha256(json.dumps(parts, ensure_ascii=True).encode("ascii")).hexdigest()


def _seats(
    sizes: Mapping[tuple[str, ...], int], order: DrawOrder, fingerprint: str
) -> dict[tuple[str, ...], int]:
    seats = dict.fromkeys(sizes, 0)
    claims = {
        stratum: weight(stratum, order) * (size if order.allocation is Allocation.PROPORTIONAL else 1)
        for stratum, size in sizes.items()
    }
    lots = {stratum: digest(ALGORITHM, "tie", order.seed, fingerprint, *stratum) for stratum in sizes}
    queue = [(-Fraction(claims[stratum]), lots[stratum], stratum) for stratum in sizes]
    heapq.heapify(queue)
    for _ in range(min(order.size, sum(sizes.values()))):
        _, lot, stratum = heapq.heappop(queue)
        seats[stratum] += 1
        if seats[stratum] < sizes[stratum]:
            quotient = Fraction(claims[stratum], 2 * seats[stratum] + 1)
            heapq.heappush(queue, (-quotient, lot, stratum))
    return seats


def _shuffled(layer: Iterable[Member], seed: str, fingerprint: str) -> list[Member]:
    return sorted(layer, key=lambda member: digest(ALGORITHM, seed, fingerprint, *member.key))
