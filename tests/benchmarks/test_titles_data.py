"""The benchmark's titles are sane: a slip in the data would be taken for a slip of the classifier."""

from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from title_quality import Gold, scoring, table

TITLES = Path(__file__).parents[2] / "benchmarks" / "titles"
LEXICON = Path(__file__).parents[2] / "monitor" / "classifiers" / "lexicon"


@pytest.fixture(scope="module")
def rules():
    return scoring()


@pytest.fixture(scope="module")
def rows():
    return table(TITLES / "titles.tsv")


def lexicon_ids(name):
    entries = yaml.safe_load((LEXICON / f"{name}.yaml").read_text(encoding="utf-8"))
    return {entry["id"] for entry in entries[name]}


def test_there_are_at_least_a_thousand_titles_each_once(rows):
    assert len(rows) >= 1000
    assert len({row["id"] for row in rows}) == len(rows)
    squeezed = Counter("".join(row["title"].lower().split()) for row in rows)
    assert [title for title, n in squeezed.items() if n > 1] == []


def test_no_cell_is_empty_but_the_note(rows):
    for row in rows:
        assert None not in {*row, *row.values()}, row
        assert all(value for key, value in row.items() if key != "note"), row
        assert row["title"] == row["title"].strip()


@pytest.mark.parametrize("name", ["titles.tsv", "labels_a.tsv", "labels_b.tsv"])
def test_labels_use_known_ids(name, rules):
    if not (TITLES / name).exists():
        pytest.skip(f"{name} is not written yet")
    known = {
        "hazards": {*rules["seven"], *rules["others"]},
        "focus": set(rules["focus"]),
        "claims": set(rules["claims"]),
    }
    for row in table(TITLES / name):
        for column in known.keys() & row.keys():
            gold = Gold.read(row[column])
            assert gold.required | gold.optional <= known[column], row
            assert not gold.required & gold.optional, row
        assert set(row["category"].split("|")) <= set(rules["categories"]), row


def test_kinds_and_techniques_are_known(rows, rules):
    assert {row["kind"] for row in rows} == set(rules["kinds"])
    assert {row["technique"] for row in rows} == set(rules["techniques"])


def test_a_title_of_kind_hazard_offers_one_and_a_negative_none(rows):
    for row in rows:
        gold = Gold.read(row["hazards"])
        assert gold.required or gold.optional or row["kind"] != "hazard", row
        assert not gold.required or row["kind"] != "negative", row


def test_each_of_the_seven_is_disguised_by_each_technique(rows, rules):
    cells = Counter(
        (hazard, row["technique"]) for row in rows for hazard in Gold.read(row["hazards"]).required
    )
    thin = {(h, t): cells[h, t] for h in rules["seven"] for t in rules["techniques"] if cells[h, t] < 5}
    assert thin == {}


def test_the_scored_ids_are_the_lexicons(rules):
    assert {*rules["seven"], *rules["others"]} == lexicon_ids("hazards")
    assert set(rules["claims"]) <= lexicon_ids("claims")
    assert {i for group in rules["kin"] for i in group} <= lexicon_ids("hazards")


def test_labellers_and_the_blind_list_have_the_same_ids(rows):
    ids = [row["id"] for row in rows]
    blind = table(TITLES / "titles_blind.tsv")
    assert [(row["id"], row["title"]) for row in rows] == [(row["id"], row["title"]) for row in blind]
    assert set(blind[0]) == {"id", "title"}
    for path in TITLES.glob("labels_*.tsv"):
        assert sorted(row["id"] for row in table(path)) == ids, path.name


def test_the_order_of_the_blind_list_tells_nothing(rows):
    """Titles of one hazard must not stand together."""
    neighbours = sum(a["hazards"] == b["hazards"] != "-" for a, b in pairwise(rows))
    shares = Counter(row["hazards"] for row in rows if row["hazards"] != "-")
    expected_by_chance = sum(n * n for n in shares.values()) / len(rows)
    assert neighbours < 2 * expected_by_chance


def runs(text, length=12):
    return {text[i : i + length] for i in range(len(text) - length + 1)}


def test_no_title_shares_a_long_run_with_the_third_party_data(rows, shared):
    """The titles are ours: none was copied from the material that we develop on."""
    ours = set().union(*(runs("".join(row["title"].lower().split())) for row in rows))
    files = sorted((shared / "data").glob("*.tsv"))
    assert files
    theirs = ("".join(line.lower().split()) for f in files for line in f.read_text("utf-8").splitlines())
    assert sorted(run for line in theirs for run in runs(line) & ours) == []


def test_a_label_that_was_settled_otherwise_says_why(rows):
    columns = ("hazards", "focus", "category")
    first = {row["id"]: row for row in table(TITLES / "labels_a.tsv")}
    silent = [
        row["id"]
        for row in rows
        if not row["note"] and any(row[column] != first[row["id"]][column] for column in columns)
    ]
    assert silent == []
