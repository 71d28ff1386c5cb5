"""What plans will do, as data and as text."""

import json
from datetime import date, datetime

import pytest
from rich.cells import cell_len

from monitor.campaigns.preview import as_json, preview
from monitor.campaigns.preview_text import listing, sheet, text
from monitor.campaigns.statutory import DayKind

AUTUMN = {
    "name": "中秋国庆",
    "from": "min(mid-autumn, national-day) - 10d",
    "to": "max(mid-autumn, 10-07) + 1d",
    "cadence": "every 6h",
}


@pytest.fixture
def autumn(make_plan):
    due = {"date": "10-15", "what": "报送小结", "to": "网监科", "remind": ["3d", "1d"]}
    return make_plan(AUTUMN, name="autumn", title="中秋国庆监测", deadlines=[due])


def test_everything_in_the_stretch_and_nothing_else(autumn):
    shown = preview([autumn], date(2026, 9, 20), date(2026, 9, 25))
    [campaign] = shown.campaigns
    assert len(campaign.firings) == 6 * 4
    assert [(each.first, each.last) for each in campaign.openings] == [(date(2026, 9, 15), date(2026, 10, 8))]
    assert campaign.deadlines == ()
    assert shown.unpublished == ()


def test_names_and_rest_days_of_the_whole_months(autumn):
    shown = preview([autumn], date(2026, 9, 20), date(2026, 9, 21))
    assert shown.names == {
        date(2026, 9, 1): ("秋季开学",),
        date(2026, 9, 10): ("教师节",),
        date(2026, 9, 25): ("中秋",),
    }
    assert shown.rest == {
        date(2026, 9, 20): DayKind.MAKE_UP,
        date(2026, 9, 25): DayKind.HOLIDAY,
        date(2026, 9, 26): DayKind.HOLIDAY,
        date(2026, 9, 27): DayKind.HOLIDAY,
    }
    assert preview([autumn], date(2026, 12, 31), date(2026, 12, 31)).names[date(2026, 12, 25)] == ("圣诞",)


def test_json_is_plain_and_says_when_where_and_why(autumn):
    told = json.loads(json.dumps(as_json(preview([autumn], date(2026, 9, 1), date(2026, 10, 31)))))
    assert (told["from"], told["to"]) == ("2026-09-01", "2026-10-31")
    [campaign] = told["campaigns"]
    assert campaign["name"] == "autumn"
    assert campaign["digest"] == autumn.digest
    assert len(campaign["firings"]) == 96
    assert campaign["firings"][0] == {
        "at": "2026-09-15T00:00:00+08:00",
        "closes_at": "2026-10-09T00:00:00+08:00",
        "window": "中秋国庆",
        "why": "中秋国庆（2026-09-15 至 2026-10-08）：每6小时一次",
    }
    assert all(datetime.fromisoformat(firing["at"]).tzinfo for firing in campaign["firings"])
    assert campaign["windows"] == [
        {
            "name": "中秋国庆",
            "year": 2026,
            "from": "2026-09-15",
            "to": "2026-10-08",
            "cadence": "每6小时一次",
            "peak": {},
        }
    ]
    [due] = campaign["deadlines"]
    assert due == {
        "date": "2026-10-15",
        "what": "报送小结",
        "to": "网监科",
        "reminders": ["2026-10-12", "2026-10-14"],
    }


def test_the_list_gives_the_reason_once_and_each_day_a_line(autumn):
    shown = preview([autumn], date(2026, 9, 24), date(2026, 10, 15))
    lines = listing(shown.campaigns[0], shown).splitlines()
    assert lines[0] == "中秋国庆监测（autumn），共 60 次"
    assert lines[1] == "  中秋国庆（2026-09-15 至 2026-10-08）：每6小时一次"
    assert lines[2] == "    09-24 周四                00:00 06:00 12:00 18:00"
    assert lines[3] == "    09-25 周五 休 中秋        00:00 06:00 12:00 18:00"
    assert lines[-1] == "  截止 2026-10-15 报送小结 → 网监科（10-12、10-14 提醒）"
    assert len(lines) == 1 + 1 + 15 + 1


