"""The desk: listings, findings, sightings, evidence of what people hand in, on both databases."""

from __future__ import annotations

import dataclasses
import json
import zipfile
from datetime import UTC, datetime
from decimal import Decimal

import openpyxl
import pytest
from sqlalchemy import func, select

from monitor import config
from monitor.extraction.profile import all_profiles
from monitor.imports.desk import Desk
from monitor.imports.intake import Reading, prepare
from monitor.imports.reading import Destination, read_file
from monitor.imports.sites import Sites
from monitor.imports.sources import sources
from monitor.listing import Listing, Seller
from monitor.storage import leases, tables
from monitor.storage.changes import run_changes
from monitor.storage.crawl import known_listings
from monitor.storage.engine import reading, writing
from monitor.storage.imports import CampaignName, known_file, plan_files
from monitor.storage.leases import LeaseHeldError
from monitor.storage.runs import (
    NewRun,
    create_run,
    ensure_campaign,
    ensure_site,
    last_finished_run,
    site_id,
    unfinished_run,
)

URL = "https://shop.example.cn/item/"


@pytest.fixture
def settings(engine, tmp_path):
    return config.load(
        database_url=engine.url.render_as_string(hide_password=False), evidence_dir=tmp_path / "evidence"
    )


class Office:
    """Takes files in as the command does, without the command."""

    def __init__(self, engine, settings):
        self.engine, self.settings = engine, settings
        self.rejects = []

    def hand_in(self, path, *, until=None, **how):
        """`until`: stop, as a kill would, when so many batches are committed."""
        how = Reading(**how)
        self.rejects = []
        with sources([path]) as found, Desk(self.engine, self.settings) as desk:
            counts = None
            for prepared in [prepare(each, how) for each in found.files]:
                supplied = prepared.supplied(how)
                with writing(self.engine) as connection:
                    if known_file(connection, supplied.sha256, supplied.reading) is None:
                        plan_files(
                            connection,
                            [supplied],
                            CampaignName(name=how.campaign, title="导入"),
                            units_site=desk.files_site,
                            lexicon_version="1",
                        )
                    file = known_file(connection, supplied.sha256, supplied.reading)
                if file.ended_at is not None:
                    continue
                if until is not None:
                    desk._commit = stopping_after(until, desk._commit)
                counts = read_file(
                    prepared,
                    Sites(all_profiles(), how.site),
                    how,
                    on_reject=self.rejects.append,
                    on_progress=lambda *_: None,
                    to=Destination(desk=desk, file=file),
                )
                desk.end(file, rejected=counts.rejected, reason="read")
                desk.close_run(file.run_id)
            return counts

    def count(self, table, *where):
        with reading(self.engine) as connection:
            return connection.execute(select(func.count()).select_from(table).where(*where)).scalar_one()


class KilledError(Exception):
    pass


def stopping_after(batches, commit):
    left = [batches]

    def commit_or_die(*arguments):
        if left[0] == 0:
            raise KilledError
        left[0] -= 1
        commit(*arguments)

    return commit_or_die


@pytest.fixture
def office(engine, settings):
    return Office(engine, settings)


def table(path, rows, files, start=0):
    lines = ["商品标题,链接,店铺名称,价格"]
    for number in range(start, start + rows):
        title = files.CROSSBOW if number % 10 == 0 else f"{files.PENCIL} {number}"
        lines.append(f"{title},{URL}{number},店{number % 7},{number % 90 + 1}.5")
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_a_table_becomes_listings_suspects_sightings_and_evidence(office, tmp_path, files):
    counts = office.hand_in(table(tmp_path / "a.csv", 50, files))
    assert (counts.read, counts.listings, counts.suspects, counts.rejected) == (50, 50, 5, 0)
    assert office.count(tables.Listing) == office.count(tables.Sighting) == 50
    assert office.count(tables.Seller) == 7
    assert office.count(tables.Listing, tables.Listing.suspect) == 5
    assert office.count(tables.EvidenceListing) == 5
    assert office.count(tables.Run, tables.Run.status == "done") == 1
    with reading(office.engine) as connection:
        unit = connection.execute(select(tables.Unit)).one()
        listing = connection.execute(select(tables.Listing).where(tables.Listing.suspect)).first()
    assert (unit.kind, unit.status) == ("file", "done")
    assert not listing.detail_seen


