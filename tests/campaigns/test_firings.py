"""When a campaign fires: in wall time at Shanghai, each moment once, whoever asks."""

from datetime import UTC, datetime

import pytest

from monitor.campaigns.firings import firings, next_firing
from monitor.campaigns.plan import Plan
from monitor.config import SHANGHAI


def plan(*windows, **more):
    return Plan.model_validate({"name": "p", "title": "计划", "windows": list(windows), **more})


def shanghai(*parts):
    return datetime(*parts, tzinfo=SHANGHAI)


def wall(found):
    return [f"{each.scheduled_at.astimezone(SHANGHAI):%m-%d %H:%M}" for each in found]


MID_AUTUMN_NATIONAL = {
    "name": "中秋国庆",
    "from": "min(中秋, 国庆) - 10d",
    "to": "max(中秋, 10-07) + 1d",
    "cadence": "every 6h",
}


def test_mid_autumn_and_national_day_of_2026():
    found = firings(plan(MID_AUTUMN_NATIONAL), shanghai(2026, 1, 1), shanghai(2027, 1, 1))
    assert len(found) == 24 * 4  # 09-15 … 10-08
    assert wall(found)[:5] == ["09-15 00:00", "09-15 06:00", "09-15 12:00", "09-15 18:00", "09-16 00:00"]
    assert wall(found)[-1] == "10-08 18:00"
    assert found[0].scheduled_at == datetime(2026, 9, 14, 16, tzinfo=UTC)
    assert found[0].scheduled_at.tzinfo is UTC
    assert found[0].closes_at == shanghai(2026, 10, 9)
    assert found[0].why == "中秋国庆（2026-09-15 至 2026-10-08）：每6小时一次"


def test_the_end_is_exclusive_and_the_start_inclusive():
    a_plan = plan(MID_AUTUMN_NATIONAL)
    assert wall(firings(a_plan, shanghai(2026, 9, 15), shanghai(2026, 9, 15, 6))) == ["09-15 00:00"]
    assert wall(firings(a_plan, shanghai(2026, 9, 15, 6), shanghai(2026, 9, 15, 12))) == ["09-15 06:00"]


def test_naive_times_are_refused():
    with pytest.raises(ValueError, match="naive"):
        firings(plan(MID_AUTUMN_NATIONAL), datetime(2026, 1, 1), shanghai(2027, 1, 1))  # noqa: DTZ001
    with pytest.raises(ValueError, match="naive"):
        next_firing(plan(MID_AUTUMN_NATIONAL), datetime(2026, 1, 1))  # noqa: DTZ001


def test_next_firing_looks_over_the_year():
    found = next_firing(plan(MID_AUTUMN_NATIONAL), shanghai(2026, 10, 8, 18))
    assert found is not None
    assert found.scheduled_at == shanghai(2027, 9, 5)


def test_a_campaign_that_is_over_has_no_next_firing():
    a_plan = plan({"name": "一次", "from": "2020-10-01", "to": "2020-10-07", "cadence": "daily 09:00"})
    assert next_firing(a_plan, shanghai(2020, 10, 7, 8)) is not None
    assert next_firing(a_plan, shanghai(2020, 10, 7, 9)) is None
