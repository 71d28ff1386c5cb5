"""The shipped tables are what OpenCC and pypinyin give; run this file to write them anew.

Run it after the names in the lexicon have changed, or one of the two libraries has: names that are not in the
table are right all the same, but cost every process that classifies the load of pypinyin.
"""

from __future__ import annotations

import subprocess
import sys
import unicodedata
from collections import defaultdict
from importlib.metadata import version
from typing import TYPE_CHECKING

from opencc_purepy.dictionary_lib import DictionaryMaxlength
from pypinyin.constants import PINYIN_DICT

from monitor.classifiers.lexicon import load_lexicon
from monitor.classifiers.lexicon.tables import look_alikes
from monitor.classifiers.normalise import SIMPLIFIED, character_class, normalise
from monitor.classifiers.reading import sounding_names
from monitor.classifiers.syllables import READINGS, SPOKEN, in_context, spoken
from monitor.classifiers.words import rule_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def simplified_table() -> str:
    olds: dict[str, str] = defaultdict(str)
    for old, new in DictionaryMaxlength.from_json().ts_characters[0].items():
        if new:
            olds[new[0]] += old
    licence = "MIT, Copyright (c) 2025 Bryan Lai; data of OpenCC, Apache-2.0"
    return _table(olds.items(), "opencc-purepy", licence)


def readings_table() -> str:
    characters: dict[str, str] = defaultdict(str)
    for code, readings in PINYIN_DICT.items():
        spelt = dict.fromkeys(filter(None, map(_toneless, readings.split(",")[:2])))
        if spelt:
            characters[",".join(spelt)] += chr(code)
    return _table(characters.items(), "pypinyin", "MIT, Copyright (c) 2016 mozillazg, 闲耘")


def spoken_table() -> str:
    names = {word.spelling for word in sounding_names(rule_words(load_lexicon()))}
    rows = ((name, " ".join(in_context(name))) for name in names)
    return _table(rows, "pypinyin", "MIT, Copyright (c) 2016 mozillazg, 闲耘")


def _toneless(reading: str) -> str:
    letters = unicodedata.normalize("NFD", reading).replace("u\u0308", "v")
    return "".join(c for c in letters if c.isascii() and c.isalpha())


def _table(rows: Iterable[tuple[str, str]], library: str, licence: str) -> str:
    head = f"# From {library} {version(library)} ({licence}); made by tests/classifiers."
    return "\n".join((head, *("\t".join(row) for row in sorted(rows)))) + "\n"


TABLES = {SIMPLIFIED: simplified_table, READINGS: readings_table, SPOKEN: spoken_table}


def _rows(table: str) -> list[str]:
    return table.split("\n")[1:]


def test_simplified_characters_are_those_of_opencc():
    assert _rows(SIMPLIFIED.read_text(encoding="utf-8")) == _rows(simplified_table())


def test_readings_are_those_of_pypinyin():
    assert _rows(READINGS.read_text(encoding="utf-8")) == _rows(readings_table())


def test_names_are_spoken_as_pypinyin_speaks_them():
    assert _rows(SPOKEN.read_text(encoding="utf-8")) == _rows(spoken_table())


def test_a_name_of_nobody_is_spoken_in_context_too():
    assert spoken("重庆磁力球") == ("cong", "qin", "ci", "li", "qiu")


def test_the_shipped_lexicon_needs_neither_library():
    code = (
        "import sys; from monitor.classifiers.classify import default_classifier; default_classifier();"
        "print(sorted({'pypinyin', 'opencc_purepy', 'jieba', 'rjieba'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_every_character_is_read_as_its_forms_say():
    """What is asked of all characters at once is what is asked of each."""
    traditional = dict(_pairs())

    def reading(character: str) -> str:
        if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
            return ""
        wide = unicodedata.normalize("NFKC", character).lower()
        parts = unicodedata.normalize("NFD", wide)
        if parts != wide and unicodedata.name(parts[0], "").startswith(("LATIN", "GREEK", "CYR")):
            wide = "".join(c for c in parts if unicodedata.category(c) != "Mn")
        return "".join(look_alikes().get(c, c) for c in (traditional.get(c, c) for c in wide))

    for code in (*range(0x3400), *range(0xF900, 0x20000), *map(ord, traditional), *map(ord, look_alikes())):
        character = chr(code)
        assert normalise(character).text == reading(character), hex(code)


def _pairs() -> Iterator[tuple[str, str]]:
    for row in _rows(SIMPLIFIED.read_text(encoding="utf-8"))[:-1]:
        new, olds = row.split("\t")
        for old in olds:
            yield old, new


def test_runs_of_characters_are_written_as_ranges():
    assert character_class(map(ord, "abcxzfe^]")) == r"\]-\^a-ce-fxz"
    assert character_class([]) == ""


if __name__ == "__main__":
    for path, table in TABLES.items():
        path.write_text(table(), encoding="utf-8")
        print(f"wrote {path.name}")
