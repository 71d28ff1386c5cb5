from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from monitor.classifiers import Basis, Classification, Evasion, Finding, FindingKind, Severity
from monitor.listing import Listing, Seller
from monitor.storage.changes import run_changes
from monitor.storage.crawl import PageOutcome, SeenListing, UnitEnd, commit_page, known_listings
from monitor.storage.engine import reading, writing
from monitor.storage.gone import CheckOutcome
from monitor.storage.leases import LeaseLostError, acquire
from monitor.storage.progress import run_summaries, site_progress, unit_reports
from monitor.storage.rechecks import PageCheck, whereabouts
from monitor.storage.runs import (
    AlreadyFiredError,
    NewRun,
    UnitOrder,
    add_units,
    begin_units,
    create_run,
    ensure_campaign,
    ensure_site,
    finish_run,
    give_up,
    load_run,
    pending_units,
    reopen_failed,
    start_run,
    take_over,
    unfinished_run,
)
from monitor.storage.suspects import ListingFilter, count_listings, listings
from monitor.storage.tables import RunStatus, UnitKind, UnitStatus

NOON = datetime(2026, 9, 25, 4, tzinfo=UTC)
BALLS = Finding(
    kind=FindingKind.HAZARD,
    id="magnet_balls",
    field="title",
    start=0,
    end=5,
    matched="磁 力 球",
    term="磁力球",
    evasion=Evasion.SYMBOLS,
    severity=Severity.CRITICAL,
    basis=(Basis.PQ49,),
    confidence=0.94,
    reason="出售磁力球",
)
DANGEROUS = Classification(
    category="TOY",
    subcategory="TOY.MAG.BALL",
    hazards=(BALLS,),
    risk=0.9,
    suspect=True,
    reasons=("出售磁力球",),
    lexicon_version="v1",
)
HARMLESS = Classification(category=None, subcategory=None, lexicon_version="v1")


def a_listing(number: int = 1, **changes) -> Listing:
    values = {
        "site": "shop",
        "url": f"http://shop.test/{number}",
        "item_id": str(number),
        "title": "磁 力 球 216颗",
        "price": Decimal("19.90"),
        "seller": Seller(name="小店", external_id="s1", url="http://shop.test/s1"),
        "looked_for": frozenset({"title", "price"}),
    }
    return Listing(**(values | changes))


class Crawl:
    """One site, one campaign; the crawler's side of the tables."""

    def __init__(self, engine):
        self.engine = engine
        with writing(engine) as connection:
            self.site = ensure_site(connection, name="shop", title="商城", base_url="http://shop.test/")
            self.campaign = ensure_campaign(connection, name="autumn", title="中秋国庆", plan_digest=None)
            self.lease = acquire(connection, self.site, "me", 60)

    def run(self, hours: int = 0, queries: tuple[str, ...] = ("磁力球",)) -> int:
        with writing(self.engine) as connection:
            run = create_run(
                connection,
                NewRun(
                    campaign_id=self.campaign,
                    scheduled_at=NOON + timedelta(hours=hours),
                    reason="test",
                    orders={"sites": []},
                    lexicon_version="v1",
                ),
            )
            add_units(
                connection, run, self.site, [UnitOrder(kind=UnitKind.SEARCH, key=query) for query in queries]
            )
            start_run(connection, run)
        return run

    def pending(self, run: int):
        with reading(self.engine) as connection:
            return pending_units(connection, run, self.site, list(UnitKind))

    def page(self, run: int, *seen, unit=None, **outcome) -> int:
        """Commit one page of the first pending unit, to its end unless told otherwise."""
        if unit is None:
            unit = self.pending(run)[0].id
            with writing(self.engine) as connection:
                begin_units(connection, self.lease, [unit])
        values = {
            "run_id": run,
            "unit_id": unit,
            "received_at": NOON + timedelta(days=run),
            "page": 1,
            "seen": tuple(
                SeenListing(listing=each[0], classification=each[1], from_detail=len(each) > 2)
                for each in seen
            ),
            "end": UnitEnd(status=UnitStatus.DONE),
        }
        with writing(self.engine) as connection:
            commit_page(connection, self.lease, PageOutcome(**(values | outcome)))
        with writing(self.engine) as connection:
            finish_run(connection, run)
        return unit

    def rows(self, **wanted):
        with reading(self.engine) as connection:
            found = list(listings(connection, ListingFilter(**wanted)))
            assert count_listings(connection, ListingFilter(**wanted)) == len(found)
            return found


