"""Addresses as sellers publish them: never a wrong bureau, and most of those that can be told are told."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.leads.jurisdiction.areas import area_table
from monitor.leads.jurisdiction.jurisdiction import PENDING, locate
from monitor.leads.jurisdiction.place import address_reader

FILE = Path(__file__).parent.parent / "data" / "addresses.tsv"


def rows() -> list[tuple[str, str]]:
    lines = [line for line in FILE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return [(row["address"], row["expected"]) for row in csv.DictReader(lines, delimiter="\t")]


def said(address: str) -> str:
    location = locate(address)
    return PENDING if location.pending else str(location.area_code)


def test_there_are_enough_and_none_twice():
    addresses = [address for address, _ in rows()]
    assert len(addresses) >= 300
    assert len(set(addresses)) == len(addresses)


@pytest.mark.parametrize(("address", "expected"), rows())
def test_no_wrong_bureau(address, expected):
    assert said(address) in {expected, PENDING}


def test_nearly_all_that_can_be_told_are_told():
    missed = [address for address, code in rows() if code != PENDING and said(address) != code]
    told = sum(code != PENDING for _, code in rows())
    assert len(missed) / told <= 0.03, missed


AREAS = sorted(area_table().by_code.values(), key=lambda area: area.code)
INSIDE = st.sampled_from([area for area in AREAS if not area.is_province])
SHORT = st.sampled_from([area.short for area in AREAS if area.short != area.name or len(area.name) == 2])
HOUSE = st.sampled_from(
    [
        "路",
        "街",
        "大道",
        "北路",
        "中路12号",
        "三街",
        "大厦",
        "大厦3楼",
        "商会大厦",
        "宾馆",
        "花园",
        "广场",
        "商城",
    ]
)


@settings(max_examples=400)
@given(INSIDE, SHORT, HOUSE)
def test_a_street_or_house_with_a_place_in_its_name_moves_nothing(area, other, house):
    """青岛市…泉州路 is Qingdao, 厦门市…泉州大厦 is Xiamen: for every county and every name."""
    table = area_table()
    written = "".join(outer.name for outer in reversed(table.line(area.code)))
    found = address_reader().read(f"{written}{other}{house}").area
    assert found is None or table.lies_in(area.code, found.code)


@settings(max_examples=400)
@given(SHORT, HOUSE)
def test_a_street_or_house_alone_is_nowhere(name, house):
    assert locate(f"{name}{house}").pending


@settings(max_examples=400)
@given(INSIDE, SHORT, HOUSE)
def test_names_without_rank_are_never_taken_for_another_place(area, other, house):
    line = [outer.short for outer in reversed(area_table().line(area.code))]
    found = address_reader().read(f"{''.join(line)}{other}{house}").area
    assert found is None or area_table().lies_in(area.code, found.code) or found.short in (area.short, other)
