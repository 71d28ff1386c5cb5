"""The plans and the page of documentation that come with the product."""

import re
from datetime import date, datetime
from pathlib import Path

import pytest
import yaml

from monitor.campaigns.calendar import shipped
from monitor.campaigns.check import check_plan
from monitor.campaigns.deadlines import deadlines
from monitor.campaigns.firings import firings
from monitor.campaigns.loading import load_plan, load_plans, plan_files
from monitor.campaigns.preview import preview
from monitor.campaigns.preview_text import text
from monitor.campaigns.problem import Weight
from monitor.campaigns.windows import openings
from monitor.config import SHANGHAI

ROOT = Path(__file__).parents[2]
SCHEDULES = ROOT / "schedules"
FILES = plan_files(SCHEDULES)


def shanghai(*parts):
    return datetime(*parts, tzinfo=SHANGHAI)


def plan(name):
    return load_plan(SCHEDULES / f"{name}.yaml")


def spans(name, year):
    found = openings(plan(name), date(year, 1, 1), date(year, 12, 31))
    return [(each.window, f"{each.first:%m-%d}", f"{each.last:%m-%d}") for each in found if each.year == year]


def test_the_plans_that_the_section_was_promised():
    assert set(load_plans(SCHEDULES)) == {
        "618",
        "back-to-school",
        "base-level",
        "childrens-day",
        "double-11",
        "mid-autumn-national",
        "quanzhou-2020",
        "year-end",
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_shipped_plan_can_run_and_says_what_the_section_must_still_fill_in(path):
    problems = check_plan(path)
    assert [str(problem) for problem in problems if problem.weight is Weight.ERROR] == []
    told = " ".join(problem.message for problem in problems)
    assert "group 'local-shops' lists no site yet" in told
    assert "the impact assessment is not approved" in told


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_shipped_plan_says_why_and_what_it_costs(path):
    shipped_plan = load_plan(path)
    assert shipped_plan.why
    assert shipped_plan.impact is not None
    assert shipped_plan.impact.approved_by is None, "only the section can approve"
    assert shipped_plan.search


def test_the_seeds_own_campaign_has_exactly_its_phases_and_deadlines():
    # 四、时间安排: 即日起(09-24)至09-30, 10-08至11-30, 12-01至12-15; the holiday between them is ours
    assert spans("quanzhou-2020", 2020) == [
        ("组织部署", "09-24", "09-30"),
        ("中秋国庆假期", "10-01", "10-07"),
        ("集中行动", "10-08", "11-30"),
        ("总结提升", "12-01", "12-15"),
    ]
    found = deadlines(plan("quanzhou-2020"), date(2000, 1, 1), date(2099, 12, 31))
    assert [(f"{due.day}", due.to) for due in found] == [
        ("2020-10-31", "泉州市局质量监督科"),
        ("2020-12-08", "泉州市局质量监督科"),
        ("2020-12-15", None),
    ]


def test_the_seeds_campaign_fires_on_each_of_its_days_and_never_again():
    found = firings(plan("quanzhou-2020"), shanghai(2010, 1, 1), shanghai(2040, 1, 1))
    days = {each.scheduled_at.astimezone(SHANGHAI).date() for each in found}
    assert (min(days), max(days), len(days)) == (date(2020, 9, 24), date(2020, 12, 15), 83)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("mid-autumn-national", [("中秋国庆", "09-15", "10-08")]),
        ("618", [("618", "05-13", "06-20")]),
        ("double-11", [("双11", "10-07", "11-12")]),
        (
            "year-end",
            [("双12", "12-06", "12-14"), ("年货节", "01-13", "02-12"), ("春节元宵", "02-09", "03-04")],
        ),
        ("childrens-day", [("六一", "05-15", "06-02")]),
        ("back-to-school", [("春季开学", "02-10", "03-07"), ("秋季开学", "08-15", "09-10")]),
        ("base-level", [("全年", "01-01", "12-31")]),
    ],
)
def test_windows_of_2026(name, expected):
    assert spans(name, 2026) == expected


def test_spring_term_follows_the_lantern_festival():
    # Lantern 2023 is 02-05, 2026 is 03-03
    assert spans("back-to-school", 2023)[0] == ("春季开学", "01-29", "03-05")
    assert spans("back-to-school", 2026)[0] == ("春季开学", "02-10", "03-07")


def test_every_year_to_come_has_every_window():
    for each in load_plans(SCHEDULES).values():
        if each.name == "quanzhou-2020":
            continue
        for year in range(2026, 2100):
            found = [o.window for o in openings(each, date(year, 1, 1), date(year, 12, 31)) if o.year == year]
            assert found == [window.name for window in each.windows], (each.name, year)


def test_base_level_visits_by_night_only():
    found = firings(plan("base-level"), shanghai(2026, 3, 1), shanghai(2026, 3, 8))
    assert {each.scheduled_at.astimezone(SHANGHAI).hour for each in found} == {1}
    assert {each.closes_at.astimezone(SHANGHAI).hour for each in found} == {6}
    assert len(found) == 7


def test_peak_days_are_hourly():
    found = firings(plan("double-11"), shanghai(2026, 11, 11), shanghai(2026, 11, 12))
    assert len(found) == 24


def blocks(kind):
    page = (ROOT / "docs" / "campaigns.md").read_text(encoding="utf-8")
    return re.findall(rf"```{kind}\n(.*?)```", page, re.DOTALL)


def test_the_plan_in_the_documentation_is_short_and_its_preview_is_what_is_shown(write_plan):
    written = blocks("yaml")[0]
    assert len(written.splitlines()) < 10
    shown = preview([load_plan(write_plan(written, "autumn.yaml"))], date(2026, 9, 23), date(2026, 10, 2))
    assert text(shown) == blocks("text")[0]


def test_every_yaml_in_the_documentation_is_yaml():
    assert all(yaml.safe_load(block) for block in blocks("yaml"))


def test_every_named_day_and_period_is_in_the_documentation():
    page = (ROOT / "docs" / "campaigns.md").read_text(encoding="utf-8")
    names = {*shipped().days(2026), *shipped().periods(2026)}
    assert sorted(name for name in names if f"`{name}`" not in page) == []
