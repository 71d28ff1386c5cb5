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
from functools import cache, lru_cache
from itertools import chain, combinations, product
from typing import TYPE_CHECKING, NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation
from pypinyin import lazy_pinyin
from pypinyin.constants import PINYIN_DICT

from monitor.classifiers.finding import Evasion
from monitor.classifiers.matcher import stands_alone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

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
        words = list(words)
        for word in words:
            bold = strangers is not None and strangers(word)
            pattern = _Pattern(word, word.spelling, _spoken(word.spelling), bold)
            for spelt in self._spelt(pattern):
                patterns.setdefault(spelt, []).append(pattern)
        keys = list(patterns)
        self._patterns = [tuple(patterns[key]) for key in keys]
        # 40 MB for half the time, where every title is looked through
        kind = Implementation.ContiguousNFA if strangers is None else Implementation.DFA
        automaton = AhoCorasick(keys, implementation=kind)
        #: text as syllables, overlapping → (pattern, start, end)
        self._matches = automaton.find_matches_as_indexes
        self._table = _table()
        usual = {c for word in words for c in word.spelling} | set("".join(alikes.values()))
        rare = _rare(usual) if strangers is not None else ""
        self._rare = re.compile(f"[{rare}]") if rare else None
        #: without any of these there is neither a romanised name nor a rare character
        self._cause = re.compile(f"[a-z{rare}]")
        self._strange = _strange(rare)
        heard = frozenset(s for found in patterns.values() for pattern in found for s in pattern.spoken)
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
                _STRANGER if self._rare.match(text, start) else t
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
        syllables = text.translate(_table())
        tokens: list[str] = []
        spans: list[tuple[int, int]] = []
        spelt: list[str | None] = []
        last = 0
        for match in chain(_NOT_HAN.finditer(text), (None,)):
            start, end = match.span() if match is not None else (len(text), len(text))
            tokens.append(syllables[last:start])
            spans += zip(range(last, start), range(last + 1, start + 1), strict=True)
            spelt += [None] * (start - last)
            last = end
            for part in _take_apart(match.group()) or () if match is not None else ():
                tokens.append(_codes()[_folded(part)])
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
        name, spoken = pattern.name, pattern.spoken
        heard = [{_codes()[r] for r in (s, *_readings(c))} for s, c in zip(spoken, name, strict=True)]
        seen = [{_codes()[s] for a in self._alikes.get(c, "") for s in _readings(a)[:1]} for c in name]
        looked = [s - h for s, h in zip(seen, heard, strict=True)]
        positions = range(len(name))
        most = 2 if len(name) in _TELLING else 1
        for count in range(most + 1):
            for chosen in combinations(positions, count):
                yield from map("".join, product(*(looked[i] if i in chosen else heard[i] for i in positions)))
        if len(name) < _LONG:
            return
        for place in positions:
            initial = [{spoken[i][0]} if i == place else heard[i] for i in positions]
            yield from map("".join, product(*initial))
        if pattern.bold:
            for place, other in product(positions, positions):
                options = [looked[i] if i == other else heard[i] for i in positions]
                options[place] = {_STRANGER}
                yield from map("".join, product(*options))

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
        return set(_readings(written)).isdisjoint(_readings(right))

    def _technique(
        self, text: str, start: int, syllable: str | None, right: str, spoken: str
    ) -> Evasion | None:
        """How the character at `start` stands for `right`; None if it is the same, or does not."""
        written = text[start]
        if syllable is not None:
            return Evasion.PINYIN if _folded(syllable) in {spoken, *_readings(right)} else None
        if written.isascii():
            return Evasion.PINYIN if stands_alone(text, start, start + 1) else None
        if written == right:
            return None
        if spoken in _readings(written):
            return Evasion.HOMOPHONE
        alike = written in self._alikes.get(right, "") or (
            self._rare is not None and self._rare.match(written)
        )
        return Evasion.GLYPH if alike else None


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
#: Characters of the longest run that is taken apart: hostile ones are neither read nor remembered.
_LONGEST_RUN = 40
_LATIN = re.compile(f"[a-z]{{2,{_LONGEST_RUN}}}+")
#: Latin runs, and symbols, which do not part a romanised name.
_NOT_HAN = re.compile(r"[a-z]{2,}|[\W_]+")
_SYMBOL = re.compile(r"[\W_]")
#: Stands for a Latin run that spells no syllables.
_OPAQUE = "\x00"


