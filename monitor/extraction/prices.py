"""Prices and counts as shops write them: ``¥39.9``, ``券后价￥29.9``, ``1.2万``, ``2.5万+人付款``.

`price_parser` knows the decimal signs of the world but reads ``1.2万`` as 1.2, a range as one number and the
first number of ``满200减30 ¥159`` as the price; so it only gets single amounts, and the Chinese around them
is read here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import TYPE_CHECKING

import price_parser

if TYPE_CHECKING:
    from collections.abc import Iterator

_UNITS = {"千": 1_000, "k": 1_000, "万": 10_000, "萬": 10_000, "w": 10_000, "亿": 100_000_000}
_UNIT = r"(?P<unit>[千万萬亿]|[kKwW](?![A-Za-z]))?"
_FULL_WIDTH = str.maketrans("０１２３４５６７８９．，－～＄", "0123456789.,-~$")

#: Currency signs and words. ``$`` and ``¥`` stand last: ``HK$`` and ``JP¥`` are not theirs.
_CURRENCIES = {
    "HKD": r"HK\$|HKD|港币|港元",
    "TWD": r"NT\$|TWD|新台币",
    "JPY": r"JP¥|JPY|円|日元",
    "AUD": r"AU?\$|AUD|澳元",
    "CAD": r"CA?\$|CAD|加元",
    "USD": r"US\s?\$|USD|美元|\$",
    "EUR": r"€|EUR|欧元",
    "GBP": r"£|GBP|英镑",
    "CNY": r"CN¥|[¥￥]|RMB|CNY|人民币|元|块",
}
_CURRENCY = "|".join(_CURRENCIES.values())
_AMOUNT = re.compile(
    rf"(?P<before>{_CURRENCY})?\s*(?P<number>\d(?:[\d,.]|[ \u00a0'](?=\d{{3}}))*|\.\d+)\s*{_UNIT}"
    # a sign before the next number is that number's: 减30 ¥159
    rf"\s*(?P<after>(?:{_CURRENCY})(?!(?<=[¥￥$£])\s*\d))?"
    r"(?P<goods>\s*(?:折|%|件|个|只|人|期|天|米|岁|(?:g|kg|cm|mm|ml)\b))?",
    re.IGNORECASE,
)
#: One amount and nothing around it, as on most rows of a list.
_PLAIN = re.compile(r"(?P<sign>[¥￥])?(?P<number>[0-9]{1,9}(?:\.[0-9]{1,2})?)")
_RANGE = re.compile(r"\s*(?:-|~|—|–|至|到|to)\s*", re.IGNORECASE)
#: Words before the price one pays now; it wins over one that is crossed out.
_NOW = re.compile(
    r"(?:(?:券后|到手|折后)\s?价?|(?:现|促销|活动|秒杀|拼团|团购|优惠|抢购|特)\s?价)[约仅:：]*\s*$"
)
_BEFORE = re.compile(r"(?:原|市场|划线|吊牌|专柜|参考|日常|建议零售)\s?价[约:：]*\s*$")
_COUPON = re.compile(r"(?:满|减|券|返|省|抵|优惠|运费|邮费)[:：]?\s*$")
#: More digits than these are a number of something else.
_LONGEST = 12

_COUNT = re.compile(rf"(?P<number>\d[\d,]*(?:\.\d+)?)\s*{_UNIT}")
_PERIOD = re.compile(r"\d+\s*(?:天|日|周|个?月|年|days?|hours?)(?:内|之内|以来)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Price:
    """What one pays: `low` equals `high` unless a range is stated; `currency` None where no sign says."""

    low: Decimal
    high: Decimal
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class _Amount:
    """A number, or two with a dash between them, and what stands around it."""

    low: Decimal
    high: Decimal
    currency: str | None
    #: The text before it.
    label: str
    #: It counts goods, ages or percents, not money.
    of_goods: bool
    start: int
    end: int

    @property
    def rank(self) -> int:
        """How much this looks like the price one pays; higher is better."""
        if _COUPON.search(self.label):
            return -4
        now, before = _NOW.search(self.label), _BEFORE.search(self.label)
        return (4 if now else 0) + (2 if self.currency else 0) - (3 if before else 0)

    def joined(self, other: _Amount) -> _Amount:
        """The range from this to `other`."""
        return _Amount(
            min(self.low, other.low),
            max(self.high, other.high),
            self.currency or other.currency,
            self.label,
            self.of_goods or other.of_goods,
            self.start,
            other.end,
        )


@lru_cache(maxsize=4_096)
def parse_price(text: str) -> Price | None:
    """Read the price one pays now out of `text`; None if there is none.

    ``¥1.2万`` is 12000, ``￥99.00-109.00`` a range, and in ``原价¥59 券后价¥39.9`` the second counts.
    """
    if plain := _PLAIN.fullmatch(text):
        value = Decimal(plain["number"])
        return Price(value, value, "CNY" if plain["sign"] else None)
    amounts = [amount for amount in _with_ranges(text.translate(_FULL_WIDTH)) if not amount.of_goods]
    if not amounts:
        return None
    best = max(amounts, key=lambda amount: amount.rank)  # the first of equals
    return Price(best.low, best.high, best.currency)


@lru_cache(maxsize=4_096)
def parse_count(text: str) -> int | None:
    """Read a number of sales or results as the page rounds it: ``月销1000+`` 1000, ``2.5万+人付款`` 25000.

    Periods (``近30天``) are not counts. None if there is no number.
    """
    found = _COUNT.search(_PERIOD.sub(" ", text.translate(_FULL_WIDTH)))
    if found is None or len(found["number"]) > _LONGEST:
        return None
    return int(Decimal(found["number"].replace(",", "")) * _factor(found["unit"]))


def _with_ranges(text: str) -> list[_Amount]:
    found: list[_Amount] = []
    for amount in _amounts(text):
        if found and _RANGE.fullmatch(text, found[-1].end, amount.start):
            found[-1] = found[-1].joined(amount)
        else:
            found.append(amount)
    return found


def _amounts(text: str) -> Iterator[_Amount]:
    for match in _AMOUNT.finditer(text):
        number = _number(match["number"])
        if number is None:
            continue
        value = number * _factor(match["unit"])
        currency = _currency(match["before"] or match["after"])
        label = text[max(0, match.start() - 8) : match.start()]
        of_goods = bool(match["goods"]) and currency is None
        yield _Amount(value, value, currency, label, of_goods, match.start(), match.end())


def _number(text: str) -> Decimal | None:
    plain = text.rstrip(".,")
    if len(plain) > _LONGEST:
        return None
    try:
        return Decimal(plain)
    except InvalidOperation:
        # thousands and decimal signs of some country
        amount = price_parser.Price.fromstring(plain).amount
        return None if amount is None else Decimal(amount)


def _factor(unit: str | None) -> int:
    return _UNITS[unit.lower()] if unit else 1


def _currency(sign: str | None) -> str | None:
    if not sign:
        return None
    return next(code for code, pattern in _CURRENCIES.items() if re.fullmatch(pattern, sign, re.IGNORECASE))
