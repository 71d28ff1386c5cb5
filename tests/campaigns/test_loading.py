"""Reading plans: every problem is named by file, line and key."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.campaigns import yaml_lines
from monitor.campaigns.loading import load_plan, load_plans, plan_files
from monitor.campaigns.problem import PlanError

GOOD = """title: 中秋
windows:
  - name: 节前
    from: mid-autumn - 10d
    to: 国庆 + 7d
    cadence: every 6h
"""


def complaint(path):
    with pytest.raises(PlanError) as caught:
        load_plan(path)
    return str(caught.value)


def test_the_file_gives_the_name(write_plan):
    assert load_plan(write_plan(GOOD, "mid-autumn.yaml")).name == "mid-autumn"


@pytest.mark.parametrize(
    ("wrong", "right", "expected"),
    [
        ("title:", "titel:", ":1: titel: no key 'titel' here; did you mean 'title'?"),
        (
            "from: mid-autumn",
            "from: mid-autum",
            ":4: windows.0.from: 'mid-autum - 10d': there is no day called",
        ),
        ("to: 国庆", "to: 国庆 国庆", ":5: windows.0.to: '国庆 国庆 + 7d': '国庆' is one word too many"),
        ("every 6h", "evry 6h", ":6: windows.0.cadence: 'evry 6h': 'evry' is unknown here"),
        ("    cadence: every 6h\n", "", ":3: windows.0.cadence: 'cadence' is missing"),
        ("    cadence: every 6h\n", "    cadence:\n", ":6: windows.0.cadence: '': write every 6h"),
        ("title: 中秋", "title:", ":1: title: this is empty"),
        ("windows:", "windows: 中秋\nsites:", ":2: windows: a list is expected here"),
        ("title: 中秋", "title: [中秋]", ":1: title: plain text is expected here"),
        ("title: 中秋", "title: 中秋\ntitle: 国庆", ":2: title: this key stands here twice"),
        ("title: 中秋", "title: 中秋\nyears: 二〇二六", ":2: years.0: Input should be a valid integer"),
        ("title: 中秋", "title: 中秋\nname: Mid Autumn", ":2: name: String should match pattern"),
        ("    from:", "   from:", "not valid YAML"),
        ("title: 中秋", "title: &a [*a]", "nested too deeply"),
        ("title: 中秋", "title: 'open", "not valid YAML"),
        ("title: 中秋", "title: 中秋\n---\nx: y", "not valid YAML"),
        ("title: 中秋", "title: 中秋\nbudget: 5", ":2: budget: keys with values are expected here"),
    ],
)
def test_a_mistake_is_named_by_file_line_and_key(write_plan, wrong, right, expected):
    path = write_plan(GOOD.replace(wrong, right, 1))
    assert str(path) in complaint(path)
    assert expected in complaint(path)


def test_every_mistake_is_told_at_once_in_order_of_the_lines(write_plan):
    path = write_plan(GOOD.replace("mid-autumn", "mid-autum").replace("every", "evry"))
    lines = complaint(path).splitlines()
    assert [line.split(":")[1] for line in lines] == ["4", "6"]


def test_yaml_makes_no_numbers_and_truths_of_words(write_plan):
    text = GOOD.replace("mid-autumn - 10d", "618").replace(
        "every 6h", "\n      at: [15:00, 9:30]\n      on: 周一"
    )
    window = load_plan(write_plan(text)).windows[0]
    assert str(window.from_) == "618"
    assert str(window.cadence) == "每周一 15:00、09:30"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"", "a plan is made of keys"),
        (b"- a\n- b\n", "a plan is made of keys"),
        ("title: 中秋".encode("gb18030"), ":1: this is not UTF-8"),
        (b"title: x\nwhy: \xff\n", ":2: this is not UTF-8"),
        (b"title: \x00\n", "not valid YAML"),
        (b"x: " + b"a" * yaml_lines.MAX_BYTES, "a plan has at most"),
        (b"[" * 5000, "nested too deeply"),
        (b"x: [" + b"1," * yaml_lines.MAX_VALUES + b"]", "more than 20000 values"),
    ],
)
def test_what_is_no_plan_at_all(tmp_path, raw, expected):
    path = tmp_path / "plan.yaml"
    path.write_bytes(raw)
    assert expected in complaint(path)


def test_aliases_of_aliases_are_no_bomb(write_plan):
    layers = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    layers += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    assert "more than 20000 values" in complaint(write_plan("\n".join(layers)))


def test_a_missing_file_and_a_folder(tmp_path):
    assert "cannot be read: No such file" in complaint(tmp_path / "plan.yaml")
    assert "cannot be read: Is a directory" in complaint(tmp_path)


def test_a_byte_order_mark_is_no_mistake(tmp_path):
    path = tmp_path / "plan.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert load_plan(path).title == "中秋"


def test_a_folder_of_plans(write_plan, tmp_path):
    write_plan(GOOD, "b.yaml")
    write_plan(GOOD, "a.yml")
    write_plan("days: []\n", "calendar.yaml")
    write_plan("groups: {}\n", "sites.yaml")
    write_plan("no plan", "notes.txt")
    assert [path.name for path in plan_files(tmp_path)] == ["a.yml", "b.yaml"]
    assert list(load_plans(tmp_path)) == ["a", "b"]


def test_a_folder_tells_of_all_its_broken_plans(write_plan, tmp_path):
    write_plan(GOOD.replace("title", "titel"), "a.yaml")
    write_plan(GOOD.replace("every", "evry"), "b.yaml")
    write_plan(GOOD + "name: d\n", "c.yaml")
    write_plan(GOOD, "d.yaml")
    with pytest.raises(PlanError) as caught:
        load_plans(tmp_path)
    told = [(problem.file.rsplit("/", 1)[1], problem.line, problem.key) for problem in caught.value.problems]
    assert told == [("a.yaml", 1, "titel"), ("b.yaml", 6, "windows.0.cadence"), ("d.yaml", 1, "name")]


def test_a_missing_folder(tmp_path):
    with pytest.raises(PlanError, match="there is no such folder of plans"):
        load_plans(tmp_path / "schedules")


GROUPS = """groups:
  local-shops:
    title: 本地网店
    sites:
      - {site: django_oscar, name: shop-a, base_url: "https://a.example"}
      - {site: my_shop, via: [search, shop]}
  none-yet:
    title: 待填
