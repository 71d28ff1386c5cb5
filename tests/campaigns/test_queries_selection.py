"""What a run asks: promise, rests that end, places for those that wait."""

from __future__ import annotations

from itertools import pairwise

import pytest

from monitor.campaigns.selection import LONGEST_REST, rest_after, select_words, standings
from monitor.storage.yields import Ask, SiteHistory


def ask(run_id, *, suspects=0, own=0, alone=0, first=0):
    return Ask(run_id=run_id, pages=1, listings=5, suspects=suspects, alone=alone, first=first, own=own)


def words_of(standings):
    return [each.word for each in standings]


def test_without_history_knowledge_has_the_order():
    words = ["磁力球", "巴克球", "磁·力·球", "磁厉球"]
    assert words_of(select_words(words, None, None).asked) == words


def test_what_yielded_goes_first_and_inferred_before_a_name_that_found_nothing():
    history = SiteHistory(
        runs=(1, 2), asks={"磁厉球": [ask(1, suspects=3, alone=2)], "磁力球": [ask(1), ask(2)]}
    )
    asked = words_of(select_words(["磁力球", "巴克球", "磁厉球"], history, None).asked)
    assert asked == ["磁厉球", "巴克球", "磁力球"]


@pytest.mark.parametrize(("empty", "every"), [(0, 1), (2, 1), (3, 2), (4, 4), (5, 8), (50, 8)])
def test_rests_grow_and_are_capped(empty, every):
    assert rest_after(empty) == every


def test_an_empty_word_rests_longer_and_longer_but_is_asked_for_ever():
    asks, asked_in = [], []
    for run in range(1, 60):
        history = SiteHistory(runs=tuple(range(1, run)), asks={"词": asks} if asks else {})
        if select_words(["词"], history, None).asked:
            asked_in.append(run)
            asks = [*asks, ask(run)]
    assert asked_in[:6] == [1, 2, 3, 5, 9, 17]
    gaps = {later - earlier for earlier, later in pairwise(asked_in[5:])}
    assert gaps == {LONGEST_REST}


def test_one_find_ends_the_rest():
    history = SiteHistory(runs=(1, 2, 3, 4), asks={"词": [ask(1), ask(2), ask(3), ask(4, own=1)]})
    assert standings(["词"], history)[0].every == 1


def test_a_budget_leaves_out_the_least_promising_and_keeps_a_place_for_who_waits():
    words = [f"w{n}" for n in range(10)]
    asks = {word: [ask(9, suspects=10 - n)] for n, word in enumerate(words)}
    asks["w9"] = [ask(1, suspects=0, own=1)]
    chosen = select_words(words, SiteHistory(runs=tuple(range(1, 10)), asks=asks), 5)
    assert words_of(chosen.asked) == ["w0", "w1", "w2", "w3", "w9"]
    assert words_of(chosen.left_out) == ["w4", "w5", "w6", "w7", "w8"]


def test_no_word_is_left_out_for_ever():
    words = [f"w{n}" for n in range(12)]
    asks: dict[str, list[Ask]] = {}
    for run in range(1, 40):
        chosen = select_words(words, SiteHistory(runs=tuple(range(1, run)), asks=asks), 3)
        for each in chosen.asked:
            # the first two always find the most
            asks[each.word] = [*asks.get(each.word, []), ask(run, suspects=9 if each.word < "w1~" else 1)]
    assert set(asks) == set(words)
    assert all(asks[word][-1].run_id > 20 for word in words)
