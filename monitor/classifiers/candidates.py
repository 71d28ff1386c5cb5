"""Where a text may name a dangerous good: spelt out, or by sound and look, with how sure the spelling is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.classifiers.finding import Evasion
from monitor.classifiers.lexicon.schema import Evasive, Strength
from monitor.classifiers.matcher import WordKind
from monitor.classifiers.words import Spelling

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from monitor.classifiers.lexicon.schema import Alias, Product, Risk
    from monitor.classifiers.matcher import Hit
    from monitor.classifiers.normalise import Normalised
    from monitor.classifiers.sounds import Sounding


@dataclass(frozen=True, slots=True)
class Candidate:
    """A spelling of a hazard in a text; whether the good is offered is not yet decided."""

    hazard: Product
    alias: Alias
    #: Span in the normalised text.
    start: int
    end: int
    techniques: frozenset[Evasion]
    #: Positions whose Han characters were read as others (by sound or look).
    replaced: tuple[int, ...] = ()
    #: One of them may be any character: nothing but its rarity speaks for the name.
    guess: bool = False

    @property
    def place(self) -> tuple[int, int]:
        """Its span in the normalised text."""
        return self.start, self.end

    @property
    def evasion(self) -> Evasion | None:
        """The one technique, or mixed."""
        if not self.techniques:
            return None
        return Evasion.MIXED if len(self.techniques) > 1 else next(iter(self.techniques))

    @property
    def flimsy(self) -> bool:
        """Two characters, one of which was read as another: too little without a word of the hazard's own."""
        return bool(self.replaced) and self.end - self.start == 2

    def certainty(self, risk: Risk) -> float:
        """How sure the spelling is, 0–1, before context."""
        base = self.alias.certainty
        if base is None:
            base = risk.spelling[self.alias.strength]
        guessed = self.techniques & {Evasion.PINYIN, Evasion.HOMOPHONE, Evasion.GLYPH, Evasion.SPLIT}
        return base * (risk.guessed if guessed else risk.repaired if self.techniques else 1.0)


def spelt_out(hits: Iterable[Hit], normalised: Normalised) -> Iterator[Candidate]:
    """Candidates that stand in the normalised text letter by letter."""
    for word, start, end in hits:
        if word.kind is not WordKind.HAZARD:
            continue
        spelling = word.detail
        assert isinstance(spelling, Spelling)
        techniques = normalised.undone(start, end)
        if spelling.repeated:
            techniques |= {Evasion.SYMBOLS}
        elif spelling.disguised and not techniques:
            techniques = _listed(spelling)
        yield Candidate(spelling.hazard, spelling.alias, start, end, techniques)


def sounding(found: Iterable[Sounding], normalised: Normalised) -> Iterator[Candidate]:
    """Candidates by sound and look."""
    for heard in found:
        spelling = heard.word.detail
        assert isinstance(spelling, Spelling)
        start, end, replaced = heard.start, heard.end, heard.replaced
        techniques = heard.techniques | normalised.undone(start, end, but=replaced)
        yield Candidate(spelling.hazard, spelling.alias, start, end, techniques, replaced, heard.guess)


def _listed(spelling: Spelling) -> frozenset[Evasion]:
    """The technique of an evasion that the lexicon lists; a new name is none."""
    technique = spelling.alias.technique if isinstance(spelling.alias, Evasive) else None
    return frozenset() if technique is None else frozenset({technique})


def needs_company(candidate: Candidate) -> bool:
    """Say whether the spelling says too little by itself."""
    return candidate.alias.strength is Strength.COMPANY or candidate.flimsy
