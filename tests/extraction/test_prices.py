from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.extraction.prices import Price, parse_count, parse_price


@pytest.mark.parametrize(
    ("text", "low", "high", "currency"),
    [
        ("¥39.9", "39.9", "39.9", "CNY"),
        ("￥39.90", "39.90", "39.90", "CNY"),
        ("CN¥19.90", "19.90", "19.90", "CNY"),
        ("39.90元", "39.90", "39.90", "CNY"),
        ("３９．９元", "39.9", "39.9", "CNY"),
        ("¥ 25.20", "25.20", "25.20", "CNY"),
        ("39.9元起", "39.9", "39.9", "CNY"),
        ("¥39.9/2件", "39.9", "39.9", "CNY"),
        ("2件¥39.9", "39.9", "39.9", "CNY"),
        ("1,299.00", "1299.00", "1299.00", None),
        ("19.9", "19.9", "19.9", None),
        ("HK$ 88", "88", "88", "HKD"),
        ("$12", "12", "12", "USD"),
        ("1.299,00 €", "1299.00", "1299.00", "EUR"),
        ("71,91 €    79,90 €", "71.91", "71.91", "EUR"),
        ("1 299,00 €", "1299.00", "1299.00", "EUR"),
        # 万 is ten thousand: price-parser gives 1.2
        ("1.2万", "12000", "12000", None),
        ("¥1.2万", "12000", "12000", "CNY"),
        ("1.2w", "12000", "12000", None),
        # ranges
        ("￥99.00-109.00", "99.00", "109.00", "CNY"),
        ("¥99.00 - ¥109.00", "99.00", "109.00", "CNY"),
        ("99元至109元", "99", "109", "CNY"),
        ("12～15元", "12", "15", "CNY"),
        ("¥1.5万-2万", "15000", "20000", "CNY"),
        # several numbers: the price one pays now
        ("券后价￥29.9", "29.9", "29.9", "CNY"),
        ("原价¥59 券后价¥39.9", "39.9", "39.9", "CNY"),
        ("到手价：39元 原价：59元", "39", "39", "CNY"),
        ("促销价¥39-59 原价99", "39", "59", "CNY"),
        ("满200减30 ¥159", "159", "159", "CNY"),
        ("优惠10元 ¥39", "39", "39", "CNY"),
        ("运费¥10 ¥59", "59", "59", "CNY"),
        ("适合1-3岁 39.9", "39.9", "39.9", None),
        ("2024-11-11 ¥39", "39", "39", "CNY"),
    ],
)
def test_a_price_is_what_one_pays_now(text: str, low: str, high: str, currency: str | None) -> None:
    assert parse_price(text) == Price(Decimal(low), Decimal(high), currency)


@pytest.mark.parametrize("text", ["", "面议", "暂无报价", "3.9折", "3-6岁", "￥", "9" * 40])
def test_what_is_no_price_is_none(text: str) -> None:
    assert parse_price(text) is None


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("月销1000+", 1000),
        ("2.5万+人付款", 25000),
        ("11623人付款", 11623),
        ("4.2万", 42000),
        ("已售 3,200 件", 3200),
        ("1.5k sold", 1500),
        ("月销0笔", 0),
        ("共 64 条数据", 64),
        ("64 products", 64),
        # a period is no count
        ("近30天销量 100+", 100),
        ("7日内已售20", 20),
    ],
)
def test_counts_are_read_as_the_page_rounds_them(text: str, count: int) -> None:
    assert parse_count(text) == count


@pytest.mark.parametrize("text", ["", "暂无", "销量", "9" * 40])
def test_what_is_no_count_is_none(text: str) -> None:
    assert parse_count(text) is None


amounts = st.decimals(min_value=0, max_value=99_999_999, places=2)
around = st.sampled_from(
    [("¥", ""), ("￥", ""), ("CN¥", ""), ("", "元"), ("券后价￥", "起"), ("¥ ", " 包邮")]
)


@given(amounts, around)
def test_any_amount_comes_back_from_every_chinese_spelling(amount: Decimal, signs: tuple[str, str]) -> None:
    before, after = signs
    assert parse_price(f"{before}{amount}{after}") == Price(amount, amount, "CNY")


@given(amounts, amounts, st.sampled_from(["-", " - ", "~", "～", "至", "—"]))
def test_a_range_is_ordered_whatever_its_dash(one: Decimal, other: Decimal, dash: str) -> None:
    assert parse_price(f"¥{one}{dash}¥{other}") == Price(min(one, other), max(one, other), "CNY")


@given(st.integers(1, 9_999), st.integers(0, 9))
def test_wan_is_ten_thousand(whole: int, tenth: int) -> None:
    assert parse_count(f"{whole}.{tenth}万+人付款") == whole * 10_000 + tenth * 1_000


@given(st.text())
def test_no_text_is_too_strange(text: str) -> None:
    price, count = parse_price(text), parse_count(text)
    assert price is None or price.low <= price.high
    assert count is None or count >= 0


@given(st.from_regex(r"[¥￥]?[0-9]{1,9}(?:\.[0-9]{1,2})?", fullmatch=True))
def test_the_short_way_gives_what_the_long_one_gives(text: str) -> None:
    assert parse_price(text) == parse_price(f" {text} ")
