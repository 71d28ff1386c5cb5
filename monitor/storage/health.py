"""What units' pages gave, the verdicts on units, and what was usual before."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from monitor.storage.tables import HealthVerdict, Run, Site, Unit, UnitHealth, UnitKind, UnitPage, UnitStatus
from monitor.storage.upsert import batches, upsert

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

#: Fields whose presence is counted; attributes on detail pages only.
FIELDS = ("title", "price", "seller", "url", "attributes")
#: Kinds of unit that are asked again under the same key; the others (one page each) are taken together.
LISTS = (UnitKind.SEARCH, UnitKind.SHOP)
#: So many earlier units make what is usual of a list, and so many of single pages.
REMEMBERED_LISTS, REMEMBERED_PAGES = 8, 200
#: Earlier runs on the same sites that are looked through for them.
_REMEMBERED_RUNS = 40
#: Verdicts that say what is usual. What was blocked or unreadable says nothing of what a site offers.
_USUAL = (HealthVerdict.OK, HealthVerdict.EMPTY, HealthVerdict.DEGRADED)


@dataclass(frozen=True, kw_only=True, slots=True)
class PageFacts:
    """What one page gave."""

    #: HTTP status; None where no page came
    status: int | None
    #: see `extraction.page.Verdict`; None where no page came
    verdict: str | None
    reason: str | None = None
    listings: int = 0
    #: how many of its listings state each of `FIELDS`
    filled: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class UnitFacts:
    """A unit of a run that is over, with what its pages gave."""

    unit_id: int
    site: str
    kind: UnitKind
    key: str
    status: UnitStatus
    #: why it ended so
    reason: str | None
    #: from its beginning to its end
    seconds: float | None
    pages: tuple[PageFacts, ...]

    @property
    def listings(self) -> int:
        """Listings on all its pages; one that two pages show counts twice."""
        return sum(page.listings for page in self.pages)

    @property
    def fills(self) -> dict[str, float]:
        """Share of its listings that state each field, of those fields that were counted."""
        return fill_rates(self.pages)


@dataclass(frozen=True, kw_only=True, slots=True)
class Usual:
    """What was usual of a unit in earlier runs: medians."""

    #: how many earlier units it is the median of
    units: int
    pages: float
    listings: float
    seconds: float | None
    fills: Mapping[str, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class HealthLine:
    """The verdict on one unit, as people read it."""

    unit_id: int
    site: str
    kind: UnitKind
    key: str
    verdict: HealthVerdict
    reasons: tuple[str, ...]


def fill_rates(pages: Iterable[PageFacts]) -> dict[str, float]:
    """Share of the listings of pages that state each field."""
    filled: Counter[str] = Counter()
    listings: Counter[str] = Counter()
    for page in pages:
        for name, count in page.filled.items():
            filled[name] += count
            listings[name] += page.listings
    return {name: filled[name] / listings[name] for name in FIELDS if listings[name]}


def record_page(connection: Connection, unit_id: int, number: int, facts: PageFacts) -> None:
    """Keep what a page gave; a page of an earlier attempt of the unit is replaced."""
    row = {
        "unit_id": unit_id,
        "number": number,
        "status": facts.status,
        "verdict": facts.verdict,
        "reason": facts.reason,
        "listings": facts.listings,
        "filled": dict(facts.filled),
    }
    upsert(connection, UnitPage, [row], unique=["unit_id", "number"])


def unit_facts(connection: Connection, run_id: int) -> list[UnitFacts]:
    """Load the units of a run that were begun and have ended, in the order they were made.

    Pictures are left out: they say nothing of the site's pages, and often stand on another's host.
    """
    rows = connection.execute(
        select(Unit, Site.name.label("site"))
        .join(Site, Unit.site_id == Site.id)
        .where(
            Unit.run_id == run_id,
            Unit.kind != UnitKind.PICTURE,
            Unit.started_at.is_not(None),
            Unit.status.in_([UnitStatus.DONE, UnitStatus.FAILED, UnitStatus.BLOCKED]),
        )
        .order_by(Unit.id)
    ).all()
    pages: dict[int, list[PageFacts]] = defaultdict(list)
    for batch in batches([row.id for row in rows]):
        query = (
            select(UnitPage).where(UnitPage.unit_id.in_(batch)).order_by(UnitPage.unit_id, UnitPage.number)
        )
        for row in connection.execute(query):
            pages[row.unit_id].append(
                PageFacts(
                    status=row.status,
                    verdict=row.verdict,
                    reason=row.reason,
                    listings=row.listings,
                    filled=row.filled,
                )
            )
    return [_unit(row, pages[row.id]) for row in rows]


def usual_lists(connection: Connection, run_id: int) -> dict[tuple[str, UnitKind, str], Usual]:
    """Say what was usual of each search and shop, by site, kind and key, before a run."""
    found: dict[tuple[str, UnitKind, str], list[Any]] = defaultdict(list)
    for row in _history(connection, run_id, LISTS):
        key = (row.site, UnitKind(row.kind), row.key)
        if len(found[key]) < REMEMBERED_LISTS:
            found[key].append(row)
    return {key: _usual(rows) for key, rows in found.items()}


def usual_pages(connection: Connection, run_id: int) -> dict[tuple[str, UnitKind], Usual]:
    """Say what was usual of units of one page, by site and kind, before a run."""
    kinds = tuple(kind for kind in UnitKind if kind not in LISTS)
    found: dict[tuple[str, UnitKind], list[Any]] = defaultdict(list)
    for row in _history(connection, run_id, kinds):
        key = (row.site, UnitKind(row.kind))
        if len(found[key]) < REMEMBERED_PAGES:
            found[key].append(row)
    return {key: _usual(rows) for key, rows in found.items()}


def save_health(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep verdicts, as rows of `unit_health`; a unit that was tried again is judged again."""
    for batch in batches(rows):
        upsert(connection, UnitHealth, [dict(row) for row in batch], unique=["unit_id"])


