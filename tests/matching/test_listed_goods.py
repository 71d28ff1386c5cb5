"""Lists and stored listings: matched at import and whenever a listing is stored, kept after that."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from monitor.classifiers import FindingKind
from monitor.classifiers.classify import default_classifier
from monitor.listing import Listing
from monitor.matching.listed_goods import apply_lists, import_entries, stored_entries
from monitor.matching.watchlist_entry import Entry, ListKind
from monitor.pipelines.judging import judged
from monitor.storage import open_database
from monitor.storage.crawl import PageOutcome, SeenListing, commit_page
from monitor.storage.engine import reading, writing
from monitor.storage.leases import acquire
from monitor.storage.runs import NewRun, UnitOrder, add_units, create_run, ensure_campaign, ensure_site
from monitor.storage.suspects import ListingFilter, listings
from monitor.storage.tables import Finding, UnitKind
from monitor.storage.watchlists import UnknownWatchlistError, count_matches, watchlists

AT = datetime(2026, 9, 24, 23, 0, tzinfo=UTC)
EVERYTHING = ListingFilter(suspects_only=False)
LISTED = Entry(
    kind=ListKind.RECALL, product_name="磁力片", brand="墨小喵", barcode="6901234567892", defect="磁体脱落"
)
CLASSIFIER = default_classifier()


@pytest.fixture
def database(sqlite_url):
    engine = open_database(sqlite_url)
    with writing(engine) as connection:
        site = ensure_site(connection, name="mall", title="示例商城", base_url="https://shop.example.test/")
        campaign = ensure_campaign(connection, name="c", title="c", plan_digest=None)
        new = NewRun(campaign_id=campaign, scheduled_at=AT, reason="test", orders={}, lexicon_version="1")
        add_units(connection, create_run(connection, new), site, [UnitOrder(kind=UnitKind.SEARCH, key="x")])
    yield engine
    engine.dispose()


def goods(number: int, title: str) -> Listing:
    return Listing(site="mall", url=f"https://shop.example.test/{number}", title=title, seen_at=AT)


def commit(database, seen, at=AT):
    with writing(database) as connection:
        lease = acquire(connection, 1, "test", 600)
        commit_page(
            connection, lease, PageOutcome(run_id=1, unit_id=1, received_at=at, page=1, seen=tuple(seen))
        )


def blind(*found: Listing):
    """As a writer does that knows of no lists."""
    return [SeenListing(listing=each, classification=CLASSIFIER.classify(each)) for each in found]


def import_(database, *entries: Entry, kind=ListKind.RECALL):
    with writing(database) as connection:
        done = import_entries(connection, entries, kind=kind, source="召回.xlsx", sha256=None, at=AT)
        return done, apply_lists(connection, CLASSIFIER, at=AT)


def rows(database):
    with reading(database) as connection:
        return {row.url.rsplit("/", 1)[1]: row for row in listings(connection, EVERYTHING)}


def test_importing_a_list_makes_suspects_of_what_is_stored(database):
    commit(database, blind(goods(1, "墨小喵磁力片 儿童积木"), goods(2, "别家磁力片 儿童积木")))
    before = rows(database)
    assert not before["1"].suspect
    done, applied = import_(database, LISTED)
    assert (done.new, done.known, applied.listings, applied.matching, applied.newly_suspect) == (
        1,
        0,
        2,
        1,
        1,
    )
    after = rows(database)
    (found,) = (f for f in after["1"].findings if f.kind is FindingKind.WATCHLIST)
    assert (found.id, found.term, found.matched) == ("recall", "磁力片（墨小喵）", "墨小喵")
    assert after["1"].suspect
    assert after["1"].risk > before["1"].risk
    assert "与召回通告中的“磁力片（墨小喵）”相符" in after["1"].reasons[0]
    assert after["2"] == before["2"]
    with reading(database) as connection:
        assert count_matches(connection) == {"recall": 1}


def test_importing_again_adds_and_changes_nothing(database):
    commit(database, blind(goods(1, "墨小喵磁力片 儿童积木")))
    import_(database, LISTED)
    once = rows(database)
    done, applied = import_(database, replace(LISTED, source_row=9))
    assert (done.list_id, done.new, done.known, applied.changed) == (None, 0, 1, 0)
    assert rows(database) == once
    with reading(database) as connection:
        assert len(stored_entries(connection)) == len(watchlists(connection)) == 1
        with pytest.raises(UnknownWatchlistError, match="no list 7"):
            stored_entries(connection, list_id=7)


@pytest.mark.parametrize("knowing", [False, True])
def test_a_match_survives_that_its_listing_is_seen_and_judged_again(database, knowing):
    commit(database, blind(goods(1, "墨小喵磁力片 儿童积木")))
    import_(database, LISTED)
    matched = rows(database)["1"]
    again = [goods(1, "墨小喵磁力片 儿童积木")]
    seen = judged(database, 1, again, CLASSIFIER, from_detail=False) if knowing else blind(*again)
    commit(database, seen, AT + timedelta(days=1))
    after = rows(database)["1"]
    assert (after.suspect, after.risk, after.findings) == (True, matched.risk, matched.findings)
    assert after.reasons == matched.reasons
    with reading(database) as connection:
        assert connection.execute(select(Finding.id).where(Finding.superseded_at.is_not(None))).all() == []


def test_a_listing_that_is_stored_later_is_matched_then(database):
    assert (
        judged(database, 1, [goods(1, "墨小喵磁力片 儿童积木")], CLASSIFIER, from_detail=False)[
            0
        ].classification.watchlist
        == ()
    )
    import_(database, LISTED)
    (seen,) = judged(database, 1, [goods(1, "墨小喵磁力片 儿童积木")], CLASSIFIER, from_detail=False)
    assert seen.classification.suspect
    commit(database, [seen])
    assert rows(database)["1"].suspect


def test_a_match_falls_when_the_listing_offers_something_else(database):
    import_(database, LISTED)
    commit(database, judged(database, 1, [goods(1, "墨小喵磁力片 儿童积木")], CLASSIFIER, from_detail=False))
    commit(database, judged(database, 1, [goods(1, "毛绒熊 公仔")], CLASSIFIER, from_detail=False))
    row = rows(database)["1"]
    assert (row.suspect, row.findings) == (False, ())


def test_a_number_makes_a_suspect_of_what_is_no_focus_product(database):
    title = "收纳盒"
    commit(database, blind(replace(goods(1, title), sku="6901234567892"), goods(2, title)))
    import_(database, LISTED)
    found = rows(database)
    assert (found["1"].suspect, found["1"].risk) == (True, 0.55)
    assert not found["2"].suspect


def test_what_was_only_sampled_is_no_reason_to_look(database):
    commit(database, blind(goods(1, "墨小喵磁力片 儿童积木")))
    before = rows(database)
    _, applied = import_(database, replace(LISTED, kind=ListKind.SAMPLED), kind=ListKind.SAMPLED)
    assert (applied.matching, rows(database)) == (0, before)