@pytest.fixture
def crawl(engine) -> Crawl:
    return Crawl(engine)


def test_a_page_is_stored_whole(crawl):
    run = crawl.run()
    crawl.page(run, (a_listing(1), DANGEROUS), (a_listing(2, title="积木"), HARMLESS))
    (row,) = crawl.rows()
    assert (row.title, row.price, row.suspect, row.seller_name) == (
        "磁 力 球 216颗",
        Decimal("19.90"),
        True,
        "小店",
    )
    assert row.findings == (BALLS,)
    assert row.first_seen_at.tzinfo is UTC
    assert [r.title for r in crawl.rows(suspects_only=False, run_id=run)] == ["磁 力 球 216颗", "积木"]
    assert crawl.rows(campaign="another") == []
    with reading(crawl.engine) as connection:
        (site,) = site_progress(connection, run)
        (summary,) = run_summaries(connection)
        (unit,) = unit_reports(connection, run)
    assert (site.units, site.done, site.pages, site.listings, site.suspects) == (1, 1, 1, 2, 1)
    assert (summary.status, summary.units, summary.ended, summary.suspects) == (RunStatus.DONE, 1, 1, 1)
    assert (unit.status, unit.listings, unit.attempts) == (UnitStatus.DONE, 2, 1)


def test_what_is_stored_comes_back_as_it_was(crawl):
    listing = a_listing(
        price_max=Decimal("29.90"),
        sales=1200,
        available=True,
        brand="无",
        sku="A-1",
        description="强磁",
        attributes={"age": "14岁以上", "ccc_number": "2020012202000001"},
        breadcrumb=("玩具", "磁力"),
        looked_for=frozenset({"attributes", "price"}),
        image_url="http://shop.test/1.jpg",
        seller=Seller(
            name="小店", external_id="s1", licence_name="某某公司", looked_for=frozenset({"address"})
        ),
    )
    crawl.page(crawl.run(), (listing, DANGEROUS, "detail"))
    with reading(crawl.engine) as connection:
        known = known_listings(connection, (crawl.site, "shop"), ["1", "missing"])
    assert dataclasses.replace(known["1"], seen_at=None) == listing


def test_committing_a_page_again_doubles_nothing(crawl):
    run = crawl.run()
    unit = crawl.page(run, (a_listing(), DANGEROUS), end=None)
    crawl.page(run, (a_listing(), DANGEROUS), unit=unit)
    (row,) = crawl.rows()
    assert len(row.findings) == 1
    with reading(crawl.engine) as connection:
        assert site_progress(connection, run)[0].listings == 1
        assert _count(connection, "observation") == 1


def test_the_next_run_reports_new_changed_and_vanished(crawl):
    first = crawl.run()
    crawl.page(first, (a_listing(1), DANGEROUS), (a_listing(2), DANGEROUS), (a_listing(3), DANGEROUS))
    with reading(crawl.engine) as connection:
        assert run_changes(connection, first).previous is None
    second = crawl.run(hours=6)
    cheaper = a_listing(2, price=Decimal("9.90"), title="磁 力 球 新款")
    newcomer = a_listing(4, seller=Seller(name="新店", external_id="s2"))
    crawl.page(second, (a_listing(1), DANGEROUS), (cheaper, DANGEROUS), (newcomer, DANGEROUS))
    with reading(crawl.engine) as connection:
        changes = run_changes(connection, second)
    assert changes.previous == first
    assert [note.url for note in changes.new] == ["http://shop.test/4"]
    assert [(c.old_title, c.title, c.old_price, c.price) for c in changes.changed] == [
        ("磁 力 球 216颗", "磁 力 球 新款", Decimal("19.90"), Decimal("9.90"))
    ]
    assert [note.url for note in changes.vanished] == ["http://shop.test/3"]
    assert [note.name for note in changes.new_sellers] == ["新店"]


