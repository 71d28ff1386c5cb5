from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from monitor.evidence.chain import Chain
from monitor.evidence.clock import clock_facts
from monitor.evidence.description import collector_facts, robots_facts
from monitor.evidence.exchange import Exchange, RobotsDecision
from monitor.evidence.members import info_part
from monitor.evidence.verify import ExpectedChain, ExpectedRecord, check_chain

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.evidence.chain import Entry
    from monitor.evidence.verify import ChainReport

START = datetime(2026, 8, 20, 1, 30, tzinfo=UTC)
FILE = "run-1/mall-1.warc.gz"


def exchange(body: bytes = b"<html>", url: str = "https://shop.example.cn/item/1", **more: Any) -> Exchange:
    head = b"HTTP/1.1 200 OK\r\nconTENT-type: text/html\r\nContent-Length: %d\r\n\r\n" % len(body)
    values: dict[str, Any] = {
        "url": url,
        "method": "GET",
        "sent": b"GET /item/1 HTTP/1.1\r\nHost: shop.example.cn\r\n\r\n",
        "received": head + body,
        "exact": True,
        "status": 200,
        "ip": "203.0.113.7",
        "requested_at": START,
        "received_at": START + timedelta(seconds=1),
    }
    return Exchange(**{**values, **more})


@dataclass
class Store:
    """An evidence folder with one chain, and what a database would say of it."""

    folder: Path
    file: str = FILE
    entries: list[Entry] = field(default_factory=list)
    keys: dict[int, frozenset[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.chain = Chain.create(self.folder / self.file)
        self.entries.append(
            self.chain.append("opening", START, self.facts(), parts=[info_part({"a": 1}, START)])
        )

    def facts(self) -> dict[str, Any]:
        return {
            "collector": {**collector_facts(), "scrapy": "2.19.0"},
            "clock": clock_facts(),
            "run": 1,
            "site": "mall",
            "file": self.file,
        }

    def page(self, *exchanges: Exchange, keys: tuple[str, ...] = ("100",)) -> Entry:
        suspects = [
            {"key": key, "title": f"磁力球<b>{key}", "url": "https://shop.example.cn/", "risk": 0.9}
            | {"reasons": ["标题出现“磁力球”"], "lexicon_version": "x", "category": "TOY"}
            for key in keys
        ]
        facts = {
            **self.facts(),
            "unit": {"id": 3, "kind": "search", "key": "磁力球"},
            "page": {"number": 1, "kind": "list", "url": exchanges[-1].url},
            "robots": [robots_facts(each.robots, None) for each in exchanges],
            "inference": {"note": "", "suspects": suspects},
        }
        entry = self.chain.append("page", START, facts, exchanges=exchanges)
        self.entries.append(entry)
        self.keys[entry.sequence] = frozenset(keys)
        return entry

    def done(self) -> ExpectedChain:
        """Sync and close; return what the database says."""
        self.chain.sync()
        self.chain.close()
        return self.expected()

    def expected(self) -> ExpectedChain:
        last = self.entries[-1]
        return ExpectedChain(
            run_id=1,
            file=self.file,
            count=last.sequence + 1,
            length=last.offset + last.length,
            head=last.chain,
            records=[
                ExpectedRecord(
                    sequence=each.sequence,
                    kind=each.kind,
                    offset=each.offset,
                    length=each.length,
                    sha256=each.sha256,
                    chain=each.chain,
                    listing_keys=self.keys.get(each.sequence, frozenset()),
                )
                for each in self.entries
            ],
        )

    @property
    def path(self) -> Path:
        return self.folder / self.file

    def check(self, expected: ExpectedChain | None = None) -> ChainReport:
        return check_chain(self.folder, expected or self.expected())


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "evidence")


@pytest.fixture
def filled(store: Store) -> Store:
    for number in range(5):
        robots = RobotsDecision(decision="allowed", user_agent="monitor")
        store.page(exchange(b"<html>%d" % number, robots=robots), keys=(str(number),))
    store.done()
    return store
