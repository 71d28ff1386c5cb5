from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.listing import Seller
from monitor.matching.linked_sellers import LinkKind, SellerRecord, explain, linked, phone_hmac

KEY = b"a key of the bureau, never shipped"
CODE = "91350582MA2XN5R88L"


def record(name: str, *, code: str | None = None, address: str | None = None, phone: str | None = None):
    phones = frozenset({phone_hmac(phone, KEY)}) if phone else frozenset[str]()
    return SellerRecord(
        site="mall", seller=Seller(name=name, credit_code=code, address=address), phones=phones
    )


def members(*records: SellerRecord) -> list[tuple[int, ...]]:
    return [group.members for group in linked(records)]


def test_nothing_shared_is_no_group():
    assert members(record("甲", code=CODE), record("乙", code="91330100716105852F"), record("丙")) == []


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        ({"code": CODE}, {"code": f" {CODE[:6]} {CODE[6:].lower()}"}, LinkKind.LICENCE),
        ({"phone": "138 0000 1234"}, {"phone": "+86 138-0000-1234"}, LinkKind.PHONE),
        (
            {"address": "福建省晋江市陈埭镇溪边村88号"},
            {"address": "福建省 晋江市 陈埭镇溪边村88号"},
            LinkKind.ADDRESS,
        ),
    ],
)
def test_the_same_written_otherwise_is_the_same(one, other, kind):
    [group] = linked([record("甲", **one), record("乙", **other)])
    assert group.members == (0, 1)
    assert [link.kind for link in group.links] == [kind]


@pytest.mark.parametrize(
    "shared",
    [
        {"address": "福建省泉州市晋江市"},
        {"address": "福建省晋江市陈埭镇溪边村"},
        {"address": "见包装"},
        {"code": "913505**********8L"},
        {"code": "000000000000000000"},
        {"code": ""},
    ],
)
def test_what_many_share_links_nobody(shared):
    assert members(record("甲", **shared), record("乙", **shared)) == []


def test_links_carry_on_and_say_how():
    sellers = [
        record("甲", code=CODE),
        record("乙", code=CODE, phone="13800001234"),
        record("丙", address="福建省晋江市陈埭镇溪边村88号", phone="13800001234"),
        record("丁", address="福建省晋江市陈埭镇溪边村88号"),
        record("外", phone="13900000000"),
    ]
    [group] = linked(sellers)
    assert group.members == (0, 1, 2, 3)
    assert [link.kind for link in group.chain(0, 3)] == [LinkKind.LICENCE, LinkKind.PHONE, LinkKind.ADDRESS]
    said = explain(group, sellers, 0, 3)
    assert said.startswith(f"mall/甲 —统一社会信用代码相同({CODE})→ mall/乙 —联系电话相同(")
    assert said.endswith("—公示地址相同(福建省晋江市陈埭镇溪边村88号)→ mall/丁")
    assert "13800001234" not in said
    assert explain(group, sellers, 2, 2) == "mall/丙"
    with pytest.raises(KeyError, match="seller 4 is not in this group"):
        group.chain(0, 4)


def test_all_that_share_one_value_are_linked_directly():
    sellers = [record(name, code=CODE) for name in "甲乙丙"]
    [group] = linked(sellers)
    [link] = group.chain(1, 2)
    assert (link.first, link.second) == (1, 2)


@given(
    st.lists(st.tuples(st.sampled_from(["", *"ABCDEF"]), st.sampled_from(["", *"1234567"])), max_size=25),
    st.randoms(use_true_random=False),
)
def test_groups_are_the_connected_parts_whatever_the_order(drawn, shuffler: random.Random):
    sellers = [
        record(
            str(number),
            code=f"9135058{letter}MA2XN5R8{letter}L" if letter else None,
            phone=f"1380000000{digit}" if digit else None,
        )
        for number, (letter, digit) in enumerate(drawn)
    ]
    grouped = {frozenset(sellers[m].seller.name for m in group.members) for group in linked(sellers)}
    assert grouped == by_flooding(drawn)
    shuffled = sellers[:]
    shuffler.shuffle(shuffled)
    assert grouped == {frozenset(shuffled[m].seller.name for m in g.members) for g in linked(shuffled)}
    for group in linked(sellers):
        for second in group.members[1:]:
            chain = group.chain(group.members[0], second)
            assert chain[-1].second == second
            for link in chain:
                shared = [a == b != "" for a, b in zip(drawn[link.first], drawn[link.second], strict=True)]
                assert shared[0 if link.kind is LinkKind.LICENCE else 1]


def by_flooding(drawn: list[tuple[str, str]]) -> set[frozenset[str]]:
    left, parts = set(range(len(drawn))), set()
    while left:
        part = grown = {min(left)}
        while grown:
            grown = {
                b
                for a in part
                for b in left - part
                if any(x == y != "" for x, y in zip(drawn[a], drawn[b]))  # noqa: B905
            }
            part = part | grown
        left -= part
        if len(part) > 1:
            parts.add(frozenset(map(str, part)))
    return parts


def test_phones_are_kept_only_under_a_key():
    assert phone_hmac("13800001234", KEY) != phone_hmac("13800001234", KEY + b"2")
    assert "1380000" not in phone_hmac("13800001234", KEY)
    with pytest.raises(ValueError, match="fewer than 16 bytes"):
        phone_hmac("13800001234", b"short")
    with pytest.raises(ValueError, match="at least 7 digits"):
        phone_hmac("见包装", KEY)
