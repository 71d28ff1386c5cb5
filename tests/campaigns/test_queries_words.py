"""Words for every category of the taxonomy, bounded, the sure ones first."""

from __future__ import annotations

import pytest

from monitor.campaigns.problem import PlanError
from monitor.campaigns.queries import MOST_NOUNS, search_words
from monitor.classifiers.lexicon.lexicon import load_lexicon
from monitor.classifiers.lexicon.taxonomy import load_taxonomy

LEXICON = load_lexicon()
YEAR = {"from": "01-01", "to": "12-31", "cadence": "daily 00:00"}


@pytest.fixture
def words_for(make_plan):
    def words(**query):
        return [each.word for each in search_words(make_plan(YEAR, search=[query]), LEXICON)]

    return words


@pytest.mark.parametrize("category", [sub.id for sub in load_taxonomy().subcategories])
def test_every_category_of_the_taxonomy_has_words(words_for, category):
    words = words_for(category=category)
    assert words
    assert not any("/" in word or "(" in word for word in words), "a description is no search word"


@pytest.mark.parametrize(
    ("category", "word"),
    [
        ("STA.PLASTIC", "pvc笔袋"),
        ("INF.SLEEP.INCLINE", "倾斜睡床"),
        ("TOY.SLIME", "水晶泥"),
        ("TOY.SHOOT.GEL", "水弹枪"),
    ],
)
def test_words_of_categories_without_lexicon_products(words_for, category, word):
    words = words_for(category=category)
    assert words[0] == word
    assert len(words) <= MOST_NOUNS


def test_a_branch_takes_its_subcategories_and_no_neighbour(words_for):
    words = words_for(category="TOY.MAG")
    assert {"磁力片", "磁力泥", "磁力球"} <= set(words)
    assert "磁性笔" not in words


def test_an_unknown_category_is_refused_with_what_was_meant(words_for):
    with pytest.raises(PlanError, match=r"TOY\.SLIME"):
        words_for(category="TOY.SLIM")


def test_disguises_that_were_seen_come_before_those_to_be_expected(words_for):
    hazard = LEXICON.hazard_by_id["magnet_balls"]
    words = words_for(hazard="magnet_balls")
    places = {e.attested: words.index(e.text) for e in hazard.evasions if e.text in words}
    first_inferred = min(words.index(e.text) for e in hazard.evasions if not e.attested and e.text in words)
    assert words[0] == "磁力球"
    assert all(
        words.index(e.text) < first_inferred for e in hazard.evasions if e.attested and e.text in words
    )
    assert places
