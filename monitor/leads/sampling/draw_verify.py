"""Repeating a draw from its manifest alone, and naming whatever does not come out the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.leads.sampling.draw import ALGORITHM, DrawError, draw, population_sha256
from monitor.leads.sampling.inspectors import ALGORITHM as INSPECTORS_ALGORITHM
from monitor.leads.sampling.inspectors import assign
from monitor.leads.sampling.manifest import chosen_items, identity_of, manifest_sha256, population_items

if TYPE_CHECKING:
    from monitor.leads.sampling.manifest import ChosenItem, Manifest, StratumItem


def mismatches(manifest: Manifest) -> list[str]:
    """Say what in a manifest does not follow from its seed and population; empty when everything does."""
    if manifest.algorithm != ALGORITHM:
        return [f"algorithm: {manifest.algorithm}, this version repeats {ALGORITHM} only"]
    found = []
    if manifest_sha256(manifest) != manifest.sha256:
        found.append("sha256: the manifest was altered after it was sealed")
    found += [
        f"population, {item.url}: its digest is not that of what it states"
        for item, member in zip(manifest.population, manifest.members, strict=True)
        if item.sha256 != member.sha256
    ]
    if population_sha256(manifest.members) != manifest.population_sha256:
        found.append("population_sha256: listings were added, removed or altered")
    try:
        again = draw(manifest.members, manifest.order)
    except DrawError as error:
        return [*found, f"population: cannot be drawn from: {error}"]
    parts = population_items(again, manifest.members)
    expected = {item.stratum: item for item in parts["strata_drawn"]}
    stated = {item.stratum: item for item in manifest.strata_drawn}
    found += [
        f"strata_drawn, {' '.join(stratum)}: states {_seats(stated.get(stratum))}, "
        f"gives {_seats(expected.get(stratum))}"
        for stratum in sorted(expected.keys() | stated.keys())
        if expected.get(stratum) != stated.get(stratum)
    ]
    found += _wrongly_chosen(
        manifest, chosen_items(again, identity_of(again, manifest.campaign, manifest.population_kind))
    )
    drawable = {(item.site, item.url) for item in manifest.population}
    found += [
        f"excluded, {item.url}: stands in the population all the same"
        for item in manifest.excluded
        if (item.site, item.url) in drawable
    ]
    return found + _wrong_inspectors(manifest)


def _wrongly_chosen(manifest: Manifest, expected: tuple[ChosenItem, ...]) -> list[str]:
    if manifest.chosen == expected:
        return []
    stated = list(manifest.chosen)
    found = (
        [f"chosen: {len(stated)} listings, {len(expected)} come out"] if len(stated) != len(expected) else []
    )
    found += [
        f"chosen, place {place}: states {_told(was)}, comes out as {_told(is_)}"
        for place, (was, is_) in enumerate(zip(stated, expected, strict=False), 1)
        if was != is_
    ]
    return found


def _told(item: ChosenItem) -> str:
    return (
        f"{item.number} {item.site} {item.url} (place {item.position}, {item.place_in_stratum} "
        f"of a stratum of {item.stratum_size})"
    )


def _seats(item: StratumItem | None) -> str:
    return "no such stratum" if item is None else f"{item.drawn} of {item.members}, weight {item.weight}"


def _wrong_inspectors(manifest: Manifest) -> list[str]:
    said = manifest.inspectors
    if said is None:
        return []
    if said.algorithm != INSPECTORS_ALGORITHM:
        return [f"inspectors: {said.algorithm}, this version repeats {INSPECTORS_ALGORITHM} only"]
    numbers = sorted(each.number for each in manifest.chosen)
    if sorted(number for group in said.groups for number in group.samples) != numbers:
        return ["inspectors: the groups do not hold every sample once"]
    try:
        again = assign(
            said.roster,
            said.groups,
            seed=manifest.seed,
            population_sha256=manifest.population_sha256,
            per_group=said.per_group,
        )
    except DrawError as error:
        return [f"inspectors: cannot be drawn: {error}"]
    if again == said:
        return []
    found = (
        ["inspectors: seed or roster digest differ"]
        if ((again.seed, again.roster_sha256) != (said.seed, said.roster_sha256))
        else []
    )
    return found + [
        f"inspectors, group {' '.join(was.group)}: states {was.inspectors}, comes out as {is_.inspectors}"
        for was, is_ in zip(said.assigned, again.assigned, strict=False)
        if was != is_
    ] or ["inspectors: do not come out the same"]
