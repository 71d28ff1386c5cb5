"""`relisting.yaml` as the comparison reads it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from monitor.classifiers.lexicon.source import Strict, read

_FILE = Path(__file__).with_name("relisting.yaml")
#: A part of the score that speaks for a relisting, and one that speaks against it.
_For = Annotated[float, Field(ge=0, le=1)]
_Against = Annotated[float, Field(ge=-1, le=0)]


class Title(Strict):
    """How far the similarity of titles counts."""

    from_: _For = Field(alias="from")
    full: _For
    weight: _For

    @model_validator(mode="after")
    def _in_order(self) -> Title:
        if self.from_ >= self.full:
            raise ValueError("title.from must be less than title.full")
        return self


class PictureLikeness(Strict):
    """How far the fingerprints of two pictures may be apart, in bits, for their likeness to count."""

    full: int = Field(ge=0)
    to: int = Field(ge=0)
    weight: _For

    @model_validator(mode="after")
    def _in_order(self) -> PictureLikeness:
        if self.full > self.to:
            raise ValueError("picture.full must not be more than picture.to")
        return self

    def counts(self, bits: int) -> float:
        """Say what fingerprints that differ in `bits` bits count."""
        return self.weight * min(1.0, max(0, self.to + 1 - bits) / (self.to + 1 - self.full))


class Same(Strict):
    """What speaks for it when it is the same."""

    ccc_number: _For
    image: _For
    model: _For
    manufacturer: _For
    brand: _For
    seller: _For


class Different(Strict):
    """What speaks against it when both state it, and otherwise."""

    ccc_number: _Against
    model: _Against
    brand: _Against
    manufacturer: _Against
    numbers: _Against


class Within(Strict):
    """Prices that differ by at most so much of the lower one."""

    within: float = Field(ge=0)
    weight: _For


class Far(Strict):
    """Prices of which one is at least so many times the other."""

    times: float = Field(gt=1)
    weight: _Against


class Price(Strict):
    """What closeness of prices counts."""

    close: Within
    near: Within
    far: Far


class RelistingRules(Strict):
    """Everything that the comparison weighs."""

    title: Title
    picture: PictureLikeness
    same: Same
    different: Different
    price: Price
    fillers: tuple[str, ...]
    nothing: frozenset[str]


@cache
def relisting_rules() -> RelistingRules:
    """Read the rules that come with monitor."""
    return read(_FILE, RelistingRules)
