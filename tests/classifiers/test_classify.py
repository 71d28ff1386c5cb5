from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from monitor.classifiers.batch import InputError, classify_file
from monitor.classifiers.contract import to_contract
from monitor.classifiers.explain import explain
from monitor.classifiers.finding import Basis, Evasion, Finding, FindingKind
from monitor.classifiers.lexicon import SHIPPED, LexiconError, load_lexicon
from monitor.classifiers.lexicon_check import check_lexicon, show
from monitor.classifiers.reasons import field_name
from monitor.classifiers.risk import is_suspect, points, total
from monitor.classifiers.suggest import suggest
from monitor.extraction.attributes import unify
from monitor.listing import Seller

LEXICON = load_lexicon()
SEVEN = frozenset(h.id for h in LEXICON.hazards if h.group == "seed_dangerous")


@pytest.mark.parametrize(
    ("title", "hazard", "evasion"),
    [
        ("儿童磁力球216颗", "magnet_balls", None),
        ("磁 力*球 儿童", "magnet_balls", Evasion.SYMBOLS),
        ("水晶宝寶", "water_beads", Evasion.TRADITIONAL),
        ("ya签nu", "toothpick_crossbow", Evasion.PINYIN),
        ("ciliqiu", "magnet_balls", Evasion.PINYIN),
        ("慈力球", "magnet_balls", Evasion.HOMOPHONE),
        ("石兹力球", "magnet_balls", Evasion.SPLIT),
        ("氺晶宝宝", "water_beads", Evasion.GLYPH),
        ("牙*签 努", "toothpick_crossbow", Evasion.MIXED),
        ("巴k球", "magnet_balls", Evasion.PINYIN),
        ("电人口香糖 整蛊", "shock_toy", None),
        ("全钢弹弓", "pocket_slingshot", None),
        ("金属飞镖 送靶盘", "metal_dart", None),
    ],
)
def test_finds(classify, title, hazard, evasion):
    found = {f.id: f for f in classify(title).hazards}
    assert hazard in found
    assert found[hazard].evasion == evasion
    assert classify(title).suspect


@pytest.mark.parametrize(
    "title",
    [
        "不含磁力球", "警惕水晶宝宝 宣传海报", "弹弓皮筋", "激光水平仪", "980nm激光模组", "水培吸水珠",
        "飞镖铅坠", "狗电击项圈", "星巴克球", "激光笔电池", "路口交通灯", "水晶包包", "电机玩具 马达",
        "弹弓王子童装男童T恤",
    ],
)  # fmt: skip
def test_leaves_alone_what_only_looks_like_one(hazards, title):
    assert not hazards(title) & SEVEN


def test_a_denial_ends_at_its_own_object(hazards):
    assert "shock_toy" in hazards("不含电池 电人笔整蛊")


def test_what_only_sounds_like_an_accessory_is_none(hazards):
    assert "laser_pointer" in hazards("五头激光笔儿童星空投影图案红光玩具灯")


def test_reasons_call_attributes_by_their_names():
    assert field_name("attributes.age") == "参数“适用年龄”"
    assert field_name("attributes.包装") == "参数“包装”"


def test_no_hazard_outside_the_toy_standard_rests_on_it(classify):
    for hazard in LEXICON.hazards:
        if hazard.toy_standard == "outside":
            assert Basis.PQ49 not in hazard.basis
    assert {"pocket_slingshot", "metal_dart", "imitation_gun"} <= {
        h.id for h in LEXICON.hazards if h.toy_standard == "outside"
    }
    claims = classify("全钢弹弓 射程80米 儿童").claims
    assert [claim.id for claim in claims] == ["claim_power"]
    assert Basis.PQ49 not in claims[0].basis


