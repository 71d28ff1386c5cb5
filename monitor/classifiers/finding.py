"""Finding and Classification: what the classifiers say, and the words it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FindingKind(StrEnum):
    """Which question a finding answers."""

    #: a dangerous good is offered
    HAZARD = "hazard"
    #: a key product of the campaign, to be sampled
    FOCUS = "focus"
    #: words of the seller that contradict or strengthen
    CLAIM = "claim"
    #: certificate numbers, standards, required fields
    MARK = "mark"
    #: a list names the product: recalls, failed samplings, complaints, media
    WATCHLIST = "watchlist"


class Severity(StrEnum):
    """How soon a person should look; the deadlines are inference (domain report §2)."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Evasion(StrEnum):
    """By which technique the published spelling differs from the lexicon's."""

    #: symbols, spaces or emoji between the characters
    SYMBOLS = "symbols"
    #: full-width or otherwise compatible forms
    WIDTH = "width"
    #: traditional characters
    TRADITIONAL = "traditional"
    #: romanised, in full or in part
    PINYIN = "pinyin"
    #: other characters of the same sound
    HOMOPHONE = "homophone"
    #: look-alike characters
    GLYPH = "glyph"
    #: characters split into their parts
    SPLIT = "split"
    #: more than one of these
    MIXED = "mixed"


class Basis(StrEnum):
    """Legal basis by its short code; the full text stands in the lexicon's `basis` table."""

    PQ49 = "PQ49"
    LBL54 = "LBL54"
    CCC66 = "CCC66"
    CERT53 = "CERT53"
    MIN55 = "MIN55"
    MIN60 = "MIN60"
    PSB = "PSB"
    EMG = "EMG"
    TOB = "TOB"
    NMPA = "NMPA"
    FCM = "FCM"
    AD = "AD"
    ADV = "ADV"


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One reason to look at a listing (疑点)."""

    kind: FindingKind
    #: Lexicon id, e.g. ``magnet_balls``.
    id: str
    #: Field of the listing with the words: ``title``, ``description``, ``shop`` or ``attributes.<key>``.
    field: str
    #: Code points in the original text of `field`, end exclusive; 0, 0 for what is missing rather than said.
    start: int
    end: int
    #: The original text between `start` and `end`.
    matched: str
    #: The lexicon's spelling of what was matched.
    term: str
    evasion: Evasion | None = None
    severity: Severity
    basis: tuple[Basis, ...]
    #: 0–1: how sure the rules are that the thing is really offered.
    confidence: float
    #: One Chinese sentence for the analyst.
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Classification:
    """Everything the classifiers say about one listing; the `classify` contract in Python."""

    #: ``TOY``, ``STA``, ``APP``, ``MASK``, ``INF``, or None for what is not for children.
    category: str | None
    #: Taxonomy id, e.g. ``TOY.MAG.BALL``.
    subcategory: str | None
    hazards: tuple[Finding, ...] = ()
    focus: tuple[Finding, ...] = ()
    claims: tuple[Finding, ...] = ()
    marks: tuple[Finding, ...] = ()
    #: Entries of lists that the listing matches; None while nobody has looked: then what stood still holds.
    watchlist: tuple[Finding, ...] | None = None
    #: 0–1, additive and monotone.
    risk: float = 0.0
    suspect: bool = False
    #: Risk from which it would have been a suspect.
    threshold: float = 0.5
    #: Chinese sentences for the analyst, most important first.
    reasons: tuple[str, ...] = ()
    #: Version of the lexicon that said so.
    lexicon_version: str = ""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, hazards first."""
        return self.hazards + self.focus + self.claims + self.marks + (self.watchlist or ())
