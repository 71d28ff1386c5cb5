"""A good is taken down and comes back under a title written anew, its picture uploaded again elsewhere."""

from __future__ import annotations

import json
import random
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from pathlib import Path

import pytest
import yaml
from sqlalchemy import update

from monitor.classifiers import Classification
from monitor.demo.response import Response
from monitor.demo.server import serve_sites
from monitor.demo.shelf_page import Paging
from monitor.listing import Listing, Seller
from monitor.matching.picture_print import print_of
from monitor.storage import open_database, tables
from monitor.storage.engine import writing
from monitor.storage.pictures import FetchedPicture, record_picture

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
SEARCH = "/search"
pytestmark = pytest.mark.slow


class Shop:
    """A list and a page for each offer, by number: title, address of its picture, shop."""

    name = "pictured"

    def __init__(self) -> None:
        self.offers: dict[int, tuple[str, str, str]] = {}

    def respond(self, target: str, base: str, paging: Paging = Paging.HONEST) -> Response:
        if target.startswith(SEARCH):
            cards = "".join(
                f'<li class="item"><a href="/item/{number}">{title}</a> <b>¥20</b> <i>{seller}</i> '
                f'<img src="{picture}"></li>'
                for number, (title, picture, seller) in self.offers.items()
            )
            return Response(body=f"<html><ul>{cards}</ul></html>".encode())
        found = re.fullmatch(r"/item/(\d+)", target)
        if not found:
            return Response(body=b"", status=404)
        title, picture, seller = self.offers[int(found[1])]
        body = f'<html><h1>{title}</h1> <b>¥20</b> <i>{seller}</i> <img src="{picture}"></html>'
        return Response(body=body.encode())


class PictureHost:
    """Pictures on a host of their own, as most platforms have it."""

    name = "cdn"

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files

    def respond(self, target: str, base: str, paging: Paging = Paging.HONEST) -> Response:
        if target == "/robots.txt":
            return Response(body=b"User-agent: *\nDisallow: /private/\n", content_type="text/plain")
        body = self.files.get(target)
        return Response(body=body or b"", status=200 if body else 404, content_type="image/jpeg")


def profile(shop: str, host: str) -> dict:
    where = {"title": "h1", "price": "b", "image_url": "img::attr(src)", "seller": {"name": "i"}}
    in_list = {**where, "title": "a", "url": "a::attr(href)"}
    return {
        "name": "pictured",
        "title": "有图商城",
        "base_url": shop,
        "allow_private": [host.removeprefix("http://")],
        "search": {"url": SEARCH + "?q={keyword}"},
        "urls": {"detail": r"/item/\d+", "item_id": r"/item/(\d+)"},
        "list_page": {"items": "li.item", "fields": in_list},
        "detail_page": {"fields": where},
        "politeness": {"delay": 0, "concurrency": 4},
    }


def taken_down(workplace, crawled_page, base: str, body: bytes) -> None:
    """A suspect that an earlier run saw, picture and all, and that is gone since yesterday."""
    engine = open_database(workplace.database_url)
    listing = Listing(
        site="pictured",
        url=f"{base}/item/1",
        item_id="1",
        title="磁力球巴克球216颗",
        price=Decimal(20),
        image_url="http://elsewhere.test/1.jpg",
        seller=Seller(name="甲店"),
    )
    said = Classification(category="TOY", subcategory="TOY.MAG.BALL", suspect=True, lexicon_version="v1")
    now = datetime.now(UTC)
    crawled_page(engine, [(listing, said)], at=now - timedelta(days=3))
    picture = FetchedPicture(
        url=listing.image_url, sha256="0" * 64, size=len(body), fingerprint=print_of(body).fingerprint
    )
    with writing(engine) as connection:
        record_picture(connection, 1, picture, unit_id=1, at=now - timedelta(days=3))
        connection.execute(update(tables.Listing).values(gone_at=now - timedelta(days=1)))
    engine.dispose()


def test_a_picture_uploaded_anew_links_what_came_back(workplace, crawled_page, monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    pictures = import_module("drawn_pictures")
    images = [pictures.drawn(random.Random(seed)) for seed in range(4)]
    files = {f"/{number}.jpg": pictures.packed(image, 90) for number, image in enumerate(images)}
    files["/private/1.jpg"] = files["/1.jpg"]
    files["/new/0.jpg"] = pictures.CHANGES["scaled to 300"](images[0])
    workplace.settings |= {"MONITOR_DETAIL_SAMPLE": "0"}
    shop, host = Shop(), PictureHost(files)
    with serve_sites([shop, host]) as server:
        base, cdn = server.base_url(shop.name), server.base_url(host.name)
        folder = workplace.folder / "sites"
        folder.mkdir()
        text = yaml.safe_dump(profile(base, cdn), allow_unicode=True)
        (folder / "pictured.yaml").write_text(text, encoding="utf-8")
        taken_down(workplace, crawled_page, base, files["/0.jpg"])
        shop.offers = {
            2: ("巴克球磁力珠1000颗", f"{cdn}/1.jpg", "乙店"),
            3: ("牙签弩 全金属", f"{cdn}/private/1.jpg", "乙店"),
            4: ("创意金属感小珠子 百变摆件", f"{cdn}/new/0.jpg", "甲店"),
            5: ("儿童木制积木", f"{cdn}/2.jpg", "丙店"),
            6: ("口袋弹弓 不锈钢", f"{cdn}/missing.jpg", "乙店"),
        }
        workplace.plan("night", [{"site": "pictured"}], ["磁力球"])
        workplace.monitor("crawl", "night")
        asked = [each.target for each in server.requests if each.site == host.name]
        first = next(at for at, each in enumerate(server.requests) if each.site == host.name)
        after = {each.site for each in server.requests[first:]}
    assert asked[0] == "/robots.txt"
    assert sorted(asked[1:]) == ["/1.jpg", "/missing.jpg", "/new/0.jpg"], "each once, and no others"
    assert after == {host.name}, "pictures come after all pages"
    assert (
        workplace.count("unit", "kind = 'picture' AND status = 'blocked' AND reason LIKE '%robots.txt%'") == 1
    )
    assert workplace.count("unit", "kind = 'picture' AND status = 'failed' AND reason = 'HTTP 404'") == 1
    assert workplace.count("picture", "fingerprint IS NOT NULL") == 3
    (line,) = json.loads(workplace.monitor("relistings", "--json").stdout)
    assert line["title"].startswith("创意")
    assert line["reasons"][0].startswith("主图相似（图像指纹相差")
    assert workplace.count("evidence", "kind = 'picture'") == 1, "of the suspect"
    workplace.monitor("evidence", "verify")
    (suspect,) = (row for row in workplace.rows() if row.url.endswith("/2"))
    assert f"{cdn}/1.jpg" in workplace.monitor("evidence", "show", str(suspect.id)).stdout
