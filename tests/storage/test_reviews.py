from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from monitor.classifiers import Classification
from monitor.listing import Listing
from monitor.storage import tables
from monitor.storage.engine import reading, writing
from monitor.storage.review_lists import (
    ReviewItem,
    ReviewList,
    Role,
    SampledCategory,
    Stratum,
    add_list,
    find_list,
    sample_results,
    sampled_before,
)
from monitor.storage.reviews import (
    Decision,
    Review,
    UnknownCampaignError,
    UnknownListingError,
    confirmed,
    current_reviews,
    latest_reviews,
    listing_digests,
    record,
    reviews_before,
    reviews_from,
    reviews_of,
)
from monitor.storage.statistics import QueryFact, SampleFact, campaign_facts
from monitor.storage.suspects import ListingFilter, count_listings, listings

NOON = datetime(2026, 9, 25, 4, tzinfo=UTC)
SUSPECT = Classification(category="TOY", subcategory="TOY.MAG.BALL", risk=0.9, suspect=True)


@pytest.fixture
def shop(engine, crawled_page):
    """Listings 1–3, all suspects: 1 and 2 seen by the campaign autumn, 2 and 3 by spring, all by all."""
    for name, numbers in (("all", (1, 2, 3)), ("autumn", (1, 2)), ("spring", (2, 3))):
        found = [
            (Listing(site="shop", url=f"http://shop.test/{each}", title=f"磁力球 {each}"), SUSPECT)
            for each in numbers
        ]
        crawled_page(engine, found, at=NOON, campaign=name)
    return engine


def a_review(
    listing: int = 1, decision: Decision = Decision.CONFIRMED, minutes: int = 0, **changes
) -> Review:
    values = {
        "listing_id": listing,
        "decision": decision,
        "reviewer": "张三",
        "decided_at": NOON + timedelta(minutes=minutes),
    }
    return Review(**(values | changes))


def test_the_latest_decision_holds_and_the_earlier_ones_stay(shop):
    with writing(shop) as connection:
        record(connection, [a_review(minutes=5), a_review(decision=Decision.REJECTED, reason="accessory")])
        record(connection, [a_review(2, Decision.REJECTED), a_review(2, Decision.MORE_INFORMATION)])
    with reading(shop) as connection:
        held = current_reviews(connection, [1, 2, 3])
        assert {key: each.decision for key, each in held.items()} == {
            1: Decision.CONFIRMED,
            2: Decision.MORE_INFORMATION,  # of two at the same moment, the one recorded later
        }
        assert [each.decision for each in reviews_of(connection, 1)] == [
            Decision.REJECTED,
            Decision.CONFIRMED,
        ]
        assert confirmed(connection) == [1]


def test_what_was_decided_comes_back_whole(shop):
    said = a_review(
        2,
        Decision.DUPLICATE,
        reason="same_item",
        comment="同一商品",
        campaign="autumn",
        source="审核清单.xlsx",
        source_row=7,
        duplicate_of=1,
        listing_digest="0" * 64,
    )
    with writing(shop) as connection:
        record(connection, [said, a_review(3)])
    with reading(shop) as connection:
        back = current_reviews(connection, [2, 3])
        assert back[2] == dataclasses.replace(said, id=back[2].id, recorded_at=back[2].recorded_at)
        assert back[3].listing_digest == listing_digests(connection, [3])[3]


def test_confirmed_of_a_campaign_are_those_that_it_saw(shop):
    with writing(shop) as connection:
        record(connection, [a_review(each) for each in (1, 2, 3)])
    with reading(shop) as connection:
        assert confirmed(connection, "autumn") == [1, 2]
        assert confirmed(connection, "spring") == [2, 3]
        assert confirmed(connection, "winter") == []


def test_listings_are_filtered_by_the_decision_that_holds(shop):
    with writing(shop) as connection:
        record(connection, [a_review(1, Decision.REJECTED), a_review(1, minutes=1)])
        record(connection, [a_review(2, Decision.MORE_INFORMATION)])

    def found(**wanted) -> list[int]:
        with reading(shop) as connection:
            ids = [row.id for row in listings(connection, ListingFilter(**wanted))]
            assert len(ids) == count_listings(connection, ListingFilter(**wanted))
            return ids

    assert found(decision=Decision.CONFIRMED) == [1]
    assert found(decision=Decision.REJECTED) == []
    assert found(undecided_only=True) == [2, 3]
    assert found(listing_ids=(3, 1, 99)) == [1, 3]
    assert found(listing_ids=()) == []
    assert found(listing_ids=tuple(range(3, 60_000))) == [3]


def test_a_decision_on_what_is_not_there_is_refused_and_nothing_is_written(shop):
    with pytest.raises(UnknownListingError, match="no listing 99"), writing(shop) as connection:
        record(connection, [a_review(1), a_review(99)])
    with pytest.raises(UnknownListingError, match="no listing 98"), writing(shop) as connection:
        record(connection, [a_review(1, Decision.DUPLICATE, duplicate_of=98)])
    with pytest.raises(UnknownCampaignError, match="winter"), writing(shop) as connection:
        record(connection, [a_review(1, campaign="winter")])
    with reading(shop) as connection:
        assert current_reviews(connection, [1]) == {}


