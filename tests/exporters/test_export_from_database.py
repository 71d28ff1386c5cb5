"""From the database to the files, as `monitor export` does it."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import openpyxl
import pytest

from monitor.classifiers import Classification, FindingKind
from monitor.exporters.sampling.sampling import export_sampling
from monitor.exporters.suspects import export_suspects
from monitor.listing import Listing, Seller
from monitor.storage import open_database
from monitor.storage.crawl import PageOutcome, SeenListing, UnitEnd, commit_page
from monitor.storage.engine import reading, writing
from monitor.storage.leases import acquire
from monitor.storage.runs import NewRun, UnitOrder, add_units, create_run, ensure_campaign, ensure_site
from monitor.storage.suspects import ListingFilter, count_listings
from monitor.storage.tables import UnitKind, UnitStatus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning:openpyxl")

AT = datetime(2026, 9, 24, 23, 0, tzinfo=UTC)
TITLES = ("巴克球 磁 力 球 216颗", "儿童磁力片 积木", "=1+1 磁 力 球")


@pytest.fixture
def database(sqlite_url, make_finding) -> Iterator[Engine]:
    engine = open_database(sqlite_url)
    seller = Seller(name="快乐童年", url="https://shop.example.test/s/1", credit_code="913505030000000001")
    seen = []
    for number, title in enumerate(TITLES):
        found = "磁 力 球" in title
        finding = (
            make_finding(title, "磁 力 球")
            if found
            else make_finding(title, "磁力片", kind=FindingKind.FOCUS, id="magnetic_toy", evasion=None)
        )
        seen.append(
            SeenListing(
                listing=Listing(
                    site="mall",
                    url=f"https://shop.example.test/{number}",
                    title=title,
                    price=Decimal("9.90"),
                    seller=seller,
                    seen_at=AT,
                ),
                classification=Classification(
                    category="TOY",
                    subcategory=None,
                    hazards=(finding,) if found else (),
                    focus=() if found else (finding,),
                    risk=0.9 - number / 10,
                    suspect=found,
                    reasons=(finding.reason,),
                    lexicon_version="v1",
                ),
                from_detail=True,
            )
        )
    with writing(engine) as connection:
        site = ensure_site(connection, name="mall", title="示例商城", base_url="https://shop.example.test")
        campaign = ensure_campaign(connection, name="mid-autumn", title="中秋国庆", plan_digest=None)
        new = NewRun(campaign_id=campaign, scheduled_at=AT, reason="test", orders={}, lexicon_version="v1")
        run = create_run(connection, new)
        add_units(connection, run, site, [UnitOrder(kind=UnitKind.SEARCH, key="磁力球")])
        lease = acquire(connection, site, "test", 600)
        outcome = PageOutcome(
            run_id=run,
            unit_id=1,
            received_at=AT,
            page=1,
            seen=tuple(seen),
            end=UnitEnd(status=UnitStatus.DONE),
        )
        commit_page(connection, lease, outcome)
    yield engine
    engine.dispose()


def csv_rows(path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def notes_of(path) -> dict[str, str]:
    sheet = openpyxl.load_workbook(path)["说明"]
    return {row[0].value: row[1].value for row in sheet.iter_rows(max_col=2) if row[0].value}


def test_suspects(database, tmp_path, now):
    told: list[int] = []
    wanted = ListingFilter(run_id=1, campaign="mid-autumn")
    with reading(database) as connection:
        files = export_suspects(connection, tmp_path, wanted, now=now, threshold=0.5, progress=told.append)
        assert [file.rows for file in files] == [count_listings(connection, wanted)] * 2 == [2, 2]
    assert told == [2]
    assert [file.path.name for file in files] == [
        "疑似清单_mid-autumn_20260925-0805.xlsx",
        "疑似清单_mid-autumn_20260925-0805.csv",
    ]
    assert [row["商品标题"] for row in csv_rows(files[1].path)] == [TITLES[0], "'" + TITLES[2]]
    said = notes_of(files[0].path)
    assert said["专项行动"] == "中秋国庆（mid-autumn）"
    assert said["采集任务"] == "第 1 号，计划时间 2026-09-25 07:00，采集单元 1 个，已结束 1 个"
    assert said["范围"].startswith("所采商品信息 3 条中的疑似商品，不含已下架商品")
    assert said["疑似阈值"].startswith("风险不低于 0.5")


def test_suspects_of_everything(database, tmp_path, now):
    with reading(database) as connection:
        files = export_suspects(connection, tmp_path, ListingFilter(), formats=["xlsx"], now=now)
    assert files[0].path.name == "疑似清单_全部_20260925-0805.xlsx"
    assert notes_of(files[0].path)["专项行动"] == "全部"


def test_sampling_takes_focus_products_that_are_no_suspects(database, tmp_path, now):
    wanted = ListingFilter(campaign="mid-autumn")
    with reading(database) as connection:
        files = export_sampling(connection, tmp_path, wanted, now=now)
        again = export_sampling(connection, tmp_path, wanted, now=now + timedelta(hours=1))
        other = export_sampling(connection, tmp_path, wanted, now=now, seed="another")
    rows = [csv_rows(f[1].path) for f in (files, again, other)]
    assert rows[0] == rows[1]
    assert [row["抽样编号"] for row in rows[0]] == ["拟抽样-001"]
    assert {row["商品标题"].removeprefix("'") for each in rows for row in each} <= set(TITLES)
    assert notes_of(files[0].path)["随机种子"] == "mid-autumn/all/2026-09-25"
