"""What search words brought in a campaign's earlier runs, site by site: counted from units and sightings."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, func, select

from monitor.storage.tables import Campaign, Listing, Run, Sighting, Site, Unit, UnitKind, UnitStatus

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection, Subquery
    from sqlalchemy.orm import InstrumentedAttribute

#: Only so many of a campaign's newest runs are looked at; four times the longest rest of a word.
REMEMBERED_RUNS = 32
#: Units that go through a list: what they see is what a site offers for a word, or as a whole.
_LISTS = (UnitKind.SEARCH, UnitKind.SHOP)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ask:
    """One word, asked once on one site and read to the end."""

    run_id: int
    pages: int
    #: distinct listings that the unit saw
    listings: int
    #: of which are suspects now
    suspects: int
    #: suspects that no other list of the run showed
    alone: int
    #: suspects that nobody had seen before this run
    first: int
    #: children's goods (any category) that no other list of the run showed
    own: int

    @property
    def empty(self) -> bool:
        """It brought no suspect, and no children's good that another list had not shown as well."""
        return not self.suspects and not self.own


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteHistory:
    """What a campaign remembers of one site."""

    #: its runs that had searches on this site, oldest first, whether a word was among them or not
    runs: tuple[int, ...] = ()
    #: word → when it was read to the end, oldest first
    asks: Mapping[str, Sequence[Ask]]

    def since(self, word: str) -> int | None:
        """Runs on this site since `word` was last read to the end; None when it never was."""
        asks = self.asks.get(word, ())
        return sum(run > asks[-1].run_id for run in self.runs) if asks else None


def site_histories(connection: Connection, campaign: str) -> dict[str, SiteHistory]:
    """Load the yields of `campaign`'s search words, by the name of the site.

    A search that failed, was blocked or was left out by a budget says nothing about its word.
    """
    newest = (
        select(Run.id)
        .join(Campaign)
        .where(Campaign.name == campaign)
        .where(select(Unit.id).where(Unit.run_id == Run.id).exists())
        .order_by(Run.id.desc())
        .limit(REMEMBERED_RUNS)
    )
    recent = [row.id for row in connection.execute(newest)]
    runs: dict[str, set[int]] = defaultdict(set)
    asks: dict[str, dict[str, list[Ask]]] = defaultdict(lambda: defaultdict(list))
    for row in connection.execute(_searches(recent)):
        runs[row.site].add(row.run_id)
        if row.status == UnitStatus.DONE:
            asks[row.site][row.key].append(
                Ask(
                    run_id=row.run_id,
                    pages=row.pages,
                    listings=row.listings,
                    suspects=row.suspects,
                    alone=row.alone,
                    first=row.first,
                    own=row.own,
                )
            )
    return {site: SiteHistory(runs=tuple(sorted(ids)), asks=dict(asks[site])) for site, ids in runs.items()}


def _count(condition: ColumnElement[bool] | InstrumentedAttribute[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _searches(runs: Sequence[int]) -> Any:  # noqa: ANN401 - a SELECT
    shown = _shown(runs)
    alone = shown.c.lists == 1
    return (
        select(
            Unit.run_id,
            Site.name.label("site"),
            Unit.key,
            Unit.status,
            Unit.pages,
            func.count(Sighting.listing_id).label("listings"),
            _count(Listing.suspect).label("suspects"),
            _count(and_(Listing.suspect, alone)).label("alone"),
            _count(and_(Listing.suspect, Listing.first_run_id == Unit.run_id)).label("first"),
            _count(and_(Listing.category.is_not(None), alone)).label("own"),
        )
        .join(Site, Unit.site_id == Site.id)
        .outerjoin(Sighting, Sighting.unit_id == Unit.id)
        .outerjoin(Listing, Listing.id == Sighting.listing_id)
        .outerjoin(shown, and_(shown.c.run_id == Unit.run_id, shown.c.listing_id == Sighting.listing_id))
        .where(Unit.run_id.in_(runs), Unit.kind == UnitKind.SEARCH)
        .group_by(Unit.id, Unit.run_id, Site.name, Unit.key, Unit.status, Unit.pages)
        .order_by(Unit.run_id, Unit.id)
    )


def _shown(runs: Sequence[int]) -> Subquery:
    """How many lists of a run showed a listing."""
    return (
        select(Unit.run_id, Sighting.listing_id, func.count().label("lists"))
        .select_from(Sighting)
        .join(Unit)
        .where(Unit.run_id.in_(runs), Unit.kind.in_(_LISTS))
        .group_by(Unit.run_id, Sighting.listing_id)
        .subquery("shown")
    )
