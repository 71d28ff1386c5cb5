"""What `check` says of a plan."""

from datetime import date
from pathlib import Path

import pytest

from monitor.campaigns.check import Known, check_plan
from monitor.campaigns.problem import Weight

PLAN = """title: 中秋
windows:
  - {name: 节前, from: 中秋 - 10d, to: 国庆 + 7d, cadence: every 6h}
sites: [demo_mall]
search: [{group: seven}]
impact: {requests_per_minute: 20, pages_per_run: 500, approved_by: 张三}
"""


def said(path, *args, **more):
    return [
        (problem.line, problem.key, problem.message, problem.weight)
        for problem in check_plan(path, *args, **more)
    ]


def the_one(path, *args, **more):
    [problem] = said(path, *args, **more)
    return problem


def test_a_good_plan(write_plan):
    known = Known(sites={"demo_mall"}, groups={"seven"}, hazards=set(), categories=set())
    assert said(write_plan(PLAN), known) == []


def test_a_plan_that_cannot_be_read(write_plan):
    line, key, message, weight = the_one(write_plan(PLAN.replace("every", "evry")))
    assert (line, key, weight) == (3, "windows.0.cadence", Weight.ERROR)
    assert "evry" in message


@pytest.mark.parametrize(
    ("known", "line", "key", "message"),
    [
        (Known(sites={"demo_gbk"}), 4, "sites.0.site", "there is no site profile 'demo_mall'"),
        (Known(sites={"demo_mal"}), 4, "sites.0.site", "did you mean 'demo_mal'?"),
        (
            Known(groups={"eleven"}),
            5,
            "search.0.group",
            "the lexicon has no group 'seven'; did you mean 'eleven'?",
        ),
    ],
)
def test_names_that_nobody_knows(write_plan, known, line, key, message):
    found = the_one(write_plan(PLAN), known)
    assert found[:2] == (line, key)
    assert message in found[2]
    assert found[3] is Weight.ERROR


def test_hazards_and_categories_too(write_plan):
    path = write_plan(PLAN.replace("{group: seven}", "{hazard: magnet_bals}, {category: MASK.CHLD}"))
    found = said(path, Known(hazards={"magnet_balls"}, categories={"MASK.CHILD"}))
    assert [message.split("; ")[1] for _, _, message, _ in found] == [
        "did you mean 'magnet_balls'?",
        "did you mean 'MASK.CHILD'?",
    ]


def test_a_plan_that_would_look_at_nothing(write_plan):
    none = [message for *_, message, _ in said(write_plan(PLAN.replace("sites: [demo_mall]\n", "")))]
    assert none == ["names no site", "until a site is named, every firing is a run that looks at nothing"]
    write_plan("groups: {ours: {title: 待填}}\n", "sites.yaml")
    group = said(write_plan(PLAN.replace("[demo_mall]", "[{group: ours}]")))
    assert [line for line, *_ in group] == [4, 4]
    assert "group 'ours' lists no site yet: add the shops you watch to sites.yaml" in group[0][2]


def test_searching_for_nothing(write_plan):
    text = PLAN.replace("search: [{group: seven}]\n", "")
    assert "there is nothing to search for" in the_one(write_plan(text))[2]
    assert said(write_plan(text.replace("[demo_mall]", "[{site: demo_mall, via: shop}]"))) == []


def test_a_window_that_some_years_do_not_have(write_plan):
    path = write_plan(PLAN.replace("中秋 - 10d", "中秋 + 20d"))
    line, key, message, weight = the_one(path)
    assert (line, key, weight) == (3, "windows.0", Weight.WARNING)
    # where Mid-Autumn is later than 09-18
    expected = "window '节前' ends before it begins in 2020, 2021, 2023, 2025, 2026 and 21 more years"
    assert message == expected


def test_a_window_that_no_year_has(write_plan):
    *_, message, weight = the_one(write_plan("years: 2025\n" + PLAN.replace("中秋 - 10d", "中秋 + 20d")))
    assert message == "window '节前' ends before it begins in 2025"
    assert weight is Weight.ERROR
    *_, weight = the_one(
        write_plan(PLAN.replace("中秋 - 10d", "2020-10-09").replace("国庆 + 7d", "2020-10-01"))
    )
    assert weight is Weight.ERROR


def test_a_peak_that_lies_outside_its_window(write_plan):
    text = PLAN.replace("every 6h", "every 6h, peak: {days: [双11], cadence: daily 09:00}")
    line, key, message, weight = the_one(write_plan(text))
    assert (line, key, weight) == (3, "windows.0.peak", Weight.WARNING)
    assert message == "no peak day ever lies inside window '节前'"


PROMOTION = PLAN.replace("from: 中秋 - 10d, to: 国庆 + 7d", "period: 双11大促")


def test_dates_of_a_promotion_that_nobody_has_entered(write_plan):
    path = write_plan(PROMOTION)
    assert "put the dates that the platforms announce into calendar.yaml" in the_one(path)[2]
    assert said(path, today=date(2026, 9, 1)) != []
    assert said(path, today=date(2025, 9, 1)) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (PLAN.replace("impact", "why: x\n#"), "there is no impact assessment"),
        (PLAN.replace(", approved_by: 张三", ""), "the impact assessment is not approved"),
        (
            PLAN.replace("500", "9000"),
            "9000 pages at 20 a minute take 7.5 h on one site, and 每6小时一次 leaves 6.0 h",
        ),
        (
            PLAN.replace("500", "7000").replace("every 6h", "nightly 01:00-06:00"),
            "7000 pages at 20 a minute take 5.8 h on one site, and 每晚 01:00-06:00 一次 leaves 5.0 h",
        ),
        (
            PLAN.replace("500", "2000").replace("every 6h", "every 6h, peak: {days: 中秋, cadence: hourly}"),
            "每1小时一次 leaves 1.0 h",
        ),
    ],
)
def test_the_impact_assessment(write_plan, text, message):
    found = the_one(write_plan(text))
    assert message in found[2]
    assert found[3] is Weight.WARNING


def test_a_problem_reads_like_a_compilers(write_plan):
    path = write_plan(PLAN.replace("every", "evry"))
    [problem] = check_plan(path)
    assert str(problem).startswith(f"{path}:3: windows.0.cadence: 'evry 6h'")
    [problem] = check_plan(Path("nowhere.yaml"))
    assert str(problem) == "nowhere.yaml: cannot be read: No such file or directory"
