"""The calendar file that a phone subscribes to, read back by the rules of RFC 5545."""

import re
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.campaigns.ics import to_ics
from monitor.campaigns.plan import Plan
from monitor.campaigns.preview import preview

STAMP = datetime(2026, 9, 1, 8, 30, tzinfo=UTC)


def plan_called(title, what="报送小结", why="为什么；因为，所以"):
    return Plan.model_validate(
        {
            "name": "autumn",
            "title": title,
            "why": why,
            "windows": [{"name": "中秋", "from": "中秋 - 1d", "to": "中秋", "cadence": "every 12h"}],
            "deadlines": [{"date": "10-15", "what": what, "to": "网监科", "remind": "1d"}],
        }
    )


def written(plan, with_firings=False, stamp=STAMP):
    shown = preview([plan], date(2026, 9, 1), date(2026, 10, 31))
    return to_ics(shown, written_at=stamp, with_firings=with_firings)


def properties(ics):
    """Unfold and split into (name with parameters, value)."""
    assert ics.endswith("\r\n")
    assert "\n" not in ics.replace("\r\n", "")
    assert all(len(line.encode()) <= 75 for line in ics.split("\r\n"))
    unfolded = ics.replace("\r\n ", "").removesuffix("\r\n").split("\r\n")
    return [tuple(line.split(":", 1)) for line in unfolded]


def unescaped(value):
    return re.sub(r"\\(.)", lambda match: "\n" if match[1] in "nN" else match[1], value)


def events(ics):
    found, inside = [], []
    for name, value in properties(ics):
        if name == "BEGIN":
            inside.append(value)
            if value == "VEVENT":
                found.append({"alarms": []})
            elif value == "VALARM":
                found[-1]["alarms"].append({})
        elif name == "END":
            assert inside.pop() == value
        elif inside[-1] == "VEVENT":
            assert name not in found[-1]
            found[-1][name] = value
        elif inside[-1] == "VALARM":
            found[-1]["alarms"][-1][name] = value
    assert inside == []
    return found


def test_the_calendar_says_what_it_is():
    head = dict(properties(written(plan_called("中秋监测")))[:5])
    assert head == {
        "BEGIN": "VCALENDAR",
        "VERSION": "2.0",
        "PRODID": "-//monitor//campaigns//ZH",
        "CALSCALE": "GREGORIAN",
        "METHOD": "PUBLISH",
    }


def test_windows_and_deadlines_are_whole_days_and_reminders_their_alarms():
    window, due = events(written(plan_called("中秋监测")))
    assert window["DTSTART;VALUE=DATE"] == "20260924"
    assert window["DTEND;VALUE=DATE"] == "20260926", "exclusive"
    assert unescaped(window["SUMMARY"]) == "中秋监测：中秋"
    assert unescaped(window["DESCRIPTION"]) == "每12小时一次\n为什么；因为，所以"
    assert window["DTSTAMP"] == "20260901T083000Z"
    assert due["DTSTART;VALUE=DATE"] == "20261015"
    assert due["SUMMARY"] == "截止：报送小结"
    assert due["DESCRIPTION"] == "中秋监测，报送 网监科"
    [alarm] = due["alarms"]
    assert alarm == {
        "ACTION": "DISPLAY",
        "TRIGGER;VALUE=DATE-TIME": "20261014T010000Z",  # 09:00 at Shanghai
        "DESCRIPTION": "10-15 截止：报送小结",
    }


def test_firings_only_when_wanted_as_moments_in_utc():
    found = [
        each for each in events(written(plan_called("中秋监测"), with_firings=True)) if "DTSTART" in each
    ]
    assert [each["DTSTART"] for each in found] == [
        "20260923T160000Z",
        "20260924T040000Z",
        "20260924T160000Z",
        "20260925T040000Z",
    ]
    assert found[0]["SUMMARY"] == "采集：中秋监测"
    assert len(events(written(plan_called("中秋监测")))) == 2


def test_uids_are_stable_and_never_shared():
    one = [each["UID"] for each in events(written(plan_called("中秋监测"), with_firings=True))]
    later = datetime(2026, 9, 9, tzinfo=UTC)
    other = [each["UID"] for each in events(written(plan_called("改了标题"), with_firings=True, stamp=later))]
    assert one == other
    assert len(set(one)) == len(one)
    assert all(re.fullmatch(r"(window|deadline|firing)-[0-9a-f]{24}@monitor", uid) for uid in one)


def test_separators_and_newlines_are_escaped():
    title = 'a;b,c\\d "e"\r\nf\ng'
    [window, _] = events(written(plan_called(title)))
    assert "a\\;b\\,c\\\\d" in window["SUMMARY"]
    assert unescaped(window["SUMMARY"]) == 'a;b,c\\d "e"\nf\ng：中秋'


def test_a_naive_time_is_refused():
    with pytest.raises(ValueError, match="naive"):
        written(plan_called("中秋监测"), stamp=datetime(2026, 9, 1))  # noqa: DTZ001 - the point of it


LINE = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=120)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(title=LINE, what=LINE)
def test_any_title_comes_back_as_it_was(title, what):
    window, due = events(written(plan_called(title, what)))
    assert unescaped(window["SUMMARY"]) == f"{title}：中秋"
    assert unescaped(due["SUMMARY"]) == f"截止：{what}"