def test_a_failed_unit_makes_nothing_vanish(crawl):
    crawl.page(crawl.run(), (a_listing(1), DANGEROUS))
    second = crawl.run(hours=6)
    crawl.page(second, end=UnitEnd(status=UnitStatus.FAILED, reason="timeout"))
    with reading(crawl.engine) as connection:
        assert run_changes(connection, second).vanished == ()


def test_a_first_look_at_a_detail_page_is_no_change(crawl):
    crawl.page(crawl.run(), (a_listing(1), DANGEROUS))
    second = crawl.run(hours=6)
    with reading(crawl.engine) as connection:
        known = known_listings(connection, (crawl.site, "shop"), ["1"])["1"]
    detail = known.merged(a_listing(1, attributes={"age": "3岁以上"}, looked_for=frozenset({"attributes"})))
    crawl.page(second, (detail, DANGEROUS, "detail"))
    with reading(crawl.engine) as connection:
        assert run_changes(connection, second).changed == ()
    assert crawl.rows()[0].detail_seen


def test_findings_that_no_longer_hold_are_superseded_not_deleted(crawl):
    crawl.page(crawl.run(), (a_listing(1), DANGEROUS))
    crawl.page(crawl.run(hours=6), (a_listing(1, title="收纳盒"), HARMLESS))
    (row,) = crawl.rows(suspects_only=False)
    assert row.findings == ()
    assert not row.suspect
    with reading(crawl.engine) as connection:
        assert _count(connection, "finding") == 1


def a_check(outcome: CheckOutcome, number: int = 1, **more) -> PageCheck:
    return PageCheck(url=f"http://shop.test/{number}", outcome=outcome, **more)


def test_gone_is_kept_until_it_is_seen_again(crawl):
    crawl.page(crawl.run(), (a_listing(1), DANGEROUS))
    crawl.page(crawl.run(hours=6), check=a_check(CheckOutcome.MARKED_GONE, rests_on="text: 商品已下架"))
    assert crawl.rows() == []
    assert crawl.rows(on_sale_only=False)[0].gone_at is not None
    crawl.page(crawl.run(hours=12), check=a_check(CheckOutcome.BLOCKED))
    assert crawl.rows() == []
    crawl.page(crawl.run(hours=18), (a_listing(1), DANGEROUS))
    assert crawl.rows()[0].gone_at is None


def test_a_missing_page_is_gone_only_when_a_second_look_a_day_later_agrees(crawl):
    crawl.page(crawl.run(), (a_listing(1), DANGEROUS))
    (row,) = crawl.rows()
    at = NOON + timedelta(days=5)
    for hours, outcome, gone in (
        (0, CheckOutcome.NOT_FOUND, False),
        (23, CheckOutcome.SOFT_404, False),
        (25, CheckOutcome.UNREACHABLE, False),
        (26, CheckOutcome.NOT_FOUND, True),
        (50, CheckOutcome.NOT_FOUND, True),
    ):
        crawl.page(
            crawl.run(hours=hours + 1), check=a_check(outcome), received_at=at + timedelta(hours=hours)
        )
        with reading(crawl.engine) as connection:
            found = whereabouts(connection, [row.id])[row.id]
        assert (found.outcome, found.gone_at is not None) == (outcome, gone), hours
    assert found.gone_at == at + timedelta(hours=26)
    assert not found.came_back


