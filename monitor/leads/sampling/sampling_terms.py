"""What a sampling draw goes by: numbers, priorities and rules with their sources (`sampling_terms.yaml`)."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from monitor.classifiers.lexicon.source import Strict, read

#: The shipped file.
SHIPPED = Path(__file__).with_name("sampling_terms.yaml")


class Priority(StrEnum):
    """Why a listing is to be sampled before others; in the order in which they count."""

    FAILED = "failed"
    REPORTED = "reported"
    UNSAMPLED = "unsampled"
    OTHER = "other"


class Samples(Strict):
    """Units of one listing to be bought."""

    test: Annotated[int, Field(ge=1)]
    spare: Annotated[int, Field(ge=0)]


class PriorityTerm(Strict):
    """One priority, and what it rests on."""

    id: Priority
    title: str
    about: str
    weight: Annotated[int, Field(ge=1)]
    source: str


class Rule(Strict):
    """A statement about sampling, and what it rests on."""

    name: str
    text: str
    source: str
    confidence: str


class SamplingTerms(Strict):
    """The whole file."""

    samples: Samples
    inspectors_per_group: Annotated[int, Field(ge=1)]
    higher_level_months: Annotated[int, Field(ge=0)]
    own_levels: frozenset[str]
    retest_after: Annotated[int, Field(ge=1)]
    priorities: tuple[PriorityTerm, ...]
    rules: tuple[Rule, ...]

    @property
    def weights(self) -> dict[str, int]:
        """Value of the dimension ``priority`` → weight."""
        return {term.id.value: term.weight for term in self.priorities}

    def priority_title(self, value: str) -> str:
        """Name a priority in Chinese."""
        return next((term.title for term in self.priorities if term.id == value), value)


@cache
def sampling_terms(path: Path = SHIPPED) -> SamplingTerms:
    """Read the terms.

    Raises:
        LexiconError: the file is missing, not YAML, or a key is missing, unknown or wrong.

    """
    return read(path, SamplingTerms)
