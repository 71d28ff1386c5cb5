from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from monitor.classifiers import Basis, Evasion, Finding, FindingKind, Severity
from monitor.storage.suspects import SuspectRow

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = datetime(2026, 9, 25, 0, 5, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def make_finding() -> Callable[..., Finding]:
    def make(text: str, words: str, **changes: Any) -> Finding:
        start = text.index(words)
        values: dict[str, Any] = {
            "kind": FindingKind.HAZARD,
            "id": "magnet_balls",
            "field": "title",
            "start": start,
            "end": start + len(words),
            "matched": words,
            "term": "磁力球",
            "evasion": Evasion.SYMBOLS,
            "severity": Severity.CRITICAL,
            "basis": (Basis.PQ49, Basis.MIN55),
            "confidence": 0.94,
            "reason": f"标题写有“{words}”",
        }
        return Finding(**(values | changes))

    return make


@pytest.fixture
def make_row(make_finding: Callable[..., Finding]) -> Callable[..., SuspectRow]:
    def make(**changes: Any) -> SuspectRow:
        title = "巴克球 磁 力 球 216颗 儿童减压玩具"
        values: dict[str, Any] = {
            "id": 7,
            "site": "mall",
            "site_title": "示例商城",
            "url": "https://shop.example.test/item/7.html",
            "title": title,
            "price": Decimal("12.50"),
            "currency": "CNY",
            "image_url": None,
            "category": "TOY",
            "subcategory": "TOY.MAG.BALL",
            "risk": 0.87,
            "suspect": True,
            "reasons": ("标题写有“磁 力 球”，疑似在售磁力球",),
            "findings": (make_finding(title, "磁 力 球"),),
            "attributes": {"age": "3-6", "ccc_number": "2019012202134567"},
            "seller_name": "快乐童年玩具店",
            "seller_url": "https://shop.example.test/shop/1",
            "licence_name": "泉州市快乐童年玩具有限公司",
            "credit_code": "913505030000000001",
            "address": "福建省泉州市丰泽区某某路1号",
            "stated_place": "福建泉州",
            "detail_seen": True,
            "first_seen_at": datetime(2026, 9, 20, 16, 30, tzinfo=UTC),
            "last_seen_at": NOW,
            "gone_at": None,
            "lexicon_version": "2026.09",
        }
        unknown = changes.keys() - values.keys()
        assert not unknown, unknown
        if "title" in changes and "findings" not in changes:
            changes["findings"] = ()
        return SuspectRow(**(values | changes))

    return make
