"""What becomes of firings that are due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.campaigns.firings import Firing
from monitor.campaigns.plan import Overlap
from monitor.campaigns.verdicts import Situation, verdicts
from monitor.storage.tables import RunStatus

NOON = datetime(2026, 9, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def firing(hours: float, closes: float = 100) -> Firing:
    """One that is due so many hours from noon and whose window closes so many hours from noon."""
    return Firing(
        campaign="p",
        scheduled_at=NOON + hours * HOUR,
        window="w",
        why="窗口",
        closes_at=NOON + closes * HOUR,
    )


def judge(*due: Firing, **more):
    said = {"checked_until": NOON - 24 * HOUR, "paused_at": None, "going": None, "overlap": Overlap.COALESCE}
    return verdicts(due, Situation(now=NOON, **{**said, **more}))


def statuses(found) -> list[str]:
    return [f"late {each.status}" if each.late else each.status.value for each in found]


def test_one_that_is_due_now_runs():
    assert statuses(judge(firing(0))) == ["pending"]


def test_within_the_tolerance_it_is_not_late():
    assert statuses(judge(firing(-4 / 60))) == ["pending"]
    assert statuses(judge(firing(-6 / 60))) == ["late pending"]


def test_after_a_sleep_the_newest_catches_up_for_all():
    found = judge(firing(-9), firing(-6), firing(-3))
    assert statuses(found) == ["missed", "missed", "late pending"]
    assert "由 2026-09-20 17:00 的一次统一补采" in found[0].reason
    assert "迟后补采" in found[2].reason
    assert all("2026-09-19 20:00 至 2026-09-20 20:00 服务未检查" in each.reason for each in found)


def test_one_whose_window_has_closed_is_missed():
    (found,) = judge(firing(-9, closes=-4))
    assert found.status is RunStatus.MISSED
    assert "采集时段已于 2026-09-20 16:00 结束" in found.reason


def test_a_window_closes_at_its_last_moment():
    assert statuses(judge(firing(-1, closes=0))) == ["missed"]


def test_the_newest_with_an_open_window_catches_up_though_a_newer_one_is_closed():
    assert statuses(judge(firing(-9), firing(-6, closes=-4))) == ["late pending", "missed"]


@pytest.mark.parametrize(("overlap", "status"), [("coalesce", "coalesced"), ("wait", "pending")])
def test_while_a_run_is_going_it_waits_or_coalesces(overlap, status):
    (found,) = judge(firing(0), going=7, overlap=Overlap(overlap))
    assert found.status == status
    assert "第 7 号任务" in found.reason


def test_nothing_runs_while_the_campaign_is_paused():
    found = judge(firing(-6), firing(-1), paused_at=NOON - 3 * HOUR)
    assert statuses(found) == ["missed", "missed"]
    assert "服务未检查" in found[0].reason
    assert "服务未检查" not in found[1].reason
    assert all("自 2026-09-20 17:00 起暂停" in each.reason for each in found)


def test_nothing_due_gives_nothing():
    assert judge() == []
