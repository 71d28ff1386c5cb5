from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.campaigns.recheck_due import TRIES, Why, why_due
from monitor.storage.gone import Check, CheckOutcome
from monitor.storage.watching import Watched

FOUND = datetime(2026, 10, 1, 4, tzinfo=UTC)
CADENCE = (timedelta(hours=24), timedelta(hours=72), timedelta(days=7))
SEEN, WALL, LOST, MARKED = (
    CheckOutcome.ON_SALE,
    CheckOutcome.BLOCKED,
    CheckOutcome.NOT_FOUND,
    CheckOutcome.MARKED_GONE,
)


def hours(number: float) -> datetime:
    return FOUND + timedelta(hours=number)


def watched(*looks: tuple[float, CheckOutcome], **more) -> Watched:
    values = {
        "listing_id": 1,
        "site": "shop",
        "url": "http://shop.test/1",
        "found_at": FOUND,
        "campaigns": frozenset({"night"}),
        "preserved": True,
        "checks": tuple(Check(at=hours(at), outcome=outcome) for at, outcome in looks),
        "waiting": False,
    }
    return Watched(**(values | more))


@pytest.mark.parametrize(
    ("looks", "now", "why"),
    [
        ([(0.1, SEEN)], 23.9, None),
        ([(0.1, SEEN)], 24, Why.DUE),
        ([(0.1, SEEN), (30, SEEN)], 71, None),
        ([(0.1, SEEN), (30, SEEN)], 72, Why.DUE),
        # one look serves for all lengths of time that have passed
        ([(0.1, SEEN)], 400, Why.DUE),
        ([(0.1, SEEN), (401, SEEN)], 9_000, None),
        # the page of a gone listing is looked at as well: it may come back
        ([(0.1, SEEN), (25, MARKED)], 72, Why.DUE),
        # without an answer: again a day later, so many times
        ([(25, WALL)], 26, None),
        ([(25, WALL)], 49, Why.DUE),
        ([(25, WALL), (49, WALL), (73, WALL)], 97, Why.DUE),
        ([(73, WALL), (97, WALL), (121, WALL)], 160, None),
        # missing: a look a day later decides, whatever the cadence says
        ([(0.1, SEEN), (25, LOST)], 48, None),
        ([(0.1, SEEN), (25, LOST)], 49, Why.CONFIRM),
        ([(25, LOST), (30, LOST)], 49, Why.CONFIRM),
        ([(25, LOST), (49, WALL)], 50, None),
        ([(25, LOST), (49, LOST)], 71, None),
    ],
)
def test_when_a_suspect_is_due(looks, now, why):
    assert why_due(watched(*looks), CADENCE, hours(now)) == why


def test_without_a_cadence_only_what_is_unpreserved_is_due():
    assert why_due(watched(), (), hours(9_000)) is None
    bare = watched(preserved=False)
    assert why_due(bare, (), hours(0)) is Why.UNPRESERVED
    assert why_due(replace(bare, waiting=True), CADENCE, hours(30)) is None
    assert why_due(watched((1, SEEN), preserved=False), (), hours(30)) is None, "its page was read since"
    assert why_due(watched((-5, SEEN), preserved=False), (), hours(1)) is Why.UNPRESERVED


def test_nothing_is_asked_for_ever():
    """Whatever the looks bring, the number of looks at one suspect is bounded."""
    for outcome in CheckOutcome:
        for preserved in (True, False):
            listing, looks = watched(preserved=preserved), 0
            for hour in range(24 * 60):
                if why_due(listing, CADENCE, hours(hour)) is not None:
                    looks += 1
                    done = Check(at=hours(hour), outcome=outcome)
                    listing = replace(listing, checks=(*listing.checks, done))
            assert 3 <= looks <= TRIES * (len(CADENCE) + 1), (outcome, preserved, looks)


def test_a_lead_wants_one_look_from_its_day_on():
    asked = hours(200)
    seen = watched((0.1, SEEN), (190, SEEN), asked_from=asked)
    assert why_due(seen, CADENCE, hours(199)) is None
    assert why_due(seen, CADENCE, hours(200)) is Why.LEAD
    assert why_due(watched((0.1, SEEN), (201, MARKED), asked_from=asked), CADENCE, hours(300)) is None
