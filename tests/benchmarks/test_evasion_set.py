"""The generated evasion set: the same every time, complete, and true to what each technique promises."""

import unicodedata
from collections import Counter

import pytest
from evasion_set import HEADER, TECHNIQUES, evasion_set, load_rules, main
from pypinyin import Style, pinyin


@pytest.fixture(scope="module")
def rules():
    return load_rules()


@pytest.fixture(scope="module")
def rows():
    return evasion_set()


def syllables(character):
    return set(pinyin(character, style=Style.NORMAL, heteronym=True)[0])


def test_the_same_rules_give_the_same_file(tmp_path, rows):
    main(["--output", str(tmp_path / "one.tsv")])
    main(["--output", str(tmp_path / "two.tsv")])
    text = (tmp_path / "one.tsv").read_text(encoding="utf-8")
    assert text == (tmp_path / "two.tsv").read_text(encoding="utf-8")
    lines = text.removesuffix("\n").split("\n")
    assert lines[0].split("\t") == list(HEADER)
    assert [line.split("\t") for line in lines[1:]] == [[r.title, r.expected, r.kind] for r in rows]


def test_each_of_the_seven_has_each_technique_on_at_least_twelve_titles(rows, rules):
    cells = Counter((row.expected, row.kind) for row in rows)
    assert {cell: n for cell, n in cells.items() if cell[0] != "-" and n < 12} == {}
    assert {hazard for hazard, _ in cells} == {*rules["terms"], "-"}
    assert len(cells) == (len(rules["terms"]) + 1) * len(TECHNIQUES)
    assert all(len(set(carriers)) >= 12 for carriers in rules["carriers"].values())


def test_every_title_stands_once(rows):
    assert len({row.title for row in rows}) == len(rows)


def test_a_disguise_leaves_no_plain_name(rows, rules):
    """Else the row would measure nothing."""
    plain = {h: [n.replace("{", "").replace("}", "") for n in names] for h, names in rules["terms"].items()}
    assert [r for r in rows if r.expected != "-" and any(n in r.title for n in plain[r.expected])] == []


def test_carriers_and_decoys_do_not_name_a_hazard_themselves(rules):
    for hazard, carriers in rules["carriers"].items():
        for name in rules["terms"][hazard]:
            assert not any(name.replace("{", "").replace("}", "") in carrier for carrier in carriers)
    assert all(carrier.count("{}") == 1 for carriers in rules["carriers"].values() for carrier in carriers)
    assert all(decoy.count("{") == decoy.count("}") == 1 for decoy in rules["decoys"])


def test_width_is_folded_back_by_nfkc(rules):
    for plain, forms in rules["width"].items():
        assert all(unicodedata.normalize("NFKC", form) == plain for form in forms), plain


def test_homophones_sound_alike(rules):
    for plain, others in rules["homophone"].items():
        deaf = [other for other in others if not syllables(plain) & syllables(other)]
        assert deaf == [], plain
        assert plain not in others


def test_romanisation_is_a_reading_of_the_character(rules):
    for character, syllable in rules["pinyin"].items():
        assert syllable in syllables(character), character


def test_tone_marks_only_add_a_tone(rules):
    for plain, marked in rules["tone_marks"].items():
        bare = "".join(c for c in unicodedata.normalize("NFD", marked) if not unicodedata.combining(c))
        assert bare == plain


@pytest.mark.parametrize("table", ["traditional", "glyph", "split", "homophone", "width"])
def test_no_rule_writes_a_character_as_itself(rules, table):
    assert [plain for plain, others in rules[table].items() if plain in others or not others] == []


def test_a_split_needs_at_least_two_parts(rules):
    assert all(len(parts) > 1 for options in rules["split"].values() for parts in options)
