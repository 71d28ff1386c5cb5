"""Text as people disguise it → text as the lexicon spells it, with the way back to every original character.

Width and compatibility forms, traditional and look-alike characters, accents and upper case are replaced
character by character; marks and invisible characters are dropped everywhere; symbols, spaces and emoji are
dropped between Han characters. No string raises, and the time is linear in its length.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.classifiers.finding import Evasion
from monitor.classifiers.lexicon.tables import look_alikes

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

_NONE: frozenset[Evasion] = frozenset()
#: Han characters, as the body of a regular expression's character class.
HAN = "㐀-䶿一-鿿〇𠀀-𯨟𰀀-𲎯"
_BMP = 0x10000
_ASCII = 0x7F
#: Characters that are asked about together.
_BLOCK = 0x100
#: Simplified character and the traditional ones that it stands for; tests/classifiers/test_derived_tables.py
#: makes it of OpenCC's whole dictionary, which takes long to load.
SIMPLIFIED = Path(__file__).parent / "simplified.tsv"


class Normalised:
    """A text as the lexicon spells it; immutable.

    `text` is what the rules read; `original` is what was published.
    """

    __slots__ = ("_ends", "_gaps", "_starts", "original", "text")

    def __init__(
        self,
        original: str,
        text: str,
        starts: list[int] | None = None,
        ends: list[int] | None = None,
        gaps: list[tuple[int, int]] | None = None,
    ) -> None:
        """Hold what `normalise` made; `starts` and `ends` are None where positions are those of the original.

        `gaps` are spans of the original that were dropped since; they are worked into the offsets when asked.
        """
        self.original = original
        self.text = text
        self._starts = starts
        self._ends = ends
        self._gaps = gaps

    @property
    def offsets(self) -> list[int]:
        """Where in the original each character of `text` begins."""
        self._settle()
        return list(range(len(self.text))) if self._starts is None else list(self._starts)

    @property
    def verbatim(self) -> bool:
        """Whether every character stands where it stood in the original."""
        return self._starts is None and not self._gaps

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Span of the original, in code points, end exclusive, that ``text[start:end]`` stands for."""
        if self._gaps:
            self._settle()
        if self._starts is None or self._ends is None:
            return start, end
        return self._starts[start], self._ends[end - 1]

    def neighbours(self, index: int) -> bool:
        """Say whether nothing was dropped between the characters at `index` and `index` + 1."""
        self._settle()
        if self._starts is None or self._ends is None:
            return True
        return self._ends[index] >= self._starts[index + 1]

    def undone(self, start: int, end: int, but: Container[int] = ()) -> frozenset[Evasion]:
        """By which techniques the original of ``text[start:end]`` differs from it; upper case is none.

        What the characters at the positions `but` were is left out.
        """
        if self.text == self.original:
            return _NONE
        techniques = set()
        for index in range(start, end):
            first, last = self.span(index, index + 1)
            technique = _technique(self.original[first:last], self.text[index])
            if technique is not None and index not in but:
                techniques.add(technique)
            if index + 1 < end and not self.neighbours(index):
                techniques.add(Evasion.SYMBOLS)
        return frozenset(techniques)

    def of(self, original: str) -> Normalised:
        """The same reading of another original of the same length."""
        return Normalised(original, self.text, self._starts, self._ends, self._gaps)

    def composed(self, parts: re.Pattern[str], whole: dict[str, str]) -> Normalised:
        """The same text with every match of `parts` read as the one character that `whole` names for it."""
        self._settle()
        starts = self._starts or list(range(len(self.text)))
        ends = self._ends or list(range(1, len(self.text) + 1))
        pieces, new_starts, new_ends, last = [], list[int](), list[int](), 0
        for match in parts.finditer(self.text):
            start, end = match.span()
            pieces += [self.text[last:start], whole[match.group()]]
            new_starts += [*starts[last:start], starts[start]]
            new_ends += [*ends[last:start], ends[end - 1]]
            last = end
        pieces.append(self.text[last:])
        return Normalised(self.original, "".join(pieces), new_starts + starts[last:], new_ends + ends[last:])

    def _settle(self) -> None:
        """Work the gaps into the offsets, if there are any."""
        gaps = self._gaps
        if not gaps:
            return
        starts = self._starts or list(range(gaps[-1][1] + len(self.text)))
        ends = self._ends or list(range(1, len(starts) + 1))
        kept_starts, kept_ends, last = list[int](), list[int](), 0
        for start, end in gaps:
            kept_starts += starts[last:start]
            kept_ends += ends[last:start]
            last = end
        rest = len(self.text) - len(kept_starts)
        self._starts = kept_starts + starts[last : last + rest]
        self._ends = kept_ends + ends[last : last + rest]
        self._gaps = None


