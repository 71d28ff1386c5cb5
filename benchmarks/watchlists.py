"""How long matching takes: listings × entries of lists, made up, one listing in ten of a listed product.

    python benchmarks/watchlists.py [LISTINGS] [ENTRIES]

Prints seconds of CPU for taking the lists apart, for matching, and for matching what a database holds.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from monitor.classifiers.classify import default_classifier
from monitor.listing import Listing, Seller
from monitor.matching.listed_goods import apply_lists, import_entries
from monitor.matching.watchlist_entry import Entry, ListKind, goods_of
from monitor.matching.watchlists import WatchlistIndex
from monitor.storage import open_database
from monitor.storage.crawl import PageOutcome, SeenListing, commit_page
from monitor.storage.engine import writing
from monitor.storage.leases import acquire
from monitor.storage.migrate import upgrade
from monitor.storage.runs import NewRun, UnitOrder, add_units, create_run, ensure_campaign, ensure_site
from monitor.storage.tables import UnitKind

NOW = datetime.now(UTC)
SYLLABLES = "墨喵星朵宝晨露岚洛奇比朗优贝芽尔菲特雅思蓝可"
GOODS = (
    "水晶泥",
    "磁力片",
    "固体胶",
    "橡皮擦",
    "奶嘴",
    "回力车",
    "口罩",
    "连衣裙",
    "书包",
    "泡泡机",
    "滑板车",
    "遥控车",
)
WORDS = (
    "儿童",
    "学生",
    "新款",
    "卡通",
    "大容量",
    "套装",
    "益智",
    "可水洗",
    "男孩",
    "女孩",
    "网红",
    "批发",
    "12色",
    "加厚",
)


def main() -> None:
    """Measure."""
    listings, entries = (int(each) for each in (*sys.argv[1:], "50000", "5000")[:2])
    rng = random.Random(1)
    listed = [entry(rng, number) for number in range(entries)]
    offered = [listing(rng, number, listed) for number in range(listings)]

    started = time.process_time()
    index = WatchlistIndex(listed)
    taken = time.process_time()
    matching = sum(bool(index.match(goods_of(each))) for each in offered)
    done = time.process_time()
    print(f"{entries} entries taken apart: {taken - started:.2f} s ({len(index.too_general)} too general)")
    print(f"{listings} listings matched: {done - taken:.2f} s ({matching} match)")
    with tempfile.TemporaryDirectory() as folder:
        stored(Path(folder), offered, listed)


def stored(folder: Path, offered: list[Listing], listed: list[Entry]) -> None:
    """Measure on a database, from reading the listings to writing the findings."""
    engine = open_database(f"sqlite:///{folder / 'monitor.db'}")
    upgrade(engine)
    classifier = default_classifier()
    with writing(engine) as connection:
        site = ensure_site(connection, name="mall", title="mall", base_url="https://shop.example.test/")
        campaign = ensure_campaign(connection, name="c", title="c", plan_digest=None)
        run = NewRun(campaign_id=campaign, scheduled_at=NOW, reason="x", orders={}, lexicon_version="1")
        add_units(connection, create_run(connection, run), site, [UnitOrder(kind=UnitKind.SEARCH, key="x")])
        lease = acquire(connection, site, "benchmark", 3600)
        seen = tuple(SeenListing(listing=each, classification=classifier.classify(each)) for each in offered)
        commit_page(connection, lease, PageOutcome(run_id=1, unit_id=1, received_at=NOW, page=1, seen=seen))
    with writing(engine) as connection:
        started = time.process_time()
        import_entries(connection, listed, kind=ListKind.FAILED, source="x", sha256=None, at=NOW)
        imported = time.process_time()
        outcome = apply_lists(connection, classifier, at=NOW)
        done = time.process_time()
    print(f"entries stored: {imported - started:.2f} s")
    print(f"stored listings matched and judged again: {done - imported:.2f} s ({outcome})")
    engine.dispose()


def entry(rng: random.Random, number: int) -> Entry:
    """Make up an entry."""
    return Entry(
        kind=ListKind.FAILED,
        product_name=rng.choice(("儿童", "", "益智", "卡通")) + rng.choice(GOODS),
        brand=brand(rng) if rng.random() < 0.7 else None,
        model=f"M{rng.randrange(9999)}-{rng.randrange(99)}" if rng.random() < 0.5 else None,
        producer=f"汕头市{brand(rng)}玩具实业有限公司" if rng.random() < 0.6 else None,
        barcode=str(6900000000000 + number) if rng.random() < 0.2 else None,
    )


def listing(rng: random.Random, number: int, listed: list[Entry]) -> Listing:
    """Make up a listing; one in ten offers a listed product."""
    title = "".join(rng.sample(WORDS, 6)) + rng.choice(GOODS)
    if rng.random() < 0.1:
        one = rng.choice(listed)
        title = f"{one.brand or ''} {title} {one.product_name}"
    attributes = {"brand": brand(rng)} if rng.random() < 0.4 else {}
    if rng.random() < 0.4:
        attributes["manufacturer"] = f"汕头市{brand(rng)}玩具厂"
    return Listing(
        site="mall",
        url=f"https://shop.example.test/{number}",
        title=title,
        attributes=attributes,
        seller=Seller(name=f"{brand(rng)}旗舰店"),
        seen_at=NOW,
    )


def brand(rng: random.Random) -> str:
    """Make up a name."""
    return "".join(rng.choice(SYLLABLES) for _ in range(rng.choice((2, 3, 3, 4))))


if __name__ == "__main__":
    main()
