"""What categories.yaml may say: words that tell the category of a title."""

from __future__ import annotations

from enum import IntEnum
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from monitor.classifiers.lexicon.schema import Pattern  # noqa: TC001 - pydantic needs it at run time
from monitor.classifiers.lexicon.source import Strict, read


class Need(IntEnum):
    """What must be there, besides the word, for it to name a product of its category."""

    NOTHING = 0
    #: child words weigh more than adult ones
    CHILD = 1
    #: the same, and one stands shortly before
    CHILD_NEAR = 2
    #: no word of adults, pets, cars or workshops, or more child words than such
    NO_ADULT = 3
    #: the same, and no size of a part (5×1.5, n35)
    UNSIZED = 4
    #: a child word, another noun of its category, or a count of pieces without anything of a workshop
    COMPANY = 5
    #: a wholesaler's short name: a model code and a few characters, this word last
    SHORT_NAME = 6
    #: the same, and no other Han character
    BARE = 7


Strength = Literal["decisive", "certain", "plain", "vague"]


class Nouns(Strict):
    """Product nouns of one sub-category, or of a category where none fits."""

    id: str
    strength: Strength
    needs: Literal["child", "child_near", "no_adult", "unsized", "company", "short_name", "bare"] | None = (
        None
    )
    #: what the word says where what it needs is not there: somebody else's good, or nothing
    otherwise: Literal["other", "nothing"] = "other"
    #: says nothing where it directly follows another product noun (套装)
    transparent: bool = False
    #: a general word: for the key products it counts only where no noun of another sub-category stands
    general: bool = False
    #: an accessory: the noun directly before is what it serves, not what is sold (奶嘴消毒盒)
    accessory: bool = False
    source: str
    words: tuple[str, ...] = Field(min_length=1)


class Others(Strict):
    """Product nouns that are none of ours."""

    id: str
    strength: Strength
    #: a longer word that only hides a shorter one: its child words do not count
    hides: bool = False
    transparent: bool = False
    source: str
    words: tuple[str, ...] = Field(min_length=1)


class Hints(Strict):
    """Words that say for whom, that what follows is thrown in, or that it is an animal's."""

    id: str
    child: int = Field(default=0, ge=0, le=3)
    adult: int = Field(default=0, ge=0, le=3)
    #: what begins within so many characters behind is thrown in (送, 带)
    gift: int | None = Field(default=None, ge=0)
    pet: bool = False
    source: str
    words: tuple[str, ...] = Field(min_length=1)


class Brands(Strict):
    """Brands, series and licensed characters."""

    category: Literal["TOY", "STA", "APP", "MASK", "INF"]
    #: enough by itself in a short name without another product noun
    alone: bool = False
    #: enough for a word of its category that needs a child or a short name; `alone` is, too
    backs: bool = False
    child: int = Field(default=0, ge=0, le=3)
    source: str
    words: tuple[str, ...] = Field(min_length=1)


class Places(Strict):
    """How the place of a noun in the title weighs."""

    head: float = Field(gt=0)
    body: float = Field(gt=0)
    modifier: float = Field(gt=0)
    gift: float = Field(gt=0)


class CategoryWords(Strict):
    """categories.yaml."""

    version: int
    sources: dict[str, str]
    strengths: dict[Strength, float]
    places: Places
    #: characters before a noun in which `child_near` looks for a child word
    near: int = Field(gt=0)
    #: Han characters that a short name has at most
    short_name: int = Field(gt=0)
    #: how titles count the pieces of a set (60件), and state the size or grade of a part (5×1.5, n35)
    pieces: Pattern
    part_size: Pattern
    #: what makes a noun directly before it a pattern or a taste (猫咪款, 苹果味)
    motif: tuple[str, ...]
    #: sub-categories that yield to any other of their category (积木 of 磁力片积木)
    broad: frozenset[str]
    #: score below which there is no category
    threshold: float = Field(gt=0)
    nouns: tuple[Nouns, ...]
    others: tuple[Others, ...]
    hints: tuple[Hints, ...]
    brands: tuple[Brands, ...]


CATEGORIES = frozenset({"TOY", "STA", "APP", "MASK", "INF"})


@cache
def category_words(folder: Path = Path(__file__).parent) -> CategoryWords:
    """The words of `folder`.

    Raises:
        LexiconError: categories.yaml cannot be used.

    """
    return read(folder / "categories.yaml", CategoryWords)
