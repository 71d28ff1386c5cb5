"""categories.yaml and taxonomy.yaml hold together, and their mistakes are named."""

from __future__ import annotations

import pytest

from monitor.classifiers.lexicon.category_terms import terms
from monitor.classifiers.lexicon.category_words import CATEGORIES, Need, category_words
from monitor.classifiers.lexicon.source import LexiconError
from monitor.classifiers.lexicon.taxonomy import load_taxonomy

FOCUS = {
    "decompression_toy", "magnetic_toy", "projectile_toy", "adhesive_stationery", "plastic_stationery",
    "child_mask", "inclined_sleeper", "electric_rocker", "nipple", "child_tableware",
}  # fmt: skip


def test_taxonomy_has_the_studys_89_subcategories():
    taxonomy = load_taxonomy()
    assert len(taxonomy.subcategories) == 89
    assert {c for c, about in taxonomy.categories.items() if not about.extension} == CATEGORIES
    assert {focus.id for focus in taxonomy.focus} == FOCUS


def test_every_noun_names_a_class_that_there_is():
    known = {sub.id for sub in load_taxonomy().subcategories} | CATEGORIES
    assert {block.id for block in category_words().nouns} <= known


def test_every_subcategory_has_a_word():
    named = {block.id for block in category_words().nouns}
    assert {sub.id for sub in load_taxonomy().subcategories} == named - CATEGORIES


def test_a_page_should_state_what_its_subcategory_says_each_field_once():
    taxonomy = load_taxonomy()
    titles = {s.field: s.title for s in taxonomy.should_state("TOY", "TOY.MAG.BALL")}
    assert titles["attributes.standard"] == "执行标准"
    assert len(taxonomy.should_state("TOY", "TOY.MAG.BALL")) == len(titles) == 5
    electric = {stated.field for stated in taxonomy.should_state("TOY", "TOY.ELEC.RC")}
    assert electric == titles.keys() | {"attributes.ccc_number"}
    assert taxonomy.should_state("TOY", None) == taxonomy.should_state("TOY", "TOY.CLAY")


def test_what_is_no_toy_by_the_standard_owes_no_toy_label():
    taxonomy = load_taxonomy()
    assert taxonomy.should_state("TOY", "TOY.SHOOT.SLING") == ()
    assert taxonomy.should_state(None, None) == ()


def test_every_category_says_what_its_listings_state():
    taxonomy = load_taxonomy()
    assert all(taxonomy.should_state(category, None) for category in CATEGORIES)


def test_broad_subcategories_exist():
    assert category_words().broad <= {sub.id for sub in load_taxonomy().subcategories}


def test_every_block_names_a_known_source():
    words = category_words()
    blocks = (*words.nouns, *words.others, *words.hints, *words.brands)
    assert {block.source for block in blocks} <= set(words.sources)


def test_no_word_stands_twice_in_one_block():
    words = category_words()
    for block in (*words.nouns, *words.others, *words.hints, *words.brands):
        assert len(set(block.words)) == len(block.words), sorted(
            word for word in block.words if block.words.count(word) > 1
        )


def test_no_word_has_two_readings_of_the_same_need():
    for term in terms(category_words()):
        needs = [reading.needs for reading in term.readings]
        assert len(set(needs)) == len(needs), term.spelling


def test_a_reading_without_needs_is_never_shadowed_by_a_later_one():
    for term in terms(category_words()):
        needs = [reading.needs for reading in term.readings]
        assert Need.NOTHING not in needs[:-1], term.spelling


def test_long_words_say_what_their_parts_say():
    by_spelling = {term.spelling: term for term in terms(category_words())}
    assert by_spelling["儿童水杯"].child == by_spelling["儿童"].child == 2
    assert by_spelling["童年"].child == 0


def test_a_wrong_strength_is_named_with_its_line(tmp_path):
    (tmp_path / "categories.yaml").write_text(
        "version: 1\nsources: {K: x}\nstrengths: {certain: 1}\n"
        "places: {head: 2, body: 1, modifier: 0.3, gift: 0.2}\nnear: 10\nshort_name: 9\n"
        "motif: [款]\nbroad: []\npieces: 片\npart_size: x\n"
        "threshold: 0.3\nothers: []\nhints: []\nbrands: []\nnouns:\n"
        "- {id: TOY, strength: sure, source: K, words: [玩具]}\n",
        encoding="utf-8",
    )
    with pytest.raises(LexiconError, match=r"categories\.yaml, line 16, key nouns\.0\.strength"):
        category_words(tmp_path)


def test_a_focus_rule_of_an_unknown_subcategory_is_named(tmp_path, shipped_taxonomy):
    (tmp_path / "taxonomy.yaml").write_text(
        shipped_taxonomy.replace("{taxonomy: TOY.SLIME}", "{taxonomy: TOY.SLIMY}"), encoding="utf-8"
    )
    with pytest.raises(LexiconError, match=r"no sub-category TOY\.SLIMY: mend the id"):
        load_taxonomy(tmp_path)


@pytest.fixture
def shipped_taxonomy():
    from monitor.classifiers.lexicon import SHIPPED

    return (SHIPPED / "taxonomy.yaml").read_text(encoding="utf-8")
