from __future__ import annotations

from collections import Counter

import pytest

from monitor.leads.sampling.draw import DrawError
from monitor.leads.sampling.inspectors import Group, Inspector, assign
from monitor.leads.sampling.roster import read_roster

PEOPLE = [Inspector(id=f"{n:02}", name=f"检查员{n}", unit="质量监督科") for n in range(6)]
GROUPS = [
    Group(group=("350582",), samples=("A-001", "A-002"), parties=("快乐童年", "泉州市", "晋江市")),
    Group(group=("待核",), samples=("A-003",), parties=("某店",)),
]


def second(people=PEOPLE, groups=GROUPS, seed="s", **changes):
    return assign(people, groups, **({"seed": seed, "population_sha256": "p", "per_group": 2} | changes))


def test_two_for_every_group_and_the_same_for_everyone():
    drawn = second()
    assert [len(set(each.inspectors)) for each in drawn.assigned] == [2, 2]
    assert second(PEOPLE[::-1]) == drawn
    assert drawn != second(seed="t")
    assert drawn != second(population_sha256="q")
    assert (
        drawn.assigned != second(PEOPLE[:-1]).assigned
        or drawn.roster_sha256 != second(PEOPLE[:-1]).roster_sha256
    )


def test_who_has_to_stay_away_is_never_drawn():
    kin = Inspector(id="90", name="亲属", recusals=("快乐 童年",))
    local = Inspector(id="91", name="本地人", recusals=("晋江",))
    careless = Inspector(id="92", name="一字", recusals=("店", ""))
    people = [*PEOPLE[:2], kin, local, careless]
    for seed in range(100):
        first, other = second(people, seed=str(seed)).assigned
        assert not {"90", "91"} & set(first.inspectors)
        assert first.recused == ("90", "91")
        assert other.recused == ()


def test_every_pair_that_may_has_the_same_chance():
    """15 pairs over 3,000 seeds: 14 degrees of freedom, 42.58 is the 99.99 % point; the seeds are fixed."""
    counts = Counter(frozenset(second(seed=str(n)).assigned[0].inspectors) for n in range(3_000))
    assert len(counts) == 15
    assert sum((count - 200) ** 2 / 200 for count in counts.values()) < 42.58


def test_too_few_people_name_the_group():
    people = [*PEOPLE[:1], Inspector(id="9", name="回避者", recusals=("快乐童年",))]
    with pytest.raises(
        DrawError, match=r"group 350582: 2 inspectors are needed, 1 may take it \(1 stay away\)"
    ):
        second(people)


def test_one_number_twice_is_refused():
    with pytest.raises(DrawError, match="has 01 twice"):
        second([*PEOPLE, PEOPLE[1]])


def test_a_roster_from_a_spreadsheet(tmp_path):
    file = tmp_path / "roster.csv"
    file.write_text(
        "泉州市检查人员名录\n姓名,执法证号,所在单位,回避企业\n张三,3501,质量科,甲公司、乙店\n李四,,网监科,\n",
        "utf-8",
    )
    assert read_roster(file) == (
        Inspector(id="3501", name="张三", unit="质量科", recusals=("甲公司", "乙店")),
        Inspector(id="李四/网监科", name="李四", unit="网监科"),
    )


def test_a_roster_without_a_name_names_the_row(tmp_path):
    file = tmp_path / "roster.csv"
    file.write_text("姓名,单位\n张三,质量科\n,网监科\n", "utf-8")
    with pytest.raises(DrawError, match="row 3: no name"):
        read_roster(file)
    file.write_text("姓名,单位\n", "utf-8")
    with pytest.raises(DrawError, match="roster is empty"):
        read_roster(file)
