"""What each file of the lexicon may say; comments in the files explain the keys to their editors."""

from __future__ import annotations

import re
from datetime import date  # noqa: TC003 - pydantic needs it at run time
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from monitor.classifiers.finding import Basis, Evasion, Severity
from monitor.classifiers.lexicon.source import Strict


class Strength(StrEnum):
    """Whether a spelling says enough by itself."""

    ALONE = "alone"
    COMPANY = "company"


Confidence = Literal["high", "medium-high", "medium", "low-medium", "low"]
Share = Annotated[float, Field(ge=0, le=1)]


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"no regular expression ({error}): mend the pattern") from None
    return pattern


Pattern = Annotated[str, AfterValidator(_compiles)]
Text = Annotated[str, Field(min_length=1)]


class Alias(Strict):
    """Another name of a hazard."""

    text: Text
    strength: Strength = Strength.ALONE
    #: Only these words are company enough, where the hazard's own and child words are not.
    only_with: tuple[Text, ...] = ()
    #: Beside a context of these names it is another good (水培 吸水珠).
    not_beside: tuple[str, ...] = ()
    #: Confidence of this spelling where it differs from the strength's, 0–1.
    certainty: Share | None = None
    #: False where words that sound like it are too common to be a disguise.
    by_sound: bool = True
    real_query: bool = False
    note: str | None = None


class Evasive(Alias):
    """A disguised spelling that was seen (attested) or is to be expected (inferred)."""

    attested: bool
    #: How it differs from the name; None for a new name.
    technique: Evasion | None = None


class Benign(Strict):
    """A benign word or good, and where it was met."""

    text: Text
    real_query: bool = False
    note: str | None = None


class Product(Strict):
    """A product the lexicon knows: its spellings, and what is not it."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
    term: Text
    #: False where `term` is a description and only the aliases are spellings.
    match_term: bool = True
    strength: Strength = Strength.ALONE
    #: Confidence of `term`, where it differs from the strength's.
    certainty: Share | None = None
    group: Text
    taxonomy: str | None = None
    severity: Severity
    basis: tuple[Basis, ...] = Field(min_length=1)
    #: ``outside``: no toy in the sense of GB 6675.1, so PQ49 cannot be its basis.
    toy_standard: Literal["outside"] | None = None
    #: A product for children by nature, so that child words beside it say nothing.
    for_children: bool = False
    about: str
    aliases: tuple[Alias, ...] = ()
    evasions: tuple[Evasive, ...] = ()
    vetoes: tuple[Benign, ...] = ()
    same_words: tuple[Benign, ...] = ()
    company: tuple[Text, ...] = ()
    modifiers: tuple[Text, ...] = ()
    heads: tuple[Text, ...] = ()
    sources: tuple[str, ...] = Field(min_length=1)
    confidence: Confidence

    @model_validator(mode="after")
    def _outside_never_rests_on_the_toy_standard(self) -> Self:
        if self.toy_standard == "outside" and Basis.PQ49 in self.basis:
            raise ValueError(f"{self.id} lies outside GB 6675.1: remove PQ49 from its basis")
        return self

    @property
    def is_childs(self) -> bool:
        """Say whether the good is one for children, whoever offers it: a toy, or marked so."""
        return self.for_children or (self.taxonomy or "").startswith("TOY.")

    @property
    def spellings(self) -> tuple[Alias, ...]:
        """Every spelling that is looked for, the term first."""
        term = (Alias(text=self.term, strength=self.strength, certainty=self.certainty),) * self.match_term
        return term + self.aliases + self.evasions


class Hazards(Strict):
    """hazards.yaml."""

    hazards: tuple[Product, ...]


class Products(Strict):
    """products.yaml."""

    products: tuple[Product, ...]


class Collision(Strict):
    """A hazard's spelling that stands inside ordinary words by accident."""

    needle: Text
    #: Words in which it stands, one text each; empty where only context can tell.
    traps: tuple[Text, ...]
    note: str | None = None


class Vetoes(Strict):
    """vetoes.yaml."""

    collisions: tuple[Collision, ...]
    goods: tuple[Product, ...]


