"""Listings as reviewers and samplers see them, without and with a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from monitor.classifiers import Basis, Finding, FindingKind, Severity
from monitor.classifiers.classify import default_classifier
from monitor.storage import open_database
from monitor.storage.suspects import SuspectRow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy import Engine

    from monitor.listing import Listing

AT = datetime(2026, 9, 24, 23, 0, tzinfo=UTC)


@pytest.fixture
def make_row() -> Callable[..., SuspectRow]:
    def make(number: int, **changes: Any) -> SuspectRow:
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
            "findings": (focus_finding(),),
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

    return make


def focus_finding(kind: FindingKind = FindingKind.FOCUS, id_: str = "magnetic_toy") -> Finding:
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


@pytest.fixture
def make_finding() -> Callable[..., Finding]:
    return focus_finding


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Engine]:
    engine = open_database(sqlite_url)
    yield engine
    engine.dispose()


@pytest.fixture
def store(database: Engine, crawled_page: Callable[..., int]) -> Callable[..., int]:
    """Store listings as a crawl does, classified, seen by one run of a campaign; gives the run's number."""
    runs = 0

    def stored(listings: Sequence[Listing], *, campaign: str = "mid-autumn") -> int:
        nonlocal runs
        runs += 1
        found = zip(listings, default_classifier().classify_all(listings), strict=True)
        return crawled_page(database, found, at=AT + timedelta(hours=runs), campaign=campaign)

    return stored
