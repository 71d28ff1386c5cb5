"""Alerts on a real database, sent by the real Apprise to a channel on loopback."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tenacity import wait_none

from monitor.classifiers import Basis, Classification, Finding, FindingKind, Severity
from monitor.health.alert_rules import AlertRules
from monitor.health.alerting import notice
from monitor.health.judging import judge_run
from monitor.health.sending import send_due
from monitor.listing import Listing
from monitor.storage import runs
from monitor.storage.alerts import alert_lines, put_alerts, take_due
from monitor.storage.crawl import PageOutcome, SeenListing, UnitEnd, commit_page
from monitor.storage.engine import reading, writing
from monitor.storage.leases import acquire
from monitor.storage.tables import UnitKind, UnitStatus

MINUTE = timedelta(minutes=1)


def rules(**more) -> AlertRules:
    said = {
        "channels": {"duty": {"url_env": "DUTY"}, "office": {"url_env": "OFFICE"}},
        "rules": [
            {"name": "七类", "when": {"hazards": ["magnet_balls"]}, "to": ["duty"], "urgent": True},
            {"name": "受阻", "when": {"verdicts": ["blocked"]}, "to": ["duty"], "urgent": True},
            {"name": "其他", "when": {"severities": ["critical", "high"]}, "to": ["duty", "office"]},
            {"name": "异常", "when": {"verdicts": ["degraded"]}, "to": ["office"], "digest": "run"},
        ],
        "digest_at": "08:30",
    }
    return AlertRules.model_validate(said | more)


def finding(hazard: str, term: str, severity: Severity) -> Finding:
    return Finding(
        kind=FindingKind.HAZARD,
        id=hazard,
        field="title",
        start=0,
        end=2,
        matched=term,
        term=term,
        severity=severity,
        basis=(Basis.PQ49,),
        confidence=0.9,
        reason="出售",
    )


@pytest.fixture
def run(engine):
    """A run that found two dangerous goods, was refused once and timed out once; it just ended."""
    with writing(engine) as connection:
        site = runs.ensure_site(connection, name="shop", title="某商城", base_url="http://shop.test")
        campaign = runs.ensure_campaign(connection, name="night", title="夜", plan_digest=None)
        lease = acquire(connection, site, "me", 60)
        new = runs.NewRun(
            campaign_id=campaign,
            scheduled_at=datetime.now(UTC),
            reason="test",
            orders={},
            lexicon_version="v1",
        )
        number = runs.create_run(connection, new)
        keys = ["磁力球", "激光笔", "弹弓"]
        orders = [runs.UnitOrder(kind=UnitKind.SEARCH, key=key) for key in keys]
        runs.add_units(connection, number, site, orders)
        runs.start_run(connection, number)
        units = runs.pending_units(connection, number, site, [UnitKind.SEARCH])
        runs.begin_units(connection, lease, [unit.id for unit in units])
        ends = [
            UnitEnd(status=UnitStatus.DONE),
            UnitEnd(status=UnitStatus.BLOCKED, reason="text: 请完成安全验证，客服 13800138000"),
            UnitEnd(status=UnitStatus.FAILED, reason="TimeoutError"),
        ]
        found = (
            finding("magnet_balls", "磁力球", Severity.CRITICAL),
            finding("shock_toy", "电击玩具", Severity.HIGH),
        )
        seen = tuple(
            SeenListing(
                listing=Listing(
                    site="shop",
                    url=f"http://shop.test/{n}",
                    item_id=str(n),
                    title=f"{each.term}加微信13900139000",
                ),
                classification=Classification(
                    category="TOY", subcategory=None, hazards=(each,), suspect=True, lexicon_version="v1"
                ),
            )
            for n, each in enumerate(found)
        )
        for unit, end in zip(units, ends, strict=True):
            outcome = PageOutcome(
                run_id=number,
                unit_id=unit.id,
                received_at=datetime.now(UTC),
                page=1,
                seen=seen if end.status is UnitStatus.DONE else (),
                end=end,
            )
            commit_page(connection, lease, outcome)
    return number


def waiting(engine, **more):
    with reading(engine) as connection:
        return {(line.channel, line.text): line for line in alert_lines(connection, **more)}


def about(engine, word: str, **more):
    return sorted(
        (line.channel, line.urgent) for (_, text), line in waiting(engine, **more).items() if word in text
    )


def test_urgent_things_are_put_in_while_the_run_goes_on_and_each_once(engine, run):
    now = datetime.now(UTC)
    assert notice(engine, rules(), run, now, over=False) == 2
    assert about(engine, "磁力球") == [("duty", True)]
    assert about(engine, "被拦截") == [("duty", True)]
    judge_run(engine, run, now)
    notice(engine, rules(), run, now + MINUTE, over=True)
    notice(engine, rules(), run, now + 2 * MINUTE, over=True)
    assert about(engine, "磁力球（") == [("duty", True), ("office", False)]
    assert about(engine, "被拦截") == [("duty", True)]
    assert about(engine, "电击玩具（") == [("duty", False), ("office", False)]
    assert about(engine, "异常 1 个") == [("office", False)]
    for line in waiting(engine).values():
        assert "13800138000" not in line.text
        assert "13900139000" not in line.text
        if not line.urgent and "异常" not in line.text:
            local = line.due_at.astimezone(UTC)
            assert (local.hour, local.minute) == (0, 30), "08:30 in Shanghai"
            assert now < line.due_at <= now + timedelta(days=1)


def test_a_channel_that_fails_at_first_loses_nothing(engine, run, endpoint):
    now = datetime.now(UTC)
    judge_run(engine, run, now)
    notice(engine, rules(), run, now, over=True)
    environment = {"DUTY": endpoint.url}

    def send(at):
        return send_due(engine, rules(), at, environment=environment, pause=wait_none())

    endpoint.refuse = 3
    first = send(now)
    assert (first.sent, first.failed) == (0, 3)
    assert endpoint.asked == 3, "tried again at once, so many times; the other channel has no address"
    assert any("OFFICE is not set" in problem for problem in first.problems)
    assert all(endpoint.url not in problem for problem in first.problems)
    assert send(now).sent == 0, "not before its time"
    endpoint.refuse = 1
    second = send(now + 2 * MINUTE)
    assert (second.sent, second.failed) == (2, 1)
    (message,) = endpoint.taken
    assert message["title"].startswith("【紧急】")
    assert "http://shop.test/0" in message["message"]
    assert "被拦截" in message["message"]
    assert send(now + 3 * MINUTE).sent == 0
    environment["OFFICE"] = endpoint.url
    third = send(now + timedelta(days=2))
    assert (third.sent, third.failed, third.problems) == (4, 0, ())
    assert [each["title"].startswith("监测摘要") for each in endpoint.taken[1:]] == [True, True]
    assert waiting(engine) == {}
    assert len(waiting(engine, sent=True)) == 6


def test_what_somebody_took_and_died_with_is_sent_later(engine, run, endpoint):
    now = datetime.now(UTC)
    notice(engine, rules(), run, now, over=False)
    with writing(engine) as connection:
        assert len(take_due(connection, now, 10 * MINUTE)) == 2
    environment = {"DUTY": endpoint.url}
    assert send_due(engine, rules(), now + MINUTE, environment=environment).sent == 0
    assert send_due(engine, rules(), now + 11 * MINUTE, environment=environment).sent == 2


def test_many_things_make_one_message(engine, endpoint):
    now = datetime.now(UTC)
    rows = [
        {
            "channel": "duty",
            "key": f"k{number}",
            "run_id": None,
            "urgent": True,
            "title": "疑似在售磁力球",
            "text": f"磁力球 编号{number} http://shop.test/{number}",
            "created_at": now,
            "due_at": now,
        }
        for number in range(500)
    ]
    with writing(engine) as connection:
        put_alerts(connection, rows)
        put_alerts(connection, rows)
    done = send_due(engine, rules(most_lines=5), now, environment={"DUTY": endpoint.url})
    assert done.sent == 500
    (message,) = endpoint.taken
    assert message["title"] == "【紧急】疑似在售磁力球 500 条"
    assert message["message"].endswith("另有 495 条，见疑似清单和采集任务报告。")
    assert len(message["message"].splitlines()) == 6


def test_a_plugin_that_breaks_is_the_channels_trouble(engine, run):
    def broken(url, title, body):
        raise RuntimeError("a plugin's bug")

    now = datetime.now(UTC)
    notice(engine, rules(), run, now, over=False)
    done = send_due(engine, rules(), now, send=broken, environment={"DUTY": "json://x"}, pause=wait_none())
    assert done.failed == 2
    assert "a plugin's bug" in done.problems[0]


def test_an_address_that_is_none(engine, run):
    now = datetime.now(UTC)
    notice(engine, rules(), run, now, over=False)
    done = send_due(engine, rules(), now, environment={"DUTY": "geheim://key"}, pause=wait_none())
    assert "none that Apprise knows" in done.problems[0]
    assert "geheim" not in done.problems[0]
