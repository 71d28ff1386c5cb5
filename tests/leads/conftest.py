"""Listings as reviewers and samplers see them, without and with a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from monitor.classifiers import Basis, Finding, FindingKind, Severity
from monitor.classifiers.classify import default_classifier
from monitor.storage import open_database
from monitor.storage.crawl import PageOutcome, SeenListing, UnitEnd, commit_page
from monitor.storage.engine import writing
from monitor.storage.leases import acquire
from monitor.storage.migrate import upgrade
from monitor.storage.runs import NewRun, UnitOrder, add_units, create_run, ensure_campaign, ensure_site
from monitor.storage.suspects import SuspectRow
from monitor.storage.tables import Unit, UnitKind, UnitStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy import Connection, Engine

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
def database(tmp_path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{tmp_path / 'monitor.db'}")
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def store(database: Engine) -> Callable[..., int]:
    """Store listings as a crawl does, classified, seen by one run of a campaign; gives the run's number."""
    runs = 0

    def stored(listings: Sequence[Listing], *, campaign: str = "mid-autumn") -> int:
        nonlocal runs
        runs += 1
        with writing(database) as connection:
            campaign_id = ensure_campaign(connection, name=campaign, title="中秋国庆", plan_digest=None)
            at = AT + timedelta(hours=runs)
            new = NewRun(
                campaign_id=campaign_id, scheduled_at=at, reason="test", orders={}, lexicon_version="1"
            )
            run_id = create_run(connection, new)
            for site in sorted({listing.site for listing in listings}):
                _commit(connection, run_id, site, [each for each in listings if each.site == site])
        return run_id

    return stored


def _commit(connection: Connection, run_id: int, site: str, listings: Sequence[Listing]) -> None:
    site_id = ensure_site(connection, name=site, title=f"{site} 商城", base_url="https://shop.example.test/")
    add_units(connection, run_id, site_id, [UnitOrder(kind=UnitKind.SEARCH, key="玩具")])
    unit = connection.execute(select(Unit.id).where(Unit.run_id == run_id, Unit.site_id == site_id))
    classifier = default_classifier()
    outcome = PageOutcome(
        run_id=run_id,
        unit_id=unit.scalar_one(),
        received_at=AT,
        page=1,
        seen=tuple(SeenListing(listing=each, classification=classifier.classify(each)) for each in listings),
        end=UnitEnd(status=UnitStatus.DONE),
    )
    commit_page(connection, acquire(connection, site_id, "test", 600), outcome)
