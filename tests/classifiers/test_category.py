"""Category of a title, from words that we made up after real ones."""

from __future__ import annotations

import pytest

from monitor.classifiers.category import NOTHING, CategoryChoice, Weigher, longest, matcher_words
from monitor.classifiers.lexicon.category_words import category_words
from monitor.classifiers.matcher import Matcher
from monitor.classifiers.normalise import normalise


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(matcher_words(category_words()))


@pytest.fixture(scope="module")
def choose(matcher):
    weigher = Weigher(category_words())

    def choose(title: str, elsewhere: str = "") -> CategoryChoice:
        text, around = normalise(title).text, normalise(elsewhere).text
        return weigher.weigh(matcher.find(text).category, text, matcher.find(around).category)

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


def test_longest_drops_what_a_longer_word_contains(matcher):
    hits = longest(matcher.find("儿童口罩").category)
    assert [hit.word.spelling for hit in hits] == ["儿童口罩"]


def test_longest_keeps_overlaps(matcher):
    hits = longest(matcher.find("水彩笔筒").category)
    assert [hit.word.spelling for hit in hits] == ["水彩笔", "笔筒"]