def test_it_came_back_and_went_again(crawl):
    crawl.page(crawl.run(), (a_listing(1), DANGEROUS))
    (row,) = crawl.rows()
    seen = a_check(CheckOutcome.ON_SALE, key="1")
    for hours, shown, check in (
        (0, (), a_check(CheckOutcome.MARKED_GONE)),
        (9, ((a_listing(1), DANGEROUS, "detail"),), seen),
        (12, (), a_check(CheckOutcome.MARKED_GONE)),
    ):
        at = NOON + timedelta(days=9, hours=hours)
        crawl.page(crawl.run(hours=hours + 1), *shown, check=check, received_at=at)
        with reading(crawl.engine) as connection:
            found = whereabouts(connection, [row.id, 999])
        assert found[row.id].came_back == (check is seen)
    assert list(found) == [row.id]
    assert (found[row.id].gone_at, found[row.id].back_at) == (at, at - timedelta(hours=3))


def test_a_list_that_still_shows_it_does_not_undo_what_its_own_page_says(crawl):
    crawl.page(crawl.run(), (a_listing(1), DANGEROUS))
    at = NOON + timedelta(days=5)
    for days, check in enumerate((a_check(CheckOutcome.NOT_FOUND),) * 4):
        crawl.page(crawl.run(hours=2 * days + 1), (a_listing(1), DANGEROUS), received_at=at)
        crawl.page(crawl.run(hours=2 * days + 2), check=check, received_at=at)
        gone = crawl.rows(on_sale_only=False)[0].gone_at
        assert gone == (at if days else None), "each list brings it back, each look takes it away again"
        at += timedelta(days=1)


def test_a_look_tells_a_change_from_the_look_before(crawl):
    crawl.page(crawl.run(), (a_listing(1), DANGEROUS))
    (row,) = crawl.rows()
    outcomes = []
    for number, price in enumerate(("19.90", "19.90", "9.90")):
        listing = a_listing(1, price=Decimal(price))
        check = a_check(CheckOutcome.ON_SALE, key="1")
        crawl.page(crawl.run(hours=number + 1), (listing, DANGEROUS, "detail"), check=check)
        with reading(crawl.engine) as connection:
            outcomes.append(whereabouts(connection, [row.id])[row.id].outcome)
    assert outcomes == [CheckOutcome.ON_SALE, CheckOutcome.ON_SALE, CheckOutcome.CHANGED]


def test_a_page_that_shows_another_listing_says_nothing(crawl):
    crawl.page(crawl.run(), (a_listing(1), DANGEROUS))
    (row,) = crawl.rows()
    other = a_check(CheckOutcome.ON_SALE, key="2")
    crawl.page(crawl.run(hours=1), (a_listing(2), DANGEROUS, "detail"), check=other)
    with reading(crawl.engine) as connection:
        found = whereabouts(connection, [row.id])[row.id]
    assert found.outcome is CheckOutcome.UNREACHABLE
    assert "2" in found.rests_on


def test_units_that_follow_wait_in_the_same_run(crawl):
    run = crawl.run()
    order = UnitOrder(kind=UnitKind.DETAIL, key="http://shop.test/1")
    crawl.page(run, (a_listing(1), DANGEROUS), follow=(order, order))
    (unit,) = crawl.pending(run)
    assert (unit.kind, unit.key) == (order.kind, order.key)
    with reading(crawl.engine) as connection:
        assert unfinished_run(connection, "autumn") == run
    crawl.page(run, check=a_check(CheckOutcome.MARKED_GONE))
    with reading(crawl.engine) as connection:
        assert unfinished_run(connection, "autumn") is None
        assert load_run(connection, run).status is RunStatus.DONE


def test_a_licence_page_completes_a_seller(crawl):
    crawl.page(crawl.run(), (a_listing(1), DANGEROUS))
    licence = Seller(
        external_id="s1", licence_name="泉州某某公司", address="福建省晋江市", credit_code="X" * 18
    )
    crawl.page(crawl.run(hours=6), sellers=(licence,))
    (row,) = crawl.rows()
    assert (row.seller_name, row.licence_name, row.address) == ("小店", "泉州某某公司", "福建省晋江市")


def test_one_time_fires_once(crawl):
    crawl.run()
    with pytest.raises(AlreadyFiredError):
        crawl.run()
    with reading(crawl.engine) as connection:
        assert len(run_summaries(connection)) == 1


