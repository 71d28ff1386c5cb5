"""Lists that name a product: more of them never lower anything, and the rules of suspects hold."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from monitor.classifiers import Basis, Finding, FindingKind, Severity
from monitor.classifiers.classify import Classifier, default_classifier
from monitor.classifiers.lexicon import load_lexicon
from monitor.classifiers.listed import with_watchlist
from monitor.listing import Listing

TITLES = ("收纳盒", "儿童磁力片 积木", "学生固体胶", "牙签弩 儿童玩具", "婴儿奶嘴", "磁力球 14岁以上 小学生")


def named(kind: str, severity: Severity = Severity.HIGH, confidence: float = 0.9) -> Finding:
    return Finding(
        kind=FindingKind.WATCHLIST,
        id=kind,
        field="title",
        start=0,
        end=2,
        matched="墨喵",
        term="x",
        severity=severity,
        basis=(),
        confidence=confidence,
        reason=f"与{kind}相符",
    )


LISTS = (named("recall"), named("media", Severity.MEDIUM), named("complaint", Severity.MEDIUM, 0.7))


def classify(title: str, **options):
    return Classifier(load_lexicon(), **options).classify(Listing(site="s", url="u", title=title))


@pytest.mark.parametrize("title", TITLES)
def test_one_list_more_never_lowers_anything(title):
    said = default_classifier().classify(Listing(site="s", url="u", title=title))
    assert said.watchlist is None
    assert with_watchlist(said, ()).watchlist == ()
    for order in itertools.permutations(LISTS):
        before = with_watchlist(said, ())
        for number in range(1, len(order) + 1):
            after = with_watchlist(said, order[:number])
            assert after.risk >= before.risk
            assert after.suspect >= before.suspect
            assert set(said.reasons) < set(after.reasons)
            assert after.findings == (*said.findings, *order[:number])
            before = after


def test_a_focus_product_that_a_list_names_is_a_suspect():
    said = default_classifier().classify(Listing(site="s", url="u", title="儿童磁力片 积木"))
    assert said.focus
    assert not said.suspect
    assert with_watchlist(said, [named("complaint", Severity.MEDIUM, 0.7)]).suspect


@pytest.mark.parametrize(("confidence", "suspect"), [(1.0, True), (0.89, False)])
def test_what_is_no_focus_product_is_one_by_the_threshold(confidence, suspect):
    said = default_classifier().classify(Listing(site="s", url="u", title="收纳盒"))
    assert with_watchlist(said, [named("recall", confidence=confidence)]).suspect is suspect


def test_the_threshold_is_the_one_it_was_classified_with():
    said = classify("收纳盒", threshold=0.9)
    assert said.threshold == 0.9
    assert not with_watchlist(said, [named("recall", confidence=1.0)]).suspect


def test_advice_alone_counts_towards_no_suspect():
    advice = Finding(
        kind=FindingKind.HAZARD,
        id="x",
        field="title",
        start=0,
        end=2,
        matched="xx",
        term="x",
        severity=Severity.HIGH,
        basis=(Basis.ADV,),
        confidence=1.0,
        reason="消费警示",
    )
    said = default_classifier().classify(Listing(site="s", url="u", title="收纳盒"))
    advised = replace(said, hazards=(advice,), risk=0.36, reasons=("消费警示",))
    found = with_watchlist(advised, [named("media", Severity.MEDIUM, 0.9)])
    assert (found.risk, found.suspect) == (0.63, False)
    assert found.reasons == ("消费警示", "与media相符")