def health_lines(connection: Connection, run_id: int) -> list[HealthLine]:
    """List the verdicts on the units of a run, in the order the units were made."""
    rows = connection.execute(
        select(UnitHealth, Unit.kind, Unit.key, Site.name.label("site"))
        .join(Unit, UnitHealth.unit_id == Unit.id)
        .join(Site, Unit.site_id == Site.id)
        .where(Unit.run_id == run_id)
        .order_by(Unit.id)
    )
    return [
        HealthLine(
            unit_id=row.unit_id,
            site=row.site,
            kind=UnitKind(row.kind),
            key=row.key,
            verdict=HealthVerdict(row.verdict),
            reasons=tuple(row.reasons),
        )
        for row in rows
    ]


def health_counts(connection: Connection, run_ids: Sequence[int]) -> dict[int, Counter[HealthVerdict]]:
    """Count the verdicts of runs; a run that was not judged has no entry."""
    found: dict[int, Counter[HealthVerdict]] = defaultdict(Counter)
    rows = connection.execute(
        select(Unit.run_id, UnitHealth.verdict).join(Unit).where(Unit.run_id.in_(run_ids))
    )
    for row in rows:
        found[row.run_id][HealthVerdict(row.verdict)] += 1
    return dict(found)


def _history(connection: Connection, run_id: int, kinds: Sequence[UnitKind]) -> Any:  # noqa: ANN401 - rows
    """Judged units of earlier runs on the sites of a run, the newest first."""
    sites = select(Unit.site_id).where(Unit.run_id == run_id).distinct()
    earlier = (
        select(Run.id)
        .where(Run.id < run_id, Run.id.in_(select(Unit.run_id).where(Unit.site_id.in_(sites))))
        .order_by(Run.id.desc())
        .limit(_REMEMBERED_RUNS)
    )
    recent = list(connection.execute(earlier).scalars())
    return connection.execute(
        select(UnitHealth, Unit.kind, Unit.key, Site.name.label("site"))
        .join(Unit, UnitHealth.unit_id == Unit.id)
        .join(Site, Unit.site_id == Site.id)
        .where(
            Unit.run_id.in_(recent),
            Unit.site_id.in_(sites),
            Unit.kind.in_(kinds),
            UnitHealth.verdict.in_(_USUAL),
        )
        .order_by(Unit.run_id.desc(), Unit.id.desc())
    )


def _usual(rows: Sequence[Any]) -> Usual:
    seconds = [row.seconds for row in rows if row.seconds is not None]
    rates = defaultdict(list)
    for row in rows:
        for name, rate in row.fills.items():
            rates[name].append(rate)
    return Usual(
        units=len(rows),
        pages=median(row.pages for row in rows),
        listings=median(row.listings for row in rows),
        seconds=median(seconds) if seconds else None,
        fills={name: median(each) for name, each in rates.items()},
    )


def _unit(row: Any, pages: Sequence[PageFacts]) -> UnitFacts:  # noqa: ANN401 - a row of a join
    ended: datetime | None = row.finished_at
    return UnitFacts(
        unit_id=row.id,
        site=row.site,
        kind=UnitKind(row.kind),
        key=row.key,
        status=UnitStatus(row.status),
        reason=row.reason,
        seconds=(ended - row.started_at).total_seconds() if ended else None,
        # what lies beyond is of an earlier attempt that went further
        pages=tuple(pages[: row.pages]),
    )
