"""Category of a title, from words that we made up after real ones."""

from __future__ import annotations

import csv
import timeit
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.classifiers.category import NOTHING, CategoryChoice, Weigher, matcher_words
from monitor.classifiers.lexicon.category_words import category_words
from monitor.classifiers.matcher import Hit, Matcher
from monitor.classifiers.normalise import normalise

MATCHER = Matcher(matcher_words(category_words()))
WEIGHER = Weigher(category_words())
SPELLINGS = frozenset(word.spelling for word in matcher_words(category_words()))
LABELS = {
    "儿童玩具": "TOY",
    "学生文具": "STA",
    "儿童服装": "APP",
    "儿童口罩": "MASK",
    "婴童用品": "INF",
    "其他": None,
}


def hits(text: str) -> list[Hit]:
    """The longest category words in normalised `text`."""
    return MATCHER.category(text)


@pytest.fixture
def choose():
    def choose(title: str, elsewhere: str = "") -> CategoryChoice:
        text, around = normalise(title).text, normalise(elsewhere).text
        return WEIGHER.weigh(hits(text), text, hits(around))

    return choose


@pytest.mark.parametrize(
    ("title", "category", "subcategory"),
    [
        # the head noun decides, what stands before it only qualifies
        ("儿童玩具收纳箱家用大号", None, None),
        ("宝宝积木桌", "TOY", "TOY.PLASTIC"),
        ("奶嘴消毒盒便携", "INF", None),
        ("奶嘴海葵活体", None, None),
        # for whom
        ("女童加绒连衣裙", "APP", "APP.CLOTH"),
        ("女士加绒连衣裙", None, None),
        ("连衣裙 120cm 秋款", "APP", "APP.CLOTH"),
        ("成人口罩一次性", None, None),
        ("儿童口罩一次性三层", "MASK", "MASK.CHILD"),
        ("儿童医用外科口罩", "MASK", "MASK.MED"),
        ("婴儿口罩", "MASK", "MASK.INFANT"),
        ("护脊减负儿童书包", "STA", "STA.BAG"),
        ("儿童保温杯带吸管", "INF", "INF.FEED.BOTTLE"),
        ("男士保温杯", None, None),
        # a toy-class 童车 is a toy by category
        ("16寸儿童自行车", "TOY", "TOY.RIDE.BIKE"),
        ("成人折叠自行车", None, None),
        ("自行车配件车座", None, None),
        # animals' goods, also when they are toys
        ("狗狗磨牙玩具", None, None),
        ("儿童毛绒玩具小狗", "TOY", "TOY.PLUSH"),
        # workshops and beauty
        ("高压洗车水枪", None, None),
        ("宝宝洗澡水枪", "TOY", "TOY.PLASTIC"),
        ("眼线笔防水", None, None),
        ("婴儿推车配件雨罩", "INF", "INF.GEAR.STROLLER"),
        ("老人学步车成人助行", None, None),
        ("康复训练儿童自行车", None, None),
        # brands back a word, and are enough in a brief title
        ("得力笔记本", "STA", "STA.BOOK"),
        ("联想笔记本", None, None),
        ("叶罗丽迷雾森林", "TOY", "TOY.PLASTIC"),
        ("晨光VGP-1150", "STA", None),
        ("晨光便携计算器", None, None),
        # food is none
        ("婴儿配方奶粉900g", None, None),
        ("宝宝辅食米粉草莓味", None, None),
        ("宝宝辅食碗吸盘", "INF", "INF.FEED.WARE"),
        # patterns and tastes are no products
        ("儿童口罩小汽车款", "MASK", "MASK.CHILD"),
        # short names
        ("60311咖宝蛋神", "TOY", "TOY.PLASTIC"),
        ("8601得力圆规", "STA", "STA.DRAW"),
        ("9907机器人", "TOY", "TOY.ELEC.RC"),
        ("机器人", None, None),
        # another category's word
        ("奥特曼笔袋", "STA", "STA.BAG"),
        ("磁力片积木", "TOY", "TOY.MAG.BUILD"),
        ("某某牌磁力片", "TOY", None),
        ("8×2磁力片", None, None),
        ("磁力棒网", None, None),
        # long words hide short ones
        ("轻薄笔记本电脑", None, None),
        ("橡皮艇加厚", None, None),
        ("水晶弹簧", None, None),
        # goods of the extensions have a sub-category, but no category
        ("小学生儿童电话手表", None, "ELE.WATCH"),
        ("", None, None),
        ("abc 123", None, None),
    ],
)
def test_category(choose, title, category, subcategory):
    choice = choose(title)
    assert (choice.category, choice.subcategory) == (category, subcategory)


