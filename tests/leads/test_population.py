from __future__ import annotations

import pytest

from monitor.classifiers import FindingKind
from monitor.leads.sampling.draw import DrawError
from monitor.leads.sampling.population import DEFAULT_STRATA, because, population
from monitor.leads.sampling.sampling_terms import Priority, sampling_terms

from .conftest import AT


def test_only_focus_products_and_hazards_on_sale(make_row, make_finding):
    rows = [
        make_row(1),
        make_row(2, findings=(make_finding(FindingKind.HAZARD, "magnet_balls"),)),
        make_row(3, findings=(make_finding(FindingKind.CLAIM, "claim_power"),)),
        make_row(4, findings=(make_finding(FindingKind.WATCHLIST, "recall"),)),
        make_row(5, findings=()),
        make_row(6, gone_at=AT),
    ]
    people = population(rows, DEFAULT_STRATA)
    assert [member.url[-1] for member in people.members] == ["1", "2"]
    assert [because(people.rows[member.key]) for member in people.members] == [
        ("magnetic_toy",),
        ("magnet_balls",),
    ]
    assert people.excluded == ()


@pytest.mark.parametrize(
    ("seller", "place"),
    [
        ({"address": "福建省泉州市晋江市青阳街道1号"}, "350582"),
        ({"credit_code": "91350503MA2XXXXX1X"}, "待核"),
        ({"stated_place": "福建泉州"}, "待核"),
        ({"address": "官桥镇1号"}, "待核"),
        ({}, "待核"),
    ],
)
def test_place_is_where_the_seller_is_located_and_nothing_else(make_row, seller, place):
    (member,) = population([make_row(1, **seller)], ("place",)).members
    assert member.stratum == (place,)


def test_strata_are_made_of_what_is_asked_for(make_row):
    row = make_row(1, subcategory="TOY.MAG.BUILD")
    (member,) = population(
        [row], ("subcategory", "site", "priority"), priority_of=lambda _: Priority.FAILED
    ).members
    assert member.stratum == ("TOY.MAG.BUILD", "mall", "failed")
    assert population([make_row(1, category=None)], ("category",)).members[0].stratum == ("未归类",)


@pytest.mark.parametrize(
    ("strata", "said"),
    [(("colour",), "no stratum is called"), (("site", "site"), "once"), ((), "at least one")],
)
def test_strata_that_cannot_be_made(strata, said):
    with pytest.raises(DrawError, match=said):
        population([], strata)


def test_every_priority_has_its_terms():
    assert [term.id for term in sampling_terms().priorities] == list(Priority)
    assert sampling_terms().weights["other"] == 1
