"""疑似重新上架 on pairs written for it; the figures are those of docs/rechecks.md."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from monitor.config import Settings
from monitor.matching.relisting import compare, find_relistings
from monitor.storage.relistings import Offer

NOON = datetime(2026, 10, 1, 4, tzinfo=UTC)
DAY = timedelta(days=1)
PAIRS = yaml.safe_load((Path(__file__).parent.parent / "data" / "relistings.yaml").read_text("utf-8"))
THRESHOLD = Settings.model_fields["relisting_threshold"].default


def offer(number: int, title: str, price: float | None = 20, shop: str | None = None, **more) -> Offer:
    values = {
        "listing_id": number,
        "site": "mall",
        "title": title,
        "price": None if price is None else Decimal(str(price)),
        "seller_key": shop,
        "subjects": frozenset({"magnet_balls"}),
        "first_seen_at": NOON + number * DAY,
        "last_seen_at": NOON + number * DAY,
    }
    return Offer(**(values | more))


def written(number: int, said: list) -> Offer:
    title, price, shop, more = said
    names = {"maker": "manufacturer", "ccc": "ccc_number", "image": "image_url", "code": "credit_code"}
    return offer(number, title, price, shop, **{names.get(name, name): value for name, value in more.items()})


def linked(kind: str, wanted: str) -> list[bool]:
    pairs = [
        (written(1, each["gone"]), written(2, each["new"])) for each in PAIRS[kind] if each["set"] == wanted
    ]
    return [compare(*pair).score >= THRESHOLD for pair in pairs]


@pytest.mark.parametrize(("wanted", "precision", "recall"), [("tune", 1.0, 1.0), ("held", 0.95, 0.86)])
def test_precision_and_recall(wanted, precision, recall, capsys):
    found, wrong = linked("relisted", wanted), linked("lookalikes", wanted)
    said = sum(found) / (sum(found) + sum(wrong)), sum(found) / len(found)
    with capsys.disabled():
        print(
            f"\nrelisting, {wanted}: {len(found)} relisted and {len(wrong)} look-alikes: "
            f"precision {said[0]:.3f}, recall {said[1]:.3f}"
        )
    assert len(found) + len(wrong) >= 36
    assert said[0] >= precision
    assert said[1] >= recall


def test_only_what_came_up_after_it_was_last_seen_is_linked():
    gone = offer(5, "磁力球巴克球216颗")
    same = replace(gone, listing_id=6)
    after = replace(gone, listing_id=7, first_seen_at=gone.last_seen_at + timedelta(seconds=1))
    links = find_relistings([gone], [gone, same, after], THRESHOLD)
    assert [(each.gone_listing_id, each.listing_id) for each in links] == [(5, 7)]
    assert links[0].reasons[0] == "标题相似度 100%"


def test_other_subjects_are_compared_only_by_certificate_or_picture():
    gone = offer(1, "磁力球巴克球216颗", ccc_number="2020012202345678", image_url="http://i.test/a.jpg")
    other = offer(2, "磁力球巴克球216颗", subjects=frozenset({"water_beads"}))
    assert find_relistings([gone], [other], THRESHOLD) == []
    for shared in ({"ccc_number": "2020 0122 0234 5678"}, {"image_url": "https://i.test/a.jpg_400x400.jpg"}):
        (link,) = find_relistings([gone], [replace(other, **shared)], THRESHOLD)
        assert link.score >= 0.9


def test_a_picture_that_stands_everywhere_says_nothing():
    logo = "http://i.test/logo.png"
    gone = offer(1, "磁力球巴克球216颗", image_url=logo)
    others = [offer(n, f"完全不同的商品名称{n}", image_url=logo) for n in range(2, 40)]
    assert find_relistings([gone], others, 0.3) == []


def test_a_picture_uploaded_anew_links_under_a_title_written_anew():
    gone = offer(1, "磁力球巴克球216颗", shop="a", fingerprint="0" * 32)
    new = offer(2, "创意金属小珠子", shop="b", subjects=frozenset({"toy"}), fingerprint="f" + "0" * 31)
    (link,) = find_relistings([gone], [new], THRESHOLD)
    assert link.reasons[0] == "主图相似（图像指纹相差 4 位，共 128 位）"
    nearly, other = (replace(new, fingerprint=f"{2**bits - 1:032x}") for bits in (16, 17))
    assert "主图相似（图像指纹相差 16 位，共 128 位）" in compare(gone, nearly).reasons
    assert compare(gone, nearly).score < link.score
    assert not any("主图" in reason for reason in compare(gone, other).reasons)
    assert not any("主图" in reason for reason in compare(gone, replace(new, fingerprint=None)).reasons)


def test_a_look_that_many_share_says_nothing():
    gone = offer(1, "磁力球巴克球216颗", fingerprint="0" * 32)
    same = [offer(n, "磁力球巴克球1000颗", fingerprint=f"{1 << n:032x}") for n in range(2, 22)]
    assert any("主图" in each.reasons[0] for each in find_relistings([gone], same[:-1], 0.3))
    links = find_relistings([gone], same, 0.3)
    assert links, "their titles still link them"
    assert not any("主图" in reason for each in links for reason in each.reasons)


def test_sellers_who_are_the_same_by_licence():
    code = "91350500MA2XQ1234K"
    said = compare(
        offer(1, "磁力球", shop="a", credit_code=code), offer(2, "弹弓", shop="b", credit_code=code)
    )
    assert any(code in reason for reason in said.reasons)
    said = compare(offer(1, "磁力球", shop="a"), offer(2, "弹弓", shop="a", site="another mall"))
    assert said.reasons == ("价格相近（¥20 → ¥20）",), "the same key on another site is another shop"


def test_values_that_name_nothing_are_not_the_same():
    said = compare(
        offer(1, "磁力球", brand="其他/other", model="无"), offer(2, "弹弓", brand="其他/other", model="无")
    )
    assert "品牌" not in "".join(said.reasons)


_TEXT = st.text(st.characters(), max_size=30) | st.sampled_from(["磁力球 216颗", "", "弹弓", "👶", "a" * 99])


@given(_TEXT, _TEXT, st.none() | _TEXT, st.none() | st.decimals(0, 10**9, places=2))
def test_nothing_breaks_it(one, other, attribute, price):
    more = {"price": price, "brand": attribute, "model": attribute, "image_url": attribute}
    first, second = offer(1, one, **more), offer(2, other, ccc_number=attribute)
    for pair in ((first, second), (first, first)):
        said = compare(*pair)
        assert 0 <= said.score <= 1
    assert compare(first, second).score == compare(second, first).score
    find_relistings([first], [second], THRESHOLD)
