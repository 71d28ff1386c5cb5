"""Second pass: spellings by sound and by look (牙签努, ya签nu, ciliqiu, 巴k球, 💧晶宝宝).

Every character is read as its toneless syllable, one code point each, so that one automaton over the
syllables of the hazards' names meets homophones, romanised syllables and initials alike. Translating the text
and running the automaton *is* the cheap test; romanised syllables are taken apart only where a Latin run
consists of them.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from itertools import combinations, product
from typing import TYPE_CHECKING, NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation
from pypinyin import lazy_pinyin
from pypinyin.constants import PINYIN_DICT

from monitor.classifiers.finding import Evasion
from monitor.classifiers.normalise import HAN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from monitor.classifiers.matcher import Word

#: Syllables are written as code points of the private use area.
_FIRST = 0xE000
#: Regional and careless spellings: the ending is heard as the other one.
_SAME_SOUND = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ing", "in"), ("eng", "en"), ("ü", "v"))


class Sounding(NamedTuple):
    """A hazard's name, met by sound or look in ``text[start:end]``."""

    word: Word
    start: int
    end: int
    #: Techniques by which single characters differ from the name.
    techniques: frozenset[Evasion]
    #: Positions of the text whose characters were replaced by other Han characters.
    replaced: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A name and how it is spoken."""

    word: Word
    name: str
    spoken: tuple[str, ...]


class Sounds:
    """Finds the names of `words` by sound and by look."""

    def __init__(self, words: Iterable[Word], alikes: Mapping[str, str], emoji: Mapping[str, str]) -> None:
        """Prepare the automata.

        Args:
            words: hazards' names of two to eight Han characters.
            alikes: character → the characters that look like it.
            emoji: character → the emoji that stand for it.

        """
        self._alikes = alikes
        self._emoji = {sign: right for right, signs in emoji.items() for sign in signs}
        basic = "".join(re.escape(sign) for sign in self._emoji if sign < "\U00010000")
        self._signs = re.compile(f"[{basic}\U00010000-\U0010ffff]")
        patterns: dict[str, list[_Pattern]] = {}
        for word in words:
            for spelt in self._spelt(word.spelling):
                patterns.setdefault(spelt, []).append(
                    _Pattern(word, word.spelling, tuple(_spoken(word.spelling)))
                )
        keys = list(patterns)
        self._patterns = [tuple(patterns[key]) for key in keys]
        self._automaton = AhoCorasick(keys, implementation=Implementation.DFA)
        long = [index for index, key in enumerate(keys) if len(key) > 2]
        self._long = [self._patterns[index] for index in long]
        self._long_automaton = AhoCorasick([keys[i] for i in long], implementation=Implementation.DFA)
        heard = {syllable for word in words for c in word.spelling for syllable in _readings(c)}
        self._romanised = _romanised(heard)

    def find(self, text: str) -> list[Sounding]:
        """Every name that `text` (normalised) spells otherwise."""
        if _LATIN.search(text) is not None and self._romanised.search(text) is not None:
            return self._find_romanised(text)
        if not text.isascii():
            matches = self._long_automaton.find_matches_as_indexes(text.translate(_table()), overlapping=True)
            if matches:
                found = (
                    self._verify(pattern, text, range(start, end), [None] * (end - start))
                    for index, start, end in matches
                    for pattern in self._long[index]
                )
                return [sounding for sounding in found if sounding is not None]
        return []

    def signs(self, original: str) -> str | None:
        """`original` with its emoji read as characters, where they may be some."""
        if original.isascii() or self._signs.search(original) is None:
            return None
        read = self._signs.sub(lambda match: self._emoji.get(match.group(), match.group()), original)
        return read if read != original else None

    def _find_romanised(self, text: str) -> list[Sounding]:
        tokens, spans, syllables = self._tokens(text)
        found = []
        for index, first, last in self._automaton.find_matches_as_indexes(tokens, overlapping=True):
            for pattern in self._patterns[index]:
                where = range(spans[first][0], spans[last - 1][1])
                starts = [spans[i][0] for i in range(first, last)]
                sounding = self._verify(pattern, text, starts, syllables[first:last])
                if sounding is not None:
                    found.append(sounding._replace(start=where.start, end=where.stop))
        return found

    def _tokens(self, text: str) -> tuple[str, list[tuple[int, int]], list[str | None]]:
        """Syllables and other characters, where each stands, and how the romanised ones are spelt."""
        tokens: list[str] = []
        spans: list[tuple[int, int]] = []
        syllables: list[str | None] = []
        for match in _TOKEN.finditer(text):
            run, start = match.group(), match.start()
            parts = _take_apart(run) if len(run) > 1 else None
            if parts is None:
                tokens.append(run.translate(_table()) if len(run) == 1 else _OPAQUE)
                spans.append(match.span())
                syllables.append(None)
                continue
            for part in parts:
                tokens.append(_codes()[_folded(part)])
                spans.append((start, start + len(part)))
                syllables.append(part)
                start += len(part)
        return "".join(tokens), spans, syllables

    def _spelt(self, name: str) -> Iterator[str]:
        """Every way in which the automaton is to meet `name`, at most two characters by look or initial."""
        spoken = _spoken(name)
        heard = [{_codes()[s], _codes()[_readings(c)[0]]} for s, c in zip(spoken, name, strict=True)]
        seen = [{_codes()[s] for a in self._alikes.get(c, "") for s in _readings(a)[:1]} for c in name]
        looked = [s - h for s, h in zip(seen, heard, strict=True)]
        initials = [{s[0]} for s in spoken]
        positions = range(len(name))
        short = len(name) < 3
        for count in range(1 if short else 3):
            for chosen in combinations(positions, count):
                options = [looked[i] if i in chosen else heard[i] for i in positions]
                yield from map("".join, product(*options))
        if not short:
            for chosen_one in positions:
                options = [initials[i] if i == chosen_one else heard[i] for i in positions]
                yield from map("".join, product(*options))

    def _verify(
        self, pattern: _Pattern, text: str, starts: range | list[int], syllables: list[str | None]
    ) -> Sounding | None:
        """Say how `text` differs from the name, character by character; None if it is the name itself."""
        techniques: set[Evasion] = set()
        replaced: list[int] = []
        for right, spoken, start, syllable in zip(
            pattern.name, pattern.spoken, starts, syllables, strict=True
        ):
            written = text[start]
            if syllable is not None or written.isascii():
                techniques.add(Evasion.PINYIN)
            elif written != right:
                alike = written in self._alikes.get(right, "")
                heard = spoken in _readings(written)
                techniques.add(Evasion.HOMOPHONE if heard else Evasion.GLYPH)
                if not (alike or heard):
                    return None
                replaced.append(start)
        size = len(pattern.name)
        romanised = Evasion.PINYIN in techniques
        if not techniques or (size < 3 and not romanised) or (len(replaced) == size < 4):
            return None
        return Sounding(pattern.word, starts[0], starts[-1] + 1, frozenset(techniques), tuple(replaced))


_LATIN = re.compile("[a-z]{2}")
_TOKEN = re.compile(rf"[a-z]+|[{HAN}]|[^\W_]")
#: Stands for a Latin run that spells no syllables.
_OPAQUE = "\x00"


def _folded(syllable: str) -> str:
    for spelt, heard in _SAME_SOUND:
        syllable = syllable.replace(spelt, heard)
    return syllable


def _plain(reading: str) -> str:
    """A reading without its tone."""
    return "".join(
        c
        for c in unicodedata.normalize("NFD", reading).replace("u\u0308", "v")
        if c.isascii() and c.isalpha()
    )


@cache
def _spelt_readings(character: str) -> tuple[str, ...]:
    """The toneless readings of a Han character, the usual one first; at most two."""
    readings: str = PINYIN_DICT.get(ord(character), "")
    return tuple(dict.fromkeys(_plain(r) for r in readings.split(",")[:2] if _plain(r)))


@cache
def _readings(character: str) -> tuple[str, ...]:
    """As `_spelt_readings`, folded to what sounds the same."""
    return tuple(dict.fromkeys(_folded(r) for r in _spelt_readings(character)))


def _spoken(name: str) -> list[str]:
    """The folded syllables of `name` as it is spoken, in context."""
    return [_folded(syllable) for syllable in lazy_pinyin(name, v_to_u=False)]


@cache
def _codes() -> dict[str, str]:
    """Folded syllable → its code point."""
    syllables = {_folded(_plain(r)) for readings in PINYIN_DICT.values() for r in readings.split(",")[:2]}
    return {s: chr(_FIRST + n) for n, s in enumerate(sorted(syllables - {""}))}


@cache
def _table() -> tuple[int, ...]:
    """For `str.translate`: Han character → code point of its usual syllable."""
    codes = _codes()
    table = list(range(0x10000))
    for character, readings in PINYIN_DICT.items():
        first = _folded(_plain(readings.split(",")[0]))
        if character < 0x10000 and first:
            table[character] = ord(codes[first])
    return tuple(table)


@cache
def _all_syllables() -> frozenset[str]:
    syllables = {_plain(r) for readings in PINYIN_DICT.values() for r in readings.split(",")[:2]}
    return frozenset(s for s in syllables if not set(s).isdisjoint("aeiouv"))


@cache
def _take_apart(run: str) -> tuple[str, ...] | None:
    """A Latin run as syllables, the longest first where several ways exist; None where it is none."""
    if len(run) > 40:
        return None
    ways: list[tuple[str, ...] | None] = [None] * len(run) + [()]
    for start in range(len(run) - 1, -1, -1):
        for end in range(min(len(run), start + 6), start, -1):
            rest = ways[end]
            if rest is not None and run[start:end] in _all_syllables():
                ways[start] = (run[start:end], *rest)
                break
    return ways[0]


def _romanised(heard: set[str]) -> re.Pattern[str]:
    """Latin runs made of syllables that occur in some name, in any spelling that sounds like them."""
    spelt = sorted((s for s in _all_syllables() if _folded(s) in heard), key=len, reverse=True)
    return re.compile(f"(?<![a-z])(?:{'|'.join(spelt)})+(?![a-z])")
