"""Time and memory of exporting many suspects, against bare xlsxwriter writing the same cells.

    python benchmarks/export.py [--rows 50000] [--repeat 3]

Each measurement runs in a process of its own: CPU seconds of the writing alone, and the peak memory of the
whole process. `bare` loops over `worksheet.write_row` with the same values in constant-memory mode: without
colours, links, formats, row heights, filters or notes. `rows` is our workbook of the same suspects without a
database; `database` reads them from SQLite first; `both` writes the CSV file too and has no limit. The median
of the repetitions counts.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from xlsxwriter import Workbook

from monitor.classifiers import Basis, Classification, Evasion, Finding, FindingKind, Severity
from monitor.exporters.labels import lexicon
from monitor.exporters.sheets.cells import Marked, Money
from monitor.exporters.suspect_columns import suspect_columns
from monitor.exporters.suspects import export_suspects, write_suspects
from monitor.listing import Listing, Seller
from monitor.storage import open_database
from monitor.storage.crawl import PageOutcome, SeenListing, commit_page
from monitor.storage.engine import reading, writing
from monitor.storage.leases import acquire
from monitor.storage.migrate import upgrade
from monitor.storage.runs import NewRun, UnitOrder, add_units, create_run, ensure_campaign, ensure_site
from monitor.storage.suspects import ListingFilter, SuspectRow
from monitor.storage.tables import UnitKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.exporters.lists import Format

AT = datetime(2026, 9, 25, tzinfo=UTC)
LIMIT_RATIO, LIMIT_MEGABYTES = 1.3, 200
WORDS = ("磁 力 球", "牙签弩", "海洋宝宝", "激光笔", "电击玩具")
PAGE = 500


def suspect(number: int) -> SuspectRow:
    """Make a suspect with every column filled, as long as real ones are."""
    word = WORDS[number % len(WORDS)]
    title = f"新款{word} 儿童益智减压玩具 {number}号 小学生六一礼物 送收纳盒"
    start = title.index(word)
    hazard = Finding(
        kind=FindingKind.HAZARD,
        id="magnet_balls",
        field="title",
        start=start,
        end=start + len(word),
        matched=word,
        term=word,
        evasion=Evasion.SYMBOLS,
        severity=Severity.CRITICAL,
        basis=(Basis.PQ49, Basis.MIN55),
        confidence=0.94,
        reason=f"标题写有“{word}”",
    )
    focus = replace(hazard, kind=FindingKind.FOCUS, id="magnetic_toy", evasion=None, severity=Severity.MEDIUM)
    return SuspectRow(
        id=number + 1,
        site="mall",
        site_title="示例商城",
        url=f"https://shop.example.test/item/{number}.html",
        title=title,
        price=Decimal(1250 + number % 9000) / 100,
        currency="CNY",
        image_url=None,
        category="TOY",
        subcategory="TOY.MAG.BALL",
        risk=round(0.5 + number % 50 / 100, 2),
        suspect=True,
        reasons=(f"标题写有“{word}”，中间插入空格，涉嫌规避", "详情页未见 CCC 证书编号（缺项只是线索）"),
        findings=(hazard, focus),
        attributes={
            "ccc_number": f"2019012202{number:06}",
            "standard": "GB 6675.1-2014",
            "age": "3岁以上",
            "manufacturer": f"汕头市澄海区第{number % 700}玩具厂",
        },
        seller_name=f"快乐童年玩具店{number % 900}",
        seller_url=f"https://shop.example.test/shop/{number % 900}",
        licence_name=f"泉州市丰泽区快乐童年{number % 900}玩具有限公司",
        credit_code=f"91350503MA{number % 900:07}X",
        address=f"福建省泉州市丰泽区东海街道某某路{number % 900}号",
        stated_place="福建泉州",
        detail_seen=True,
        first_seen_at=AT - timedelta(days=5),
        last_seen_at=AT + timedelta(minutes=number % 600),
        gone_at=None,
        lexicon_version="benchmark",
    )


def suspects(rows: int) -> Iterator[SuspectRow]:
    return map(suspect, range(rows))


def bare(rows: int, folder: Path) -> float:
    """Write the same cells with nothing but xlsxwriter."""
    columns = suspect_columns()
    spent = 0.0
    options = {"constant_memory": True, "strings_to_urls": False, "default_date_format": "yyyy-mm-dd hh:mm"}
    book = Workbook(folder / "bare.xlsx", options)
    sheet = book.add_worksheet()
    for number, row in enumerate(suspects(rows)):
        values = [_plain(column.value(row)) for column in columns]
        began = time.process_time()
        sheet.write_row(number, 0, values)
        spent += time.process_time() - began
    began = time.process_time()
    book.close()
    return spent + time.process_time() - began


def _plain(value: object) -> object:
    if isinstance(value, Marked):
        return value.text
    return float(value.amount) if isinstance(value, Money) else value


def from_rows(rows: int, folder: Path) -> float:
    """Our export, the making of the rows taken off."""
    began = time.process_time()
    for _ in suspects(rows):
        pass
    making = time.process_time() - began
    began = time.process_time()
    write_suspects(suspects(rows), folder, scope="benchmark", formats=["xlsx"], now=AT)
    return time.process_time() - began - making


def from_database(rows: int, folder: Path) -> float:
    """Our export with the reading of the database."""
    return _exported(rows, folder, ["xlsx"])


def both(rows: int, folder: Path) -> float:
    """The same in both formats, as `monitor export suspects` does it."""
    return _exported(rows, folder, ["xlsx", "csv"])


def _exported(rows: int, folder: Path, formats: list[Format]) -> float:
    engine = open_database(f"sqlite:///{folder / 'monitor.db'}")
    began = time.process_time()
    with reading(engine) as connection:
        files = export_suspects(connection, folder, ListingFilter(), formats=formats, now=AT)
    spent = time.process_time() - began
    assert all(file.rows == rows for file in files)
    engine.dispose()
    return spent


def fill(rows: int, folder: Path) -> None:
    """Store the suspects, as a crawl would."""
    engine = open_database(f"sqlite:///{folder / 'monitor.db'}")
    upgrade(engine)
    with writing(engine) as connection:
        site = ensure_site(connection, name="mall", title="示例商城", base_url="https://shop.example.test")
        campaign = ensure_campaign(connection, name="benchmark", title="benchmark", plan_digest=None)
        run = create_run(
            connection,
            NewRun(campaign_id=campaign, scheduled_at=AT, reason="", orders={}, lexicon_version="benchmark"),
        )
        add_units(connection, run, site, [UnitOrder(kind=UnitKind.SEARCH, key="benchmark")])
        lease = acquire(connection, site, "benchmark", 3600)
    for start in range(0, rows, PAGE):
        seen = tuple(_seen(suspect(number)) for number in range(start, min(start + PAGE, rows)))
        with writing(engine) as connection:
            outcome = PageOutcome(run_id=run, unit_id=1, received_at=AT, page=1, seen=seen)
            commit_page(connection, lease, outcome)
    engine.dispose()


def _seen(row: SuspectRow) -> SeenListing:
    hazard, focus = row.findings
    return SeenListing(
        listing=Listing(
            site=row.site,
            url=row.url,
            title=row.title,
            price=row.price,
            attributes=row.attributes,
            seller=Seller(
                name=row.seller_name,
                url=row.seller_url,
                licence_name=row.licence_name,
                credit_code=row.credit_code,
                address=row.address,
                stated_place=row.stated_place,
            ),
            seen_at=AT,
        ),
        classification=Classification(
            category=row.category,
            subcategory=row.subcategory,
            hazards=(hazard,),
            focus=(focus,),
            risk=row.risk,
            suspect=True,
            reasons=row.reasons,
            lexicon_version=row.lexicon_version,
        ),
        from_detail=True,
    )


WAYS = {"bare": bare, "rows": from_rows, "database": from_database, "both": both}
LIMITED = ("rows", "database")


def measured(way: str, rows: int, folder: Path) -> tuple[float, float]:
    """Run one way in a process of its own; give CPU seconds and peak megabytes."""
    command = [sys.executable, __file__, "--way", way, "--rows", str(rows), "--folder", str(folder)]
    seconds, megabytes = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return seconds, megabytes


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.way:
        lexicon()  # read once by every command, not by an export of its own
        seconds = WAYS[options.way](options.rows, options.folder)
        # kilobytes on Linux
        print(json.dumps([seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
        return 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fill(options.rows, folder)
        results = {way: [] for way in WAYS}
        for _ in range(options.repeat):
            for way in WAYS:
                results[way].append(measured(way, options.rows, folder))
    print(f"{options.rows:,} suspects × {len(suspect_columns())} columns, median of {options.repeat}")
    base = statistics.median(seconds for seconds, _ in results["bare"])
    good = True
    for way, figures in results.items():
        seconds = statistics.median(each for each, _ in figures)
        megabytes = max(each for _, each in figures)
        print(f"{way:9} {seconds:6.2f} s CPU  {seconds / base:5.2f} × bare  {megabytes:4.0f} MB peak")
        good = good and (
            way not in LIMITED or (seconds <= LIMIT_RATIO * base and megabytes < LIMIT_MEGABYTES)
        )
    print(f"limits: {LIMIT_RATIO} × bare, {LIMIT_MEGABYTES} MB: {'kept' if good else 'NOT KEPT'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
