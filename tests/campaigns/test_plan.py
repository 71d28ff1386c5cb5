"""What a plan may say."""

import json
import re

import pytest
from pydantic import ValidationError

from monitor.campaigns.loading import load_plan
from monitor.campaigns.plan import Overlap, Plan, Via

WINDOW = {"from": "中秋 - 10d", "to": "国庆 + 7d", "cadence": "every 6h"}

WHOLE = """
name: autumn
title: 秋季
why: 方案三（四）
years: [2026, 2027]
windows:
  - name: 节前
    from: mid-autumn - 10d
    to: national-day + 7d
    cadence: {every: 6h}
    peak: {days: [中秋, 国庆], cadence: hourly}
  - {name: 双11, period: double-11-sales, cadence: nightly 01:00-06:00}
sites:
  - demo_mall
  - {site: django_oscar, name: shop-a, base_url: "https://shop-a.example", via: [shop, search]}
search:
  - group: seven
  - {hazard: magnet_balls}
  - category: MASK.CHILD
  - words: [减压玩具, 橡皮]
budget: {pages_per_unit: 3, units_per_run: 100, pages_per_site_per_day: 5000}
recheck: [24h, 3d, 90min]
exports: {after_each_run: suspects, at_the_end: [suspects, sampling]}
deadlines:
  - {date: 10-31, what: 阶段情况, to: 质量监督科, remind: [7d, 1d]}
overlap: wait
impact: {requests_per_minute: 20, pages_per_run: 500, approved_by: 张三, approved_on: 2026-09-01}
"""


def test_a_whole_plan(write_plan):
    plan = load_plan(write_plan(WHOLE))
    assert plan.name == "autumn"
    assert plan.years == (2026, 2027)
    assert [use.label for use in plan.sites] == ["demo_mall", "shop-a"]
    assert plan.sites[0].via == (Via.SEARCH,)
    assert plan.sites[1].via == (Via.SHOP, Via.SEARCH)
    assert plan.search[3].words == ("减压玩具", "橡皮")
    assert [each.total_seconds() / 3600 for each in plan.recheck] == [24, 72, 1.5]
    assert plan.overlap is Overlap.WAIT
    assert plan.impact.longest.total_seconds() == 25 * 60


def test_a_plan_survives_being_stored_and_read(write_plan):
    plan = load_plan(write_plan(WHOLE))
    again = Plan.model_validate(json.loads(json.dumps(plan.as_dict())))
    assert again == plan
    assert again.digest == plan.digest


def test_the_digest_knows_sense_from_layout(write_plan):
    plan = load_plan(write_plan(WHOLE))
    same = WHOLE.replace("years: [2026, 2027]", "years: # both\n- 2026\n- 2027\n").replace(
        "{every: 6h}", "每6小时"
    )
    assert load_plan(write_plan(same)).digest == plan.digest
    other = WHOLE.replace("every: 6h", "every: 5h")
    assert load_plan(write_plan(other)).digest != plan.digest


def test_the_digest_changes_with_the_days_of_ones_own_calendar(write_plan):
    before = load_plan(write_plan(WHOLE)).digest
    write_plan(
        "periods:\n  - {name: double-11-sales, from: 10-05, to: 11-12, source: 平台公告, confidence: high}\n",
        "calendar.yaml",
    )
    assert load_plan(write_plan(WHOLE)).digest != before


def test_a_plan_cannot_be_changed(make_plan):
    with pytest.raises(ValidationError, match="frozen"):
        make_plan(WINDOW).title = "另一个"


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ({"windows": []}, "at least 1 item"),
        ({"title": ""}, "at least 1 character"),
        ({"name": "中秋"}, "should match pattern"),
        ({"windows": [{"name": "w", "cadence": "every 6h"}]}, "say from and to, or period"),
        ({"windows": [{"name": "w", "from": "中秋", "cadence": "every 6h"}]}, "say from and to, or period"),
        ({"windows": [{**WINDOW, "name": "w", "period": "618-sales"}]}, "says both a period and from/to"),
        (
            {"windows": [{"name": "w", "period": "618sales", "cadence": "every 6h"}]},
            "did you mean '618-sales'?",
        ),
        ({"windows": [{**WINDOW, "name": "w"}, {**WINDOW, "name": "w"}]}, "two windows are called 'w'"),
        ({"windows": [{**WINDOW, "name": "w", "peak": {"cadence": "hourly"}}]}, "peak: say which days"),
        (
            {"windows": [{**WINDOW, "name": "w", "peak": {"from": "中秋", "cadence": "hourly"}}]},
            "belong together",
        ),
        ({"sites": ["demo_mall", "demo_mall"]}, "two sites are called 'demo_mall'"),
        ({"sites": [{"site": "x", "via": "serch"}]}, "'search' or 'shop'"),
        ({"sites": [{"site": "x", "base_url": "shop.example"}]}, "write the whole address, https://"),
        ({"sites": [{"site": "x", "name": "商城"}]}, "should match pattern"),
        ({"search": [{"hazard": "a", "category": "b"}]}, "one line says one thing"),
        ({"search": [{}]}, "one line says one thing"),
        ({"search": [{"hasard": "magnet_balls"}]}, "no key 'hasard' here; did you mean 'hazard'?"),
        ({"budget": {"pages_per_unit": 0}}, "greater than or equal to 1"),
        ({"recheck": ["soon"]}, "'soon' is no length of time"),
        ({"deadlines": [{"date": "10-32", "what": "x"}]}, "day"),
        ({"impact": {"requests_per_minute": 0, "pages_per_run": 1}}, "greater than 0"),
        ({"overlap": "queue"}, "'wait' or 'coalesce'"),
        ({"exports": {"after_each_run": "everything"}}, "'suspects', 'sampling' or 'report'"),
    ],
)
def test_what_a_plan_cannot_say(said, complaint):
    plan = {"name": "p", "title": "计划", "windows": [{**WINDOW, "name": "w"}], **said}
    with pytest.raises(ValidationError, match=re.escape(complaint)):
        Plan.model_validate(plan)
