from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from monitor.classifiers import Basis, Classification, Evasion, Finding, FindingKind, Severity
from monitor.evidence.chain import Chain
from monitor.evidence.clock import clock_facts
from monitor.evidence.description import collector_facts, robots_facts
from monitor.evidence.exchange import Exchange, RobotsDecision
from monitor.evidence.members import info_part
from monitor.exporters.letters.letter_file import Desk
from monitor.leads.referral.lead_life import Days
from monitor.leads.referral.lead_terms import lead_terms
from monitor.listing import Listing, Seller
from monitor.storage import leases, open_database, runs
from monitor.storage.crawl import PageOutcome, SeenListing, commit_page
from monitor.storage.engine import writing
from monitor.storage.evidence import PreservedRecords, RecordPlace, open_chain, record_evidence
from monitor.storage.reviews import Decision, Review, record
from monitor.storage.suspects import SuspectRow
from monitor.storage.tables import UnitKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from monitor.storage import Connection, Engine

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
            "back_at": None,
            "relisted_from": (),
            "lexicon_version": "2026.09",
        }
        unknown = changes.keys() - values.keys()
        assert not unknown, unknown
        if "title" in changes and "findings" not in changes:
            changes["findings"] = ()
        return SuspectRow(**(values | changes))

    return make


#: key → (seller, title, words, legal bases); credit codes are valid and belong to nobody we know
OFFERS = {
    "1": ("lu", "磁力球 216颗 电13959512345", "磁力球", (Basis.PQ49, Basis.MIN55)),
    "2": ("lu", "巴克球 解压", "巴克球", (Basis.PQ49,)),
    "3": ("yu", "整蛊口香糖电人", "电人", (Basis.PQ49,)),
    "4": ("da", "牙签弩 全金属", "牙签弩", (Basis.MIN55, Basis.PSB)),
    "5": ("lu", "指尖陀螺", "指尖陀螺", (Basis.ADV,)),
    "6": ("noone", "磁力珠", "磁力珠", (Basis.PQ49,)),
    "7": ("nameless", "磁力球 散装", "磁力球", (Basis.PQ49,)),
}
SELLERS = {
    "lu": Seller(
        name="鹿鸣谷",
        external_id="lu",
        licence_name="晋江市鹿鸣谷玩具有限公司",
        credit_code="91350582MAET65750B",
        address="福建省泉州市晋江市灵源街道五里工业园灵石路17号",
    ),
    "yu": Seller(
        name="愚乐",
        external_id="yu",
        licence_name="义乌市愚乐电子商务有限公司",
        credit_code="91330782MA09HMEQXQ",
        address="浙江省义乌市福田街道荷叶塘工业区兴港路77号",
    ),
    "da": Seller(
        name="达人",
        external_id="da",
        licence_name="惠安县崇武达人渔具店",
        credit_code="92350521MAKM8XWY9Q",
        address="福建省泉州市惠安县崇武镇海门街29号",
    ),
    "noone": Seller(name="无照", external_id="noone", stated_place="福建泉州"),
    "nameless": Seller(name="缺名", external_id="nameless", address="福建省泉州市晋江市陈埭镇溪边工业区88号"),
}


@dataclass
class Office:
    """A bureau with seven confirmed listings; all but the last have a preserved page."""

    engine: Engine
    desk: Desk
    #: key of the offer → number of the listing
    ids: dict[str, int]
    folder: Path


