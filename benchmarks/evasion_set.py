"""Write titles that disguise the seven dangerous goods, and harmless titles disguised in the same ways.

    python benchmarks/evasion_set.py [--output FILE]

TSV with the header `title expected kind`, to standard output by default. `expected` is the hazard's id, or
`-` for a decoy; `kind` is the technique. The rules stand in `titles/evasion_rules.yaml` and share nothing
with the classifier's tables. There is no chance in it: the same rules give the same rows.
"""

from __future__ import annotations

import argparse
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

RULES = Path(__file__).parent / "titles" / "evasion_rules.yaml"
#: how often each hazard × technique goes through the hazard's carriers
ROUNDS = 2
HEADER = ("title", "expected", "kind")


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One generated title."""

    title: str
    #: hazard id, or ``-`` for a decoy
    expected: str
    #: the technique
    kind: str


Rules = dict[str, Any]


def load_rules(path: Path = RULES) -> Rules:
    rules: Rules = yaml.safe_load(path.read_text(encoding="utf-8"))
    return rules


def symbols(name: str, turn: int, rules: Rules) -> str:
    """Put a symbol between all characters; every third time one symbol at one place."""
    if turn % 3 == 2:
        mark = rules["symbols"]["once"][turn // 3 % len(rules["symbols"]["once"])]
        place = 1 + turn // 3 % (len(name) - 1)
        return f"{name[:place]}{mark}{name[place:]}"
    between = rules["symbols"]["between"]
    return str(between[turn % len(between)]).join(name)


def width(name: str, turn: int, rules: Rules) -> str:
    """Shift Latin to full width, and Han characters to radicals or enclosed forms that NFKC folds back."""
    if re.search("[A-Za-z0-9]", name):
        return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else "\u3000" if c == " " else c for c in name)
    return _replace(name, turn, rules["width"])


def traditional(name: str, turn: int, rules: Rules) -> str:  # noqa: ARG001
    """Write every character in its traditional form."""
    return "".join(rules["traditional"].get(c, c) for c in name)


def pinyin(name: str, turn: int, rules: Rules) -> str:
    """Romanise in full, one syllable, all but one, or one syllable with its tone, in turns."""
    places = [i for i, c in enumerate(name) if c in rules["pinyin"]]
    if not places:
        return name
    syllables = {i: str(rules["pinyin"][name[i]]) for i in places}
    one = places[turn // 4 % len(places)]
    match turn % 4:
        case 0:
            chosen = syllables
        case 1:
            chosen = {one: syllables[one]}
        case 2:
            chosen = {i: s for i, s in syllables.items() if i != one} or syllables
        case _:
            chosen = {one: str(rules["tone_marks"].get(syllables[one], syllables[one]))}
    return "".join(chosen.get(i, c) for i, c in enumerate(name))


def homophone(name: str, turn: int, rules: Rules) -> str:
    """Replace a character by one of the same sound."""
    return _replace(name, turn, rules["homophone"])


def glyph(name: str, turn: int, rules: Rules) -> str:
    """Replace a character by one that looks alike."""
    return _replace(name, turn, rules["glyph"])


def split(name: str, turn: int, rules: Rules) -> str:
    """Write a character as its parts."""
    return _replace(name, turn, rules["split"])


def mixed(name: str, turn: int, rules: Rules) -> str:
    """Disguise one character in one way and another by its sound in letters; every other time add symbols."""
    ways = ("homophone", "glyph", "split", "traditional")
    for table in (rules[ways[(turn + k) % len(ways)]] for k in range(len(ways))):
        shapes = [i for i, c in enumerate(name) if c in table]
        sounds = [i for i, c in enumerate(name) if c in rules["pinyin"]]
        pairs = [(a, b) for a in shapes for b in sounds if a != b]
        if pairs:
            shape, sound = pairs[turn % len(pairs)]
            parts = list(name)
            parts[shape] = _option(table[name[shape]], turn)
            parts[sound] = str(rules["pinyin"][name[sound]])
            between = rules["symbols"]["between"]
            return (str(between[turn // 2 % len(between)]) if turn % 2 else "").join(parts)
    return name


#: (name, turn, rules) → the disguised name; the name itself where the technique has no rule for it
TECHNIQUES: Mapping[str, Callable[[str, int, Rules], str]] = {
    f.__name__: f for f in (symbols, width, traditional, pinyin, homophone, glyph, split, mixed)
}


def _option(options: str | Sequence[str], turn: int) -> str:
    return options[turn % len(options)]


def _replace(name: str, turn: int, table: Mapping[str, str | Sequence[str]]) -> str:
    """Replace one character by the table, every fourth time two where the name has two."""
    places = [i for i, c in enumerate(name) if c in table]
    if not places:
        return name
    first = turn % len(places)
    chosen = {places[first]}
    if turn % 4 == 3:
        chosen.add(places[(first + 1) % len(places)])
    return "".join(_option(table[c], turn // len(places)) if i in chosen else c for i, c in enumerate(name))


def hazard_rows(rules: Rules) -> Iterator[Row]:
    """Each of the seven × each technique × each carrier, `ROUNDS` times with other spellings."""
    for hazard, carriers in rules["carriers"].items():
        for kind, disguise in TECHNIQUES.items():
            names = _names(hazard, kind, rules)
            for turn in range(ROUNDS * len(carriers)):
                lap, place = divmod(turn, len(carriers))
                before, core, after = names[(turn + lap) % len(names)]
                name = before + disguise(core, turn // len(names), rules) + after
                title = carriers[place].replace("{}", name)
                if kind == "traditional":
                    title = traditional(title, turn, rules)
                yield Row(title=title, expected=hazard, kind=kind)


def decoy_rows(rules: Rules) -> Iterator[Row]:
    """Each harmless title × each technique that changes what stands in its braces."""
    for number, decoy in enumerate(rules["decoys"]):
        before, core, after = _around_braces(decoy)
        for kind, disguise in TECHNIQUES.items():
            changed = disguise(core, number, rules)
            if changed == core:
                continue
            title = before + changed + after
            if kind == "traditional":
                title = traditional(title, number, rules)
            yield Row(title=title, expected="-", kind=kind)


def _names(hazard: str, kind: str, rules: Rules) -> list[tuple[str, str, str]]:
    """The hazard's names that technique `kind` can change, as (before, what is disguised, after)."""
    disguise = TECHNIQUES[kind]
    names = [_around_braces(name) for name in rules["terms"][hazard]]
    if kind == "width":
        # few characters have another width: where the core has none, the rest of the name may change instead
        names = [n if disguise(n[1], 0, rules) != n[1] else ("", "".join(n), "") for n in names]
        names += [("", name, "") for name in rules["latin_terms"][hazard]]
    names = [n for n in names if disguise(n[1], 0, rules) != n[1]]
    if not names:
        raise ValueError(f"{RULES.name}: no name of {hazard} can be disguised by {kind}: add one")
    return names


def _around_braces(text: str) -> tuple[str, str, str]:
    """Cut `before{core}after`; a text without braces is all core."""
    before, core, after = re.split("[{}]", text) if "{" in text else ("", text, "")
    return before, core, after


def evasion_set(rules: Rules | None = None) -> list[Row]:
    """All rows, hazards first, each title once."""
    rules = rules if rules is not None else load_rules()
    once: dict[str, Row] = {}
    for row in (*hazard_rows(rules), *decoy_rows(rules)):
        once.setdefault(row.title, row)
    return list(once.values())


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--output", type=Path, help="file to write; standard output by default")
    output: Path | None = parser.parse_args(arguments).output
    lines = ["\t".join(HEADER), *(f"{r.title}\t{r.expected}\t{r.kind}" for r in evasion_set())]
    text = "\n".join(lines) + "\n"
    if output is None:
        sys.stdout.write(text)
    else:
        output.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
