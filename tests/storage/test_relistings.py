from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import update

from monitor.campaigns.relisting import link_relistings
from monitor.classifiers import Classification
from monitor.listing import Listing, Seller
from monitor.storage import tables
from monitor.storage.engine import reading, writing
from monitor.storage.relistings import gone_suspects, newcomers, relisted_from, relistings
from monitor.storage.suspects import ListingFilter, listings

NOON = datetime(2026, 10, 1, 4, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def shop(engine, crawled_page):
    """One listing a day, all of the same subject; the first is gone."""
    for day, (title, suspect) in enumerate(
        [
            ("磁力球216颗", True),
            ("激光笔教鞭", True),
            ("216颗 磁力球 包邮", True),
            ("磁力球 216颗", False),
        ]
    ):
        listing = Listing(
            site="shop",
            url=f"http://shop.test/{day}",
            item_id=str(day),
            title=title,
            price=Decimal(20),
            brand="奇磁",
            attributes={"model": "CQ-216", "ccc_number": "2020012202345678"} if day in (0, 2) else {},
            seller=Seller(external_id=f"s{day}", name="店"),
        )
        said = Classification(
            category="TOY", subcategory="TOY.MAG.BALL", suspect=suspect, risk=0.9, lexicon_version="v1"
        )
        crawled_page(engine, [(listing, said)], at=NOON + day * DAY, campaign="night")
    with writing(engine) as connection:
        connection.execute(update(tables.Listing).where(tables.Listing.id == 1).values(gone_at=NOON + DAY))
    return engine


def test_what_is_compared_is_loaded_whole(shop):
    with reading(shop) as connection:
        (gone,) = gone_suspects(connection, NOON)
        later = newcomers(connection, gone.last_seen_at)
        assert gone_suspects(connection, NOON + 9 * DAY) == []
    assert [each.listing_id for each in later] == [2, 3, 4]
    assert (gone.model, gone.brand, gone.ccc_number) == ("CQ-216", "奇磁", "2020012202345678")
    assert (gone.site, gone.seller_key, gone.price) == ("shop", "s0", Decimal(20))
    assert gone.subjects == {"TOY.MAG.BALL"}


def test_links_are_found_once_and_stand_with_the_suspect(shop):
    now = NOON + 5 * DAY
    assert link_relistings(shop, 0.5, now) == 2
    assert link_relistings(shop, 0.5, now + DAY) == 0
    with reading(shop) as connection:
        lines = relistings(connection)
        from_gone = relisted_from(connection, [1, 2, 3, 4])
        rows = {row.id: row for row in listings(connection, ListingFilter())}
        assert relistings(connection, limit=1) == lines[:1]
    assert [(line.gone_listing_id, line.listing_id) for line in lines] == [(1, 3), (1, 4)]
    assert lines[0].score > lines[1].score >= 0.5
    assert (lines[0].gone_title, lines[0].url, lines[0].found_at) == (
        "磁力球216颗",
        "http://shop.test/2",
        now,
    )
    assert from_gone.keys() == {3, 4}
    assert rows[3].relisted_from == from_gone[3]
    assert rows[2].relisted_from == ()


def test_nothing_gone_nothing_found(engine):
    assert link_relistings(engine, 0.5, NOON) == 0
    with reading(engine) as connection:
        assert relistings(connection) == []