def spelled(text: str) -> str:
    """The text of ``normalise(text)``, for those who do not ask where it stands; twice as fast."""
    plain = text.lower()
    if len(plain) != len(text) or _changing().search(plain) is not None:
        if _awkward().search(text) is not None:
            return normalise(text).text
        plain = text.translate(_table())
    return plain if plain.isalnum() else _between_han().sub("", plain)


def placed(text: str, plain: str) -> Normalised:
    """``normalise(text)``, where ``spelled(text)`` is known to be `plain`."""
    if len(plain) == len(text) and _awkward().search(text) is None:
        return Normalised(text, plain)
    return normalise(text)


def normalise(text: str) -> Normalised:
    """Undo what can be undone character by character; see the module's docstring."""
    starts = ends = None
    plain = text.lower()
    if len(plain) != len(text) or _changing().search(plain) is not None:
        if _awkward().search(text) is None:
            plain = text.translate(_table())
        else:
            plain, starts, ends = _one_by_one(text)
    symbols = _symbols()
    match = symbols.search(plain)
    if match is None:
        return Normalised(text, plain, starts, ends)
    gaps, pieces, last = [], [], 0
    for run in chain((match,), symbols.finditer(plain, match.end())):
        start, end = run.span()
        if start and _IS_HAN(plain, start - 1) and _IS_HAN(plain, end):
            gaps.append((start, end))
            pieces.append(plain[last:start])
            last = end
    if not gaps:
        return Normalised(text, plain, starts, ends)
    pieces.append(plain[last:])
    return Normalised(text, "".join(pieces), starts, ends, gaps)


@cache
def _symbols() -> re.Pattern[str]:
    """A run of neither letters, digits nor Han; whether Han stand around it is asked of each, once."""
    return re.compile(f"[{_not_letters()}]+")


@cache
def _between_han() -> re.Pattern[str]:
    """Such a run between Han characters."""
    return re.compile(f"(?<=[{HAN}])[{_not_letters()}]++(?=[{HAN}])")


@cache
def _not_letters() -> str:
    basic = character_class(code for code in range(_BMP) if not chr(code).isalnum())
    return f"{basic}\U00010000-\U0001ffff\U000e0000-\U0010ffff"


def character_class(codes: Iterable[int]) -> str:
    """The body of a regular expression's character class for `codes`, runs of them written as ranges.

    `re` reads a thousand ranges in a tenth of the time of the characters one by one.
    """
    wanted = frozenset(codes)
    firsts = sorted(wanted.difference([code + 1 for code in wanted]))
    lasts = sorted(wanted.difference([code - 1 for code in wanted]))
    ends = ((_literal(first), _literal(last)) for first, last in zip(firsts, lasts, strict=True))
    return "".join([first if first == last else f"{first}-{last}" for first, last in ends])


def _literal(code: int) -> str:
    return chr(code) if code > _ASCII else re.escape(chr(code))


_IS_HAN = re.compile(f"[{HAN}]").match


def _one_by_one(text: str) -> tuple[str, list[int], list[int]]:
    pieces: list[str] = []
    starts: list[int] = []
    readings = _readings()
    for index, character in enumerate(text):
        replacement = readings.get(ord(character), character)
        pieces.append(replacement)
        starts.extend([index] * len(replacement))
    return "".join(pieces), starts, [start + 1 for start in starts]


#: Categories that are dropped wherever they stand: marks, and characters that do not show.
_DROPPED = frozenset({"Mn", "Me", "Cf"})
_NOT_KEPT = _DROPPED | {"Cs"}