def test_the_words_that_decided_are_cut_from_the_text(choose):
    text = "女童连衣裙纯棉短裙"
    choice = choose(text)
    assert [text[word.start : word.end] for word in choice.words] == ["短裙", "女童连衣裙"]
    assert choice.score > 0


def test_no_word_no_category(choose):
    assert choose("五香鸭脖") is NOTHING


def test_what_is_thrown_in_does_not_decide(choose):
    assert choose("送男友成人手表 送水彩笔").category is None


def test_context_of_the_listing_says_for_whom(choose):
    assert choose("加绒卫衣").category is None
    assert choose("加绒卫衣", "童装 男童").category == "APP"


def test_longest_drops_what_a_longer_word_contains():
    assert [hit.word.spelling for hit in hits("儿童口罩")] == ["儿童口罩"]


def test_longest_keeps_overlaps():
    assert [hit.word.spelling for hit in hits("水彩笔筒")] == ["水彩笔", "笔筒"]


def test_a_brand_of_baby_goods_says_child(choose):
    assert choose("好孩子保温杯").category == "INF"
    assert choose("富光保温杯").category is None


@given(st.text(max_size=60))
def test_any_text_has_spans_within_it(title):
    text = normalise(title).text
    found = hits(text)
    choice = WEIGHER.weigh(found, text, found)
    for word in choice.words:
        assert text[word.start : word.end] == word.spelling


@given(st.lists(st.sampled_from(sorted(SPELLINGS)), max_size=12))
def test_any_pile_of_words_has_spans_within_it(words):
    text = "".join(words)
    choice = WEIGHER.weigh(hits(text), text)
    for word in choice.words:
        assert text[word.start : word.end] == word.spelling
    assert choice.category is None or choice.score > 0


@pytest.mark.parametrize(
    "seed", ["儿童书包", "奶嘴", "儿童书包床", "宝宝玩具收纳箱", "60228咖宝蛋神", "送水彩笔", "透明笔袋"]
)
def test_time_grows_with_the_length(seed):
    def seconds(times: int) -> float:
        text = normalise(seed * times).text
        found = hits(text)
        return min(timeit.repeat(lambda: WEIGHER.weigh(found, text), number=1, repeat=5))

    assert seconds(8000) < 40 * seconds(800)


def test_agrees_with_the_audited_titles(shared):
    """The development figure (macro F1 0.90 asked for; categories of few rows are left out)."""
    right: Counter[str | None] = Counter()
    said: Counter[str | None] = Counter()
    truth: Counter[str | None] = Counter()
    with (shared / "data" / "eval_titles_audited_dev.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["our_label"] not in LABELS or row["subtype"] in ("food", "diaper/wash/care"):
                continue
            want = LABELS[row["our_label"]]
            text = normalise(row["title"]).text
            got = WEIGHER.weigh(hits(text), text).category
            truth[want] += 1
            said[got] += 1
            right[want] += want == got
    for category in ("TOY", "STA", "APP", "INF", None):
        f1 = 2 * right[category] / (truth[category] + said[category])
        assert f1 >= 0.95, category
