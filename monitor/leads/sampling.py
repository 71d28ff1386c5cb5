"""Which listings are proposed for online sampling (网络抽样): stratified, and the same for everyone who asks.

Focus products are to be sampled, dangerous goods to be investigated (domain report §0); both stand in the
population, because a test report supports an investigation too. The order within a stratum is that of
SHA-256 over (algorithm, seed, population hash, listing): nobody can steer it, anybody can repeat it, and it
does not depend on the order of the rows.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.classifiers import FindingKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitor.storage.suspects import SuspectRow

#: Changes whenever the same seed and population would give other listings.
ALGORITHM = "stratified-sha256-1"

#: Stands for a place or category that is not known.
UNKNOWN = "未标明"


@dataclass(frozen=True, order=True, kw_only=True, slots=True)
class Stratum:
    """A layer that is drawn from by itself."""

    #: category id, or `UNKNOWN`
    category: str
    #: name of the site
    site: str
    #: area code from the seller's credit code, else the place the page states, else `UNKNOWN`
    place: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposed:
    """A listing that is proposed for sampling, and why this one."""

    row: SuspectRow
    stratum: Stratum
    #: 1 for the first of its stratum
    place_in_stratum: int
    #: listings that the stratum has
    stratum_size: int
    #: ids of the focus products and hazards it is in the population for
    because: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """A selection, with everything that is needed to make it again."""

    chosen: tuple[Proposed, ...]
    seed: str
    algorithm: str
    #: SHA-256 over the population's listings and strata
    population_hash: str
    population: int
    strata: int


def propose(rows: Iterable[SuspectRow], *, seed: str, per_stratum: int = 1) -> Proposal:
    """Choose up to `per_stratum` listings of every stratum of (category, site, place).

    Args:
        rows: listings; those that offer neither a focus product nor a hazard, and those that are gone, are
            left out.
        seed: agreed on before the draw, and published with it.
        per_stratum: at least 1.

    """
    if per_stratum < 1:
        raise ValueError(f"per_stratum is {per_stratum}: draw at least 1 of each stratum")
    layers: dict[Stratum, dict[str, SuspectRow]] = defaultdict(dict)
    for row in rows:
        if row.gone_at is None and _because(row):
            layers[stratum_of(row)][_key(row)] = row
    fingerprint = _population_hash(layers)
    chosen = [
        Proposed(
            row=layer[key],
            stratum=stratum,
            place_in_stratum=place,
            stratum_size=len(layer),
            because=_because(layer[key]),
        )
        for stratum, layer in sorted(layers.items())
        for place, key in enumerate(_shuffled(layer, seed, fingerprint)[:per_stratum], 1)
    ]
    return Proposal(
        chosen=tuple(chosen),
        seed=seed,
        algorithm=ALGORITHM,
        population_hash=fingerprint,
        population=sum(map(len, layers.values())),
        strata=len(layers),
    )


def stratum_of(row: SuspectRow) -> Stratum:
    """Say which layer a listing belongs to."""
    return Stratum(category=row.category or UNKNOWN, site=row.site, place=_place(row))


def _place(row: SuspectRow) -> str:
    """Digits 3–8 of a unified social credit code are the registering authority's area (GB 32100-2015)."""
    code = row.credit_code or ""
    if len(code) == 18 and code[2:8].isascii() and code[2:8].isdigit():
        return code[2:8]
    return row.stated_place or UNKNOWN


def _because(row: SuspectRow) -> tuple[str, ...]:
    kinds = (FindingKind.FOCUS, FindingKind.HAZARD)
    return tuple(dict.fromkeys(f.id for kind in kinds for f in row.findings if f.kind is kind))


def _key(row: SuspectRow) -> str:
    return f"{row.site}\t{row.url}"


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _population_hash(layers: dict[Stratum, dict[str, SuspectRow]]) -> str:
    members = sorted(
        f"{key}\t{stratum.category}\t{stratum.place}" for stratum, layer in layers.items() for key in layer
    )
    return _digest(*members)


def _shuffled(layer: Iterable[str], seed: str, population_hash: str) -> list[str]:
    return sorted(layer, key=lambda key: _digest(ALGORITHM, seed, population_hash, key))
