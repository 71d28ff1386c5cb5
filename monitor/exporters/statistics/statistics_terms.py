"""What the reports of a campaign show: titles, columns and words (`statistics_terms.yaml`)."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from monitor.classifiers import FindingKind
from monitor.classifiers.lexicon.source import read
from monitor.storage.lead_status import LeadKind, LeadResult

#: The shipped file.
SHIPPED = Path(__file__).with_name("statistics_terms.yaml")

#: What stands for a figure that nobody collected; never 0.
NOT_COLLECTED = "未采集"

#: What can be counted by county and kind of goods.
Measure = Literal[
    "listings",
    "suspects",
    "reviewed",
    "confirmed",
    "rejected",
    "leads",
    "sent",
    "answered",
    "true",
    "off_shelf",
    "cases",
    "tested",
    "failed",
]


class ReportKind(StrEnum):
    """Which of the campaign's reports is written."""

    #: as it stands on the way
    STAGE = "stage"
    #: at the end
    FINAL = "final"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ReportTitle(_Part):
    """One report of the plan."""

    title: str
    #: month and day
    due: Annotated[str, Field(pattern=r"^\d\d-\d\d$")]
    source: str


class GoodsKind(_Part):
    """One of the kinds of goods that the form shows side by side."""

    title: str
    categories: tuple[str, ...]


class FormColumn(_Part):
    """One column of the form."""

    title: str
    #: None: not collected here
    measure: Measure | None
    #: one column a kind of goods, and their sum
    split: bool
    #: what it rests on
    source: str


class Form(_Part):
    """附件2."""

    title: str
    kinds: tuple[GoodsKind, ...]
    columns: tuple[FormColumn, ...]

    @model_validator(mode="after")
    def _titles_stand_once(self) -> Form:
        titles = [column.title for column in self.columns]
        if twice := [title for title in titles if titles.count(title) > 1]:
            raise ValueError(f"two columns are called {twice[0]}")
        return self


class StatisticsTerms(_Part):
    """statistics_terms.yaml."""

    reports: dict[ReportKind, ReportTitle]
    form: Form
    kinds_of_finding: dict[FindingKind, str]
    #: id → name, of findings that the lexicon has no name for
    rules: dict[str, str]
    lead_kinds: dict[LeadKind, str]
    results: dict[LeadResult, str]


@cache
def statistics_terms(path: Path = SHIPPED) -> StatisticsTerms:
    """Read the terms.

    Raises:
        LexiconError: the file is missing, not YAML, or a key is missing, unknown or wrong.

    """
    return read(path, StatisticsTerms)
