"""Plans against a database of each kind: every firing accounted for, once, whatever the clock does."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from monitor.campaigns import by_hand
from monitor.campaigns.orders import OrderError
from monitor.campaigns.plan import Plan
from monitor.campaigns.reconcile import reconcile
from monitor.config import SHANGHAI
from monitor.storage import runs, service_runs
from monitor.storage.engine import reading, writing
from monitor.storage.service_runs import Claimant, standings
from monitor.storage.services import Heartbeat, beat
from monitor.storage.tables import ServiceState

HOUR = timedelta(hours=1)
#: the first firing of the window
OPENS = datetime(2026, 9, 15, tzinfo=SHANGHAI)
ME = Claimant(owner="me", busy=frozenset())


@pytest.fixture
def plan(make_plan) -> Plan:
    return make_plan({"from": "09-15", "to": "10-08", "cadence": "every 6h"})


@pytest.fixture
def look(engine, plan):
    def look(at: datetime, *plans: Plan, orders_of=lambda plan: ((), "v1")):
        return [each.status.value for each in reconcile(engine, plans or (plan,), at, orders_of)]

    return look


def table(engine) -> dict[str, str]:
    """Day and hour in Shanghai → what became of the firing."""
    with reading(engine) as connection:
        found = standings(connection, datetime(2000, 1, 1, tzinfo=UTC))
    assert all(each.reason for each in found)
    return {
        f"{each.scheduled_at.astimezone(SHANGHAI):%d %H}": f"late {each.status}" if each.late else each.status
        for each in reversed(found)
    }


def end_runs(engine) -> None:
    with writing(engine) as connection:
        for claim in service_runs.claimable(connection, ME, OPENS):
            service_runs.take(connection, claim, ME, OPENS, late_after=400 * 24 * HOUR)
            runs.start_run(connection, claim.run_id)
            assert runs.finish_run(connection, claim.run_id)
            service_runs.settle(connection, claim.run_id, "me", OPENS)


def test_a_campaign_seen_for_the_first_time_has_no_past(engine, look):
    assert look(OPENS + 30 * HOUR) == []
    assert table(engine) == {}
    assert look(OPENS + 36 * HOUR) == ["pending"]


def test_each_firing_becomes_a_run_once_however_often_one_looks(engine, look):
    look(OPENS - HOUR)
    for minutes in range(0, 13 * 60, 15):
        look(OPENS + timedelta(minutes=minutes))
        look(OPENS + timedelta(minutes=minutes))
        end_runs(engine)
    assert table(engine) == {"15 00": "done", "15 06": "done", "15 12": "done"}


def test_a_firing_at_the_very_moment_of_a_look_is_due(look):
    look(OPENS - HOUR)
    assert look(OPENS) == ["pending"]
    assert look(OPENS) == []


def test_while_the_machine_slept_one_catches_up_and_the_others_are_missed(engine, look):
    look(OPENS - HOUR)
    assert look(OPENS + 13 * HOUR) == ["missed", "missed", "pending"]
    assert table(engine) == {"15 00": "missed", "15 06": "missed", "15 12": "late pending"}


def test_after_the_window_has_closed_all_are_missed(engine, look):
    look(OPENS - HOUR)
    look(OPENS + 23 * HOUR)
    end_runs(engine)
    look(OPENS + 40 * 24 * HOUR)
    counts = Counter(table(engine).values())
    assert counts == {"late done": 1, "missed": 24 * 4 - 1}


def test_a_firing_during_a_run_is_coalesced(engine, look):
    look(OPENS - HOUR)
    look(OPENS)
    look(OPENS + 6 * HOUR)
    end_runs(engine)
    look(OPENS + 12 * HOUR)
    assert table(engine) == {"15 00": "done", "15 06": "coalesced", "15 12": "pending"}


def test_a_firing_that_waits_is_taken_up_when_its_turn_comes(engine, make_plan, look):
    patient = make_plan({"from": "09-15", "to": "10-08", "cadence": "every 6h"}, overlap="wait")
    look(OPENS - HOUR, patient)
    look(OPENS, patient)
    look(OPENS + 6 * HOUR, patient)
    with reading(engine) as connection:
        assert [each.run_id for each in service_runs.claimable(connection, ME, OPENS)] == [1]
    end_runs(engine)
    with reading(engine) as connection:
        assert [each.run_id for each in service_runs.claimable(connection, ME, OPENS)] == [2]


def test_a_clock_that_goes_back_fires_nothing_again(engine, look):
    look(OPENS - HOUR)
    for hours in (0, 6):
        look(OPENS + hours * HOUR)
        end_runs(engine)
    before = table(engine)
    assert look(OPENS - HOUR) == []
    assert look(OPENS + HOUR) == []
    assert look(OPENS + 7 * HOUR) == []
    assert table(engine) == before
    assert look(OPENS + 12 * HOUR) == ["pending"]


def test_a_clock_that_was_far_ahead_for_a_moment_costs_no_firing(engine, look, caplog):
    look(OPENS - HOUR)
    look(OPENS)
    end_runs(engine)
    look(OPENS + 365 * 24 * HOUR)
    assert Counter(table(engine).values())["missed"] > 90
    assert look(OPENS + HOUR) == []
    assert "the clock went back" in caplog.text
    assert table(engine) == {"15 00": "done"}
    assert look(OPENS + 6 * HOUR) == ["pending"]


def test_clocks_of_two_machines_may_differ_a_little(engine, look):
    look(OPENS - HOUR)
    for minutes in (0, 5, 2, 7, 4):
        look(OPENS + timedelta(minutes=minutes))
    assert table(engine) == {"15 00": "pending"}


def test_firings_that_another_service_takes_back_during_a_look_are_not_skipped(engine, plan, look):
    look(OPENS - HOUR)
    look(OPENS + HOUR)

    def plans():
        yield plan  # quiet: nothing is due between what this look has read and its own time
        reconcile(engine, [plan], OPENS - HOUR, lambda _: ((), ""))  # another service: the clock was ahead

    assert reconcile(engine, plans(), OPENS + 2 * HOUR, lambda _: ((), "")) == []
    assert look(OPENS + 3 * HOUR) == ["pending"]
    assert table(engine) == {"15 00": "late pending"}


def test_two_services_at_once_make_one_run_of_each_firing(engine, plan):
    reconcile(engine, [plan], OPENS - HOUR, lambda _: ((), ""))
    together = threading.Barrier(4)
    looks = 0

    def service() -> None:
        nonlocal looks
        for hours in range(0, 49, 2):
            together.wait(timeout=30)
            reconcile(engine, [plan], OPENS + hours * HOUR, lambda _: ((), ""))
            looks += 1

    threads = [threading.Thread(target=service) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert looks == 4 * 25, "each of them came through"
    assert list(table(engine).values()) == ["pending", *["coalesced"] * 8]


def test_a_paused_campaign_misses_its_firings_and_says_so(engine, plan, look):
    look(OPENS - HOUR)
    by_hand.pause(engine, plan, now=OPENS + HOUR)
    assert look(OPENS + 7 * HOUR) == ["missed", "missed"]
    # nobody looks for a while; who lets it go on says what became of the firings until then
    assert by_hand.resume(engine, plan, now=OPENS + 13 * HOUR) == 1
    assert look(OPENS + 18 * HOUR) == ["pending"]
    assert table(engine) == {"15 00": "missed", "15 06": "missed", "15 12": "missed", "15 18": "pending"}


def test_a_paused_campaign_is_not_fired_by_hand_nor_taken_up(engine, plan, look):
    look(OPENS - HOUR)
    look(OPENS)
    by_hand.pause(engine, plan, now=OPENS + HOUR)
    with reading(engine) as connection:
        assert service_runs.claimable(connection, ME, OPENS + HOUR) == []
    with pytest.raises(by_hand.PausedError, match="resume p"):
        by_hand.fire(engine, plan, (), "v1", now=OPENS + HOUR)
    by_hand.resume(engine, plan, now=OPENS + HOUR)
    with reading(engine) as connection:
        assert [each.run_id for each in service_runs.claimable(connection, ME, OPENS + HOUR)] == [1]


def test_pausing_twice_keeps_the_first_time(engine, plan):
    assert by_hand.pause(engine, plan, now=OPENS) == OPENS
    assert by_hand.pause(engine, plan, now=OPENS + HOUR) == OPENS


def test_fired_by_hand_it_waits_for_the_run_that_is_going(engine, plan, look):
    look(OPENS - HOUR)
    look(OPENS)
    run = by_hand.fire(engine, plan, (), "v1", now=OPENS + HOUR)
    with reading(engine) as connection:
        assert [each.run_id for each in service_runs.claimable(connection, ME, OPENS + HOUR)] == [1]
    end_runs(engine)
    with reading(engine) as connection:
        assert [each.run_id for each in service_runs.claimable(connection, ME, OPENS + HOUR)] == [run]


def test_a_plan_that_cannot_be_run_misses_its_firing_with_the_mend(engine, look):
    def broken(plan):
        raise OrderError("plan p: sites: names no site")

    look(OPENS - HOUR)
    assert look(OPENS, orders_of=broken) == ["missed"]
    with reading(engine) as connection:
        (found,) = standings(connection, OPENS - HOUR)
    assert "names no site" in found.reason


def test_a_run_that_nobody_began_before_its_window_closed_is_missed(engine, look):
    look(OPENS - HOUR)
    look(OPENS)
    after = OPENS + 30 * 24 * HOUR
    with writing(engine) as connection:
        assert service_runs.close_expired(connection, ME, after, "采集时段已结束") == [1]
        assert service_runs.close_expired(connection, ME, after, "采集时段已结束") == []
    assert table(engine) == {"15 00": "missed"}


def test_the_last_firing_leaves_the_campaigns_files_though_it_was_missed(engine, look):
    look(OPENS - HOUR)
    after = OPENS + 30 * 24 * HOUR
    look(after)
    with reading(engine) as connection:
        (claim,) = service_runs.claimable(connection, ME, after)
    assert not claim.to_crawl
    assert not claim.ran
    with writing(engine) as connection:
        assert service_runs.take(connection, claim, ME, after, late_after=HOUR)
    assert "late missed" not in table(engine).values()
    assert claim.scheduled_at == datetime(2026, 10, 8, 18, tzinfo=SHANGHAI)


def _give_sign_of_life(connection, owner: str, at: datetime) -> None:
    said = {"version": "1", "state": ServiceState.WORKING, "problems": ()}
    beat(connection, Heartbeat(owner=owner, started_at=at, beat_at=at, **said))


def test_a_service_is_asked_for_life_when_a_run_is_taken_not_before(engine, look):
    """One that began between the two looks of another must not lose the run it has just taken."""
    look(OPENS - HOUR)
    look(OPENS)
    other = Claimant(owner="other", busy=frozenset())
    with reading(engine) as connection:
        (claim,) = service_runs.claimable(connection, other, OPENS)
    with writing(engine) as connection:
        _give_sign_of_life(connection, "me", OPENS)
        assert service_runs.take(connection, claim, ME, OPENS, late_after=HOUR)
    with writing(engine) as connection:
        assert not service_runs.take(connection, claim, other, OPENS, late_after=HOUR)


def test_the_run_of_a_service_that_died_is_free_and_of_one_that_lives_is_not(engine, look):
    look(OPENS - HOUR)
    look(OPENS)
    other = Claimant(owner="other", busy=frozenset())
    with writing(engine) as connection:
        _give_sign_of_life(connection, "me", OPENS)
        (claim,) = service_runs.claimable(connection, ME, OPENS)
        assert service_runs.take(connection, claim, ME, OPENS, late_after=HOUR)
        assert service_runs.claimable(connection, other, OPENS) == []
        assert not service_runs.take(connection, claim, other, OPENS, late_after=HOUR)
        later = OPENS + timedelta(minutes=4)
        assert [each.run_id for each in service_runs.claimable(connection, other, later)] == [claim.run_id]
        assert service_runs.take(connection, claim, other, later, late_after=HOUR)
        # what the dead one says now is no longer heard
        service_runs.settle(connection, claim.run_id, "me", OPENS)
    with reading(engine) as connection:
        (found,) = standings(connection, OPENS)
    assert found.open
    assert found.owner == "other"


def test_a_run_that_was_not_taken_up_in_time_is_late(engine, look):
    look(OPENS - HOUR)
    look(OPENS)
    with writing(engine) as connection:
        (claim,) = service_runs.claimable(connection, ME, OPENS + 2 * HOUR)
        service_runs.take(connection, claim, ME, OPENS + 2 * HOUR, late_after=HOUR)
    assert table(engine) == {"15 00": "late pending"}