def test_many_times_a_day_are_shortened(make_plan):
    plan = make_plan(
        {"from": "10-01", "to": "10-01", "cadence": "hourly"},
        {"from": "10-02", "to": "10-02", "cadence": "every 30min between 08:00-12:00"},
        {"from": "10-03", "to": "10-03", "cadence": "daily 01:00, 02:00, 03:00, 05:00, 07:00, 09:00, 11:00"},
    )
    shown = preview([plan], date(2026, 10, 1), date(2026, 10, 3))
    told = listing(shown.campaigns[0], shown)
    assert "00:00–23:00 每1小时，24 次" in told
    assert "08:00–11:30 每30分钟，8 次" in told
    assert "01:00 02:00 03:00 05:00 07:00 09:00 11:00" in told


def test_overlapping_windows_keep_their_days_together(make_plan):
    plan = make_plan(
        {"from": "10-01", "to": "10-03", "cadence": "every 12h"},
        {"from": "10-02", "to": "10-03", "cadence": "daily 06:00, 18:00"},
    )
    shown = preview([plan], date(2026, 10, 1), date(2026, 10, 3))
    assert [line.split()[-2:] for line in listing(shown.campaigns[0], shown).splitlines()[1:]] == [
        ["至", "2026-10-03）：每12小时一次"],
        ["00:00", "12:00"],
        ["至", "2026-10-03）：每12小时一次"],
        ["00:00", "12:00"],
        ["00:00", "12:00"],
        ["2026-10-03）：每天", "06:00、18:00"],
        ["06:00", "18:00"],
        ["06:00", "18:00"],
    ]


def test_the_sheet_of_a_month(autumn):
    shown = preview([autumn], date(2026, 9, 1), date(2026, 10, 31))
    lines = sheet(shown, 2026, 10).splitlines()
    assert lines[0] == "2026年10月"
    assert lines[1].split() == [f"周{day}" for day in "一二三四五六日"]
    assert lines[2].split() == ["1休", "×4", "2休", "×4", "3休", "×4", "4休", "×4"]
    assert lines[3].split() == ["国庆"]
    assert "8 ×4" in lines[4]
    assert "10班" in lines[4]
    assert lines[5].split() == ["12", "13", "14", "15", "16", "17", "18"]
    assert lines[6].split() == ["提醒", "提醒", "截止", "重阳"]
    assert all(cell_len(line) <= 7 * 11 for line in lines)


def test_columns_of_the_sheet_stand_below_each_other(autumn):
    shown = preview([autumn], date(2026, 9, 1), date(2026, 9, 30))
    lines = sheet(shown, 2026, 9).splitlines()
    friday = next(line for line in lines if "25休" in line)
    name = lines[lines.index(friday) + 1]
    assert cell_len(friday[: friday.index("25休")]) == cell_len(name[: name.index("中秋")]) == 4 * 11


def test_the_whole_text_has_a_sheet_for_every_month_with_something_on_it(autumn):
    told = text(preview([autumn], date(2026, 9, 1), date(2026, 12, 31)))
    assert "2026年9月" in told
    assert "2026年10月" in told
    assert "2026年11月" not in told
    assert "尚未公布" not in told


def test_years_without_published_rest_days_are_said_to_be_so(autumn):
    shown = preview([autumn], date(2027, 9, 1), date(2028, 10, 31))
    assert shown.unpublished == (2027, 2028)
    assert "2027、2028 年的放假调休安排尚未公布" in text(shown)
    assert "休" not in listing(shown.campaigns[0], shown)


def test_nothing_planned_and_days_the_wrong_way_round(autumn):
    nothing = preview([], date(2026, 9, 1), date(2026, 9, 30))
    assert text(nothing) == ""
    assert as_json(nothing)["campaigns"] == []
    with pytest.raises(ValueError, match="the end lies before the beginning"):
        preview([autumn], date(2026, 9, 2), date(2026, 9, 1))
