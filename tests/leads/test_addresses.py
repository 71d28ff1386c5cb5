"""Addresses as sellers publish them: never a wrong bureau, and most of those that can be told are told."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from monitor.leads.jurisdiction import PENDING, locate

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