"""
WITH_GROUP = GOOD + "sites:\n  - demo_mall\n  - group: local-shops\n  - {site: demo_gbk, via: serch}\n"


def test_a_group_stands_for_its_sites(write_plan):
    write_plan(GROUPS, "sites.yaml")
    plan = load_plan(write_plan(WITH_GROUP.replace("serch", "search")))
    assert [use.label for use in plan.sites] == ["demo_mall", "shop-a", "my_shop", "demo_gbk"]


def test_after_a_group_the_lines_are_still_right(write_plan):
    write_plan(GROUPS, "sites.yaml")
    assert ":10: sites.3.via.0:" in complaint(write_plan(WITH_GROUP))


def test_an_unknown_group_and_a_broken_file_of_groups(write_plan):
    assert ":9: sites.1.group: there is no group 'local-shops' in sites.yaml" in complaint(
        write_plan(WITH_GROUP)
    )
    write_plan(GROUPS.replace("local-shops", "local-shop"), "sites.yaml")
    assert "did you mean 'local-shop'?" in complaint(write_plan(WITH_GROUP))
    write_plan(GROUPS.replace("via", "by"), "sites.yaml")
    assert "sites.yaml:6: groups.local-shops.sites.1.by: no key 'by' here" in complaint(
        write_plan(WITH_GROUP)
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(raw=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_a_plan_or_an_explained_error(tmp_path, raw):
    path = tmp_path / "plan.yaml"
    path.write_bytes(raw)
    with pytest.raises(PlanError):
        load_plan(path)