def test_all_entries_of_the_domain_study_are_carried_over():
    carried = [*LEXICON.hazards, *LEXICON.products, *LEXICON.vetoes.goods, *LEXICON.claims]
    assert len({entry.id for entry in carried} | {"cert_number_misuse"}) == 198
    assert "cert_number_misuse" in LEXICON.marks.ids.values()
    for hazard in LEXICON.hazards:
        assert hazard.id in SEVEN or hazard.severity in {"high", "critical"}


def finding(kind: FindingKind, severity="high", basis=(Basis.LBL54,), name="x", confidence=0.9) -> Finding:
    return Finding(
        kind=kind, id=name, field="title", start=0, end=1, matched="a", term="a", severity=severity,
        basis=basis, confidence=confidence, reason="r",
    )  # fmt: skip


def test_more_evidence_never_lowers_the_risk():
    evidence = [
        finding(kind, severity, name=f"{kind}{severity}{n}")
        for kind in FindingKind
        for severity in ("low", "medium", "high", "critical")
        for n in range(2)
    ]
    before = {False: 0.0, True: 0.0}
    for count in range(1, len(evidence) + 1):
        for child in (False, True):
            risk = total(points(evidence[:count], LEXICON.risk, SEVEN, child=child))
            assert risk >= before[child]
            before[child] = risk
        assert before[True] >= before[False]
    assert before == {False: 1, True: 1}


def test_advice_alone_never_makes_a_lead(classify):
    result = classify("婴儿安抚摇椅 解放双手 自动哄睡")
    assert any(claim.basis == (Basis.ADV,) for claim in result.claims)
    assert not result.suspect
    assert not is_suspect([], 0.0, SEVEN, 0.0)


def test_marks_need_a_page_that_was_read(classify):
    bare = classify("儿童电动遥控车玩具")
    assert not bare.marks
    looked = classify("儿童电动遥控车玩具", looked_for=frozenset({"attributes"}))
    assert {"mark_missing", "mark_bare"} <= {mark.id for mark in looked.marks}


def test_a_missing_certificate_counts_by_itself(classify):
    attributes = {"standard": "GB 6675.1-2014", "age": "3岁以上", "manufacturer": "某厂", "warning": "小零件"}
    bare = classify("儿童电动遥控车玩具", attributes=attributes, looked_for=frozenset({"attributes"}))
    assert {(mark.id, mark.field) for mark in bare.marks if mark.id != "mark_standard"} == {
        ("mark_missing", "attributes.manufacturer_address"),
        ("mark_missing_ccc", "attributes.ccc_number"),
    }
    clay = classify("儿童超轻粘土", attributes=attributes, looked_for=frozenset({"attributes"}))
    assert "mark_missing_ccc" not in {mark.id for mark in clay.marks}


@pytest.mark.parametrize(
    ("number", "fault"),
    [("2019010713148672", True), ("2019012202148672", False), ("12345", True), ("9999012202148672", True)],
)
def test_ccc_numbers(classify, number, fault):
    marks = classify("儿童益智积木玩具", attributes={"ccc_number": number}).marks
    assert (bool([m for m in marks if m.id == "cert_number_misuse"])) == (
        fault and number != "2019010713148672"
    )


@pytest.mark.parametrize(("month", "hint"), [(10, False), (11, True)])
def test_a_standard_out_of_force_is_a_hint(classify, month, hint):
    seen = datetime(2026, month, 15, tzinfo=UTC)
    marks = classify("儿童玩具", attributes={"standard": "GB 6675.1-2014"}, seen_at=seen).marks
    assert [m.id for m in marks] == ["mark_standard"] * hint
    assert all(m.matched == "6675.1-2014" and "提示" in m.reason for m in marks)


def test_every_field_says_its_words(classify):
    """A word of one field is not hidden by one that stands earlier in another."""
    assert classify("加绒卫衣", description="新款 上市 男童", attributes={"风格": "童装"}).category == "APP"
    seller = Seller(name="男装店")
    assert classify("加绒卫衣", description="新款 上市 宝宝 童装", seller=seller).category == "APP"


