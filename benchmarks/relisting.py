"""How long it takes to hold gone listings against those that came up later.

    python benchmarks/relisting.py [NEWCOMERS] [GONE]

Titles are made of parts that shops really use; one gone listing in five is put up again with moved words.
Then: goods that come back under a title written anew, with their picture changed as sellers do, beside other
goods at the same prices. The pictures are drawn; none of them was looked at while the rules were made.
"""

from __future__ import annotations

import random
import sys
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from drawn_pictures import CHANGES, drawn, packed

from monitor.config import Settings
from monitor.matching.picture_print import print_of
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
#: Words of titles that are written anew; none of them stands in `PARTS`.
ANEW = (
    ["创意", "掌上", "桌面", "百变", "魔幻", "手作", "新奇", "简约"],
    ["合金", "金属感", "透明", "亚克力", "硅胶", "木质", "碳纤"],
    ["小玩意", "造型物", "装饰件", "模型", "神器", "小工具", "配件"],
)
PICTURED = 60
THRESHOLD = Settings.model_fields["relisting_threshold"].default
NOON = datetime(2026, 10, 1, 4, tzinfo=UTC)


def offer(number: int, words: list[str], price: int, subject: str, day: int, **more: str) -> Offer:
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
        **more,
    )


def pictured(rng: random.Random) -> None:
    """Print what is found of goods whose picture alone gives them away, and what is linked wrongly."""
    gone, images = [], [drawn(rng) for _ in range(2 * PICTURED)]
    for number in range(PICTURED):
        words, more = [rng.choice(part) for part in PARTS], {"fingerprint": look(packed(images[number], 90))}
        gone.append(offer(number, words, rng.randrange(20, 90), rng.choice(SUBJECTS), 0, **more))
    others = [
        # another good of the same shop at the same price, whose picture is another one
        offer(
            one.listing_id + 997 * 1000,
            anew(rng),
            int(one.price or 0),
            "toy",
            9,
            fingerprint=look(packed(image)),
        )
        for one, image in zip(gone, images[PICTURED:], strict=True)
    ]
    wrong = 0
    for name, change in CHANGES.items():
        back = [
            offer(
                10**7 + one.listing_id,
                anew(rng),
                int(one.price or 0) + rng.choice((0, 1)),
                "toy",
                9,
                fingerprint=print_,
            )
            for one, image in zip(gone, images, strict=False)
            if (print_ := look(change(image)))
        ]
        links = find_relistings(gone, [*others, *back], THRESHOLD)
        right = sum(link.listing_id == 10**7 + link.gone_listing_id for link in links)
        wrong += len(links) - right
        print(f"title anew, picture {name}: {right} of {PICTURED} linked")
    print(f"wrong links, of {PICTURED} × {len(CHANGES)} chances with the same shop and price: {wrong}")


def look(body: bytes) -> str:
    found = print_of(body)
    assert found.fingerprint, found.why_none
    return found.fingerprint


def anew(rng: random.Random) -> list[str]:
    return [rng.choice(part) for part in ANEW]


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
    links = find_relistings(gone, new, THRESHOLD)
    seconds = time.perf_counter() - begun
    found = {link.gone_listing_id for link in links if link.listing_id == 10**6 + link.gone_listing_id}
    print(f"{count} gone, {len(new)} newcomers: {seconds:.1f} s, {len(links)} links")
    print(f"of {len(again)} put up again with moved words {len(found)} are linked")
    pictured(random.Random(20261125))


if __name__ == "__main__":
    main()
