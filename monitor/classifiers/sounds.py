"""Second pass: spellings by sound and by look (牙签努, ya签nu, ciliqiu, 巴k球, 💧晶宝宝).

Every character is read as its toneless syllable, one code point each, so that one automaton over the
syllables of the hazards' names meets homophones, romanised syllables and initials alike. Translating the text
and running the automaton *is* the cheap test; romanised syllables are taken apart only where a Latin run
consists of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain, combinations, product
from typing import TYPE_CHECKING, NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

from monitor.classifiers import syllables
from monitor.classifiers.finding import Evasion
from monitor.classifiers.matcher import stands_alone
from monitor.classifiers.normalise import character_class

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from monitor.classifiers.matcher import Word


class Sounding(NamedTuple):
    """A hazard's name, met by sound or look in ``text[start:end]``."""

    word: Word
    start: int
    end: int
    #: Techniques by which single characters differ from the name.
    techniques: frozenset[Evasion]
    #: Positions of the text whose characters were replaced by other Han characters.
    replaced: tuple[int, ...]
    #: A rare character stands for one of the name, with nothing but its rarity to say so.
    guess: bool = False


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A name and how it is spoken."""

    word: Word
    name: str
    spoken: tuple[str, ...]
    #: One rare character may be any of the name's, and two may sound alike.
    bold: bool


class Sounds:
    """Finds the names of `words` by sound and by look."""

    def __init__(
        self,
        words: Iterable[Word],
        alikes: Mapping[str, str],
        emoji: Mapping[str, str] | None = None,
        *,
        strangers: Callable[[Word], bool] | None = None,
    ) -> None:
        """Prepare the automata.

        Args:
            words: hazards' names of two to eight Han characters.
            alikes: character → the characters that look like it.
            emoji: character → the emoji that stand for it.
            strangers: of which names one character may be any rare one, and two may be sound-alikes.

        """
        self._alikes = alikes
        self._emoji = {sign: right for right, signs in (emoji or {}).items() for sign in signs}
        basic = "".join(re.escape(sign) for sign in self._emoji if sign < "\U00010000")
        self._signs = re.compile(f"[{basic}\U0001f000-\U0001faff]")
        patterns: dict[str, list[_Pattern]] = {}
        heard: set[str] = set()
        words = list(words)
        for word in words:
            bold = strangers is not None and strangers(word)
            pattern = _Pattern(word, word.spelling, syllables.spoken(word.spelling), bold)
            heard.update(pattern.spoken)
            for spelt in self._spelt(pattern):
                patterns.setdefault(spelt, []).append(pattern)
        keys = list(patterns)
        self._patterns = [tuple(patterns[key]) for key in keys]
        # a DFA takes 50 ms and 28 MB more to build, to save a fifth of a microsecond a title
        automaton = AhoCorasick(keys, implementation=Implementation.ContiguousNFA)
        #: text as syllables, overlapping → (pattern, start, end)
        self._matches = automaton.find_matches_as_indexes
        self._table = syllables.table()
        usual = {c for word in words for c in word.spelling} | set("".join(alikes.values()))
        rare = _rare(usual) if strangers is not None else ""
        uncommon = character_class(map(ord, rare))
        self._rare = re.compile(f"[{uncommon}]") if rare else None
        #: without any of these there is neither a romanised name nor a rare character
        self._cause = re.compile(f"[a-z{uncommon}]")
        self._strange = syllables.strange(rare)
        #: Whether a Latin run is syllables, one of which occurs in some name.
        self._is_romanised = lru_cache(maxsize=1 << 16)(lambda run: not heard.isdisjoint(_syllables(run)))

    def find(self, text: str) -> list[Sounding]:
        """Every name that `text` (normalised) spells otherwise."""
        cause = self._cause.search(text)
        if cause is not None and any(map(self._is_romanised, _LATIN.findall(text))):
            return self._find_romanised(text)
        matches = self._matches(text.translate(self._table), True)
        if cause is not None and self._rare is not None and self._rare.search(text) is not None:
            matches += self._matches(text.translate(self._strange), True)
        if not matches:
            return []
        found = (
            self._verify(pattern, text, range(start, end), (None,) * (end - start))
            for index, start, end in matches
            for pattern in self._patterns[index]
            if text[start:end] != pattern.name
        )
        return _best_guesses([sounding for sounding in found if sounding is not None])

    def find_each(self, texts: Sequence[str]) -> list[list[Sounding]]:
        """As `find`, for many texts: one pass over all, then one by one those that gave cause."""
        caused = [place for place, text in enumerate(texts) if self._cause.search(text) is not None]
        sounding = {p for p in caused if any(map(self._is_romanised, _LATIN.findall(texts[p])))}
        sounding.update(self._sounding(texts, range(len(texts)), self._table))
        if self._rare is not None:
            rare = [place for place in caused if self._rare.search(texts[place]) is not None]
            sounding.update(self._sounding(texts, rare, self._strange))
        return [self.find(text) if place in sounding else [] for place, text in enumerate(texts)]

    def _sounding(self, texts: Sequence[str], places: Sequence[int], table: tuple[int, ...]) -> Iterator[int]:
        """Those of `places` whose text, read by `table`, sounds like a name; some more than once."""
        joined = "\n".join([texts[place] for place in places])
        index = end_of_text = -1
        for _, _, end in self._matches(joined.translate(table), True):
            while end > end_of_text:
                index += 1
                end_of_text += len(texts[places[index]]) + 1
            yield places[index]

    def has_signs(self, original: str) -> bool:
        """Say whether `original` holds emoji, which may stand for characters."""
        return self._signs.search(original) is not None

    def without_signs(self, original: str) -> str:
        """`original` with those emoji that do read as characters."""
        return self._signs.sub(lambda match: self._emoji.get(match.group(), match.group()), original)

    def _find_romanised(self, text: str) -> list[Sounding]:
        spoken = _NOT_HAN.sub(_heard, text)
        silent = not self._matches(spoken.translate(self._table), True)
        if silent and (self._rare is None or not self._matches(spoken.translate(self._strange), True)):
            return []
        tokens, spans, spelt = self._tokens(text)
        matches = self._matches(tokens, True)
        if self._rare is not None and self._rare.search(text) is not None:
            strange = "".join(
                syllables.STRANGER if self._rare.match(text, start) else t
                for t, (start, _) in zip(tokens, spans, strict=True)
            )
            matches += self._matches(strange, True)
        found = []
        for index, first, last in matches:
            starts = [start for start, _ in spans[first:last]]
            for pattern in self._patterns[index]:
                sounding = self._verify(pattern, text, starts, spelt[first:last])
                if sounding is not None:
                    found.append(sounding._replace(end=spans[last - 1][1]))
        return _best_guesses(found)

    def _tokens(self, text: str) -> tuple[str, list[tuple[int, int]], list[str | None]]:
        """Syllables and other characters, where each stands, and how the romanised ones are spelt."""
        read = text.translate(self._table)
        tokens: list[str] = []
        spans: list[tuple[int, int]] = []
        spelt: list[str | None] = []
        last = 0
        for match in chain(_NOT_HAN.finditer(text), (None,)):
            start, end = match.span() if match is not None else (len(text), len(text))
            tokens.append(read[last:start])
            spans += zip(range(last, start), range(last + 1, start + 1), strict=True)
            spelt += [None] * (start - last)
            last = end
            for part in syllables.take_apart(match.group()) or () if match is not None else ():
                tokens.append(syllables.codes()[syllables.folded(part)])
                spans.append((start, start + len(part)))
                spelt.append(part)
                start += len(part)
            if match is not None and start != end and not _SYMBOL.match(text, start):
                tokens.append(_OPAQUE)
                spans.append((start, end))
                spelt.append(None)
        return "".join(tokens), spans, spelt

    def _spelt(self, pattern: _Pattern) -> Iterator[str]:
        """Every way in which the automaton is to meet a name: two characters by look, or one initial."""
        name = pattern.name
        heard = [
            _codes_of(character, syllable) for character, syllable in zip(name, pattern.spoken, strict=True)
        ]
        looked = [self._looked(character, codes) for character, codes in zip(name, heard, strict=True)]
        positions = range(len(name))
        alike = [place for place in positions if looked[place]]
        for count in range((2 if len(name) in _TELLING else 1) + 1):
            for chosen in combinations(alike, count):
                yield from _spellings(heard, {place: looked[place] for place in chosen})
        if len(name) < _LONG:
            return
        for place in positions:
            yield from _spellings(heard, {place: (pattern.spoken[place][0],)})
        if pattern.bold:
            for place, other in product(positions, alike):
                if place != other:
                    yield from _spellings(heard, {place: (syllables.STRANGER,), other: looked[other]})
            for place in positions:
                yield from _spellings(heard, {place: (syllables.STRANGER,)})

    def _looked(self, right: str, heard: Collection[str]) -> tuple[str, ...]:
        """The syllables of the characters that look like `right`, but for those in `heard`."""
        usual = (syllables.readings(alike)[:1] for alike in self._alikes.get(right, ""))
        return tuple(
            {syllables.codes()[syllable] for syllable in chain.from_iterable(usual)}.difference(heard)
        )

    def _verify(
        self, pattern: _Pattern, text: str, starts: Sequence[int], spelt: Sequence[str | None]
    ) -> Sounding | None:
        """Say how `text` differs from the name, character by character; None if it is no spelling of it."""
        techniques: set[Evasion] = set()
        replaced: list[int] = []
        for right, spoken, start, syllable in zip(pattern.name, pattern.spoken, starts, spelt, strict=True):
            technique = self._technique(text, start, syllable, right, spoken)
            if technique is None:
                if text[start] != right:
                    return None
                continue
            techniques.add(technique)
            if technique is not Evasion.PINYIN:
                replaced.append(start)
        size = len(pattern.name)
        if not techniques or len(replaced) == size <= _LONG or (len(replaced) > 1 and not pattern.bold):
            return None
        written = [text[start] for start in starts]
        strange = [self._is_strange(*pair) for pair in zip(written, pattern.name, strict=True)]
        if any(strange) and (not pattern.bold or Evasion.HOMOPHONE in techniques or sum(strange) > 1):
            return None
        return Sounding(
            pattern.word, starts[0], starts[-1] + 1, frozenset(techniques), tuple(replaced), any(strange)
        )

    def _is_strange(self, written: str, right: str) -> bool:
        """Say whether nothing but its rarity lets `written` stand for `right`."""
        if written == right or written.isascii() or written in self._alikes.get(right, ""):
            return False
        return set(syllables.readings(written)).isdisjoint(syllables.readings(right))

    def _technique(
        self, text: str, start: int, syllable: str | None, right: str, spoken: str
    ) -> Evasion | None:
        """How the character at `start` stands for `right`; None if it is the same, or does not."""
        written = text[start]
        if syllable is not None:
            return (
                Evasion.PINYIN if syllables.folded(syllable) in {spoken, *syllables.readings(right)} else None
            )
        if written.isascii():
            return Evasion.PINYIN if stands_alone(text, start, start + 1) else None
        if written == right:
            return None
        if spoken in syllables.readings(written):
            return Evasion.HOMOPHONE
        alike = written in self._alikes.get(right, "") or (
            self._rare is not None and self._rare.match(written)
        )
        return Evasion.GLYPH if alike else None


def _spellings(heard: Sequence[Iterable[str]], but: Mapping[int, Iterable[str]]) -> Iterator[str]:
    """Every way to choose one code for each character, of those in `heard`, or `but` at its places."""
    options = [but.get(place, codes) for place, codes in enumerate(heard)]
    return map("".join, product(*options))


@cache
def _codes_of(character: str, syllable: str) -> tuple[str, ...]:
    """How a character may be heard: as the `syllable` that it is in its name, and as it is read by itself."""
    return tuple(
        dict.fromkeys(syllables.codes()[heard] for heard in (syllable, *syllables.readings(character)))
    )


def _best_guesses(found: list[Sounding]) -> list[Sounding]:
    """Leave out a guess where a name fits better, and all but the first of several guesses."""
    kept = [sounding for sounding in found if not sounding.guess]
    places = {(sounding.start, sounding.end) for sounding in kept}
    for sounding in found:
        if sounding.guess and (sounding.start, sounding.end) not in places:
            places.add((sounding.start, sounding.end))
            kept.append(sounding)
    return kept


#: Lengths of names in which two characters may be look-alikes.
_TELLING = frozenset({3, 4})
#: In a name of at most so many characters one must stand as it is, or be romanised.
_LONG = 3
_LATIN = re.compile(f"[a-z]{{2,{syllables.LONGEST_RUN}}}+")
#: Latin runs, and symbols, which do not part a romanised name.
_NOT_HAN = re.compile(r"[a-z]{2,}|[\W_]+")
_SYMBOL = re.compile(r"[\W_]")
#: Stands for a Latin run that spells no syllables.
_OPAQUE = "\x00"


def _rare(usual: set[str]) -> str:
    """Han characters outside the 3,755 common ones (level 1 of GB 2312), the `usual` ones and mere parts."""
    codes = bytes(b for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF) for b in (row, cell))
    common = {*codes.decode("gb2312", "ignore"), *usual, *_PARTS}
    han = chain(range(0x3400, 0x4DC0), range(0x4E00, 0xA000))
    return "".join(character for character in map(chr, han) if character not in common)


#: Components that stand for themselves.
_PARTS = "亻冫刂勹冖宀扌氵忄犭彳彐纟钅饣辶阝礻衤疒罒艹攵灬讠丬尢"


def _heard(match: re.Match[str]) -> str:
    """What a Latin run or symbols are to the automaton: as `Sounds._tokens` has it."""
    run = match.group()
    if len(run) <= syllables.LONGEST_RUN:
        return _heard_run(run)
    return "" if _SYMBOL.match(run) else _OPAQUE


@lru_cache(maxsize=1 << 16)
def _heard_run(run: str) -> str:
    parts = syllables.take_apart(run)
    if parts:
        return "".join(syllables.codes()[syllables.folded(part)] for part in parts)
    return "" if _SYMBOL.match(run) else _OPAQUE


def _syllables(run: str) -> frozenset[str]:
    """The folded syllables of a Latin run; none if it does not consist of them."""
    return frozenset(map(syllables.folded, syllables.take_apart(run) or ()))
