"""Precision and recall of the installed classifier on the titles and on the evasion set, with 95 % intervals.

    python benchmarks/title_quality.py [--errors]       the classifier against titles.tsv and the evasion set
    python benchmarks/title_quality.py --agreement      labels_a.tsv against labels_b.tsv

Intervals are Wilson's. How titles are labelled stands in `titles/GUIDE.md`, what is counted in
`titles/scoring.yaml`: an id with `~` counts neither when it is named nor when it is missing, nor does a kin
of what is really offered count as a false alarm.
"""

from __future__ import annotations

import argparse
import csv
import math
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

HERE = Path(__file__).parent / "titles"
#: 97.5 % point of the normal distribution: two-sided 95 % intervals
Z = 1.959964


def wilson(hits: int, total: int) -> tuple[float, float]:
    """Wilson's 95 % score interval for `hits` of `total`; (0, 1) for no trials."""
    if not total:
        return 0.0, 1.0
    share, spread = hits / total, Z * Z / total
    middle = share + spread / 2
    half = Z * math.sqrt(share * (1 - share) / total + spread / total / 4)
    low, high = (middle - half) / (1 + spread), (middle + half) / (1 + spread)
    return max(0.0, low), min(1.0, high)


def kappa(pairs: Iterable[tuple[Hashable, Hashable]]) -> float:
    """Cohen's kappa of two labellers; 1 where both always say the same one thing."""
    counted = Counter(pairs)
    total = sum(counted.values())
    same = sum(n for (a, b), n in counted.items() if a == b) / total
    first: Counter[Hashable] = Counter()
    second: Counter[Hashable] = Counter()
    for (a, b), n in counted.items():
        first[a] += n
        second[b] += n
    chance = sum(first[label] * second[label] for label in first) / total**2
    return 1.0 if chance == 1 else (same - chance) / (1 - chance)


def shown(hits: int, total: int) -> str:
    """`0.954 [0.910, 0.977] 164/172`, or a dash for no trials."""
    if not total:
        return f"{'–':>32}"
    low, high = wilson(hits, total)
    return f"{hits / total:.3f} [{low:.3f}, {high:.3f}] {hits:>4}/{total:<4}"


@dataclass(frozen=True, slots=True)
class Gold:
    """What one field of a row asks for."""

    required: frozenset[str]
    #: either answer is right
    optional: frozenset[str]

    @classmethod
    def read(cls, cell: str) -> Gold:
        ids = [] if cell == "-" else cell.split(",")
        return cls(
            frozenset(i for i in ids if not i.startswith("~")),
            frozenset(i.removeprefix("~") for i in ids if i.startswith("~")),
        )


class Said(NamedTuple):
    """What the classifier said about one title."""

    hazards: frozenset[str]
    focus: frozenset[str]
    claims: frozenset[str]
    category: str


@dataclass(slots=True)
class Tally:
    """Counts of one id, or of one technique."""

    found: int = 0
    missed: int = 0
    alarms: int = 0
    errors: list[str] = field(default_factory=list)

    def add(self, *, wanted: bool, said: bool, note: str) -> None:
        self.found += wanted and said
        self.missed += wanted and not said
        self.alarms += said and not wanted
        if wanted != said:
            self.errors.append(f"{'missed' if wanted else 'alarm '} {note}")

    def line(self, name: str) -> str:
        precision = shown(self.found, self.found + self.alarms)
        return f"  {name:24} precision {precision}   recall {shown(self.found, self.found + self.missed)}"


