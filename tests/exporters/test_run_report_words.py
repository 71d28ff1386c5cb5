"""Words that rise: the statistic, and what is not worth a line."""

from __future__ import annotations

import pytest

from monitor.exporters.report import rising_words as module
from monitor.exporters.report.rising_words import LEAST_TITLES, MOST, rising_words
from monitor.storage.report import PlainListing

COLOURS = "红橙黄绿青蓝紫黑白灰金银"


def listings(*titles, sellers=4):
    return [
        PlainListing(title=title, url=f"https://x.test/{n}", site="商城", seller_id=n % sellers)
        for n, title in enumerate(titles)
    ]


EARLIER = listings(*(f"儿童积木 拼插玩具 {c}色 {n}" for n, c in enumerate(COLOURS * 6)))


def coloured(pattern, count=8):
    return [pattern.format(colour) for colour in COLOURS[:count]]


def test_a_new_word_that_the_dictionary_does_not_know_comes_whole():
    later = listings(
        *coloured("重力萝卜刀 {}", 4), *coloured("学生萝卜刀 {}", 4), *coloured("儿童积木 拼插 {}")
    )
    found = rising_words(later, EARLIER)
    first = found[0]
    assert first.word == "萝卜刀"
    assert (first.later, first.earlier, first.of_later, first.sellers) == (8, 0, 16, 4)
    assert first.z >= module.LEAST_Z
    assert len(first.examples) == 3
    assert all("萝卜刀" in each.title for each in first.examples)
    assert not {"萝卜", "重力萝卜", "积木", "玩具"} & {each.word for each in found}


def test_a_word_as_frequent_as_before_does_not_rise():
    assert rising_words(listings(*coloured("儿童积木 拼插玩具 {}色 新")), EARLIER) == []


@pytest.mark.parametrize(
    "later",
    [
        listings(*coloured("喷火龙 {}", LEAST_TITLES - 1)),
        listings(*["喷火龙 玩具"] * 20),
        listings(*coloured("喷火龙 {}"), sellers=1),
        [],
    ],
    ids=["too few", "the same title", "one seller", "nothing"],
)
def test_what_is_no_news(later):
    assert "喷火龙" not in {each.word for each in rising_words(later, EARLIER)}


def test_nothing_to_compare_with_gives_nothing():
    assert rising_words(listings(*coloured("喷火龙 {}")), []) == []


def test_the_prior_shrinks_small_counts():
    few, many = module._z(3, 30, 0, 300), module._z(30, 300, 0, 3000)
    assert 0 < few < many
    assert module._z(5, 50, 5, 50) == 0
    assert module._z(0, 50, 5, 50) < 0
    assert module._z(50, 50, 50, 50) == 0


def test_the_list_is_bounded_and_ordered():
    words = [f"{a}{b}龙玩偶屋" for a in "金木水火土日月" for b in "甲乙丙丁戊己庚辛"]
    found = rising_words(listings(*(f"{w} {c}" for w in words for c in COLOURS[:4])), EARLIER)
    assert len(found) <= MOST
    assert [each.z for each in found] == sorted((each.z for each in found), reverse=True)
