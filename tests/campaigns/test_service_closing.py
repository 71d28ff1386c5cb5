"""The last firing of a window."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from monitor.campaigns.closing import is_last
from monitor.campaigns.firings import firings
from monitor.config import SHANGHAI

YEAR = datetime(2026, 1, 1, tzinfo=SHANGHAI), datetime(2027, 1, 1, tzinfo=SHANGHAI)


def last_ones(plan) -> list[str]:
    found = [each for each in firings(plan, *YEAR) if is_last(plan, each.scheduled_at)]
    return [f"{each.scheduled_at.astimezone(SHANGHAI):%m-%d %H:%M}" for each in found]


@pytest.mark.parametrize(
    ("windows", "last"),
    [
        ([("09-15", "10-08", "every 6h")], ["10-08 18:00"]),
        ([("09-15", "09-30", "every 12h"), ("10-01", "10-07", "hourly")], ["09-30 12:00", "10-07 23:00"]),
        ([("09-15", "10-08", "nightly 23:00-02:00")], ["10-08 23:00"]),
        ([("09-15", "10-08", "every 6h"), ("10-01", "10-10", "daily 03:00")], ["10-10 03:00"]),
    ],
)
def test_every_window_has_one(make_plan, windows, last):
    plan = make_plan(*({"from": first, "to": to, "cadence": cadence} for first, to, cadence in windows))
    assert last_ones(plan) == last


def test_a_run_by_hand_is_none(make_plan):
    plan = make_plan({"from": "09-15", "to": "10-08", "cadence": "every 6h"})
    at = datetime(2026, 10, 8, 18, tzinfo=SHANGHAI)
    assert is_last(plan, at)
    assert not is_last(plan, at + timedelta(minutes=1))