def table(path: Path) -> list[dict[str, str]]:
    """Rows of a TSV file without quoting."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def scoring() -> dict[str, Any]:
    rules: dict[str, Any] = yaml.safe_load((HERE / "scoring.yaml").read_text(encoding="utf-8"))
    return rules


def kin_of(ids: Iterable[str], rules: Mapping[str, Any]) -> frozenset[str]:
    """The ids so near to one of `ids` that naming them instead is no false alarm."""
    near = [set(group) for group in rules["kin"] if set(group) & set(ids)]
    return frozenset().union(*near)


def tally(
    rows: Sequence[Mapping[str, str]], said: Sequence[Said], column: str, rules: Mapping[str, Any]
) -> dict[str, Tally]:
    """Count `column` (hazards, focus or claims) by id."""
    ids = {"hazards": [*rules["seven"], *rules["others"]], "focus": rules["focus"], "claims": rules["claims"]}
    tallies = {i: Tally() for i in ids[column]}
    for row, guess in zip(rows, said, strict=True):
        gold = Gold.read(row[column])
        ignored = (gold.optional | kin_of(gold.required | gold.optional, rules)) - gold.required
        named: frozenset[str] = getattr(guess, column)
        for i, count in tallies.items():
            if i not in ignored:
                note = f"{i:20} {row['technique']:11} {row['id']} {row['title']}"
                count.add(wanted=i in gold.required, said=i in named, note=note)
    return tallies


def tally_techniques(
    rows: Sequence[Mapping[str, str]], said: Sequence[Said], rules: Mapping[str, Any]
) -> dict[str, Tally]:
    """Count the seven by the technique of the title."""
    by_technique: defaultdict[str, list[int]] = defaultdict(list)
    for number, row in enumerate(rows):
        by_technique[row["technique"]].append(number)
    result = {}
    for technique in rules["techniques"]:
        numbers = by_technique[technique]
        counted = tally([rows[n] for n in numbers], [said[n] for n in numbers], "hazards", rules)
        seven = [counted[i] for i in rules["seven"]]
        result[technique] = Tally(
            sum(t.found for t in seven), sum(t.missed for t in seven), sum(t.alarms for t in seven)
        )
    return result


def tally_categories(
    rows: Sequence[Mapping[str, str]], said: Sequence[Said], rules: Mapping[str, Any]
) -> dict[str, Tally]:
    """Count categories; where two are right, the one that was said."""
    tallies = {c: Tally() for c in rules["categories"]}
    for row, guess in zip(rows, said, strict=True):
        right = row["category"].split("|")
        wanted = guess.category if guess.category in right else right[0]
        for category, count in tallies.items():
            note = f"{wanted:>4}, said {guess.category:4} {row['id']} {row['title']}"
            count.add(wanted=category == wanted, said=category == guess.category, note=note)
    return tallies


def classified(titles: Sequence[str]) -> list[Said]:
    """Ask the installed classifier."""
    from monitor.classifiers.classify import default_classifier  # noqa: PLC0415 - --agreement needs none
    from monitor.listing import Listing  # noqa: PLC0415

    classifier = default_classifier()
    answers = (classifier.classify(Listing(site="benchmark", url="", title=title)) for title in titles)
    return [
        Said(
            frozenset(f.id for f in a.hazards),
            frozenset(f.id for f in a.focus),
            frozenset(f.id for f in a.claims),
            a.category or "none",
        )
        for a in answers
    ]


def report(name: str, tallies: Mapping[str, Tally], *, errors: bool) -> None:
    print(f"\n{name}")
    for key, count in tallies.items():
        print(count.line(key))
    if errors:
        for count in tallies.values():
            for error in count.errors:
                print("   ", error)


def total(tallies: Iterable[Tally]) -> Tally:
    every = list(tallies)
    return Tally(sum(t.found for t in every), sum(t.missed for t in every), sum(t.alarms for t in every))


def quality_on_titles(*, errors: bool) -> None:
    rules = scoring()
    rows = table(HERE / "titles.tsv")
    said = classified([row["title"] for row in rows])
    hazards = tally(rows, said, "hazards", rules)
    seven = {i: hazards[i] for i in rules["seven"]}
    others = {i: hazards[i] for i in rules["others"]}
    print(f"titles.tsv: {len(rows)} titles")
    report("the seven, by technique of the title", tally_techniques(rows, said, rules), errors=False)
    report("the seven", seven | {"all seven": total(seven.values())}, errors=errors)
    report("other hazards", others | {"all others": total(others.values())}, errors=errors)
    focus = tally(rows, said, "focus", rules)
    report("focus products", focus | {"all focus": total(focus.values())}, errors=errors)
    claims = [(row, s) for row, s in zip(rows, said, strict=True) if row["kind"] == "claim"]
    counted = tally([row for row, _ in claims], [s for _, s in claims], "claims", rules)
    report("claims, on the titles of kind claim", counted | {"all": total(counted.values())}, errors=errors)
    report("categories", tally_categories(rows, said, rules), errors=errors)
    harmless = [
        (row, s)
        for row, s in zip(rows, said, strict=True)
        if not (Gold.read(row["hazards"]).required | Gold.read(row["hazards"]).optional)
    ]
    alarms = sum(bool(s.hazards & set(rules["seven"])) for _, s in harmless)
    print(f"\nharmless titles with one of the seven named: {shown(alarms, len(harmless))}")


def quality_on_evasion(*, errors: bool) -> None:
    from evasion_set import TECHNIQUES, evasion_set  # noqa: PLC0415 - a neighbour, found when run as a script

    rules = scoring()
    rows = evasion_set()
    said = classified([row.title for row in rows])
    named, focus = set(rules["seven"]), set(rules["focus"])
    print(f"\nevasion set: {len(rows)} generated titles")
    misses = []
    for kind in TECHNIQUES:
        pairs = [(row, s) for row, s in zip(rows, said, strict=True) if row.kind == kind]
        wanted = [(row, row.expected in s.hazards) for row, s in pairs if row.expected != "-"]
        decoys = [(row, s) for row, s in pairs if row.expected == "-"]
        fooled = [(row, s) for row, s in decoys if s.hazards & named]
        either = sum(bool((s.hazards | s.focus) & (named | focus)) for _, s in decoys)
        hits = sum(hit for _, hit in wanted)
        print(
            f"  {kind:12} recall {shown(hits, len(wanted))}   decoys, seven {shown(len(fooled), len(decoys))}"
            f"   seven or focus {either}"
        )
        misses += [f"missed {row.expected:20} {kind:11} {row.title}" for row, hit in wanted if not hit]
        misses += [
            f"alarm  {','.join(sorted(s.hazards & named)):20} {kind:11} {row.title}" for row, s in fooled
        ]
    if errors:
        print(*(f"    {line}" for line in misses), sep="\n")


def agreement(*, errors: bool) -> None:
    """Compare the two labellers on what they say without `~`."""
    path = HERE / "labels_b.tsv"
    if not path.exists():
        sys.exit(f"{path} is missing: a second labeller writes it from titles_blind.tsv and GUIDE.md")
    first = {row["id"]: row for row in table(HERE / "labels_a.tsv")}
    second = {row["id"]: row for row in table(path)}
    if first.keys() != second.keys():
        odd = sorted(first.keys() ^ second.keys())
        sys.exit(f"{path}: {len(odd)} ids stand in one file only, e.g. {', '.join(odd[:5])}")
    rules = scoring()
    print(f"agreement on {len(first)} titles (share [95 % interval] count, Cohen's kappa)")
    for column, ids in (("hazards", rules["seven"]), ("hazards", rules["others"]), ("focus", rules["focus"])):
        sets = [
            tuple(Gold.read(row[column]).required & set(ids) for row in (first[i], second[i])) for i in first
        ]
        name = "the seven" if ids is rules["seven"] else "other hazards" if column == "hazards" else "focus"
        show_agreement(f"{name}: same set", [(a, b) for a, b in sets])
        for i in ids:
            if any(i in a or i in b for a, b in sets):
                show_agreement(f"  {i}", [(i in a, i in b) for a, b in sets])
    show_agreement(
        "category", [(first[i]["category"].split("|")[0], second[i]["category"].split("|")[0]) for i in first]
    )
    if errors:
        titles = {row["id"]: row["title"] for row in table(HERE / "titles_blind.tsv")}
        for i, row in first.items():
            if any(row[c] != second[i][c] for c in ("hazards", "focus", "category")):
                said = (" ".join(r[c] for c in ("hazards", "focus", "category")) for r in (row, second[i]))
                print(f"    {i} {titles[i]}   A: {next(said)}   B: {next(said)}")


def show_agreement(name: str, pairs: Sequence[tuple[Hashable, Hashable]]) -> None:
    same = sum(a == b for a, b in pairs)
    print(f"  {name:26} {shown(same, len(pairs))}   kappa {kappa(pairs):.3f}")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--errors", action="store_true", help="list every error or disagreement")
    parser.add_argument("--agreement", action="store_true", help="compare the two labellers instead")
    options = parser.parse_args(arguments)
    if options.agreement:
        agreement(errors=options.errors)
        return
    quality_on_titles(errors=options.errors)
    quality_on_evasion(errors=options.errors)


if __name__ == "__main__":
    main()
