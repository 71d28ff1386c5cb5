"""How long it takes to hold gone listings against those that came up later.

    python benchmarks/relisting.py [NEWCOMERS] [GONE]

Titles are made of parts that shops really use; one gone listing in five is put up again with moved words.
"""

from __future__ import annotations

import random
import sys
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from monitor.config import Settings
from monitor.matching.relisting import find_relistings
from monitor.storage.relistings import Offer

PARTS = (
    [
        "磁力球",
        "巴克球",
        "磁力珠",
        "牙签弩",
        "激光笔",
        "水晶宝宝",
        "海洋宝宝",
        "弹弓",
        "飞镖",
        "电击笔",
        "捏捏乐",
        "泡大珠",
    ],
    [
        "儿童",
        "学生",
        "成人",
        "减压",
        "益智",
        "整蛊",
        "户外",
        "迷你",
        "口袋",
        "全金属",
        "强光",
        "彩色",
        "发光",
        "仿真",
    ],
    ["玩具", "礼物", "套装", "收纳盒", "教鞭", "摆件", "积木", "文具店", "男孩", "女孩", "地摊", "景区"],
    [
        f"{number}{unit}"
        for number in (12, 36, 100, 216, 512, 1000, 10000)
        for unit in ("颗", "粒", "只", "件")
    ],
    [f"{a}{b}" for a in "星月海风云山水火木金" for b in "辰华悦乐宝奇趣贝童象"],
)
SUBJECTS = [
    "magnet_balls",
    "toothpick_crossbow",
    "laser_pointer",
    "water_beads",
    "pocket_slingshot",
    "metal_dart",
]
NOON = datetime(2026, 10, 1, 4, tzinfo=UTC)


def offer(number: int, words: list[str], price: int, subject: str, day: int) -> Offer:
    at = NOON + timedelta(days=day)
    return Offer(
        listing_id=number,
        site="mall",
        title=" ".join(words),
        price=Decimal(price),
        seller_key=f"s{number % 997}",
        subjects=frozenset({subject}),
        first_seen_at=at,
        last_seen_at=at,
    )


def main() -> None:
    newcomers = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 2_000
    rng = random.Random(7)
    made = [
        ([rng.choice(part) for part in PARTS for _ in range(2)], rng.randrange(5, 90), rng.choice(SUBJECTS))
        for _ in range(newcomers)
    ]
    gone = [offer(number, *made[number], day=0) for number in range(count)]
    new = [offer(count + number, *each, day=9) for number, each in enumerate(made) if number >= count]
    again = range(0, count, 5)
    for number in again:
        words, price, subject = made[number]
        new.append(offer(10**6 + number, rng.sample(words, len(words)), price, subject, day=9))
    begun = time.perf_counter()
    links = find_relistings(gone, new, Settings.model_fields["relisting_threshold"].default)
    seconds = time.perf_counter() - begun
    found = {link.gone_listing_id for link in links if link.listing_id == 10**6 + link.gone_listing_id}
    print(f"{count} gone, {len(new)} newcomers: {seconds:.1f} s, {len(links)} links")
    print(f"of {len(again)} put up again with moved words {len(found)} are linked")


if __name__ == "__main__":
    main()
