from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.classifiers.finding import Evasion
from monitor.classifiers.normalise import normalise, placed, spelled

HOSTILE = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(
            "磁力球激光笔弹弓牙签弩 *·\u200b\u0301\u20dd\ufe0f\u202e🧲💧㎝ﷺÉİß氺沝弾ＡＢ①②\ud800_"
        ),
    ),
    max_size=40,
)


@pytest.mark.parametrize(
    ("text", "expected", "technique"),
    [
        ("磁 力*球", "磁力球", Evasion.SYMBOLS),
        ("牙\u200b签\u200b弩", "牙签弩", Evasion.SYMBOLS),
        ("激🎯光🎯笔", "激光笔", Evasion.SYMBOLS),
        ("磁\u0336力\u0336球\u0336", "磁力球", Evasion.SYMBOLS),
        ("ＬＡＳＥＲ", "laser", Evasion.WIDTH),
        ("⽔晶宝宝", "水晶宝宝", Evasion.WIDTH),
        ("安撫奶嘴", "安抚奶嘴", Evasion.TRADITIONAL),
        ("氺晶宝宝", "水晶宝宝", Evasion.GLYPH),
        ("弾弓", "弹弓", Evasion.GLYPH),
        ("巴kè球", "巴ke球", Evasion.GLYPH),
    ],
)
def test_undoes(text, expected, technique):
    normalised = normalise(text)
    assert normalised.text == expected
    assert normalised.undone(0, len(expected)) == {technique}


def test_keeps_what_stands_beside_latin_and_digits():
    assert normalise("14+ 儿童 3-6岁 A4 纸").text == "14+ 儿童 3-6岁 a4 纸"


def test_capitals_are_no_disguise():
    assert normalise("LASER笔").undone(0, 6) == frozenset()


def test_lone_surrogates_become_the_replacement_character():
    assert normalise("a\ud800b").text == "a\ufffdb"


@given(HOSTILE)
def test_the_quick_spelling_is_the_same(text):
    normalised = normalise(text)
    plain = spelled(text)
    assert plain == normalised.text
    assert placed(text, plain).offsets == normalised.offsets


@given(HOSTILE)
def test_every_stretch_leads_back_into_the_original(text):
    normalised = normalise(text)
    offsets = normalised.offsets
    assert len(offsets) == len(normalised.text)
    assert offsets == sorted(offsets)
    for index in range(len(normalised.text)):
        start, end = normalised.span(index, index + 1)
        assert 0 <= start < end <= len(text)
        assert start == offsets[index]


@given(HOSTILE)
def test_normal_text_is_left_as_it_is(text):
    once = normalise(text).text
    assert normalise(once).text in {once, normalise(normalise(once).text).text}


@given(HOSTILE, HOSTILE)
def test_parts_are_put_together_with_their_span(before, after):
    import re

    text = f"{before}x弓单y{after}"
    normalised = normalise(text)
    composed = normalised.composed(re.compile("弓单"), {"弓单": "弹"})
    place = composed.text.index("x弹y") + 1
    start, end = composed.span(place, place + 1)
    assert text[start:end].replace(" ", "")[0] == "弓"
    assert composed.undone(place, place + 1) == {Evasion.SPLIT}


@pytest.mark.parametrize("unit", ["磁*力 ", "e\u0301", "\u202e磁", "\ud800", "🧲", "ﷺ", "\u0301"])
def test_time_grows_with_length_only(unit):
    def seconds(times: int) -> float:
        text = unit * times
        best = float("inf")
        for _ in range(3):
            start = time.perf_counter()
            normalise(text).span(0, 1) if normalise(text).text else None
            best = min(best, time.perf_counter() - start)
        return best

    seconds(1000)
    small, large = seconds(20_000), seconds(160_000)
    assert large < 8 * 4 * small + 0.05