def test_contract(classify):
    title = "磁 力 球 14岁以上 小学生"
    contract = to_contract(title, classify(title))
    assert list(contract) == [
        "title", "category", "subcategory", "hazards", "focus", "claims", "marks", "risk", "suspect",
        "reasons",
    ]  # fmt: skip
    assert contract["hazards"][0]["matched"] == "磁 力 球"
    assert contract["claims"][0]["id"] == "claim_age_14plus"
    assert contract["category"] == "TOY"
    assert contract["focus"] == ["magnetic_toy"]


def test_files_in_lines_out(tmp_path, classifier):
    source, target = tmp_path / "a.txt", tmp_path / "a.jsonl"
    source.write_bytes("磁力球\n\n弹弓\r\n".encode())
    summary = classify_file(source, target, None, classifier)
    lines = target.read_text(encoding="utf-8").split("\n")
    assert (summary.rows, len(lines)) == (3, 4)
    assert '"title": ""' in lines[1]
    assert list(tmp_path.glob(".*")) == []


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.txt", b"\xff\xfe", "line 1: not UTF-8"),
        ("a.tsv", b"name\nx\n", "give --column"),
        ("a.tsv", b"title\na\tb\n", "line 2"),
        ("a.csv", b'title\n"a\n', "mend the quotes"),
        ("a.csv", b'title,attributes\na,"{"\n', "no JSON"),
        ("a.pdf", b"x", "rename"),
    ],
)
def test_bad_input_is_named_and_nothing_is_left(tmp_path, classifier, name, content, says):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=says):
        classify_file(tmp_path / name, tmp_path / "out.jsonl", None, classifier)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_mistake_in_the_lexicon_is_named_by_file_line_and_key(tmp_path):
    for path in SHIPPED.glob("*.yaml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    risk = tmp_path / "risk.yaml"
    risk.write_text(risk.read_text(encoding="utf-8").replace("focus: 0.10", "focus: 7"), encoding="utf-8")
    with pytest.raises(LexiconError, match=r"risk\.yaml, line \d+, key focus"):
        load_lexicon(tmp_path)
    assert check_lexicon(tmp_path)[0].error


def test_the_shipped_lexicon_has_no_errors():
    assert [problem for problem in check_lexicon() if problem.error] == []
    assert show(LEXICON, "carrot_knife").file == "products.yaml"
    with pytest.raises(LexiconError, match=r"did you mean .*carrot_knife"):
        show(LEXICON, "carrot")


def test_explanation_adds_up(classify):
    title = "磁 力 球 小学生 不含弹弓"
    result = classify(title)
    explanation = explain(title, result)
    assert round(min(1.0, sum(part.points for part in explanation.parts)), 2) == result.risk
    assert [title[a:b] for a, b in explanation.spans] == ["磁 力 球"]
    assert ("弹弓", "被否定或警示") in {(dropped.matched, dropped.why) for dropped in explanation.dropped}


def test_suggestions_part_confirmed_from_rejected():
    found = suggest(["钢珠弹射 玩具"] * 4, ["文玩手串 玩具"] * 4, LEXICON)
    weights = {s.term: s.weight for s in found}
    assert weights["钢珠"] > 0 > weights["文玩"]
    assert abs(weights["玩具"]) < 0.01


def test_attributes_of_a_file_may_be_unified(tmp_path, classifier):
    source, target = tmp_path / "a.csv", tmp_path / "a.jsonl"
    source.write_text('title,attributes\n儿童益智积木玩具,"{""3C证书编号"": ""12345""}"\n', encoding="utf-8")

    def fields(**options) -> list[str]:
        classify_file(source, target, None, classifier, **options)
        marks = json.loads(target.read_text(encoding="utf-8"))["marks"]
        return [mark["field"] for mark in marks]

    assert fields() == []
    assert fields(unify=unify) == ["attributes.ccc_number"]