def _replacement(character: str, folded: str, decomposed: str) -> str:
    """What `character` is read as: usually one character, several for ㎝, none for a mark.

    Args:
        character: as published.
        folded: its compatibility form in lower case, composed.
        decomposed: the same with each mark by itself.

    """
    category = unicodedata.category(character)
    if category in _DROPPED:
        return ""
    if category == "Cs":
        return "�"
    if decomposed != folded and unicodedata.name(decomposed[0], "").startswith(("LATIN", "GREEK", "CYR")):
        folded = "".join(c for c in decomposed if unicodedata.category(c) != "Mn")
    return folded.translate(_simpler())


@cache
def _simpler() -> dict[int, str]:
    """Traditional characters and look-alikes → what they are read as."""
    simplified = {**{alike: alike for alike in look_alikes()}, **_traditional()}
    return {ord(old): look_alikes().get(new, new) for old, new in simplified.items()}


@cache
def _traditional() -> dict[str, str]:
    """Traditional character → simplified, where OpenCC's own table gives one."""
    lines = SIMPLIFIED.read_text(encoding="utf-8").rstrip("\n").split("\n")
    pairs = (line.split("\t") for line in lines if not line.startswith("#"))
    return {old: new for new, olds in pairs for old in olds}


@cache
def _readings() -> dict[int, str]:
    """Every character that is read as something else: code point → reading."""
    firsts = chain(range(0, 0x3400, _BLOCK), range(0xD700, 0x20000, _BLOCK))
    others = chain(range(0x2F800, 0x2FB00, _BLOCK), range(0xE0000, 0xE1000, _BLOCK))
    blocks = ("".join(map(chr, range(first, first + _BLOCK))) for first in chain(firsts, others))
    # one call folds them all: no character changes or is changed across a line feed, which is read as itself
    changing = chain(*(block for block in blocks if not _is_plain(block)), map(chr, _simpler()))
    characters = [character for character in changing if character != "\n"]
    joined = unicodedata.normalize("NFKC", "\n".join(characters)).lower()
    folded, decomposed = joined.split("\n"), unicodedata.normalize("NFD", joined).split("\n")
    category, simpler = unicodedata.category, _simpler()
    return {
        ord(character): reading
        for character, whole, parts in zip(characters, folded, decomposed, strict=True)
        if character != parts or ord(character) in simpler or category(character) in _NOT_KEPT
        if (reading := _replacement(character, whole, parts)) != character
    }


def _is_plain(block: str) -> bool:
    """Say whether every character of `block`, by what Unicode says of it, is read as itself."""
    return (
        unicodedata.is_normalized("NFKC", block)
        and unicodedata.is_normalized("NFD", block)
        and block.lower() == block
        and _NOT_KEPT.isdisjoint(map(unicodedata.category, block))
    )


@cache
def _table() -> tuple[int, ...]:
    """For `str.translate`: the reading of each character of the basic plane, where it is one character."""
    table = list(range(_BMP))
    for code, reading in _readings().items():
        if code < _BMP and len(reading) == 1:
            table[code] = ord(reading)
    return tuple(table)


@cache
def _awkward() -> re.Pattern[str]:
    """What `_table` cannot serve: characters that are dropped or expanded, and all beyond the basic plane."""
    codes = (code for code, r in _readings().items() if len(r) != 1 and code < _BMP)
    return re.compile(f"[{character_class(codes)}\U00010000-\U0010ffff]")


@cache
def _changing() -> re.Pattern[str]:
    """Characters that are read as others, capitals aside, and all beyond the basic plane."""
    codes = (code for code, r in _readings().items() if code < _BMP and chr(code).lower() != r)
    return re.compile(f"[{character_class(codes)}\U00010000-\U0010ffff]")


def _technique(original: str, now: str) -> Evasion | None:
    if original == now or original.lower() == now:
        return None
    if len(original) > 1:
        return Evasion.SPLIT
    wide = unicodedata.normalize("NFKC", original).lower()
    if wide == now or now in wide:
        return Evasion.WIDTH
    if _traditional().get(wide) == now:
        return Evasion.TRADITIONAL
    return Evasion.GLYPH
