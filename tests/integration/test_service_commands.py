"""`monitor schedule run`, `fire`, `pause`, `resume` and `status`, as people and systemd use them."""

from __future__ import annotations

import json
import signal
import time

import pytest
import yaml

from monitor.demo.mall import Mall
from monitor.demo.server import serve

pytestmark = pytest.mark.slow


@pytest.fixture
def night(workplace):
    with serve(Mall(day=0)) as server:
        site = {"site": "demo_mall", "base_url": server.base_url("demo_mall")}
        workplace.plan("night", [site], ["弩"], exports={"after_each_run": ["suspects", "sampling"]})
        yield workplace


def status(workplace) -> dict:
    return json.loads(workplace.monitor("schedule", "status", "--json").stdout)


def wait_for(workplace, true, patience: float = 60):
    until = time.monotonic() + patience
    while not true(found := status(workplace)):
        assert time.monotonic() < until, found
        time.sleep(0.5)
    return found


def test_a_campaign_fired_by_hand_is_done_by_the_service(night):
    fired = night.monitor("schedule", "fire", "night", "--json")
    assert json.loads(fired.stdout)["service_running"] is False
    service = night.start("schedule", "run", "--interval", "1")
    try:
        found = wait_for(night, lambda found: found["past"])
        (run,) = found["past"]
        assert (run["status"], run["reason"], found["open"]) == ("done", "人工启动", [])
        assert [each["state"] for each in found["services"]] == ["working"]
        assert night.count("listing") > 0
        assert {file.suffix for file in (night.folder / "exports").iterdir()} == {".xlsx", ".csv"}
        assert len(list((night.folder / "exports").iterdir())) == 4
        service.send_signal(signal.SIGTERM)
        _, said = service.communicate(timeout=60)
    finally:
        service.kill()
    assert service.returncode == 0, said
    assert "Traceback" not in said
    after = status(night)
    assert [(each["state"], each["alive"]) for each in after["services"]] == [("drained", False)]
    assert "no service is running" in after["problems"][0]


def test_sigterm_in_the_middle_of_a_crawl_leaves_the_rest_to_the_next_service(night):
    night.plan("night", [{"site": "demo_mall", **_slow(night)}], ["弩", "激光"])
    night.monitor("schedule", "fire", "night")
    first = night.start("schedule", "run", "--interval", "1")
    wait_for(night, lambda found: found["open"] and found["open"][0]["started_at"])
    time.sleep(3)
    first.send_signal(signal.SIGTERM)
    _, said = first.communicate(timeout=60)
    assert first.returncode == 0, said
    (left,) = status(night)["open"]
    assert (left["status"], left["owner"]) == ("running", None)
    second = night.start("schedule", "run", "--interval", "1")
    try:
        wait_for(night, lambda found: found["past"])
        second.send_signal(signal.SIGTERM)
        second.communicate(timeout=60)
    finally:
        second.kill()
    assert night.count("run") == 1
    assert night.count("unit", "status IN ('pending', 'running')") == 0


def _slow(night) -> dict:
    said = yaml.safe_load((night.folder / "schedules" / "night.yaml").read_text(encoding="utf-8"))
    return {"base_url": said["sites"][0]["base_url"], "delay": 1, "concurrency": 1}


def test_pause_and_resume(night):
    assert "paused since" in night.monitor("schedule", "pause", "night").stdout
    assert status(night)["campaigns"][0]["paused_at"]
    refused = night.monitor("schedule", "fire", "night", status=2)
    assert "schedule resume night" in " ".join(refused.stderr.split())
    night.monitor("schedule", "resume", "night")
    assert status(night)["campaigns"][0]["paused_at"] is None
    night.monitor("schedule", "fire", "night")
    assert "waiting" in night.monitor("schedule", "status").stdout


def test_an_unknown_campaign_names_the_nearest_and_what_is_broken(night):
    (night.folder / "schedules" / "autumn.yaml").write_text("title: 秋\n", encoding="utf-8")
    said = night.monitor("schedule", "fire", "nigth", status=2).stderr
    assert "did you mean 'night'" in said
    assert "autumn.yaml" in said


def test_status_tells_a_service_that_died_from_one_that_lives(night):
    service = night.start("schedule", "run", "--interval", "1")
    wait_for(night, lambda found: found["services"])
    service.kill()
    service.communicate()
    (died,) = status(night)["services"]
    assert (died["state"], died["alive"]) == ("working", False)
    assert "died" in night.monitor("schedule", "status").stdout


def test_without_a_folder_of_plans_it_does_not_start(workplace):
    (workplace.folder / "schedules").rmdir()
    assert "no such folder of plans" in workplace.monitor("schedule", "run", status=2).stderr
