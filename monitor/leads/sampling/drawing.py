"""Making a draw from the database and keeping it: the same order draws the same and adds nothing."""

from __future__ import annotations

import platform
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from monitor import __version__
from monitor.leads.sampling.draw import PRIORITY, Allocation, DrawError, DrawOrder, draw
from monitor.leads.sampling.inspectors import Group, Inspector, assign, roster_sha256
from monitor.leads.sampling.manifest import (
    FORMAT,
    EarlierDraw,
    ExcludedItem,
    Manifest,
    chosen_items,
    identity_of,
    population_items,
    sealed,
    to_json,
)
from monitor.leads.sampling.population import DEFAULT_STRATA, DIMENSIONS, PopulationKind, located, population
from monitor.leads.sampling.sampling_terms import Priority
from monitor.storage.draws import (
    DrawnListing,
    StoredDraw,
    add_draw,
    drawn_listings,
    draws_from,
    find_draw,
    replace_manifest,
)
from monitor.storage.reviews import Decision
from monitor.storage.suspects import ListingFilter, listing_marks, listings, listings_by_id

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from monitor.leads.sampling.draw import Draw
    from monitor.leads.sampling.population import Population
    from monitor.leads.sampling.sampling_terms import SamplingTerms
    from monitor.storage import Connection
    from monitor.storage.suspects import SuspectRow

#: Stands in the numbers of what was drawn for a look only.
PROPOSED = "拟抽样"


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What is to be drawn."""

    #: None for all campaigns
    campaign: str | None
    seed: str
    size: int
    allocation: Allocation
    strata: tuple[str, ...] = DEFAULT_STRATA
    kind: PopulationKind = PopulationKind.FOCUS
    run_id: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What other lists say of listings: exclusions, priorities, and where that comes from."""

    priority_of: Callable[[SuspectRow], Priority] | None = None
    excluded_because: Callable[[SuspectRow], str | None] | None = None
    #: files and lists, in Chinese
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class PreparedDraw:
    """A draw that is made and not kept yet."""

    #: digest over all that decides what is drawn
    identity: str
    manifest: Manifest
    #: 抽样编号 → listing
    rows: Mapping[str, SuspectRow]


def population_of(connection: Connection, wanted: Wanted, known: Known) -> Population:
    """Read the population of a draw."""
    confirmed = wanted.kind is PopulationKind.CONFIRMED
    scope = ListingFilter(
        suspects_only=False,
        run_id=wanted.run_id,
        campaign=wanted.campaign,
        decision=Decision.CONFIRMED if confirmed else None,
    )
    decided = {} if confirmed else _decided_against(connection, scope)

    def excluded_because(row: SuspectRow) -> str | None:
        if (decision := decided.get(row.id)) is not None:
            return decision
        return None if known.excluded_because is None else known.excluded_because(row)

    return population(
        listings(connection, scope),
        wanted.strata,
        priority_of=known.priority_of,
        excluded_because=excluded_because,
    )


def propose(
    connection: Connection, wanted: Wanted, *, known: Known, now: datetime
) -> tuple[Manifest, dict[str, SuspectRow]]:
    """Draw one of every stratum, for a look; nothing is kept. Size and allocation of `wanted` do not count.

    Returns:
        the manifest, and 抽样编号 → listing.

    Raises:
        DrawError: an order that cannot be met.

    """
    people = population_of(connection, wanted, known)
    each = replace(wanted, size=max(1, len({m.stratum for m in people.members})), allocation=Allocation.EQUAL)
    drawn = draw(people.members, _order(each, {}))
    manifest = _manifest(connection, each, _Made(drawn, people, PROPOSED), known, now)
    return manifest, {item.number: people.rows[item.site, item.url] for item in manifest.chosen}


def prepare_draw(
    connection: Connection, wanted: Wanted, *, known: Known, terms: SamplingTerms, now: datetime
) -> PreparedDraw:
    """Draw, without keeping anything: reading a large population would keep crawls from writing for seconds.

    Args:
        connection: any transaction.
        wanted: what is to be drawn.
        known: exclusions and priorities.
        terms: numbers and weights.
        now: a time with its zone; the manifest of a new draw carries it.

    Raises:
        DrawError: nothing to draw from, or an order that cannot be met.

    """
    people = population_of(connection, wanted, known)
    if not people.members:
        raise DrawError(
            f"nothing to draw from: no listing on sale offers a focus product or a hazard "
            f"({len(people.excluded)} excluded); widen --campaign or --population"
        )
    drawn = draw(people.members, _order(wanted, terms.weights))
    identity = identity_of(drawn, wanted.campaign, wanted.kind)
    manifest = _manifest(connection, wanted, _Made(drawn, people, identity), known, now)
    rows = {item.number: people.rows[item.site, item.url] for item in manifest.chosen}
    return PreparedDraw(identity=identity, manifest=manifest, rows=rows)


def keep_draw(connection: Connection, prepared: PreparedDraw) -> tuple[StoredDraw, bool]:
    """Keep a draw, unless it was made before; returns the one that is kept and whether it is new.

    Raises:
        UnknownCampaignError: the campaign never ran.

    """
    if (found := find_draw(connection, prepared.identity)) is not None:
        return found, False
    manifest = prepared.manifest
    items = [
        DrawnListing(number=item.number, position=item.position, listing_id=prepared.rows[item.number].id)
        for item in manifest.chosen
    ]
    values = {
        "identity": prepared.identity,
        "seed": manifest.seed,
        "algorithm": manifest.algorithm,
        "population": len(manifest.population),
        "population_sha256": manifest.population_sha256,
        "made_at": manifest.made_at,
        "manifest": to_json(manifest),
        "manifest_sha256": manifest.sha256,
    }
    return add_draw(connection, values, items, campaign=manifest.campaign), True


