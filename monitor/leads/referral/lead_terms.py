"""What letters and leads go by: office, numbers, days, completeness, wording (`lead_terms.yaml`)."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from monitor.classifiers.lexicon.source import Strict, read
from monitor.storage.lead_status import LeadKind, LeadResult, LeadStatus, LeadStep

#: The shipped file.
SHIPPED = Path(__file__).with_name("lead_terms.yaml")


class Series(StrEnum):
    """Which letters are numbered together."""

    #: to a market supervision bureau
    REFERRAL = "referral"
    #: to another authority (R8)
    SPECIAL = "special"
    #: to a platform
    NOTICE = "notice"


class Element(StrEnum):
    """What a lead should have."""

    SUBJECT_NAME = "subject_name"
    SUBJECT_CODE = "subject_code"
    SUBJECT_ADDRESS = "subject_address"
    RECEIVER = "receiver"
    AGREED = "agreed"
    WORDS = "words"
    BASIS = "basis"
    PRESERVED = "preserved"
    PRICE = "price"


class Office(Strict):
    """Who writes; what is empty is left blank."""

    bureau: str
    department: str
    address: str
    contact: str
    phone: str


class Letter(Strict):
    """One type of letter."""

    title: str
    #: with ``{year}`` and ``{number}``
    number: Annotated[str, Field(pattern=r"\{year\}.*\{number\}|\{number\}.*\{year\}")]
    #: file name of the Word layout
    layout: str


class Days(Strict):
    """So many working days, and what that rests on."""

    days: Annotated[int, Field(ge=1)]
    source: str
    confidence: str


class AllDays(Strict):
    """Every count of days."""

    sign: Days
    verify: Days
    extension: Days
    dispute: Days
    platform: Days
    recheck: Days
    recheck_after_takedown: Days


class ElementTerm(Strict):
    """One element of completeness."""

    id: Element
    group: str
    title: str
    weight: Annotated[int, Field(ge=1)]
    required: bool


class Ground(Strict):
    """A legal text, and how sure it is."""

    text: str
    source: str
    confidence: str


class Requests(Strict):
    """What each type of letter asks for; names of days in braces are filled in."""

    referral: tuple[str, ...]
    special: tuple[str, ...]
    notice: tuple[str, ...]


class Platform(Strict):
    """Who runs a site."""

    #: full name of the platform's company
    operator: str
    address: str = ""


class LeadTerms(Strict):
    """The whole file."""

    office: Office
    letters: dict[Series, Letter]
    number_source: str
    own_sites: frozenset[str]
    platforms: dict[str, Platform]
    days: AllDays
    completeness: tuple[ElementTerm, ...]
    completeness_source: str
    monitoring: tuple[Ground, ...]
    requests: Requests
    notice_basis: tuple[Ground, ...]
    results: dict[LeadResult, str]
    statuses: dict[LeadStatus, str]
    steps: dict[LeadStep, str]
    kinds: dict[LeadKind, str]

    @model_validator(mode="after")
    def _all_there(self) -> Self:
        wanted = (
            ("letters", self.letters, Series),
            ("completeness", {term.id for term in self.completeness}, Element),
            ("results", self.results, LeadResult),
            ("statuses", self.statuses, LeadStatus),
            ("steps", self.steps, LeadStep),
            ("kinds", self.kinds, LeadKind),
        )
        for name, given, codes in wanted:
            if missing := [code.value for code in codes if code not in given]:
                raise ValueError(f"{name}: {', '.join(missing)} missing: add a line for each")
        if len({letter.number for letter in self.letters.values()}) < len(self.letters):
            raise ValueError("letters: two have the same form of number: let each have its own")
        return self


@cache
def lead_terms(path: Path | None = None) -> LeadTerms:
    """Read the terms, by default the shipped ones.

    Raises:
        LexiconError: the file is missing, not YAML, or a key is missing, unknown or wrong.

    """
    return read(path or SHIPPED, LeadTerms)
