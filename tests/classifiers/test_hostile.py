"""No string raises, spans cut exactly what they say, and the time grows with the length only."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.classifiers.classify import default_classifier
from monitor.listing import Listing

CLASSIFIER = default_classifier()
NAMES = "磁力球 牙签弩 激光笔 弹弓 飞镖 水晶宝宝 电击玩具 奶嘴 儿童玩具"
DISGUISED = "ciliqiu ya签nu 巴k球 慈力球 石兹力球 弓单弓 💧晶宝宝 磁磁力力球球 ｃｉ 氺 彈"
WORDS = "不含 皮筋 送 专用 收纳盒 14岁以上 小学生 无3C 射程20米"
SIGNS = "* · 🎯 \u200b \u0301 \u202e \ud800 . , ， 。 \n \t"
PIECES = [piece for row in (NAMES, DISGUISED, WORDS, SIGNS) for piece in row.split(" ")]
TEXT = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=4)), max_size=10).map("".join)


@settings(max_examples=300, deadline=None)
@given(title=TEXT, description=TEXT, age=TEXT)
def test_spans_cut_exactly_what_matched(title, description, age):
    listing = Listing(
        site="x",
        url="u",
        title=title,
        description=description or None,
        attributes={"age": age} if age else {},
    )
    result = CLASSIFIER.classify(listing)
    fields = {"title": title, "description": description, "attributes.age": age}
    for finding in result.findings:
        if finding.field in fields:
            assert fields[finding.field][finding.start : finding.end] == finding.matched
        assert 0 <= finding.confidence <= 1
        assert finding.reason
    assert 0 <= result.risk <= 1


@settings(max_examples=150, deadline=None)
@given(titles=st.lists(TEXT, max_size=8), description=TEXT)
def test_many_at_once_are_classified_as_one_by_one(titles, description):
    listings = [Listing(site="x", url="u", title=title) for title in titles]
    listings.append(Listing(site="x", url="u", title="弹弓", description=description))
    assert list(CLASSIFIER.classify_all(listings)) == [CLASSIFIER.classify(listing) for listing in listings]


def test_long_titles_are_not_held_together():
    asked = []

    def titles():
        for number in range(3):
            asked.append(number)
            yield Listing(site="x", url="u", title="弹" * 200_000)

    next(CLASSIFIER.classify_all(titles()))
    assert asked == [0]


@given(st.text())
def test_no_string_raises(title):
    CLASSIFIER.classify(Listing(site="x", url="u", title=title))


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit",
    [
        "磁力球",
        "磁*",
        "磁慈力",
        "\ud800",
        "e\u0301",
        "\u202e弹弓",
        "ciliqiu",
        "a",
        "弹",
        "不含",
        "🧲💧",
        "弓单",
        "皮筋弹弓",
    ],
)
def test_time_grows_with_length_only(unit):
    def seconds(length: int) -> float:
        listing = Listing(site="x", url="u", title=unit * (length // len(unit)))
        start = time.perf_counter()
        CLASSIFIER.classify(listing)
        return time.perf_counter() - start

    seconds(1000)
    small = min(seconds(10_000) for _ in range(3))
    large = seconds(80_000)
    assert large < 8 * 5 * small + 0.1


@pytest.mark.slow
@pytest.mark.parametrize(
    "title", ["磁" * 10_000_000, "a\u0301" * 100_000, "\ud800" * 1_000_000, " " * 10_000_000]
)
def test_ten_million_characters_are_classified_within_a_minute(title):
    start = time.perf_counter()
    CLASSIFIER.classify(Listing(site="x", url="u", title=title))
    assert time.perf_counter() - start < 60
