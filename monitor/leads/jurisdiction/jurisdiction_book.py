"""What the city knows about its own areas, zones, rules and special routes: `data/jurisdiction.yaml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from monitor.classifiers.lexicon.source import Strict, read

_Code = Annotated[str, Field(pattern=r"^\d{6}$")]


class City(Strict):
    """The city whose bureau works with this program."""

    code: _Code
    bureau: str
    bureau_confidence: str


class County(Strict):
    """A county of the city."""

    code: _Code
    name: str
    bureau: str
    #: how sure the bureau's name is, and why; shown wherever the name is shown
    bureau_confidence: str
    towns: tuple[str, ...]


class Zone(Strict):
    """A functional zone with a bureau of its own."""

    #: local code, ``<host>-<letters>``; not of GB/T 2260
    code: Annotated[str, Field(pattern=r"^\d{6}-[A-Z]+$")]
    name: str
    #: county that it lies in; statistics count the zone to it unless `reports`
    host: _Code
    #: document by which its bureau reports to the city by itself; None: there is none
    reports: str | None
    bureau: str
    bureau_confidence: str
    aliases: tuple[str, ...]
    towns: tuple[str, ...]
    note: str


class UndecidedWords(Strict):
    """Words that leave two authorities possible."""

    words: tuple[str, ...]
    #: codes of the areas and zones in which they leave it open
    within: tuple[str, ...]
    why: str


class Excluded(Strict):
    """An area that nothing is routed to."""

    code: _Code
    why: str


class SpecialArea(Strict):
    """Areas whose authority is not that of the city around them."""

    codes: tuple[_Code, ...]
    words: tuple[str, ...]
    why: str


class OutsideMainland(Strict):
    """Words with which an address outside the mainland begins."""

    why: str
    words: tuple[str, ...]


class Rule(Strict):
    """A rule of competence, R1–R9."""

    id: Annotated[str, Field(pattern=r"^R[1-9]$")]
    when: str
    to: str
    #: legal texts
    basis: str
    #: how sure the legal text is
    confidence: str


class SpecialRoute(Strict):
    """An authority outside market supervision (R8)."""

    #: code of the legal basis, e.g. ``PSB``
    basis: str
    authority: str
    confidence: str


class JurisdictionBook(Strict):
    """The whole file."""

    version: str
    city: City
    counties: tuple[County, ...]
    zones: tuple[Zone, ...]
    undecided_words: tuple[UndecidedWords, ...]
    excluded: tuple[Excluded, ...]
    #: names too common to stand for a place without the one around it
    ambiguous_alone: frozenset[str]
    short_names: dict[str, _Code]
    special_areas: tuple[SpecialArea, ...]
    outside_mainland: OutsideMainland
    rules: tuple[Rule, ...]
    special_routes: tuple[SpecialRoute, ...]

    def rule(self, id_: str) -> Rule:
        """Return the rule of that id."""
        return next(rule for rule in self.rules if rule.id == id_)

    @property
    def places(self) -> tuple[County | Zone, ...]:
        """Counties and zones of the city, each with a bureau of its own."""
        return (*self.counties, *self.zones)

    def owners(self, town: str) -> tuple[str, ...]:
        """Codes of the counties and zones of the city that have a town or street of that full name."""
        return tuple(place.code for place in self.places if town in place.towns)


#: The shipped file.
SHIPPED = Path(__file__).with_name("jurisdiction.yaml")


@cache
def jurisdiction_book(path: Path = SHIPPED) -> JurisdictionBook:
    """Read the book.

    Raises:
        LexiconError: the file is missing, not YAML, or a key is missing, unknown or wrong.

    """
    return read(path, JurisdictionBook)
