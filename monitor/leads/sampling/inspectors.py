"""The second draw (双随机): which inspectors take which samples, from a roster, recusals respected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from monitor.classifiers.normalise import normalise
from monitor.leads.sampling.draw import DrawError, digest

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Changes whenever the same seed, roster and groups would give other inspectors.
ALGORITHM = "inspectors-sha256-1"
#: A recusal of one character would bar from everything.
_SHORTEST_RECUSAL = 2


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Inspector(_Part):
    """One person of the roster."""

    #: number of the service card; what tells two of one name apart
    id: str
    name: str
    unit: str = ""
    #: names of sellers, producers or places from which the person stays away (回避)
    recusals: tuple[str, ...] = ()


class Group(_Part):
    """Samples that are bought and received together."""

    #: values of the dimensions that groups are made of
    group: tuple[str, ...]
    #: 抽样编号
    samples: tuple[str, ...]
    #: names that a recusal may name: sellers, producers, the place
    parties: tuple[str, ...]


class Assignment(_Part):
    """Who takes a group."""

    group: tuple[str, ...]
    #: ids, in the order in which they were drawn
    inspectors: tuple[str, ...]
    #: ids of those who had to stay away
    recused: tuple[str, ...]


class Inspectors(_Part):
    """The second draw, with everything that is needed to make it again."""

    algorithm: str
    seed: str
    roster_sha256: str
    per_group: int
    roster: tuple[Inspector, ...]
    groups: tuple[Group, ...]
    assigned: tuple[Assignment, ...]


def assign(
    roster: Sequence[Inspector], groups: Sequence[Group], *, seed: str, population_sha256: str, per_group: int
) -> Inspectors:
    """Draw `per_group` inspectors for every group: those that come first by SHA-256 among who may.

    Every group is drawn for by itself, so every pair that may take it has the same chance.

    Raises:
        DrawError: an id stands twice, or a group has too few who may take it.

    """
    people = tuple(sorted(roster, key=lambda person: person.id))
    ids = [person.id for person in people]
    if twice := {each for each in ids if ids.count(each) > 1}:
        raise DrawError(f"the roster has {min(twice)} twice: give every inspector a number of their own")
    fingerprint = roster_sha256(people)
    assigned = []
    for group in groups:
        recused = tuple(person.id for person in people if recusal(person, group) is not None)
        free = [person.id for person in people if person.id not in recused]
        if len(free) < per_group:
            raise DrawError(
                f"group {' '.join(group.group)}: {per_group} inspectors are needed, {len(free)} may take it "
                f"({len(recused)} stay away): add people to the roster"
            )
        lots = sorted(free, key=lambda id_: _lot(seed, population_sha256, fingerprint, group.group, id_))
        assigned.append(Assignment(group=group.group, inspectors=tuple(lots[:per_group]), recused=recused))
    return Inspectors(
        algorithm=ALGORITHM,
        seed=seed,
        roster_sha256=fingerprint,
        per_group=per_group,
        roster=people,
        groups=tuple(groups),
        assigned=tuple(assigned),
    )


def roster_sha256(roster: Sequence[Inspector]) -> str:
    """Digest over the roster, whatever its order."""
    return digest(*sorted(digest(p.id, p.name, p.unit, *p.recusals) for p in roster))


def recusal(person: Inspector, group: Group) -> str | None:
    """Return the party of the group that the person stays away from; names are compared normalised."""
    for said in person.recusals:
        wanted = normalise(said.strip()).text
        if len(wanted) < _SHORTEST_RECUSAL:
            continue
        for party in group.parties:
            if wanted in normalise(party).text:
                return party
    return None


def _lot(seed: str, population: str, roster: str, group: tuple[str, ...], id_: str) -> str:
    return digest(ALGORITHM, seed, population, roster, *group, id_)
