from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from monitor.leads.review.review_sample import draw_sample, mixed
from monitor.storage.suspects import ListingMark

MARKS = [ListingMark(n, "TOY" if n % 3 else None, n % 10 == 0, "v1") for n in range(1, 61)]


def test_only_filtered_out_listings_are_drawn_so_many_of_each_category():
    sample = draw_sample(MARKS, seed="s", per_category=5)
    assert [(s.category, s.filtered_out, s.sampled) for s in sample.strata] == [(None, 18, 5), ("TOY", 36, 5)]
    assert len(set(sample.listing_ids)) == 10
    assert not {mark.id for mark in MARKS if mark.suspect} & set(sample.listing_ids)
    assert sample.lexicon_versions == ("v1",)


@given(st.permutations(MARKS), st.text(max_size=8))
def test_the_draw_does_not_depend_on_the_order_of_the_rows(marks, seed):
    assert draw_sample(marks, seed=seed, per_category=4) == draw_sample(MARKS, seed=seed, per_category=4)


def test_what_is_decided_is_not_drawn_again_while_the_lexicon_is_the_same():
    first = draw_sample(MARKS, seed="s", per_category=5)
    before = {("v1",): set(first.listing_ids)}
    second = draw_sample(MARKS, seed="s", per_category=5, before=before)
    assert not set(first.listing_ids) & set(second.listing_ids)
    assert [s.filtered_out for s in second.strata] == [18, 36]
    assert draw_sample(MARKS, seed="s", per_category=5, before={("v0",): set(first.listing_ids)}) == first


def test_every_listing_has_the_same_chance():
    """Chi-square over 36 toys, 1,000 seeds × 5: the limit is the 99.9 % quantile at 35 degrees of freedom."""
    drawn = Counter(
        number
        for seed in range(1000)
        for number in draw_sample(MARKS, seed=str(seed), per_category=5).listing_ids
    )
    expected = 5000 / 36
    toys = [drawn[mark.id] for mark in MARKS if mark.category == "TOY" and not mark.suspect]
    assert sum((count - expected) ** 2 / expected for count in toys) < 66.6


@given(st.lists(st.integers(), max_size=20, unique=True), st.integers(0, 20), st.text(max_size=4))
def test_the_samples_are_mixed_in_and_the_suspects_keep_their_order(suspects, count, seed):
    others = [f"sample {n}" for n in range(count)]
    rows = mixed(suspects, others, seed=seed)
    assert [row for row in rows if isinstance(row, int)] == suspects
    assert sorted(row for row in rows if isinstance(row, str)) == sorted(others)
    assert rows == mixed(suspects, others, seed=seed)


def test_samples_stand_anywhere_and_in_any_order():
    suspects = list(range(9))
    rows = [mixed(suspects, ["a", "b"], seed=str(seed)) for seed in range(300)]
    assert {row.index("a") for row in rows} == set(range(11))
    assert 100 < sum(row.index("a") < row.index("b") for row in rows) < 200
