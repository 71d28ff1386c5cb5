"""Key products of the campaign, from titles that we made up after real ones."""

from __future__ import annotations

import pytest

from monitor.classifiers.category import Weigher, matcher_words
from monitor.classifiers.finding import Basis, Finding, FindingKind, Severity
from monitor.classifiers.focus import FocusProducts
from monitor.classifiers.lexicon.category_words import category_words
from monitor.classifiers.lexicon.taxonomy import load_taxonomy
from monitor.classifiers.matcher import Matcher
from monitor.classifiers.normalise import normalise


@pytest.fixture(scope="module")
def focus_of():
    words = category_words()
    matcher, weigher = Matcher(matcher_words(words)), Weigher(words)
    focus = FocusProducts.of(load_taxonomy())

    def focus_of(title: str, hazards: tuple[tuple[Finding, str], ...] = ()) -> dict[str, Finding]:
        normalised = normalise(title)
        hits = matcher.category(normalised.text)
        choice = weigher.weigh(hits, normalised.text)
        return {finding.id: finding for finding in focus.find(choice, normalised, hazards)}

    return focus_of


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("解压捏捏乐慢回弹", {"decompression_toy"}),
        ("儿童解压玩具 减压神器", {"decompression_toy"}),
        ("解压玩具 彩色磁力积木", {"magnetic_toy"}),
        ("儿童减压玩具 积木拼装", set()),
        ("捏捏乐 解压玩具", {"decompression_toy"}),
        ("网红起泡胶无硼砂", {"decompression_toy"}),
        ("指尖陀螺金属", {"decompression_toy"}),
        ("战斗陀螺发射器套装", set()),
        ("儿童磁力片拼搭", {"magnetic_toy"}),
        ("益智磁力棒拼插", {"magnetic_toy"}),
        ("磁力片积木 N35强磁", {"magnetic_toy"}),
        ("磁力片 60片装", {"magnetic_toy"}),
        ("某某牌磁力片", set()),
        ("8×2磁力片 100片", set()),
        ("n52磁力片 50片", set()),
        ("磁力棒 工业除铁 12根", set()),
        ("磁力泥会吃磁铁", {"magnetic_toy"}),
        ("软弹枪连发", {"projectile_toy"}),
        ("手抛泡沫飞机", {"projectile_toy"}),
        ("学生高粘度固体胶", {"adhesive_stationery"}),
        ("手工白胶大瓶", {"adhesive_stationery"}),
        ("假睫毛胶水", set()),
        ("木工胶水强力", set()),
        ("可爱橡皮擦学生", {"plastic_stationery"}),
        ("自粘包书皮透明", {"plastic_stationery"}),
        ("田字格作业本", set()),
        ("透明笔袋大容量", {"plastic_stationery"}),
        ("帆布笔袋", set()),
        ("塑料直尺20cm", {"plastic_stationery"}),
        ("不锈钢直尺", set()),
        ("绘图圆规", set()),
        ("宝宝口罩立体", {"child_mask"}),
        ("成人一次性口罩", set()),
        ("防吐奶斜坡垫", {"inclined_sleeper"}),
        ("婴儿电动摇椅哄睡", {"electric_rocker"}),
        ("老人休闲摇椅", set()),
        ("宽口径奶嘴十字孔", {"nipple"}),
        ("安抚奶嘴超软", {"nipple"}),
        ("奶嘴海葵活体", set()),
        ("奶嘴消毒盒", set()),
        ("宝宝奶嘴消毒锅", set()),
        ("奶瓶奶嘴宽口", {"nipple"}),
        ("水果奶嘴咬咬乐", set()),
        ("得力液体胶水", {"adhesive_stationery"}),
        ("强力胶水补鞋", set()),
        ("奶瓶刷奶嘴刷套装", set()),
        ("宝宝辅食碗带盖", {"child_tableware"}),
        ("儿童餐椅带餐盘", set()),
        ("婴儿围兜防水", set()),
        ("成人餐具套装", set()),
    ],
)
def test_focus(focus_of, title, expected):
    assert set(focus_of(title)) == expected


def test_the_span_is_cut_from_the_original(focus_of):
    title = "【正品】安 抚·奶嘴"
    finding = focus_of(title)["nipple"]
    assert finding.matched == title[finding.start : finding.end] == "安 抚·奶嘴"
    assert finding.term == "安抚奶嘴"
    assert finding.kind is FindingKind.FOCUS
    assert "安 抚·奶嘴" in finding.reason


def test_focus_alone_is_monitoring(focus_of):
    finding = focus_of("软弹枪")["projectile_toy"]
    assert finding.basis == (Basis.ADV,)
    assert finding.severity is Severity.MEDIUM
    assert 0 < finding.confidence <= 0.95


def test_a_hazard_in_disguise_is_a_focus_product_too(focus_of):
    hazard = Finding(
        kind=FindingKind.HAZARD,
        id="magnet_balls",
        field="title",
        start=0,
        end=3,
        matched="慈力球",
        term="磁力球",
        severity=Severity.CRITICAL,
        basis=(Basis.PQ49,),
        confidence=0.7,
        reason="",
    )
    finding = focus_of("慈力球216颗", ((hazard, "TOY.MAG.BALL"),))["magnetic_toy"]
    assert (finding.matched, finding.start, finding.confidence) == ("慈力球", 0, 0.7)
    assert focus_of("慈力球216颗", ((hazard, "TOY.KNIFE"),)) == {}