def make_draw(
    connection: Connection, wanted: Wanted, *, known: Known, terms: SamplingTerms, now: datetime
) -> tuple[StoredDraw, bool]:
    """Prepare a draw and keep it, in one writing transaction; returns it and whether it is new.

    Raises:
        DrawError: nothing to draw from, or an order that cannot be met.
        UnknownCampaignError: the campaign never ran.

    """
    return keep_draw(connection, prepare_draw(connection, wanted, known=known, terms=terms, now=now))


def assign_inspectors(
    connection: Connection,
    stored: StoredDraw,
    roster: Sequence[Inspector],
    rows: Mapping[str, SuspectRow],
    *,
    by: Sequence[str],
    per_group: int,
) -> tuple[StoredDraw, bool]:
    """Make the second draw (双随机) for a draw; returns it and whether anything is new.

    Args:
        connection: a writing transaction.
        stored: the draw of samples.
        roster: inspectors.
        rows: 抽样编号 → listing.
        by: dimensions that samples are grouped by, out of the strata's.
        per_group: inspectors for each group.

    Raises:
        DrawError: it was made already from another roster or in other groups, or a group has too few people.

    """
    manifest = Manifest.model_validate_json(stored.manifest)
    groups = _groups(manifest, rows, by)
    if (made := manifest.inspectors) is not None:
        same = (made.roster_sha256, made.per_group, {g.group for g in made.groups}) == (
            roster_sha256(roster),
            per_group,
            {g.group for g in groups},
        )
        if not same:
            raise DrawError(
                f"draw {stored.id} has its inspectors already, from another roster or in other groups: "
                "a second draw is made once; for a new one draw samples with a new seed"
            )
        return stored, False
    second = assign(
        roster,
        groups,
        seed=manifest.seed,
        population_sha256=manifest.population_sha256,
        per_group=per_group,
    )
    fuller = sealed(manifest.model_copy(update={"inspectors": second}))
    return replace_manifest(connection, stored.id, to_json(fuller), fuller.sha256), True


def drawn_rows(connection: Connection, stored: StoredDraw) -> dict[str, SuspectRow]:
    """Give 抽样编号 → listing, as it is now, of what a draw chose."""
    drawn = drawn_listings(connection, stored.id)
    rows = listings_by_id(connection, (item.listing_id for item in drawn))
    return {item.number: rows[item.listing_id] for item in drawn}


def _order(wanted: Wanted, weights: Mapping[str, int]) -> DrawOrder:
    return DrawOrder(
        seed=wanted.seed,
        strata=wanted.strata,
        size=wanted.size,
        allocation=wanted.allocation,
        weights=weights if PRIORITY in wanted.strata else {},
    )


def _groups(manifest: Manifest, rows: Mapping[str, SuspectRow], by: Sequence[str]) -> list[Group]:
    for name in by:
        if name not in DIMENSIONS or name == PRIORITY:
            there = ", ".join(each for each in DIMENSIONS if each != PRIORITY)
            raise DrawError(f"groups by {name!r}: group by {there}")
    groups: dict[tuple[str, ...], Group] = {}
    for item in manifest.chosen:
        row = rows[item.number]
        values = tuple(DIMENSIONS[name](row, Priority.OTHER) for name in by)
        before = groups.get(values) or Group(group=values, samples=(), parties=())
        parties = tuple(dict.fromkeys((*before.parties, *_parties(row))))
        groups[values] = Group(group=values, samples=(*before.samples, item.number), parties=parties)
    return [groups[values] for values in sorted(groups)]


def _parties(row: SuspectRow) -> list[str]:
    place = located(row)
    names = (
        row.seller_name,
        row.licence_name,
        row.attributes.get("manufacturer"),
        row.site_title,
        place.city,
        place.county,
    )
    return [name for name in names if name]


def _decided_against(connection: Connection, scope: ListingFilter) -> dict[int, str]:
    said = {Decision.REJECTED: "审核已排除疑点", Decision.DUPLICATE: "审核认定与另一条商品信息重复"}
    return {
        mark.id: reason
        for decision, reason in said.items()
        for mark in listing_marks(connection, replace(scope, decision=decision))
    }


@dataclass(frozen=True, slots=True)
class _Made:
    drawn: Draw
    people: Population
    identity: str


def _manifest(connection: Connection, wanted: Wanted, made: _Made, known: Known, now: datetime) -> Manifest:
    people = made.people
    lexicons = sorted({row.lexicon_version for row in people.rows.values()})
    return sealed(
        Manifest(
            format=FORMAT,
            made_at=now,
            versions={
                "monitor": __version__,
                "python": platform.python_version(),
                "lexicon": " ".join(lexicons),
            },
            campaign=wanted.campaign,
            population_kind=wanted.kind,
            sources=known.sources,
            chosen=chosen_items(made.drawn, made.identity),
            excluded=tuple(
                ExcludedItem(site=e.site, url=e.url, title=e.title, reason=e.reason) for e in people.excluded
            ),
            earlier=tuple(
                EarlierDraw(seed=e.seed, made_at=e.made_at, manifest_sha256=e.manifest_sha256)
                for e in draws_from(connection, made.drawn.population_sha256)
            ),
            inspectors=None,
            **population_items(made.drawn, people.members),
        )
    )