class ClaimPattern(Strict):
    """A regular expression, tried where its trigger word stands."""

    trigger: Text
    pattern: Pattern


class Claim(Strict):
    """What a seller says that contradicts or strengthens."""

    id: str
    term: str
    #: The sentence for the analyst; ``{matched}`` is the seller's wording.
    says: str
    severity: Severity
    basis: tuple[Basis, ...] = Field(min_length=1)
    about: str
    needs: tuple[str, ...]
    words: tuple[Text, ...]
    patterns: tuple[ClaimPattern, ...] = ()
    vetoes: tuple[Text, ...] = ()
    sources: tuple[str, ...] = Field(min_length=1)
    confidence: Confidence


class Claims(Strict):
    """claims.yaml."""

    claims: tuple[Claim, ...]


class Context(Strict):
    """Words that say for whom or where."""

    id: str
    about: str
    sources: tuple[str, ...]
    confidence: Confidence
    words: tuple[Text, ...]


class Contexts(Strict):
    """contexts.yaml."""

    contexts: tuple[Context, ...]


class Reach(Strict):
    """Words that govern within a distance."""

    #: Most characters between the word and the good.
    reach: Annotated[int, Field(ge=0)]
    words: tuple[Text, ...]


class Cues(Strict):
    """cues.yaml."""

    confidence: Confidence
    sources: tuple[str, ...]
    denials_adjacent: tuple[Text, ...]
    denials: Reach
    denials_after: Reach
    talk: tuple[Text, ...]
    talk_last: tuple[Text, ...]
    heads: tuple[Text, ...]
    other_goods: Reach
    connectors: tuple[Text, ...]
    purposes: tuple[Text, ...]
    bundles: tuple[Text, ...]


class Bases(Strict):
    """basis.yaml: legal basis → its text."""

    bases: dict[Basis, str]


class Source(Strict):
    """Where knowledge comes from."""

    title: str
    ref: str
    confidence: str


class Sources(Strict):
    """sources.yaml."""

    sources: dict[str, Source]


class Standard(Strict):
    """A standard and its dates of force; None where a date is not verified."""

    id: str
    number: Pattern
    title: str
    from_: date | None = Field(alias="from")
    until: date | None = None
    replaced_by: str | None = None
    note: str | None = None
    sources: tuple[str, ...]
    confidence: Confidence


class Standards(Strict):
    """standards.yaml."""

    standards: tuple[Standard, ...]


class CccProduct(Strict):
    """A product category of CCC certificates."""

    name: str
    taxonomy: tuple[str, ...]
    until: date | None = None
    note: str | None = None


class Ccc(Strict):
    """The syntax of CCC certificate numbers."""

    length: int
    year_from: int
    bodies: dict[str, str]
    products: dict[str, CccProduct]
    confidence: Confidence
    sources: tuple[str, ...]


class MarkKind(StrEnum):
    """What a mark finding is about."""

    MISSING = "missing"
    MISSING_CCC = "missing_ccc"
    BARE = "bare"
    CCC_SYNTAX = "ccc_syntax"
    CCC_PRODUCT = "ccc_product"
    STANDARD = "standard"


class Marks(Strict):
    """marks.yaml."""

    ccc: Ccc
    bare_from: int
    ids: dict[MarkKind, str]
    severity: dict[MarkKind, Severity]
    basis: dict[MarkKind, tuple[Basis, ...]]
    same_number_from: int


class Risk(Strict):
    """risk.yaml: points and factors, see docs/risk.md."""

    hazard: dict[Severity, Share]
    claim: dict[Severity, Share]
    mark: dict[Severity, Share]
    watchlist: dict[Severity, Share]
    #: One of the campaign's seven.
    seven: Share
    focus: Share
    child_beside_hazard: Share
    disguised: Share
    spelling: dict[Strength, Share]
    repaired: Share
    guessed: Share
    child: Annotated[float, Field(ge=1)]
    adult: Share
    industry: Share
    office: Share
    garden: Share
    pet: Share
