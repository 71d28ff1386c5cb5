"""A run is made with the words that promise most; what a budget leaves out is shown, never dropped."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.campaigns.orders import add_run, searches, site_orders
from monitor.storage import runs
from monitor.storage.engine import reading, writing
from monitor.storage.progress import unit_reports
from monitor.storage.runs import load_run
from monitor.storage.tables import UnitStatus

AT = datetime(2026, 9, 25, tzinfo=UTC)
YEAR = {"from": "01-01", "to": "12-31", "cadence": "daily 00:00"}
WORDS = ["磁力球", "巴克球", "磁珠"]


@pytest.fixture
def orders_for(make_plan, tmp_path):
    def orders(**more):
        plan = make_plan(YEAR, sites=["demo_mall"], search=[{"words": WORDS}], **more)
        return plan, site_orders(plan, WORDS, [tmp_path])

    return orders


def made(engine, plan, orders, days=0):
    at = AT + timedelta(days=days)
    with writing(engine) as connection:
        return add_run(connection, plan, orders, scheduled_at=at, reason="test", lexicon_version="v1")


def test_units_beyond_the_budget_end_as_not_looked_at(engine, orders_for):
    plan, orders = orders_for(budget={"units_per_run": 2})
    with reading(engine) as connection:
        (selection,) = searches(connection, plan, orders).values()
    run = made(engine, plan, orders)
    with reading(engine) as connection:
        units = unit_reports(connection, run)
    assert [unit.key for unit in units] == WORDS
    assert [unit.status for unit in units] == [UnitStatus.PENDING, UnitStatus.PENDING, UnitStatus.FAILED]
    assert "budget.units_per_run: 2" in (units[2].reason or "")
    assert [each.word for each in selection.asked] == WORDS[:2], "what is shown is what is done"
    assert [each.word for each in selection.left_out] == WORDS[2:]


def test_a_word_left_out_has_its_turn_in_the_next_run(engine, orders_for):
    plan, orders = orders_for(budget={"units_per_run": 2})
    made(engine, plan, orders)
    run = made(engine, plan, orders, days=1)
    with reading(engine) as connection:
        assert runs.unfinished_run(connection, plan.name) == run
        asked = [unit.key for unit in unit_reports(connection, run) if unit.status is UnitStatus.PENDING]
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("delay", "rate", "expected"), [(None, 20, 3.0), (0.0, 20, 3.0), (5.0, 20, 5.0), (0.0, 600, 0.1)]
)
def test_the_approved_rate_is_a_least_delay(make_plan, delay, rate, expected):
    use = {"site": "demo_mall"} | ({} if delay is None else {"delay": delay})
    impact = {"requests_per_minute": rate, "pages_per_run": 100}
    plan = make_plan(YEAR, sites=[use], search=[{"words": WORDS}], impact=impact)
    (order,) = site_orders(plan, WORDS, [])
    assert order.as_json()["delay"] == pytest.approx(expected)


def test_without_an_assessment_the_profile_has_its_own_pace(orders_for):
    _, (order,) = orders_for()
    assert order.as_json()["delay"] is None


def test_a_run_remembers_its_budget_of_the_day(engine, orders_for):
    plan, orders = orders_for(budget={"pages_per_site_per_day": 50})
    run = made(engine, plan, orders)
    with reading(engine) as connection:
        (site,) = load_run(connection, run).orders["sites"]
    assert site["pages_per_day"] == 50
    assert site["resting"] == []
