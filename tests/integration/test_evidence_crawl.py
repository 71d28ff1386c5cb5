"""Crawls of the demo mall with evidence: complete, tamper-evident, whole after SIGKILL."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from monitor.demo.mall import Mall
from monitor.demo.server import serve
from monitor.storage import open_database
from monitor.storage.engine import reading
from monitor.storage.evidence import listings_with_evidence

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from monitor.demo.server import DemoServer

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    with serve(Mall(day=0)) as running:
        yield running


def planned(workplace, server, words: list[str], *, shop: bool = False, alone: bool = False) -> None:
    via = ["shop", "search"] if shop else ["search"]
    sites = [
        {"site": "demo_mall", "base_url": server.base_url("demo_mall"), "via": via},
        {"site": "demo_gbk", "base_url": server.base_url("demo_gbk")},
    ]
    workplace.plan("night", sites[:1] if alone else sites, words)


def rows(workplace, query: str) -> list[Any]:
    engine = open_database(workplace.database_url)
    with reading(engine) as connection:
        found = list(connection.execute(text(query)))
    engine.dispose()
    return found


def change(workplace, statement: str) -> None:
    engine = open_database(workplace.database_url)
    with engine.connect() as connection, connection.begin():
        connection.execute(text(statement))
    engine.dispose()


def files(workplace) -> list[Path]:
    return sorted((workplace.folder / "var" / "evidence").glob("run-*/*.warc.gz"))


def verified(workplace, *arguments: str, status: int = 0) -> dict[str, Any]:
    said = workplace.monitor("evidence", "verify", *arguments, "--json", status=status).stdout
    found: dict[str, Any] = json.loads(said)
    return found


def unpreserved(workplace) -> list[int]:
    suspects = [each.id for each in workplace.rows()]
    assert suspects
    engine = open_database(workplace.database_url)
    with reading(engine) as connection:
        kept = listings_with_evidence(connection, suspects)
    engine.dispose()
    return sorted(set(suspects) - kept)


def test_every_suspect_of_a_crawl_has_evidence_that_holds(workplace, server, tmp_path):
    planned(workplace, server, ["弩", "磁力", "橡皮"], shop=True)
    workplace.monitor("crawl", "night")
    assert unpreserved(workplace) == []
    report = verified(workplace)
    assert report["problems"] == []
    assert report["chains"] == 2
    assert report["records"] == workplace.count("evidence")
    assert report["bytes"] == sum(file.stat().st_size for file in files(workplace))

    heads = json.loads(workplace.monitor("evidence", "heads", "1", "--json").stdout)
    printed = [heads[0]["head"], *(each["head"] for each in heads[0]["chains"])]
    for head in printed:
        verified(workplace, "1", "--head", head)
    (problem,) = verified(workplace, "1", "--head", "f" * 64, status=1)["problems"]
    assert "no chain passes through" in problem["text"]

    listing = workplace.rows()[0].id
    shown = workplace.monitor("evidence", "show", str(listing)).stdout
    assert "SHA-256 of the response" in shown
    pack = tmp_path / "证据.zip"
    workplace.monitor("evidence", "pack", str(listing), "--to", str(pack))
    zipfile.ZipFile(pack).extractall(tmp_path / "pack")
    chain = next(each for each in heads[0]["chains"] if each["file"] in shown)
    command = [sys.executable, "-I", "-S", str(tmp_path / "pack" / "verify.py"), "--head", chain["head"]]
    assert subprocess.run(command, capture_output=True, check=False, env={}).returncode == 0

    tamper_with_everything(workplace)


def tamper_with_everything(workplace) -> None:
    """Edit files and rows in turn; each is found, and undone again."""
    file = files(workplace)[0]
    raw = file.read_bytes()
    file.write_bytes(raw[:700] + bytes([raw[700] ^ 4]) + raw[701:])
    (problem,) = verified(workplace, status=1)["problems"]
    assert problem["file"].endswith(file.name)
    file.write_bytes(raw[:-1])
    assert {each["code"] for each in verified(workplace, status=1)["problems"]} == {"short", "changed"}
    file.unlink()
    assert verified(workplace, status=1)["problems"][0]["code"] == "missing-file"
    file.write_bytes(raw)
    anchor = rows(workplace, "SELECT id, head FROM evidence_anchor ORDER BY id")[0]
    change(workplace, f"UPDATE evidence_anchor SET head = '{'0' * 64}' WHERE id = {anchor.id}")
    assert [each["code"] for each in verified(workplace, status=1)["problems"]] == ["head"]
    change(workplace, f"UPDATE evidence_anchor SET head = '{anchor.head}' WHERE id = {anchor.id}")
    link = rows(workplace, "SELECT evidence_id, listing_id FROM evidence_listing")[0]
    change(workplace, f"DELETE FROM evidence_listing WHERE evidence_id = {link.evidence_id}")
    assert [each["code"] for each in verified(workplace, status=1)["problems"]] == ["row"]


def test_killed_crawls_leave_evidence_whole(workplace, server):
    planned(workplace, server, ["弩", "磁力", "激光", "橡皮"], shop=True)
    moments = [random.uniform(2.5, 5.0) for _ in range(3)]
    print("killed after", moments)
    for moment in moments:
        process = workplace.start("crawl", "night", start_new_session=True)
        time.sleep(moment)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    workplace.monitor("crawl", "night")
    assert unpreserved(workplace) == []
    assert verified(workplace)["problems"] == []


def test_a_torn_tail_is_a_recorded_event_at_the_next_start(workplace, server):
    planned(workplace, server, ["弩"], alone=True)
    workplace.monitor("crawl", "night")
    # what a process leaves that dies within a record
    torn = files(workplace)[0]
    whole = torn.read_bytes()
    torn.write_bytes(whole + whole[:50])
    assert [each["code"] for each in verified(workplace, status=1)["problems"]] == ["long"]
    workplace.monitor("crawl", "night")
    assert torn.read_bytes() == whole
    report = verified(workplace)
    assert report["problems"] == []
    assert len(report["recovered"]) == 1
    assert report["recovered"][0].startswith(f"50 bytes of run-1/{torn.name}")
    assert workplace.count("evidence", "kind = 'recovery'") == 1


def test_what_cannot_be_preserved_is_not_committed(workplace, server):
    planned(workplace, server, ["弩"], alone=True)
    (workplace.folder / "var").mkdir()
    (workplace.folder / "var" / "evidence").write_text("a file where the folder should be")
    said = workplace.monitor("crawl", "night", status=3).stderr
    assert "evidence cannot be written to" in said
    assert workplace.count("listing", "suspect") == 0
    (workplace.folder / "var" / "evidence").unlink()
    workplace.monitor("crawl", "night")
    assert unpreserved(workplace) == []
    assert verified(workplace)["problems"] == []
