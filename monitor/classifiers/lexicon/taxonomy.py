"""Sub-categories, the rules they fall under, and the products that the campaign samples (taxonomy.yaml)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from monitor.classifiers.finding import Basis, Severity  # noqa: TC001 - pydantic needs it at run time
from monitor.classifiers.lexicon.schema import Confidence  # noqa: TC001 - pydantic needs it at run time
from monitor.classifiers.lexicon.source import Strict, read


class Category(Strict):
    """One of the five categories, or an extension of the study, which is no category of a listing."""

    name: str
    extension: bool = False
    #: name of the profile of its listings whose sub-category is not known
    profile: str | None = None


class Stated(Strict):
    """One thing that the label or the page should state."""

    #: as analysts are told
    title: str
    #: where a page states it, as in `Listing.state`; None where only the product or its packing does
    field: str | None = Field(default=None, pattern=r"^attributes\.[a-z_]+$")
    detail: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _title_alone(cls, data: object) -> object:
        return {"title": data} if isinstance(data, str) else data


class Profile(Strict):
    """What the listings of some sub-categories should state."""

    sources: tuple[str, ...] = Field(min_length=1)
    states: tuple[Stated, ...] = Field(min_length=1)


class CccClasses(Strict):
    """How the CCC catalogue names the classes, before and since July 2020."""

    before_2020_07: tuple[str, ...]
    since_2020_07: tuple[str, ...]
    #: old class → where it went; inference
    became: dict[str, str]
    plastic_toys_exclude: tuple[str, ...]
    sources: tuple[str, ...]
    confidence: Confidence


class FocusRule(Strict):
    """A sub-category that a focus product covers, whole or in part."""

    taxonomy: str
    #: one of these must stand in the text, when any are given
    words: tuple[str, ...] = ()
    #: none of these may stand in the text
    but_not: tuple[str, ...] = ()


class Focus(Strict):
    """A key product of the campaign (重点产品), to be sampled."""

    id: str
    name: str
    rules: tuple[FocusRule, ...] = Field(min_length=1)


class Subcategory(Strict):
    """A product class."""

    id: str
    name: str
    category: str
    #: whether the campaign's plan names it among the products to be sampled
    seed_focus: bool
    #: whether it needs a CCC certificate, in the study's words
    ccc: str
    standards: tuple[str, ...]
    #: names of `Taxonomy.profiles`: what its listing should state
    profiles: tuple[str, ...]
    #: defects that sampling found
    defects: tuple[str, ...]
    sources: tuple[str, ...] = Field(min_length=1)
    confidence: Confidence


class Taxonomy(Strict):
    """taxonomy.yaml."""

    categories: dict[str, Category]
    ccc: CccClasses
    #: by name
    profiles: dict[str, Profile]
    focus: tuple[Focus, ...]
    focus_severity: Severity
    focus_basis: tuple[Basis, ...] = Field(min_length=1)
    focus_sources: tuple[str, ...] = Field(min_length=1)
    subcategories: tuple[Subcategory, ...]

    @model_validator(mode="after")
    def _references(self) -> Self:
        known = {sub.id for sub in self.subcategories}
        if len(known) < len(self.subcategories):
            raise ValueError("an id stands twice among the subcategories: rename one of them")
        for sub in self.subcategories:
            if sub.category not in self.categories:
                raise ValueError(f"{sub.id}: category {sub.category} is not among the categories: mend it")
            unknown = set(sub.profiles) - set(self.profiles)
            if unknown:
                raise ValueError(f"{sub.id}: no profile {', '.join(sorted(unknown))}: mend the name")
        for name, category in self.categories.items():
            if category.profile is not None and category.profile not in self.profiles:
                raise ValueError(f"{name}: no profile {category.profile}: mend the name")
        for focus in self.focus:
            for rule in focus.rules:
                if rule.taxonomy not in known:
                    raise ValueError(f"focus {focus.id}: no sub-category {rule.taxonomy}: mend the id")
        return self

    def should_state(self, category: str | None, subcategory: str | None) -> tuple[Stated, ...]:
        """What the page of a listing should state, each field once; nothing for goods of no category."""
        if category is None:
            return ()
        sub = next((sub for sub in self.subcategories if sub.id == subcategory), None)
        base = self.categories[category].profile
        names = sub.profiles if sub is not None else (base,) if base is not None else ()
        by_field: dict[str, Stated] = {}
        for name in names:
            for stated in self.profiles[name].states:
                if stated.field is not None:
                    by_field.setdefault(stated.field, stated)
        return tuple(by_field.values())


@cache
def load_taxonomy(folder: Path = Path(__file__).parent) -> Taxonomy:
    """The taxonomy of `folder`.

    Raises:
        LexiconError: taxonomy.yaml cannot be used.

    """
    return read(folder / "taxonomy.yaml", Taxonomy)
