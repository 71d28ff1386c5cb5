from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from monitor.campaigns import by_hand
from monitor.campaigns.rechecking import due, fire_due, reachable
from monitor.classifiers import Classification
from monitor.listing import Listing
from monitor.storage import runs
from monitor.storage.crawl import PageOutcome, SeenListing, UnitEnd, commit_page
from monitor.storage.engine import reading, writing
from monitor.storage.gone import CheckOutcome
from monitor.storage.leases import acquire
from monitor.storage.rechecks import PageCheck
from monitor.storage.reviews import Decision, Review, record
from monitor.storage.service_runs import standings
from monitor.storage.tables import Run, UnitKind, UnitStatus
from monitor.storage.watching import RECHECK

NOON = datetime(2026, 10, 1, 4, tzinfo=UTC)
DAY = timedelta(days=1)
SUSPECT = Classification(category="TOY", subcategory=None, suspect=True, risk=0.9, lexicon_version="v1")
ORDER = {"name": "shop", "profile": "shop", "base_url": None, "delay": 2.0, "concurrency": 1, "max_pages": 5}


@pytest.fixture
def plan(make_plan):
    return make_plan({"from": "01-01", "to": "12-31", "cadence": "daily 03:00"}, recheck=["24h", "72h"])


@pytest.fixture
def crawled(engine, plan):
    """A shop whose two suspects were read at noon; one of them also stands in another shop, from a file."""
    with writing(engine) as connection:
        campaign = runs.ensure_campaign(connection, name=plan.name, title="计划", plan_digest=None)
        for site, orders in (("shop", {"sites": [ORDER]}), ("filed", {"sites": []})):
            number = runs.ensure_site(connection, name=site, title=site, base_url="http://shop.test")
            new = runs.NewRun(
                campaign_id=campaign,
                scheduled_at=NOON + timedelta(seconds=number),
                reason="test",
                orders=orders,
                lexicon_version="v1",
            )
            run = runs.create_run(connection, new)
            runs.start_run(connection, run)
            lease = acquire(connection, number, "me", 60)
            for item in "12":
                url = f"http://{site}.test/{item}"
                order = runs.UnitOrder(kind=UnitKind.DETAIL, key=url)
                runs.add_units(connection, run, number, [order])
                (unit,) = runs.pending_units(connection, run, number, [UnitKind.DETAIL])
                listing = Listing(site=site, url=url, item_id=item, title="磁力球")
                outcome = PageOutcome(
                    run_id=run,
                    unit_id=unit.id,
                    received_at=NOON,
                    page=1,
                    seen=(SeenListing(listing=listing, classification=SUSPECT, from_detail=True),),
                    check=PageCheck(url=url, outcome=CheckOutcome.ON_SALE, key=item),
                    end=UnitEnd(status=UnitStatus.DONE),
                )
                commit_page(connection, lease, outcome)
    return engine


def test_what_is_due_becomes_one_run_of_its_own(crawled, plan):
    plans = {plan.name: plan}
    assert fire_due(crawled, plans, NOON + DAY / 2) is None
    number = fire_due(crawled, plans, NOON + DAY)
    assert fire_due(crawled, plans, NOON + DAY) is None, "they are waiting to be looked at"
    assert fire_due(crawled, plans, NOON + 2 * DAY) is None
    with reading(crawled) as connection:
        run = runs.load_run(connection, number)
        site = runs.site_id(connection, "shop")
        units = runs.pending_units(connection, number, site, list(UnitKind))
        (standing,) = (each for each in standings(connection, NOON) if each.run_id == number)
    assert (run.campaign, run.orders) == (RECHECK, {"sites": [{**ORDER, "resting": []}]})
    assert [(each.kind, each.key) for each in units] == [
        (UnitKind.RECHECK, "http://shop.test/1"),
        (UnitKind.RECHECK, "http://shop.test/2"),
    ]
    assert "按期复查 2 件" in standing.reason
    assert standing.open


def test_sites_that_no_run_visits_are_left_alone(crawled, plan):
    with reading(crawled) as connection:
        chosen, from_files = reachable(connection, due(connection, [plan], NOON + DAY))
    assert {each.listing.site for each in chosen} == {"shop"}
    assert {each.listing.site for each in from_files} == {"filed"}


def test_a_paused_campaign_has_no_rechecks(crawled, plan):
    by_hand.pause(crawled, plan, now=NOON)
    assert fire_due(crawled, {plan.name: plan}, NOON + DAY) is None


def test_what_a_person_rejected_is_left_in_peace(crawled, plan):
    with writing(crawled) as connection:
        said = Review(listing_id=1, decision=Decision.REJECTED, reviewer="王", decided_at=NOON)
        record(connection, [said])
        number_of = {each.listing.listing_id for each in due(connection, [plan], NOON + DAY)}
    assert 1 not in number_of
    assert 2 in number_of


def test_a_plan_that_is_gone_has_no_cadence(crawled):
    assert fire_due(crawled, {}, NOON + DAY) is None


def test_the_newest_orders_count(crawled, plan):
    with writing(crawled) as connection:
        slower = {"sites": [{**ORDER, "delay": 9.0}]}
        connection.execute(update(Run).where(Run.id == 1).values(orders=slower))
    number = fire_due(crawled, {plan.name: plan}, NOON + DAY)
    with reading(crawled) as connection:
        assert runs.load_run(connection, number).orders["sites"][0]["delay"] == 9.0


def test_no_plan_may_take_the_name(make_plan):
    with pytest.raises(ValueError, match="call the campaign otherwise"):
        make_plan({"from": "01-01", "to": "12-31", "cadence": "daily 03:00"}, name=RECHECK)
