from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.leads.review.misses import estimate_misses, wilson
from monitor.storage.review_lists import SampledCategory


def found(category: str | None, filtered_out: int, decided: int, missed: int, sampled: int | None = None):
    return SampledCategory(
        category=category,
        filtered_out=filtered_out,
        sampled=decided if sampled is None else sampled,
        decided=decided,
        missed=missed,
    )


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [
        # Newcombe, Statistics in Medicine 17 (1998) 857–872, table I, method 3: score without correction
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_gives_the_published_limits(hits, of, low, high):
    interval = wilson(hits, of)
    assert interval.value == hits / of
    assert (round(interval.low, 4), round(interval.high, 4)) == (low, high)


def test_of_nothing_there_is_no_share():
    with pytest.raises(ValueError, match="not known"):
        wilson(0, 0)
    estimate = estimate_misses([found("TOY", 500, 0, 0, sampled=10)])
    assert estimate.total.rate is None
    assert estimate.total.number is None
    assert estimate.unknown == 500
    assert estimate_misses([]).by_category == ()


def test_one_category_is_its_own_interval():
    estimate = estimate_misses([found("TOY", 1000, 148, 15)])
    (_, misses), *others = estimate.by_category
    assert not others
    assert misses.rate == wilson(15, 148)
    assert estimate.total.rate is not None
    assert estimate.total.rate.low == pytest.approx(misses.rate.low)
    assert estimate.total.number.value == pytest.approx(1000 * 15 / 148)


def test_categories_are_weighed_by_what_was_filtered_out():
    estimate = estimate_misses([found("TOY", 100, 10, 5), found(None, 900, 10, 0), found("APP", 7, 0, 0)])
    assert estimate.total.rate.value == pytest.approx(0.05)
    assert estimate.total.filtered_out == 1000
    assert estimate.unknown == 7
    assert estimate.total.rate.low < 0.05 < estimate.total.rate.high


def test_a_category_that_was_wholly_looked_at_has_no_uncertainty():
    (_, misses), *_ = estimate_misses([found("TOY", 12, 12, 3)]).by_category
    assert misses.rate.low == misses.rate.high == 0.25
    assert misses.number.low == misses.number.high == 3


@given(
    st.lists(
        st.tuples(st.integers(1, 10_000), st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=6
    )
)
def test_limits_enclose_the_estimate_and_what_was_found(parts):
    results = [
        found(str(n), max(whole, decided), decided, min(missed, decided))
        for n, (whole, decided, missed) in enumerate(parts)
    ]
    estimate = estimate_misses(results)
    for misses in (estimate.total, *(each for _, each in estimate.by_category)):
        assert (misses.rate is None) == (misses.decided == 0)
        if misses.rate is not None:
            assert 0 <= misses.rate.low <= misses.rate.value + 1e-12
            assert misses.rate.value <= misses.rate.high + 1e-12 <= 1 + 1e-9
            assert misses.missed <= misses.number.low <= misses.number.value + 1e-9


def test_the_interval_holds_the_truth_about_as_often_as_it_says():
    """Two categories, one full of misses and one nearly free of them: 2,000 samples of 10 and 60."""
    chance = random.Random(20261008)
    truth = (200 * 0.2 + 3000 * 0.01) / 3200
    held = 0
    for _ in range(2000):
        few = sum(chance.random() < 0.2 for _ in range(10))
        many = sum(chance.random() < 0.01 for _ in range(60))
        rate = estimate_misses([found("TOY", 200, 10, few), found(None, 3000, 60, many)]).total.rate
        held += rate.low <= truth <= rate.high
    assert 0.92 <= held / 2000 <= 1
