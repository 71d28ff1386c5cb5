"""Pictures follow from a judged page as the site's profile says."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from monitor.classifiers import Classification
from monitor.extraction import PageKind
from monitor.listing import Listing
from monitor.pipelines.classify import Classify
from monitor.pipelines.messages import Assignment
from monitor.spiders.api import ApiSpider
from monitor.spiders.recheck import RecheckSpider
from monitor.spiders.search import SearchSpider
from monitor.spiders.shop import ShopSpider
from monitor.spiders.units import UnitsSpider
from monitor.storage import open_database
from monitor.storage.crawl import SeenListing
from monitor.storage.runs import UnitOrder
from monitor.storage.tables import UnitKind

PICTURE = UnitOrder(kind=UnitKind.PICTURE, key="http://cdn.test/1.jpg")


@pytest.mark.parametrize(
    ("pictures", "supplied", "expected"),
    [("suspects", None, [PICTURE]), ("never", None, []), ("suspects", "a saved page", [])],
)
@pytest.mark.parametrize("kind", [UnitKind.DETAIL, UnitKind.RECHECK])
def test_a_suspects_picture_follows_if_the_profile_wants_it(sqlite_url, kind, pictures, supplied, expected):
    engine = open_database(sqlite_url)
    session = SimpleNamespace(engine=engine, lease=SimpleNamespace(site_id=1))
    assignment = Assignment(
        run_id=1, lease=None, site="shop", detail="suspects", licence="never", pictures=pictures
    )
    listing = Listing(site="shop", url="http://shop.test/1", title="磁力球", image_url=PICTURE.key)
    said = Classification(category="TOY", subcategory=None, suspect=True, lexicon_version="v1")
    page = SimpleNamespace(
        supplied=supplied, reading=SimpleNamespace(kind=PageKind.DETAIL), unit=SimpleNamespace(kind=kind)
    )
    follow = Classify(session, None, assignment)._follow(
        page, (SeenListing(listing=listing, classification=said),)
    )
    assert follow == expected
    engine.dispose()


@pytest.mark.parametrize("spider", [ApiSpider, RecheckSpider, SearchSpider, ShopSpider, UnitsSpider])
def test_every_spider_whose_pages_have_pictures_works_on_them(spider):
    assert UnitKind.PICTURE in spider.kinds, "else its run would never end"
