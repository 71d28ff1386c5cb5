"""From stored listings to the population of a draw: what can be drawn, in which stratum, what not, and why.

Focus products are to be sampled, dangerous goods to be investigated (domain report §0); both stand in the
population, because a test report supports an investigation too.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

from monitor.classifiers import FindingKind
from monitor.leads.jurisdiction.jurisdiction import PENDING, Location, locate
from monitor.leads.sampling.draw import PRIORITY, DrawError, Member
from monitor.leads.sampling.sampling_terms import Priority

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from monitor.storage.suspects import SuspectRow

#: Stands for a category that is not known.
UNKNOWN = "未归类"


class PopulationKind(StrEnum):
    """Which listings can be drawn."""

    #: all on sale that offer a focus product or a hazard
    FOCUS = "focus"
    #: those of them that a reviewer confirmed
    CONFIRMED = "confirmed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Excluded:
    """A listing that would be in the population, and why it is not."""

    site: str
    url: str
    title: str
    #: in Chinese
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Population:
    """What is drawn from."""

    members: tuple[Member, ...]
    excluded: tuple[Excluded, ...]
    #: `Member.key` → the listing
    rows: Mapping[tuple[str, str], SuspectRow]


def _category(row: SuspectRow, priority: Priority) -> str:
    del priority
    return row.category or UNKNOWN


def _subcategory(row: SuspectRow, priority: Priority) -> str:
    del priority
    return row.subcategory or row.category or UNKNOWN


def _site(row: SuspectRow, priority: Priority) -> str:
    del priority
    return row.site


def _place(row: SuspectRow, priority: Priority) -> str:
    """Area code of the seller, else 待核; what the platform states (发货地) decides nothing."""
    del priority
    return located(row).area_code or PENDING


def _priority(row: SuspectRow, priority: Priority) -> str:
    del row
    return priority.value


#: What strata can be made of.
DIMENSIONS: Mapping[str, Callable[[SuspectRow, Priority], str]] = {
    "category": _category,
    "subcategory": _subcategory,
    "site": _site,
    "place": _place,
    PRIORITY: _priority,
}
#: What they are made of by default.
DEFAULT_STRATA = ("category", "site", "place", PRIORITY)


def population(
    rows: Iterable[SuspectRow],
    strata: Sequence[str],
    *,
    priority_of: Callable[[SuspectRow], Priority] | None = None,
    excluded_because: Callable[[SuspectRow], str | None] | None = None,
) -> Population:
    """Sort listings into those that can be drawn and those that are excluded.

    Args:
        rows: listings; those that offer neither a focus product nor a hazard, and those that are gone, belong
            to neither.
        strata: names out of `DIMENSIONS`.
        priority_of: by default all are alike.
        excluded_because: a reason in Chinese; None lets the listing in.

    Raises:
        DrawError: a name of `strata` is not known or stands twice.

    """
    values = _values(strata)
    members: dict[tuple[str, str], Member] = {}
    kept: dict[tuple[str, str], SuspectRow] = {}
    excluded: dict[tuple[str, str], Excluded] = {}
    for row in rows:
        if row.gone_at is not None or not because(row):
            continue
        if excluded_because is not None and (reason := excluded_because(row)) is not None:
            out = Excluded(site=row.site, url=row.url, title=row.title, reason=reason)
            excluded[row.site, row.url] = out
            continue
        priority = Priority.OTHER if priority_of is None else priority_of(row)
        stratum = tuple(value(row, priority) for value in values)
        member = Member(site=row.site, url=row.url, title=row.title, stratum=stratum)
        members[member.key], kept[member.key] = member, row
    return Population(
        members=tuple(members[key] for key in sorted(members)),
        excluded=tuple(excluded[key] for key in sorted(excluded)),
        rows=kept,
    )


def because(row: SuspectRow) -> tuple[str, ...]:
    """Ids of the focus products and hazards that a listing is in the population for."""
    kinds = (FindingKind.FOCUS, FindingKind.HAZARD)
    return tuple(dict.fromkeys(f.id for kind in kinds for f in row.findings if f.kind is kind))


def located(row: SuspectRow) -> Location:
    """Say where a listing's seller is."""
    return _located(row.address, row.credit_code)


@cache
def _located(address: str | None, code: str | None) -> Location:
    """Sellers have many listings: each is located once."""
    return locate(address, code=code)


def _values(strata: Sequence[str]) -> list[Callable[[SuspectRow, Priority], str]]:
    for name in strata:
        if name not in DIMENSIONS:
            raise DrawError(f"no stratum is called {name!r}: there are {', '.join(DIMENSIONS)}")
    if len(set(strata)) < len(strata) or not strata:
        raise DrawError(f"strata {','.join(strata)!r}: name each once, and at least one")
    return [DIMENSIONS[name] for name in strata]
