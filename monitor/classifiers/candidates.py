"""Where a text may name a dangerous good: spelt out, or by sound and look, with how sure the spelling is."""

from __future__ import annotations

import re
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
    def deliberate(self) -> bool:
        """Nobody writes so by accident: romanised, or taken apart."""
        return not self.techniques.isdisjoint({Evasion.PINYIN, Evasion.SPLIT})

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
        place = start, end
        if spelling.repeated:
            place = _with_repetitions(normalised.text, start, end)
            techniques |= {Evasion.SYMBOLS}
        elif spelling.disguised and not techniques:
            techniques = _listed(spelling)
        yield Candidate(spelling.hazard, spelling.alias, *place, techniques)


#: Beside Latin letters, where normalisation keeps symbols; a blank between syllables is none.
_SYMBOL = re.compile(r"[^\w\s]|_")


def _with_repetitions(text: str, start: int, end: int) -> tuple[int, int]:
    """The span with its first and last characters as often as they stand there (磁磁力力球球)."""
    while start and text[start - 1] == text[start]:
        start -= 1
    while end < len(text) and text[end] == text[end - 1]:
        end += 1
    return start, end


def sounding(found: Iterable[Sounding], normalised: Normalised) -> Iterator[Candidate]:
    """Candidates by sound and look."""
    for heard in found:
        spelling = heard.word.detail
        assert isinstance(spelling, Spelling)
        start, end, replaced = heard.start, heard.end, heard.replaced
        techniques = heard.techniques | normalised.undone(start, end, but=replaced)
        if _SYMBOL.search(normalised.text, start, end) is not None:
            techniques |= {Evasion.SYMBOLS}
        yield Candidate(spelling.hazard, spelling.alias, start, end, techniques, replaced, heard.guess)


def _listed(spelling: Spelling) -> frozenset[Evasion]:
    """The technique of an evasion that the lexicon lists; a new name is none."""
    technique = spelling.alias.technique if isinstance(spelling.alias, Evasive) else None
    return frozenset() if technique is None else frozenset({technique})


def needs_company(candidate: Candidate) -> bool:
    """Say whether the spelling says too little by itself."""
    return candidate.alias.strength is Strength.COMPANY or candidate.flimsy
