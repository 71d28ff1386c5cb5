"""Plans that are edited while the service runs."""

from __future__ import annotations

import logging

import pytest

from monitor.campaigns.plan_book import PlanBook

PLAN = """title: {title}
windows: [{{name: 全年, from: 01-01, to: 12-31, cadence: {cadence}}}]
sites: [demo_mall]
"""


@pytest.fixture
def book(tmp_path, write_plan):
    write_plan(PLAN.format(title="夜", cadence="daily 03:00"), "night.yaml")
    book = PlanBook(tmp_path)
    book.refresh()
    return book


def test_an_edit_is_in_force_at_the_next_refresh(book, write_plan, caplog):
    caplog.set_level(logging.INFO)
    write_plan(PLAN.format(title="夜", cadence="hourly"), "night.yaml")
    book.refresh()
    assert str(book.plans["night"].windows[0].cadence) == "每1小时一次"
    assert "plan night was edited" in caplog.text


def test_a_broken_edit_keeps_the_last_good_plan_and_says_so_once(book, write_plan, caplog):
    before = book.plans["night"]
    write_plan("title: 夜\nwindws: []\n", "night.yaml")
    for _ in range(3):
        book.refresh()
    assert book.plans["night"] is before
    assert "night.yaml:2" in book.problems[0]
    assert "what it said before stays in force" in book.problems[0]
    assert len(caplog.records) == 1
    write_plan(PLAN.format(title="夜", cadence="hourly"), "night.yaml")
    book.refresh()
    assert book.problems == ()
    assert book.plans["night"] is not before


def test_a_new_file_that_is_broken_does_not_fire_and_harms_no_other(book, write_plan):
    write_plan("title: x\n", "other.yaml")
    book.refresh()
    assert set(book.plans) == {"night"}
    assert any("does not fire until it is mended" in problem for problem in book.problems)


def test_a_broken_calendar_keeps_every_plan(book, write_plan):
    write_plan("dyas: []\n", "calendar.yaml")
    book.refresh()
    assert set(book.plans) == {"night"}
    assert book.problems


def test_a_plan_that_is_taken_away_fires_no_more(book, tmp_path, caplog):
    (tmp_path / "night.yaml").unlink()
    book.refresh()
    assert book.plans == {}
    assert "plan night is gone" in caplog.text


def test_a_folder_that_is_away_for_a_moment_keeps_the_plans(book, tmp_path):
    tmp_path.rename(tmp_path.with_name("away"))
    book.refresh()
    assert set(book.plans) == {"night"}
    assert "stay in force" in book.problems[0]
    tmp_path.with_name("away").rename(tmp_path)
    book.refresh()
    assert book.problems == ()


def test_of_two_plans_of_one_name_the_first_file_counts(book, write_plan):
    write_plan("name: night\n" + PLAN.format(title="又", cadence="hourly"), "z.yaml")
    book.refresh()
    assert book.plans["night"].title == "夜"
    assert any("'night' too" in problem for problem in book.problems)


def test_a_comment_changes_nothing(book, write_plan, caplog):
    caplog.set_level(logging.INFO)
    write_plan("# 说明\n" + PLAN.format(title="夜", cadence="daily 03:00"), "night.yaml")
    caplog.clear()
    book.refresh()
    assert caplog.text == ""
