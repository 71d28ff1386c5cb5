"""How Han characters are spoken: toneless syllables, as text and as one code point each.

`readings.tsv` and `spoken.tsv` are derived from pypinyin (tests/classifiers/test_derived_tables.py), which
takes long to load; it is asked only for names that the table has not, as those of an own lexicon.
"""

from __future__ import annotations

from functools import cache, lru_cache
from importlib import import_module
from pathlib import Path

#: Syllables are written as code points of two bytes in UTF-8: an automaton reads two faster than three.
#: A Greek or Cyrillic letter looks like one of them to it, and is found out when the match is verified.
_FIRST, _LAST = 0x100, 0x7FF
#: Stands for a character that is rare in simplified Chinese, whatever it sounds like.
STRANGER = chr(_LAST)
#: Regional and careless spellings: the ending is heard as the other one.
_SAME_SOUND = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ing", "in"), ("eng", "en"), ("ü", "v"))
#: Characters of the longest run that is taken apart: hostile ones are neither read nor remembered.
LONGEST_RUN = 40
READINGS = Path(__file__).parent / "readings.tsv"
SPOKEN = Path(__file__).parent / "spoken.tsv"


def _rows(path: Path) -> list[list[str]]:
    lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    return [line.split("\t") for line in lines if not line.startswith("#")]


@cache
def _characters() -> tuple[tuple[tuple[str, ...], str], ...]:
    """Toneless readings, the usual one first, at most two → the characters that have them."""
    return tuple((tuple(readings.split(",")), characters) for readings, characters in _rows(READINGS))


@cache
def folded(syllable: str) -> str:
    """A toneless syllable, as what sounds the same is written here."""
    for spelt, heard in _SAME_SOUND:
        syllable = syllable.replace(spelt, heard)
    return syllable


@cache
def _folded_readings() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for spelt, characters in _characters():
        found.update(dict.fromkeys(characters, tuple(dict.fromkeys(map(folded, spelt)))))
    return found


def readings(character: str) -> tuple[str, ...]:
    """The folded readings of a Han character, the usual one first; at most two."""
    return _folded_readings().get(character, ())


@cache
def _names() -> dict[str, str]:
    return {name: syllables for name, syllables in _rows(SPOKEN)}  # noqa: C416 - for the type


@lru_cache(maxsize=1 << 12)
def spoken(name: str) -> tuple[str, ...]:
    """The folded syllables of `name` as it is spoken, in context."""
    known = _names().get(name)
    syllables = known.split(" ") if known is not None else in_context(name)
    return tuple(map(folded, syllables))


def in_context(name: str) -> list[str]:
    """The toneless syllables of `name`, by pypinyin's dictionary of words."""
    pinyin: list[str] = import_module("pypinyin").lazy_pinyin(name, v_to_u=False)
    return pinyin


@cache
def codes() -> dict[str, str]:
    """Folded syllable → its code point."""
    syllables = sorted({folded(syllable) for spelt, _ in _characters() for syllable in spelt})
    assert _FIRST + len(syllables) <= _LAST
    return {syllable: chr(_FIRST + n) for n, syllable in enumerate(syllables)}


@cache
def table() -> tuple[int, ...]:
    """For `str.translate`: Han character → code point of its usual syllable."""
    table = list(range(0x10000))
    for spelt, characters in _characters():
        # one integer object for each syllable, shared: translation then stays in the processor's cache
        code = _numbers()[folded(spelt[0])]
        for character in characters:
            if character < "\U00010000":
                table[ord(character)] = code
    return tuple(table)


@cache
def _numbers() -> dict[str, int]:
    return {syllable: ord(code) for syllable, code in codes().items()}


def strange(rare: str) -> tuple[int, ...]:
    """As `table`, but the `rare` ones stand for anything."""
    strangers = list(table())
    for character in rare:
        strangers[ord(character)] = _LAST
    return tuple(strangers)


@cache
def _all_syllables() -> frozenset[str]:
    return frozenset(s for spelt, _ in _characters() for s in spelt if not set(s).isdisjoint("aeiouv"))


def take_apart(run: str) -> tuple[str, ...] | None:
    """A Latin run as syllables, the longest first where several ways exist; None where it is none."""
    return _apart(run) if len(run) <= LONGEST_RUN else None


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