def test_only_an_attempt_that_came_no_further_counts(crawl):
    run = crawl.run()

    def cut_short_at(page: int) -> int:
        (unit,) = crawl.pending(run)
        with writing(crawl.engine) as connection:
            begin_units(connection, crawl.lease, [unit.id])
        for number in range(1, page + 1):
            crawl.page(run, unit=unit.id, page=number, end=None)
        with writing(crawl.engine) as connection:
            take_over(connection, crawl.lease, run)
        (unit,) = crawl.pending(run)
        return unit.attempts

    assert [cut_short_at(page) for page in (1, 2, 3, 5)] == [1, 1, 1, 1]
    assert [cut_short_at(page) for page in (5, 4)] == [2, 3]
    assert cut_short_at(6) == 1


def test_what_was_tried_too_often_is_given_up_and_does_not_hide_the_rest(crawl):
    run = crawl.run(queries=("磁力球", "牙签弩", "激光笔", "水晶泥"))
    first, second, *_ = crawl.pending(run)
    place = (run, crawl.site, [UnitKind.SEARCH])
    for _ in range(3):
        with writing(crawl.engine) as connection:
            begin_units(connection, crawl.lease, [first.id])
        with writing(crawl.engine) as connection:
            take_over(connection, crawl.lease, run)
    with writing(crawl.engine) as connection:
        give_up(connection, run, crawl.site, [UnitKind.SHOP], attempts=3, reason="too often")
        assert pending_units(connection, *place, most=1)[0].id == first.id
        give_up(connection, *place, attempts=3, reason="too often")
        assert [unit.key for unit in pending_units(connection, *place, most=2)] == ["牙签弩", "激光笔"]
        assert [unit.attempts for unit in pending_units(connection, *place)] == [0, 0, 0]
        assert [unit.id for unit in pending_units(connection, *place, most=1)] == [second.id]
        tried, *others = unit_reports(connection, run)
    assert (tried.key, tried.status, tried.reason) == ("磁力球", UnitStatus.FAILED, "too often")
    assert {(unit.status, unit.reason) for unit in others} == {(UnitStatus.PENDING, None)}


def test_units_of_a_dead_crawler_are_taken_over(crawl):
    run = crawl.run()
    (unit,) = crawl.pending(run)
    with writing(crawl.engine) as connection:
        begin_units(connection, crawl.lease, [unit.id])
    assert crawl.pending(run) == []
    with writing(crawl.engine) as connection:
        take_over(connection, crawl.lease, run)
    assert [u.attempts for u in crawl.pending(run)] == [1]


def test_failed_units_can_be_opened_again(crawl):
    run = crawl.run()
    crawl.page(run, end=UnitEnd(status=UnitStatus.FAILED, reason="timeout"))
    with writing(crawl.engine) as connection:
        assert reopen_failed(connection, run) == 1
    assert len(crawl.pending(run)) == 1


def test_a_crawler_without_its_lease_writes_nothing(crawl):
    run = crawl.run()
    with writing(crawl.engine) as connection:
        newer = acquire(connection, crawl.site, "me", 60)
    assert newer.token == crawl.lease.token + 1
    unit = crawl.pending(run)[0].id
    with pytest.raises(LeaseLostError):
        crawl.page(run, (a_listing(), DANGEROUS), unit=unit)
    assert crawl.rows(suspects_only=False) == []


@pytest.mark.parametrize("size", [1_000_000])
def test_a_title_of_a_megabyte_is_kept(crawl, size):
    crawl.page(crawl.run(), (a_listing(title="球" * size), DANGEROUS))
    assert len(crawl.rows()[0].title) == size


def test_a_thousand_listings_on_one_page(crawl):
    crawl.page(crawl.run(), *((a_listing(number), DANGEROUS) for number in range(1000)))
    assert len(crawl.rows()) == 1000


def _count(connection, table: str) -> int:
    from sqlalchemy import text

    return connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
