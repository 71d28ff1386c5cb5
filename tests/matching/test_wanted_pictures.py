from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from monitor.classifiers import Classification
from monitor.listing import Listing, Seller
from monitor.matching.wanted_pictures import WantedPictures
from monitor.storage import open_database, tables
from monitor.storage.crawl import SeenListing
from monitor.storage.engine import writing
from monitor.storage.pictures import FetchedPicture, record_picture

DAY = timedelta(days=1)
NOW = datetime.now(UTC)


def seen(number: int, *, suspect: bool = False, subcategory: str | None = None, **more) -> SeenListing:
    values = {"image_url": f"http://cdn.test/{number}.jpg", "title": "摆件"} | more
    listing = Listing(site="shop", url=f"http://shop.test/{number}", item_id=str(number), **values)
    said = Classification(category=None, subcategory=subcategory, suspect=suspect, lexicon_version="v1")
    return SeenListing(listing=listing, classification=said)


def stored(crawled_page, engine, each: SeenListing, at: datetime) -> None:
    crawled_page(engine, [(each.listing, each.classification)], at=at)


@pytest.fixture
def shop(sqlite_url, crawled_page):
    """A suspect that is gone for three days, last seen four days ago, in shop s1."""
    engine = open_database(sqlite_url)
    gone = seen(
        1,
        suspect=True,
        subcategory="TOY.MAG.BALL",
        seller=Seller(external_id="s1", name="店"),
        title="磁力球",
    )
    stored(crawled_page, engine, gone, NOW - 4 * DAY)
    with writing(engine) as connection:
        connection.execute(update(tables.Listing).values(gone_at=NOW - 3 * DAY))
    yield engine
    engine.dispose()


def test_pictures_of_suspects_are_wanted_each_once(shop):
    wanted = WantedPictures(shop, 1)
    page = [
        seen(2, suspect=True),
        seen(3, suspect=True, image_url="https://cdn.test/2.jpg_60x60.jpg"),
        seen(4, suspect=True, image_url=None),
        seen(5, suspect=True, image_url="data:image/png;base64,xx"),
        seen(6, suspect=True, image_url="http://cdn.test/6.svg"),
        seen(7, suspect=True, image_url=f"http://cdn.test/{'7' * 2000}.jpg"),
        seen(8),
    ]
    assert wanted.urls(page) == ["http://cdn.test/2.jpg"]
    assert wanted.urls(page) == [], "what was asked for is not asked for again"


def test_one_that_was_fetched_is_not_fetched_again(shop):
    with writing(shop) as connection:
        picture = FetchedPicture(url="http://cdn.test/2.jpg_60x60.jpg", sha256="a" * 64, size=9)
        record_picture(connection, 1, picture, unit_id=1, at=NOW)
    assert WantedPictures(shop, 1).urls([seen(2, suspect=True)]) == []


def test_of_others_only_what_may_be_one_that_came_back(shop, crawled_page):
    of_shop = Seller(external_id="s1", name="店")
    stored(crawled_page, shop, seen(20, subcategory="TOY.MAG.BALL"), NOW - 9 * DAY)
    stored(crawled_page, shop, seen(21, subcategory="TOY.MAG.BALL"), NOW - DAY)
    page = [
        seen(20, subcategory="TOY.MAG.BALL"),  # was there before the other one was gone
        seen(21, subcategory="TOY.MAG.BALL"),
        seen(22, subcategory="TOY.MAG.BALL"),
        seen(23, subcategory="TOY.SLIME"),
        seen(24, subcategory="TOY.SLIME", seller=of_shop),
        seen(25),
    ]
    assert WantedPictures(shop, 1).urls(page) == [f"http://cdn.test/{number}.jpg" for number in (21, 22, 24)]


def test_where_nothing_is_gone_only_suspects_count(sqlite_url):
    engine = open_database(sqlite_url)
    wanted = WantedPictures(engine, 1).urls([seen(2, subcategory="TOY.MAG.BALL"), seen(3, suspect=True)])
    assert wanted == ["http://cdn.test/3.jpg"]
    engine.dispose()
