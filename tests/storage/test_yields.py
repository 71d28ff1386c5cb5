"""Yields, budgets and what a report is made of, from rows that a crawl writes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from monitor.classifiers import Classification
from monitor.listing import Listing
from monitor.storage import runs, tables
from monitor.storage.budgets import end_spent, leave_out, pages_of_day, spent_sites
from monitor.storage.crawl import PageOutcome, SeenListing, UnitEnd, commit_page
from monitor.storage.engine import reading, writing
from monitor.storage.leases import acquire
from monitor.storage.report import plain_listings
from monitor.storage.runs import NewRun, UnitOrder
from monitor.storage.tables import UnitKind, UnitStatus
from monitor.storage.yields import site_histories

AT = datetime(2026, 9, 24, 23, 0, tzinfo=UTC)


def seen(number, *, suspect=False, category="TOY"):
    return SeenListing(
        listing=Listing(site="mall", url=f"https://shop.test/{number}", title=f"商品{number}", seen_at=AT),
        classification=Classification(
            category=category,
            subcategory=None,
            hazards=(),
            focus=(),
            risk=0.9,
            suspect=suspect,
            reasons=(),
            lexicon_version="v1",
        ),
    )


@pytest.fixture
def make_run(engine):
    """Make a run of units: word → what it saw; None leaves it to be asked, a string is how it failed."""

    def make(days, words, *, pages_per_day=None, at=None):
        with writing(engine) as connection:
            site = runs.ensure_site(connection, name="mall", title="商城", base_url="https://shop.test")
            campaign = runs.ensure_campaign(connection, name="p", title="计划", plan_digest=None)
            orders = {"sites": [{"name": "mall", "pages_per_day": pages_per_day}]}
            new = NewRun(
                campaign_id=campaign,
                scheduled_at=AT + timedelta(days=days),
                reason="test",
                orders=orders,
                lexicon_version="v1",
            )
            run = runs.create_run(connection, new)
            runs.add_units(connection, run, site, [UnitOrder(kind=UnitKind.SEARCH, key=w) for w in words])
            lease = acquire(connection, site, "test", 600)
            for unit in runs.pending_units(connection, run, site, [UnitKind.SEARCH]):
                found = words[unit.key]
                if found is None:
                    continue
                runs.begin_units(connection, lease, [unit.id])
                failed = isinstance(found, str)
                end = UnitEnd(status=UnitStatus.FAILED, reason=found) if failed else None
                commit_page(
                    connection,
                    lease,
                    PageOutcome(
                        run_id=run,
                        unit_id=unit.id,
                        received_at=AT,
                        page=3,
                        seen=() if failed else tuple(found),
                        end=end or UnitEnd(status=UnitStatus.DONE),
                    ),
                )
                if at is not None:
                    connection.execute(
                        update(tables.Unit).where(tables.Unit.id == unit.id).values(started_at=at)
                    )
            if None not in words.values():
                runs.finish_run(connection, run)
        return run

    return make


def test_yields_tell_who_found_what_alone_and_first(engine, make_run):
    make_run(0, {"磁力球": [seen(1, suspect=True), seen(2, suspect=True)], "巴克球": [seen(2, suspect=True)]})
    make_run(1, {"磁力球": [seen(1, suspect=True)], "巴克球": "HTTP 503"})
    make_run(2, {"磁力球": [], "巴克球": [seen(9), seen(8, category=None)]})
    with reading(engine) as connection:
        history = site_histories(connection, "p")["mall"]
        assert site_histories(connection, "other") == {}
    assert history.runs == (1, 2, 3)
    first, second, third = history.asks["磁力球"]
    assert (first.listings, first.suspects, first.alone, first.first) == (2, 2, 1, 2)
    assert (second.suspects, second.alone, second.first, second.empty) == (1, 1, 0, False)
    assert (third.listings, third.empty) == (0, True)
    # the failed search is no ask; a good of no category is nothing of its own
    assert [ask.run_id for ask in history.asks["巴克球"]] == [1, 3]
    assert (history.asks["巴克球"][0].alone, history.asks["巴克球"][1].own) == (0, 1)
    assert history.since("巴克球") == 0
    assert history.since("没问过") is None


def test_a_word_whose_finds_others_show_as_well_brought_nothing(engine, make_run):
    make_run(0, {"磁力球": [seen(1)], "乱码": [seen(1)]})
    with reading(engine) as connection:
        asks = site_histories(connection, "p")["mall"].asks
    assert asks["乱码"][0].listings == 1
    assert asks["乱码"][0].empty


def test_pages_of_a_shanghai_day_count_over_all_runs(engine, make_run):
    midnight = datetime(2026, 9, 25, 16, 0, tzinfo=UTC)  # 00:00 of the 26th in Shanghai
    make_run(0, {"a": [], "b": []}, at=midnight - timedelta(seconds=1))
    make_run(1, {"a": []}, at=midnight)
    make_run(2, {"a": []}, at=midnight + timedelta(hours=1))
    with reading(engine) as connection:
        assert pages_of_day(connection, "p", "mall", midnight + timedelta(hours=2)) == 6
        assert pages_of_day(connection, "p", "elsewhere", midnight + timedelta(hours=2)) == 0
        assert pages_of_day(connection, "p", "mall", midnight + timedelta(days=1)) == 0


def test_a_spent_day_ends_what_is_left_with_its_reason(engine, make_run):
    now = datetime.now(UTC)
    make_run(0, {"a": []}, at=now)
    run = make_run(1, {"b": None, "c": None}, pages_per_day=3)
    with writing(engine) as connection:
        assert spent_sites(connection, run, now + timedelta(days=1)) == {}
        spent = spent_sites(connection, run, now)
        assert spent == {"mall": 3}
        assert end_spent(connection, run, spent) == 2
        assert runs.finish_run(connection, run)
        reasons = connection.execute(
            select(tables.Unit.status, tables.Unit.reason).where(tables.Unit.run_id == run)
        ).all()
        assert {row.status for row in reasons} == {UnitStatus.FAILED}
        assert all("pages_per_site_per_day: 3" in row.reason for row in reasons)
        # the next day they can be tried again
        assert runs.reopen_failed(connection, run) == 2


def test_units_left_out_are_no_asks_and_those_begun_stay(engine, make_run):
    run = make_run(0, {"a": [seen(1)], "b": None})
    with writing(engine) as connection:
        site = runs.site_id(connection, "mall")
        units = [UnitOrder(kind=UnitKind.SEARCH, key=key) for key in ("a", "b")]
        leave_out(connection, run, site, units, "未采集")
        found = connection.execute(select(tables.Unit.key, tables.Unit.status)).all()
        assert {row.key: row.status for row in found} == {"a": UnitStatus.DONE, "b": UnitStatus.FAILED}
        assert set(site_histories(connection, "p")["mall"].asks) == {"a"}


def test_plain_listings_part_what_came_after_the_baseline(engine, make_run):
    make_run(0, {"a": [seen(1), seen(2, suspect=True)]})
    middle = make_run(3, {"a": [seen(1), seen(3)]})
    last = make_run(9, {"a": [seen(1), seen(4), seen(5, category=None)]})
    with reading(engine) as connection:
        assert plain_listings(connection, 1).baseline is None
        # no run is a week older: everything since the first
        found = plain_listings(connection, middle)
        assert found.baseline == 1
        assert [each.title for each in found.later] == ["商品3"]
        found = plain_listings(connection, last)
    assert found.baseline == 1
    assert [each.title for each in found.later] == ["商品3", "商品4"]
    assert [each.title for each in found.earlier] == ["商品1"]
