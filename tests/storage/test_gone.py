from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.storage.gone import Check, CheckOutcome, gone_since, missing_since

NOON = datetime(2026, 10, 1, 4, tzinfo=UTC)
SEEN, CHANGED, MARKED, LOST, SOFT, WALL, DOWN = CheckOutcome


def looks(*said: tuple[float, CheckOutcome]) -> list[Check]:
    """Looks, each at so many hours."""
    return [Check(at=NOON + timedelta(hours=hours), outcome=outcome) for hours, outcome in said]


def hour(number: float) -> datetime:
    return NOON + timedelta(hours=number)


@pytest.mark.parametrize(
    ("said", "gone"),
    [
        ([], None),
        ([(0, SEEN)], None),
        # a marker on the page itself: at once
        ([(0, MARKED)], 0),
        ([(0, SEEN), (5, MARKED), (9, MARKED)], 5),
        # 404, 410, soft 404: two looks a day apart
        ([(0, LOST)], None),
        ([(0, LOST), (23.9, LOST)], None),
        ([(0, LOST), (24, LOST)], 24),
        ([(0, LOST), (12, SOFT), (25, SOFT)], 25),
        ([(0, SOFT), (30, LOST)], 30),
        # seen on sale between: the count begins anew
        ([(0, LOST), (12, SEEN), (30, LOST)], None),
        ([(0, LOST), (12, CHANGED), (30, LOST), (53, LOST)], None),
        ([(0, LOST), (12, SEEN), (30, LOST), (54, LOST)], 54),
        # what says nothing neither counts nor interrupts
        ([(0, WALL), (30, WALL), (90, DOWN)], None),
        ([(0, LOST), (12, WALL), (13, DOWN), (24, LOST)], 24),
        ([(0, LOST), (30, DOWN)], None),
        # back, and gone again
        ([(0, MARKED), (9, SEEN)], None),
        ([(0, MARKED), (9, SEEN), (12, LOST)], None),
        ([(0, MARKED), (9, SEEN), (12, MARKED)], 12),
        # a marker confirms what a 404 suggested, whenever
        ([(0, LOST), (1, MARKED)], 1),
        ([(0, MARKED), (1, DOWN), (2, WALL)], 0),
    ],
)
def test_the_rule(said, gone):
    found = gone_since(looks(*said))
    assert found == (None if gone is None else hour(gone))


def test_what_waits_for_confirmation():
    assert missing_since([]) is None
    assert missing_since(looks((0, SEEN), (5, LOST), (6, DOWN))) == hour(5)
    assert missing_since(looks((5, LOST), (6, SEEN))) is None
    assert missing_since(looks((5, LOST), (29, LOST))) is None, "confirmed: it is gone"


_LOOKS = st.lists(st.tuples(st.integers(0, 400), st.sampled_from(CheckOutcome)), max_size=12)


@given(_LOOKS)
def test_looks_that_say_nothing_change_nothing(said):
    telling = [each for each in said if each[1].answers]
    assert gone_since(looks(*said)) == gone_since(looks(*telling))


@given(_LOOKS)
def test_without_a_page_that_denies_it_nothing_is_gone(said):
    kept = [each for each in said if not each[1].denies]
    assert gone_since(looks(*kept)) is None


@given(_LOOKS)
def test_the_order_of_the_rows_does_not_matter(said):
    distinct = list({hours: (hours, outcome) for hours, outcome in said}.values())
    assert gone_since(looks(*distinct)) == gone_since(looks(*reversed(distinct)))


@given(_LOOKS)
def test_seen_on_sale_last_is_never_gone(said):
    assert gone_since(looks(*said, (500, SEEN))) is None