#: Stands for a character that is rare in simplified Chinese, whatever it sounds like.
_STRANGER = "\uf8ff"


def _strange(rare: str) -> tuple[int, ...]:
    """As `_table`, but the `rare` ones stand for anything."""
    strangers, stranger = set(map(ord, rare)), ord(_STRANGER)
    return tuple(stranger if code in strangers else sound for code, sound in enumerate(_table()))


def _rare(usual: set[str]) -> str:
    """Han characters outside the 3,755 common ones (level 1 of GB 2312), the `usual` ones and mere parts."""
    codes = bytes(b for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF) for b in (row, cell))
    common = {*codes.decode("gb2312", "ignore"), *usual, *_PARTS}
    han = chain(range(0x3400, 0x4DC0), range(0x4E00, 0xA000))
    return "".join(character for character in map(chr, han) if character not in common)


#: Components that stand for themselves.
_PARTS = "亻冫刂勹冖宀扌氵忄犭彳彐纟钅饣辶阝礻衤疒罒艹攵灬讠丬尢"


@cache
def _folded(syllable: str) -> str:
    for spelt, heard in _SAME_SOUND:
        syllable = syllable.replace(spelt, heard)
    return syllable


@cache
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


@lru_cache(maxsize=1 << 12)
def _spoken(name: str) -> tuple[str, ...]:
    """The folded syllables of `name` as it is spoken, in context."""
    return tuple(_folded(syllable) for syllable in lazy_pinyin(name, v_to_u=False))


@cache
def _toneless() -> frozenset[str]:
    """The toneless readings of all Han characters, at most two of each."""
    return frozenset(_plain(r) for readings in PINYIN_DICT.values() for r in readings.split(",")[:2])


@cache
def _codes() -> dict[str, str]:
    """Folded syllable → its code point."""
    syllables = {_folded(syllable) for syllable in _toneless()}
    return {s: chr(_FIRST + n) for n, s in enumerate(sorted(syllables - {""}))}


@cache
def _table() -> tuple[int, ...]:
    """For `str.translate`: Han character → code point of its usual syllable."""
    # one integer object for each syllable, shared: translation then stays in the processor's cache
    codes = {syllable: ord(code) for syllable, code in _codes().items()}
    table = list(range(0x10000))
    for character, readings in PINYIN_DICT.items():
        first = _folded(_plain(readings.split(",")[0]))
        if character < 0x10000 and first:
            table[character] = codes[first]
    return tuple(table)


@cache
def _all_syllables() -> frozenset[str]:
    return frozenset(s for s in _toneless() if not set(s).isdisjoint("aeiouv"))


def _heard(match: re.Match[str]) -> str:
    """What a Latin run or symbols are to the automaton: as `Sounds._tokens` has it."""
    run = match.group()
    if len(run) <= _LONGEST_RUN:
        return _heard_run(run)
    return "" if _SYMBOL.match(run) else _OPAQUE


@lru_cache(maxsize=1 << 16)
def _heard_run(run: str) -> str:
    parts = _take_apart(run)
    if parts:
        return "".join(_codes()[_folded(part)] for part in parts)
    return "" if _SYMBOL.match(run) else _OPAQUE


def _syllables(run: str) -> frozenset[str]:
    """The folded syllables of a Latin run; none if it does not consist of them."""
    return frozenset(map(_folded, _take_apart(run) or ()))


def _take_apart(run: str) -> tuple[str, ...] | None:
    """A Latin run as syllables, the longest first where several ways exist; None where it is none."""
    return _apart(run) if len(run) <= _LONGEST_RUN else None


@lru_cache(maxsize=1 << 16)
def _apart(run: str) -> tuple[str, ...] | None:
    ways: list[tuple[str, ...] | None] = [None] * len(run) + [()]
    for start in range(len(run) - 1, -1, -1):
        for end in range(min(len(run), start + 6), start, -1):
            rest = ways[end]
            if rest is not None and run[start:end] in _all_syllables():
                ways[start] = (run[start:end], *rest)
                break
    return ways[0]
