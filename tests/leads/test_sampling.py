from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from monitor.classifiers import Basis, Finding, FindingKind, Severity
from monitor.leads.sampling import ALGORITHM, UNKNOWN, propose, stratum_of
from monitor.storage.suspects import SuspectRow

AT = datetime(2026, 9, 25, tzinfo=UTC)


def finding(kind: FindingKind, id_: str) -> Finding:
    return Finding(
        kind=kind,
        id=id_,
        field="title",
        start=0,
        end=2,
        matched="磁力",
        term="磁力",
        severity=Severity.MEDIUM,
        basis=(Basis.PQ49,),
        confidence=0.9,
        reason="",
    )


def row(number: int, **changes: Any) -> SuspectRow:
    values: dict[str, Any] = {
        "id": number,
        "site": "mall",
        "site_title": "示例商城",
        "url": f"https://shop.example.test/{number}",
        "title": "磁力片",
        "price": Decimal("9.90"),
        "currency": "CNY",
        "image_url": None,
        "category": "TOY",
        "subcategory": None,
        "risk": 0.4,
        "suspect": False,
        "reasons": (),
        "findings": (finding(FindingKind.FOCUS, "magnetic_toy"),),
        "attributes": {},
        "seller_name": None,
        "seller_url": None,
        "licence_name": None,
        "credit_code": None,
        "address": None,
        "stated_place": "福建泉州",
        "detail_seen": True,
        "first_seen_at": AT,
        "last_seen_at": AT,
        "gone_at": None,
        "lexicon_version": "1",
    }
    return SuspectRow(**(values | changes))


def urls(proposal) -> list[str]:
    return [each.row.url for each in proposal.chosen]


def test_one_of_every_stratum():
    rows = [row(n, site=f"s{n % 2}", category=("TOY", "STA", None)[n % 3]) for n in range(60)]
    proposal = propose(rows, seed="s")
    assert proposal.population == 60
    assert proposal.strata == len(proposal.chosen) == 6
    assert {each.stratum for each in proposal.chosen} == {stratum_of(each) for each in rows}
    assert {each.stratum_size for each in proposal.chosen} == {10}
    assert proposal.algorithm == ALGORITHM


def test_more_of_every_stratum_and_no_more_than_there_are():
    rows = [row(n, category="TOY" if n else "STA") for n in range(5)]
    chosen = propose(rows, seed="s", per_stratum=3).chosen
    assert Counter(each.stratum.category for each in chosen) == {"TOY": 3, "STA": 1}
    assert [each.place_in_stratum for each in chosen if each.stratum.category == "TOY"] == [1, 2, 3]
    assert len(set(urls(propose(rows, seed="s", per_stratum=3)))) == 4


def test_only_focus_products_and_hazards_on_sale():
    rows = [
        row(1),
        row(2, findings=(finding(FindingKind.HAZARD, "magnet_balls"),), category="STA"),
        row(3, findings=(finding(FindingKind.CLAIM, "claim_power"),), category="APP"),
        row(4, findings=(), category="INF"),
        row(5, gone_at=AT, category="MASK"),
    ]
    proposal = propose(rows, seed="s")
    assert proposal.population == 2
    assert [each.because for each in proposal.chosen] == [("magnet_balls",), ("magnetic_toy",)]


def test_order_of_rows_is_of_no_matter():
    rows = [row(n, site=f"s{n % 3}") for n in range(90)]
    mixed = random.Random(1).sample(rows, len(rows))
    assert propose(rows, seed="s", per_stratum=2) == propose(mixed, seed="s", per_stratum=2)


def test_another_seed_or_population_is_another_draw():
    rows = [row(n) for n in range(1_000)]
    first = propose(rows, seed="a", per_stratum=5)
    assert urls(first) == urls(propose(rows, seed="a", per_stratum=5))
    assert urls(first) != urls(propose(rows, seed="b", per_stratum=5))
    fewer = propose(rows[:-1], seed="a", per_stratum=5)
    assert first.population_hash != fewer.population_hash
    assert urls(first) != urls(fewer)


def test_every_listing_has_the_same_chance():
    """Chi-square over 2,000 seeds and 10 listings: 9 degrees of freedom, 27.88 is the 99.9 % point."""
    rows = [row(n) for n in range(10)]
    counts = Counter(urls(propose(rows, seed=str(seed)))[0] for seed in range(2_000))
    assert sum((counts[r.url] - 200) ** 2 / 200 for r in rows) < 27.88


@pytest.mark.parametrize(
    ("code", "stated", "place"),
    [
        ("91350503MA2XXXXX1X", "浙江义乌", "350503"),
        ("9135O503MA2XXXXX1X", "浙江义乌", "浙江义乌"),
        ("350503", "浙江义乌", "浙江义乌"),
        (None, "浙江义乌", "浙江义乌"),
        (None, None, UNKNOWN),
    ],
)
def test_place_is_the_registering_authority_else_what_the_page_states(code, stated, place):
    assert stratum_of(row(1, credit_code=code, stated_place=stated)).place == place


def test_none_of_a_stratum_is_an_error():
    with pytest.raises(ValueError, match="at least 1"):
        propose([], seed="s", per_stratum=0)


def test_nothing_to_draw_from():
    proposal = propose([], seed="s")
    assert (proposal.chosen, proposal.population, proposal.strata) == ((), 0, 0)