@pytest.fixture(scope="session")
def confirmed_and_preserved(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Path:
    """A folder with the database and the evidence of `Office`, made once and copied for each test."""
    folder = tmp_path_factory.mktemp("office")
    engine = open_database(f"sqlite:///{shutil.copy(migrated_file, folder / 'monitor.db')}")
    with writing(engine) as connection:
        _fill(connection, folder / "evidence")
    engine.dispose()
    return folder


@pytest.fixture
def office(confirmed_and_preserved: Path, tmp_path: Path) -> Iterator[Office]:
    shutil.copytree(confirmed_and_preserved, tmp_path, dirs_exist_ok=True)
    engine = open_database(f"sqlite:///{tmp_path / 'monitor.db'}")
    desk = Desk(by="张三", days=Days(terms=lead_terms()), evidence_dir=tmp_path / "evidence")
    ids = {key: number for number, key in enumerate(OFFERS, 1)}
    yield Office(engine=engine, desk=desk, ids=ids, folder=tmp_path / "letters")
    engine.dispose()


def _fill(connection: Connection, evidence: Path) -> None:
    site = runs.ensure_site(connection, name="mall", title="示例商城", base_url="https://mall.test/")
    campaign = runs.ensure_campaign(connection, name="autumn", title="秋季专项", plan_digest=None)
    new = runs.NewRun(campaign_id=campaign, scheduled_at=NOW, reason="", orders={}, lexicon_version="v1")
    run = runs.create_run(connection, new)
    runs.add_units(connection, run, site, [runs.UnitOrder(kind=UnitKind.SEARCH, key="玩具")])
    (unit,) = runs.pending_units(connection, run, site, [UnitKind.SEARCH])
    lease = leases.acquire(connection, site, "host:1:1", 600)
    seen = tuple(_offered(key) for key in OFFERS)
    page = PageOutcome(run_id=run, unit_id=unit.id, received_at=NOW, page=1, seen=seen)
    commit_page(connection, lease, page)
    chain = open_chain(connection, lease, run_id=run, file="run-1/mall.warc.gz", genesis="0" * 64)
    for records in _preserve(evidence, chain):
        record_evidence(connection, lease, records)
    confirm = {"decision": Decision.CONFIRMED, "reviewer": "审", "decided_at": NOW}
    record(connection, [Review(listing_id=number, **confirm) for number in range(1, len(OFFERS) + 1)])


def _offered(key: str) -> SeenListing:
    seller, title, words, bases = OFFERS[key]
    start = title.index(words)
    finding = Finding(
        kind=FindingKind.HAZARD,
        id="magnet_balls",
        field="title",
        start=start,
        end=start + len(words),
        matched=words,
        term=words,
        severity=Severity.CRITICAL,
        basis=bases,
        confidence=0.9,
        reason=f"标题出现“{words}”",
    )
    listing = Listing(
        site="mall",
        url=f"https://mall.test/item/{key}",
        title=title,
        item_id=key,
        price=Decimal("9.90"),
        sales=1200,
        seller=SELLERS[seller],
    )
    judged = Classification(category="TOY", subcategory=None, hazards=(finding,), risk=0.9, suspect=True)
    return SeenListing(listing=listing, classification=judged)


def _preserve(folder: Path, anchor_id: int) -> Iterator[PreservedRecords]:
    facts = {
        "collector": {**collector_facts(), "scrapy": "2.19.0"},
        "clock": clock_facts(),
        "run": 1,
        "site": "mall",
        "file": "mall",
    }
    chain = Chain.create(folder / "run-1" / "mall.warc.gz")
    opening = chain.append("opening", NOW, facts, parts=[info_part({"a": 1}, NOW)])
    yield PreservedRecords(anchor_id=anchor_id, records=(_place(opening, None),))
    for key in list(OFFERS)[:-1]:
        url = f"https://mall.test/item/{key}"
        answer = Exchange(
            url=url,
            method="GET",
            sent=b"GET / HTTP/1.1\r\nHost: mall.test\r\n\r\n",
            received=b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>",
            exact=True,
            status=200,
            ip="203.0.113.7",
            requested_at=NOW,
            received_at=NOW,
        )
        page = {
            "unit": {"id": 1, "kind": "search", "key": "玩具"},
            "page": {"number": 1, "kind": "list", "url": url},
        }
        inference = {
            "note": "",
            "suspects": [
                {
                    "key": key,
                    "title": "t",
                    "url": url,
                    "risk": 0.9,
                    "reasons": [],
                    "lexicon_version": "v1",
                    "category": "TOY",
                }
            ],
        }
        entry = chain.append(
            "page",
            NOW,
            facts
            | page
            | {
                "robots": [robots_facts(RobotsDecision(decision="allowed", user_agent="monitor"), None)],
                "inference": inference,
            },
            exchanges=[answer],
        )
        yield PreservedRecords(anchor_id=anchor_id, records=(_place(entry, url),), listing_keys=(key,))
    chain.sync()
    chain.close()


def _place(entry: Any, url: str | None) -> RecordPlace:
    return RecordPlace(
        sequence=entry.sequence,
        kind="opening" if url is None else "page",
        url=url,
        collected_at=NOW,
        offset=entry.offset,
        length=entry.length,
        sha256=entry.sha256,
        chain=entry.chain,
        response_sha256=None if url is None else "ab" * 32,
    )
