"""The words of letters: matched text marked where it stands, whatever sellers wrote, nobody's numbers."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from monitor.classifiers import Basis, Finding, FindingKind, Severity
from monitor.exporters.letters.letter_words import (
    basis_lines,
    emphasised,
    original_words,
    other_clues,
    suspected_acts,
    title_of,
)
from monitor.storage.lead_snapshot import LeadSnapshot

AT = datetime(2026, 9, 25, tzinfo=UTC)
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def runs(rich) -> list[tuple[str, bool]]:
    """Give (text, marked) of each run."""
    xml = f'<p xmlns:w="{_W[1:-1]}" xmlns:a="a">{rich}</p>'
    return [
        ("".join(run.itertext(f"{_W}t")), run.find(f"{_W}rPr/{_W}b") is not None)
        for run in etree.fromstring(xml).iter(f"{_W}r")
    ]


def a_finding(text: str, words: str, field: str = "title", **changes) -> Finding:
    start = text.index(words)
    finding = Finding(
        kind=FindingKind.HAZARD,
        id="magnet_balls",
        field=field,
        start=start,
        end=start + len(words),
        matched=words,
        term=words,
        severity=Severity.CRITICAL,
        basis=(Basis.PQ49,),
        confidence=0.9,
        reason=f"写有“{words}”",
    )
    return dataclasses.replace(finding, **changes)


def a_snapshot(*findings: Finding, **texts: str) -> LeadSnapshot:
    title = texts.pop("title", "磁力球")
    return LeadSnapshot(
        listing_id=1,
        key="1",
        site="mall",
        site_title="示例商城",
        url="https://mall.test/1",
        title=title,
        price=None,
        currency="CNY",
        sales=None,
        category="TOY",
        subcategory=None,
        risk=0.9,
        seller_name=None,
        seller_url=None,
        licence_name=None,
        credit_code=None,
        address=None,
        stated_place=None,
        attributes={},
        findings=findings,
        texts={"title": title, **texts},
        lexicon_version="1",
        digest="0",
        first_seen_at=AT,
        last_seen_at=AT,
        preserved=False,
    )


@pytest.mark.parametrize(
    ("title", "words", "expected"),
    [
        ("儿童磁力球216颗", "磁力球", [("儿童", False), ("磁力球", True), ("216颗", False)]),
        ("<b>磁力球</b>&{{ 7*7 }}", "磁力球", [("<b>", False), ("磁力球", True), ("</b>&{{ 7*7 }}", False)]),
        ("磁力球\x07\ud800", "磁力球", [("磁力球", True), ("␇\ufffd", False)]),
        ("电话13959512345磁力球", "磁力球", [("电话139******45", False), ("磁力球", True)]),
    ],
)
def test_titles(title, words, expected):
    assert runs(title_of(a_snapshot(a_finding(title, words), title=title))) == expected


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40),
    st.lists(st.tuples(st.integers(-2, 45), st.integers(-2, 45)), max_size=4),
)
def test_no_text_is_lost_and_only_spans_are_marked(text, spans):
    from monitor.exporters.sheets.cells import masked, printable

    found = runs(emphasised(text, spans))
    assert "".join(part for part, _ in found) == printable(masked(text))
    marked = sum(len(part) for part, bold in found if bold)
    inside = {n for a, b in spans for n in range(max(a, 0), min(b, len(text)))}
    assert marked == len(inside)


def test_long_texts_are_shown_around_the_words():
    text = "甲" * 500 + "磁力球" + "乙" * 500
    snapshot = a_snapshot(a_finding(text, "磁力球", "description"), description=text)
    (rich,) = original_words(snapshot)
    assert runs(rich) == [("详情：…" + "甲" * 30, False), ("磁力球", True), ("乙" * 30 + "…", False)]


def test_short_texts_are_shown_whole():
    text = "14岁以上"
    field = "attributes.适合"
    snapshot = a_snapshot(a_finding(text, "14岁以上", field), **{field: text})
    assert [runs(rich) for rich in original_words(snapshot)] == [
        [("参数“适合”：", False), ("14岁以上", True)]
    ]


def test_a_warning_alone_is_no_act_no_clue_and_no_basis():
    warned = a_finding("磁力球", "磁力球", basis=(Basis.ADV,))
    claim = a_finding("磁力球", "磁力球", kind=FindingKind.CLAIM, reason="标题自称“14+”")
    snapshot = a_snapshot(warned, claim)
    assert suspected_acts(snapshot) == []
    assert other_clues(snapshot) == ["标题自称“14+”"]
    assert [each.code for each in basis_lines([Basis.ADV, Basis.PSB, Basis.PSB])] == ["PSB"]
    (line,) = basis_lines([Basis.PSB])
    assert (line.source, line.confidence) == ("推断", "待核")
