from __future__ import annotations

import itertools
import random
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.leads.sampling.draw import (
    ALGORITHM,
    Allocation,
    DrawError,
    DrawOrder,
    Member,
    draw,
    population_sha256,
)

ORDER = DrawOrder(
    seed="s",
    strata=("category", "priority"),
    size=6,
    allocation=Allocation.PROPORTIONAL,
    weights={"failed": 3, "other": 1},
)
#: 99.99 % points of chi-square; the seeds are fixed, so the statistics are constants and cannot flake.
CHI_SQUARE = {9: 33.72, 44: 88.0}


def members(number: int, stratum: tuple[str, ...] = ("TOY", "other")) -> list[Member]:
    return [
        Member(
            site="mall", url=f"https://shop.example.test/{stratum}/{n}", title=f"磁力片{n}", stratum=stratum
        )
        for n in range(number)
    ]


def keys(drawn) -> list[tuple[str, str]]:
    return [each.member.key for each in drawn.chosen]


def seats(drawn) -> dict[tuple[str, ...], int]:
    return {each.stratum: each.drawn for each in drawn.strata}


populations = st.dictionaries(
    st.tuples(st.sampled_from(["TOY", "STA", "INF"]), st.sampled_from(["failed", "other"])),
    st.integers(1, 12),
    min_size=1,
).map(lambda sizes: [m for stratum, n in sizes.items() for m in members(n, stratum)])


@given(populations, st.integers(1, 80), st.sampled_from(Allocation), st.randoms())
def test_any_draw_is_whole_distinct_and_blind_to_the_order_of_rows(population, size, allocation, rng):
    order = replace(ORDER, size=size, allocation=allocation)
    drawn = draw(population, order)
    assert len(drawn.chosen) == len(set(keys(drawn))) == min(size, len(population))
    assert [each.position for each in drawn.chosen] == list(range(1, len(drawn.chosen) + 1))
    for layer in drawn.strata:
        assert layer.members == sum(m.stratum == layer.stratum for m in population)
        assert layer.drawn == sum(c.member.stratum == layer.stratum for c in drawn.chosen) <= layer.members
    mixed = population.copy()
    rng.shuffle(mixed)
    assert draw(mixed, order) == drawn


@given(populations, st.integers(1, 80))
def test_equal_shares_differ_by_one_at_most_where_there_is_room(population, size):
    order = replace(ORDER, size=size, allocation=Allocation.EQUAL, weights={})
    drawn = draw(population, order).strata
    for one, other in itertools.permutations(drawn, 2):
        if one.drawn < one.members:
            assert other.drawn <= one.drawn + 1


@given(populations, st.data())
def test_another_population_is_another_population(population, data):
    fingerprint = population_sha256(population)
    lost = data.draw(st.integers(0, len(population) - 1))
    assert population_sha256(population[:lost] + population[lost + 1 :]) != fingerprint
    changed = replace(population[lost], title=population[lost].title + "!")
    assert population_sha256([*population[:lost], changed, *population[lost + 1 :]]) != fingerprint
    assert population_sha256([*population, *members(1, ("MASK", "other"))]) != fingerprint


def test_one_listing_more_or_less_is_another_draw():
    population = members(1_000)
    first = draw(population, ORDER)
    assert keys(first) == keys(draw(population, ORDER))
    assert keys(first) != keys(draw(population, replace(ORDER, seed="t")))
    assert keys(first) != keys(draw(population[:-1], ORDER))
    assert first.algorithm == ALGORITHM


@pytest.mark.parametrize("allocation", Allocation)
def test_every_listing_of_a_stratum_has_the_same_chance(allocation):
    """2,000 draws; a stratum that counts threefold gets more places, and still nobody of it is preferred."""
    failed, other = members(10, ("TOY", "failed")), members(10, ("TOY", "other"))
    order = replace(ORDER, size=8, allocation=allocation)
    counts = Counter(
        key for seed in range(2_000) for key in keys(draw(failed + other, replace(order, seed=str(seed))))
    )
    for layer, places in ((failed, 6), (other, 2)):
        expected = 2_000 * places / 10
        assert sum(counts[m.key] for m in layer) == 2_000 * places
        # without replacement the counts vary less than independent ones, by (10 - places) / 9
        statistic = sum((counts[m.key] - expected) ** 2 / expected for m in layer) * 9 / (10 - places)
        assert statistic < CHI_SQUARE[9]


def test_every_pair_of_a_stratum_has_the_same_chance():
    population = members(10)
    counts = Counter(
        frozenset(keys(draw(population, replace(ORDER, size=2, seed=f"pair {n}")))) for n in range(4_500)
    )
    pairs = list(itertools.combinations([m.key for m in population], 2))
    assert sum((counts[frozenset(pair)] - 100) ** 2 / 100 for pair in pairs) < CHI_SQUARE[44]


def test_who_gets_the_last_place_of_equal_strata_is_chance_too():
    population = [m for n in range(10) for m in members(3, (f"C{n}", "other"))]
    counts = Counter(
        draw(population, replace(ORDER, size=1, seed=str(seed))).chosen[0].member.stratum
        for seed in range(2_000)
    )
    assert sum((counts[f"C{n}", "other"] - 200) ** 2 / 200 for n in range(10)) < CHI_SQUARE[9]


def test_proportional_shares_follow_members_times_weight():
    population = (
        members(60, ("TOY", "other")) + members(30, ("STA", "other")) + members(10, ("TOY", "failed"))
    )
    drawn = seats(draw(population, replace(ORDER, size=12)))
    assert drawn == {("TOY", "other"): 6, ("STA", "other"): 3, ("TOY", "failed"): 3}
    plain = seats(draw(population, replace(ORDER, size=10, weights={})))
    assert plain == {("TOY", "other"): 6, ("STA", "other"): 3, ("TOY", "failed"): 1}


def test_a_site_called_failed_is_no_priority():
    order = replace(ORDER, strata=("site",), size=2)
    drawn = draw(members(9, ("failed",)) + members(9, ("mall",)), order)
    assert {each.weight for each in drawn.strata} == {1}


def test_more_places_than_listings_draws_all_of_them():
    population = members(3)
    assert sorted(keys(draw(population, replace(ORDER, size=99)))) == sorted(m.key for m in population)


@pytest.mark.parametrize(
    ("population", "changes", "said"),
    [
        (members(3), {"size": 0}, "at least 1"),
        (members(3), {"seed": " "}, "seed is empty"),
        (members(3) + members(1), {}, "stands twice"),
    ],
)
def test_an_order_that_cannot_be_met_is_refused(population, changes, said):
    with pytest.raises(DrawError, match=said):
        draw(population, replace(ORDER, **changes))


def test_hostile_titles_and_separators_do_not_collide():
    one = Member(site="mall", url="a\nb", title="\ud800磁", stratum=("TOY", "other"))
    other = Member(site="mall", url="a", title="b\n\ud800磁", stratum=("TOY", "other"))
    assert one.sha256 != other.sha256
    assert len(draw([one, other], replace(ORDER, size=1)).chosen) == 1


def test_the_draw_is_the_same_on_every_machine():
    """Held to what it gave when the algorithm was fixed: a change needs a new name for the algorithm."""
    population = members(20) + members(20, ("STA", "other"))
    random.Random(7).shuffle(population)
    drawn = [each.member.title for each in draw(population, replace(ORDER, size=5)).chosen]
    assert drawn == ["磁力片14", "磁力片6", "磁力片18", "磁力片18", "磁力片1"]
