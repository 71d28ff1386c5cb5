from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from monitor.campaigns.relisting import link_relistings
from monitor.classifiers import Classification
from monitor.listing import Listing
from monitor.storage import tables
from monitor.storage.engine import reading, writing
from monitor.storage.leases import acquire
from monitor.storage.pictures import (
    FetchedPicture,
    fingerprints,
    known_addresses,
    picture_address,
    record_picture,
)
from monitor.storage.relistings import gone_suspects, relistings
from monitor.storage.runs import (
    NewRun,
    UnitOrder,
    add_units,
    begin_units,
    create_run,
    ensure_campaign,
    ensure_site,
    pending_units,
)
from monitor.storage.tables import UnitKind

NOON = datetime(2026, 10, 1, 4, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://I.test/a.jpg_400x400.jpg", "i.test/a.jpg"),
        ("http://i.test/a-400x400.jpg?x=1", "i.test/a"),
        ("http://i.test/p/77.PNG?x=1", "i.test/p/77.PNG"),
        ("https://i.test/picture?id=5&w=9", "i.test/picture?id=5&w=9"),
        ("http://i.test/", None),
        ("data:image/png;base64,xx", None),
        ("//i.test/a.jpg", None),
        ("http://[i.test/a.jpg", None),
        (None, None),
    ],
)
def test_an_address_names_a_picture_whatever_its_size(url, address):
    assert picture_address(url) == address


def test_a_picture_is_kept_once_and_links_what_shows_it(engine, crawled_page):
    for day, (title, subcategory) in enumerate([("磁力球216颗", "TOY.MAG.BALL"), ("创意摆件", "TOY.OTHER")]):
        listing = Listing(
            site="shop",
            url=f"http://shop.test/{day}",
            item_id=str(day),
            title=title,
            price=20,
            image_url=f"https://cdn.test/{day}.jpg",
        )
        said = Classification(
            category="TOY", subcategory=subcategory, suspect=day == 0, risk=0.9, lexicon_version="v1"
        )
        crawled_page(engine, [(listing, said)], at=NOON + day * DAY)
    with writing(engine) as connection:
        connection.execute(update(tables.Listing).where(tables.Listing.id == 1).values(gone_at=NOON + DAY))
        for day, bits in ((0, "0" * 32), (1, "3" + "0" * 31), (0, "f" * 32)):
            url = f"http://cdn.test/{day}.jpg_60x60.jpg"
            picture = FetchedPicture(url=url, sha256="a" * 64, size=9, fingerprint=bits)
            record_picture(connection, 1, picture, unit_id=1, at=NOON)
        unread = FetchedPicture(
            url="http://cdn.test/x.svg", sha256="b" * 64, size=9, why_none="not a picture"
        )
        record_picture(connection, 1, unread, unit_id=1, at=NOON)
    with reading(engine) as connection:
        assert known_addresses(connection, ["cdn.test/0.jpg", "cdn.test/x.svg", "cdn.test/y.jpg"]) == {
            "cdn.test/0.jpg",
            "cdn.test/x.svg",
        }
        assert fingerprints(connection, ["cdn.test/0.jpg", "cdn.test/x.svg"]) == {"cdn.test/0.jpg": "0" * 32}
        assert [each.fingerprint for each in gone_suspects(connection, NOON)] == ["0" * 32]
    assert link_relistings(engine, 0.5, NOON + 5 * DAY) == 1
    with reading(engine) as connection:
        (line,) = relistings(connection)
    assert line.reasons == ("主图相似（图像指纹相差 2 位，共 128 位）", "价格相近（¥20.00 → ¥20.00）")


def test_pictures_wait_for_pages(engine):
    with writing(engine) as connection:
        site = ensure_site(connection, name="shop", title="商城", base_url="http://shop.test/")
        of = ensure_campaign(connection, name="night", title="夜", plan_digest=None)
        new = NewRun(campaign_id=of, scheduled_at=NOON, reason="计划", orders={}, lexicon_version="v1")
        run = create_run(connection, new)
        orders = [
            UnitOrder(kind=kind, key=f"http://shop.test/{number}")
            for number, kind in enumerate(
                [UnitKind.PICTURE, UnitKind.DETAIL, UnitKind.PICTURE, UnitKind.LICENCE]
            )
        ]
        add_units(connection, run, site, orders)
        lease = acquire(connection, site, "me", 60)

        def take() -> list[UnitKind]:
            units = pending_units(connection, run, site, list(UnitKind), most=2)
            begin_units(connection, lease, [each.id for each in units])
            return [each.kind for each in units]

        assert take() == [UnitKind.DETAIL, UnitKind.LICENCE]
        assert pending_units(connection, run, site, [UnitKind.DETAIL]) == []
        assert take() == [UnitKind.PICTURE, UnitKind.PICTURE]
        assert take() == []