def test_a_time_without_its_zone_is_refused(shop):
    naive = datetime(2026, 9, 25, 4)  # noqa: DTZ001 - the point
    with pytest.raises(Exception, match="naive datetime"), writing(shop) as connection:
        record(connection, [a_review(decided_at=naive)])


def a_list(**changes) -> ReviewList:
    item = ReviewItem(listing_id=1, role=Role.SUSPECT, category="TOY", listing_digest="a" * 64)
    sample = ReviewItem(listing_id=2, role=Role.SAMPLE, category=None, listing_digest="b" * 64)
    values = {
        "identity": "i" * 32,
        "digest": "d" * 64,
        "campaign": "autumn",
        "made_at": NOON,
        "scope": {"limit": 500},
        "seed": "s",
        "lexicon_versions": ("v1",),
        "strata": (Stratum(category=None, filtered_out=7, sampled=1),),
        "items": (sample, item),
    }
    return ReviewList(**(values | changes))


def test_a_list_comes_back_as_it_went_out(shop):
    with writing(shop) as connection:
        number = add_list(connection, a_list())
        add_list(connection, a_list(identity="j" * 32, campaign=None, items=()))
        with pytest.raises(UnknownCampaignError, match="winter"):
            add_list(connection, a_list(identity="k" * 32, campaign="winter"))
    with reading(shop) as connection:
        assert find_list(connection, "i" * 32) == a_list(id=number)
        assert find_list(connection, "j" * 32).campaign is None
        assert find_list(connection, "k" * 32) is None


def test_samples_count_together_while_the_lexicon_is_the_same(shop):
    later = NOON + timedelta(days=1)
    three = ReviewItem(listing_id=3, role=Role.SAMPLE, category=None, listing_digest="c" * 64)
    more = {"items": (three,), "strata": (Stratum(category=None, filtered_out=9, sampled=1),)}
    with writing(shop) as connection:
        first = add_list(connection, a_list())
        record(connection, [a_review(2, list_id=first), a_review(1, Decision.REJECTED, list_id=first)])
        add_list(connection, a_list(identity="j" * 32, made_at=later, **more))
        assert sampled_before(connection, "autumn") == {("v1",): {2}}
        assert sample_results(connection, "autumn") == [
            SampledCategory(category=None, filtered_out=9, sampled=2, decided=1, missed=1)
        ]
        assert [each.listing_id for each in reviews_from(connection, first)] == [2, 1]
        assert [each.listing_id for each in latest_reviews(connection, 1)] == [1]
        newest = a_list(identity="k" * 32, made_at=later, lexicon_versions=("v2",), **more)
        add_list(connection, newest)
        assert sample_results(connection, "autumn") == [
            SampledCategory(category=None, filtered_out=9, sampled=1, decided=0, missed=0)
        ]
        assert sample_results(connection, "spring") == []


def test_what_statistics_count_ends_at_a_moment(shop):
    with writing(shop) as connection:
        record(connection, [a_review(1), a_review(1, Decision.REJECTED, minutes=30)])
        before, after = NOON, NOON + timedelta(minutes=10)
        assert campaign_facts(connection, "autumn", before).listings == []
        facts = campaign_facts(connection, "autumn", after)
        assert [each.id for each in facts.listings] == [1, 2]
        assert facts.queries == [QueryFact(1, "磁力球"), QueryFact(2, "磁力球")]
        assert {key: each.decision for key, each in facts.reviews.items()} == {1: Decision.CONFIRMED}
        assert reviews_before(connection, [1], NOON + timedelta(hours=1))[1].decision is Decision.REJECTED
        with pytest.raises(UnknownCampaignError, match="winter"):
            campaign_facts(connection, "winter", after)


@pytest.mark.parametrize(
    ("results", "outcome"),
    [
        ([], None),
        ([("test", "passed")], "passed"),
        ([("test", "failed"), ("reinspection", "passed")], "passed"),
        ([("test", "failed"), ("retest", "passed")], "failed"),
    ],
)
def test_a_sample_counts_as_its_test_or_reinspection_said(shop, results, outcome):
    with writing(shop) as connection:
        campaign = connection.execute(select(tables.Campaign.id).where(tables.Campaign.name == "autumn"))
        draw = {
            "identity": "d" * 64, "campaign_id": campaign.scalar_one(), "seed": "s", "algorithm": "a",
            "population": 2, "population_sha256": "p" * 64, "made_at": NOON, "manifest": "{}",
            "manifest_sha256": "m" * 64,
        }  # fmt: skip
        number = connection.execute(insert(tables.Draw).values(**draw)).inserted_primary_key[0]
        item = {
            "draw_id": number,
            "number": "C-1",
            "position": 1,
            "listing_id": 1,
            "listing_digest": "x" * 64,
        }
        sample = connection.execute(insert(tables.DrawItem).values(**item)).inserted_primary_key[0]
        for row, (stage, said) in enumerate(results, 2):
            result = {
                "item_id": sample, "stage": stage, "outcome": said, "retest_provisional": False,
                "recorded_at": NOON, "source": "results.xlsx", "source_row": row,
            }  # fmt: skip
            connection.execute(insert(tables.DrawResult).values(**result))
        facts = campaign_facts(connection, "autumn", NOON + timedelta(hours=1))
    assert facts.samples == [SampleFact(1, outcome)]