def test_the_same_file_twice_adds_nothing_and_the_same_listing_elsewhere_is_the_same(office, tmp_path, files):
    path = table(tmp_path / "a.csv", 30, files)
    office.hand_in(path)
    assert office.hand_in(path) is None
    copy = tmp_path / "b.csv"
    copy.write_bytes(path.read_bytes())
    assert office.hand_in(copy) is None
    assert office.count(tables.Run) == 1
    # other bytes, same listings: a run of its own, and no new observation
    office.hand_in(table(tmp_path / "c.csv", 31, files))
    assert office.count(tables.Run) == 2
    assert office.count(tables.Listing) == office.count(tables.Observation) == 31


def test_an_import_that_was_killed_goes_on_where_it_was(office, tmp_path, files):
    path = table(tmp_path / "a.csv", 1800, files)
    with path.open("a", encoding="utf-8") as file:
        file.write("\n没有链接,,店,1")
    whole = path.read_text(encoding="utf-8").replace("铅笔 HB 12支 5", ",", 1)
    path.write_text(whole, encoding="utf-8")
    with pytest.raises(KilledError):
        office.hand_in(path, until=2)
    assert office.count(tables.Listing) == 1000
    assert office.count(tables.Unit, tables.Unit.status == "running") == 1
    counts = office.hand_in(path)
    assert counts.listings == 1799
    assert office.count(tables.Listing) == office.count(tables.Sighting) == 1799
    assert office.count(tables.Observation) == 1799
    assert office.count(tables.Finding, tables.Finding.superseded_at.is_(None)) == office.count(
        tables.Finding
    )
    # all rejects, those before the kill too
    assert [each.number for each in office.rejects] == [7, 1802]
    assert office.count(tables.Unit, tables.Unit.status == "done") == 1
    assert office.count(tables.Run, tables.Run.status == "done") == 1


def test_a_crawl_neither_takes_up_nor_is_compared_with_what_people_handed_in(office, engine, tmp_path, files):
    path = table(tmp_path / "a.csv", 600, files)
    with pytest.raises(KilledError):
        office.hand_in(path, until=1, campaign="holidays")
    with reading(engine) as connection:
        assert unfinished_run(connection, "holidays") is None
    office.hand_in(path, campaign="holidays")
    with writing(engine) as connection:
        campaign = ensure_campaign(connection, name="holidays", title="x", plan_digest=None)
        new = NewRun(
            campaign_id=campaign,
            scheduled_at=datetime.now(UTC),
            reason="",
            orders={"sites": []},
            lexicon_version="1",
        )
        run = create_run(connection, new)
    with reading(engine) as connection:
        assert last_finished_run(connection, "holidays") is None
        assert unfinished_run(connection, "holidays") == run
        assert run_changes(connection, run).previous is None


def test_rows_of_several_sites_in_one_file(office, tmp_path, files):
    path = tmp_path / "a.csv"
    lines = ["标题,链接,平台"]
    lines += [f"{files.CROSSBOW},https://s{n}.example.cn/{n}," for n in range(20)]
    lines += [f"{files.CROSSBOW},https://item.jd.com/{n}.html,京东" for n in range(3)]
    path.write_text("\n".join(lines), encoding="utf-8")
    counts = office.hand_in(path)
    assert counts.suspects == 23
    assert office.count(tables.Site) == 22  # one more for the files themselves
    assert office.count(tables.EvidenceAnchor) == 21
    assert office.count(tables.EvidenceListing) == 23


def test_what_monitor_writes_it_reads_again_without_loss(office, engine, tmp_path, files):
    listing = Listing(
        site="shop.example.cn",
        url=f"{URL}1",
        title=files.CROSSBOW,
        item_id="1",
        price=Decimal("9.90"),
        price_max=Decimal("19.90"),
        sales=12000,
        available=True,
        brand="某牌",
        description="说明",
        attributes={"ccc_number": "2018012345678901", "花色名": "红"},
        breadcrumb=("玩具", "弩"),
        seller=Seller(name="甲店", external_id="7", credit_code="91350500MA2XN7Q12E", address="泉州市"),
    )
    path = tmp_path / "out.jsonl"
    path.write_text(json.dumps(listing.plain(), ensure_ascii=False), encoding="utf-8")
    office.hand_in(path)
    with reading(engine) as connection:
        site = (site_id(connection, "shop.example.cn"), "shop.example.cn")
        known = known_listings(connection, site, ["1"])["1"]
    assert dataclasses.replace(known, seen_at=None) == listing


