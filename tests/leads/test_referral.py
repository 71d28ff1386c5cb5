"""From confirmed listings to leads: receiver by receiver, subject by subject."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from monitor.classifiers import Basis
from monitor.leads.referral.lead_terms import LeadTerms, lead_terms
from monitor.leads.referral.referral import Hold, producer_proposals, seller_proposals
from monitor.storage.lead_status import LeadKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from monitor.storage.suspects import SuspectRow

JINJIANG = {
    "licence_name": "晋江市鹿鸣谷玩具有限公司",
    "credit_code": "91350582MAET65750B",
    "address": "福建省泉州市晋江市灵源街道五里工业园灵石路17号",
}
YIWU = {
    "licence_name": "义乌市愚乐电子商务有限公司",
    "credit_code": "91330782MA09HMEQXQ",
    "address": "浙江省义乌市福田街道荷叶塘工业区兴港路77号",
}


@pytest.fixture
def row(make_row, make_finding) -> Callable[..., SuspectRow]:
    def made(number: int, *bases: Basis, **changes) -> SuspectRow:
        import dataclasses

        finding = dataclasses.replace(make_finding(), basis=bases or (Basis.PQ49,))
        return make_row(number, findings=(finding,), **changes)

    return made


def receivers(proposals) -> list[tuple[str, str, tuple[int, ...]]]:
    return [(each.receiver.name, each.receiver.rule, each.listing_ids) for each in proposals]


def test_one_lead_a_subject_and_receiver(row):
    found, held = seller_proposals(
        [row(1, **JINJIANG), row(2, **YIWU), row(3, **JINJIANG), row(4, Basis.PSB, **JINJIANG)]
    )
    assert held == []
    assert receivers(found) == [
        ("晋江市市场监督管理局", "R1", (1, 3)),
        ("金华市市场监督管理局", "R2", (2,)),
        ("晋江市公安机关", "R8", (4,)),
    ]
    assert [each.receiver.special for each in found] == [None, None, "PSB"]
    assert {each.kind for each in found} == {LeadKind.SELLER}


@pytest.mark.parametrize(
    ("basis", "name"),
    [
        (Basis.PSB, "晋江市公安机关"),
        (Basis.TOB, "晋江市烟草专卖行政主管部门"),
        (Basis.EMG, "晋江市应急管理部门"),
        (Basis.NMPA, "晋江市药品监督管理部门"),
    ],
)
def test_other_authorities_go_before_market_supervision(row, basis, name):
    (found,), _ = seller_proposals([row(1, Basis.PQ49, basis, **JINJIANG)])
    assert (found.receiver.name, found.receiver.rule, found.receiver.special) == (name, "R8", basis)
    assert "推断" in found.receiver.confidence


@pytest.mark.parametrize(
    ("bases", "changes", "hold"),
    [
        ((Basis.ADV,), JINJIANG, Hold.NO_BASIS),
        ((Basis.PQ49,), {}, Hold.PENDING),
        ((Basis.PSB,), {}, Hold.PENDING),
        ((Basis.PQ49,), {"address": "福建省泉州市"}, Hold.PENDING),
        ((Basis.PQ49,), {"address": "官桥镇驿头村"}, Hold.PENDING),
        ((Basis.PQ49,), {"address": "福建省泉州市金门县金湖镇"}, Hold.OUTSIDE),
        ((Basis.PQ49,), {"address": "香港九龙旺角弥敦道1号"}, Hold.PENDING),
    ],
)
def test_what_goes_nowhere_says_why(row, bases, changes, hold):
    found, (held,) = seller_proposals([row(1, *bases, **changes)])
    assert found == []
    assert held.hold is hold
    assert held.why


def test_sellers_without_code_and_name_are_told_apart_by_their_shops(row):
    place = {"address": JINJIANG["address"]}
    found, _ = seller_proposals(
        [
            row(1, seller_url="https://shop.test/1", **place),
            row(2, seller_url="https://shop.test/2", **place),
            row(3, seller_url="https://shop.test/1", **place),
        ]
    )
    assert [each.listing_ids for each in found] == [(1, 3), (2,)]


def test_a_shop_of_ones_own_goes_by_its_domicile(row):
    (found,), _ = seller_proposals([row(1, **JINJIANG)], own_sites={"mall"})
    assert found.receiver.rule == "R3"


def test_producers_elsewhere_go_to_the_city_of_their_place(row):
    attributes = {"manufacturer": "汕头市某玩具厂", "manufacturer_address": "广东省汕头市澄海区凤翔街道1号"}
    (found,), held = producer_proposals([row(1, attributes=attributes), row(2)])
    assert held == []
    assert receivers([found]) == [("汕头市市场监督管理局", "R6", (1,))]
    assert (found.kind, found.subject.name) == (LeadKind.PRODUCER, "汕头市某玩具厂")
    _, (open_,) = producer_proposals([row(1, attributes={"manufacturer": "某厂"})])
    assert open_.hold is Hold.PENDING


def test_the_terms_have_a_word_for_every_code_and_a_source_for_every_number():
    terms = lead_terms()
    assert sum(each.weight for each in terms.completeness) == 100
    assert all(each.source and each.confidence for each in (*terms.monitoring, *terms.notice_basis))
    whole = terms.model_dump(mode="json")
    same = whole["letters"] | {"notice": whole["letters"]["referral"]}
    with pytest.raises(ValueError, match="two have the same form of number"):
        LeadTerms.model_validate(whole | {"letters": same})
    del whole["statuses"]["sent"]
    with pytest.raises(ValueError, match="statuses: sent missing"):
        LeadTerms.model_validate(whole)