def test_a_workbook(office, tmp_path, files):
    book = openpyxl.Workbook()
    book.active.append(["商品名称", "商品链接", "售价"])
    for number in range(30):
        book.active.append([files.CROSSBOW, f"{URL}{number}", 9.5])
    book.save(tmp_path / "a.xlsx")
    book.close()
    counts = office.hand_in(tmp_path / "a.xlsx")
    assert (counts.listings, counts.suspects) == (30, 30)


def test_whatever_text_a_row_holds_the_database_takes_it(office, tmp_path):
    lines = [
        {
            "title": "弩\0\ud800\uffff",
            "url": f"{URL}1",
            "k\0\ud801": "v\0\udfff",
            "seller": {"name": "\u202e店"},
        },
        {"title": "x" * 1000, "url": f"{URL}{'y' * 1900}", "seller.name": "店" * 500, "备考": "z" * 20_000},
        {
            "title": "弩",
            "url": f"{URL}2",
            "price": "99999999999999",
            "sales": "9" * 30,
            "item_id": "龘" * 200,
        },
    ]
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(json.dumps(each) for each in lines), encoding="utf-8")
    assert office.hand_in(path).listings == 3
    assert office.count(tables.Listing) == 3


def test_a_file_of_pages(office, tmp_path, files):
    path = tmp_path / "a.har"
    pages = [
        files.har_entry(f"{URL}{n}", files.product_page(f"{URL}{n}", title))
        for n, title in enumerate([files.CROSSBOW, files.PENCIL, files.CROSSBOW])
    ]
    path.write_bytes(files.har(pages))
    with pytest.raises(KilledError):
        office.hand_in(path, until=1)
    counts = office.hand_in(path)
    assert (counts.read, counts.listings) == (3, 3)
    assert office.count(tables.Listing, tables.Listing.detail_seen) == 3
    assert office.count(tables.Listing, tables.Listing.suspect) == 2
    assert office.count(tables.EvidenceListing) == 2
    assert office.count(tables.Evidence, tables.Evidence.kind == "page") == 2
    # nobody asked for a visit
    assert office.count(tables.Unit) == 1


def test_a_web_archive_within_an_archive(office, tmp_path, files):
    warc = files.write_warc(
        tmp_path / "data.warc.gz",
        [(f"{URL}{n}", files.product_page(f"{URL}{n}", files.CROSSBOW)) for n in range(4)],
        encoding="gzip",
    )
    with zipfile.ZipFile(tmp_path / "capture.wacz", "w") as archive:
        archive.write(warc, "archive/data.warc.gz")
        archive.writestr("pages/pages.jsonl", '{"title": "not a listing"}')
        archive.writestr("datapackage.json", "{}")
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.write(tmp_path / "capture.wacz", "capture.wacz")
    counts = office.hand_in(tmp_path / "all.zip")
    assert (counts.read, counts.listings, counts.suspects, counts.other) == (4, 4, 4, 1)
    assert office.count(tables.Evidence, tables.Evidence.kind == "page") == 4


def test_a_site_that_is_being_crawled_is_left_alone(office, engine, tmp_path, files):
    with writing(engine) as connection:
        ensure_site(connection, name="shop.example.cn", title="x", base_url="https://shop.example.cn")
        site = site_id(connection, "shop.example.cn")
        lease = leases.acquire(connection, site, "elsewhere:1:1", 60)
    path = table(tmp_path / "a.csv", 5, files)
    with pytest.raises(LeaseHeldError, match=r"shop\.example\.cn is being crawled by elsewhere"):
        office.hand_in(path)
    assert office.count(tables.Listing) == 0
    with writing(engine) as connection:
        leases.release(connection, dataclasses.replace(lease))
    assert office.hand_in(path).listings == 5


def test_two_imports_at_a_time_are_refused(office, engine, settings, tmp_path, files, monkeypatch):
    with Desk(engine, settings):
        monkeypatch.setattr(leases, "this_process", lambda: "elsewhere:2:2")
        with pytest.raises(LeaseHeldError):
            office.hand_in(table(tmp_path / "a.csv", 5, files))
