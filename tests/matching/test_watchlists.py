"""Listings against lists: what matches, by what, and what never does."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.classifiers import FindingKind
from monitor.listing import Listing, Seller
from monitor.matching.watchlist_entry import Entry, ListKind, goods, goods_of
from monitor.matching.watchlist_file import read_watchlist
from monitor.matching.watchlist_findings import GROUNDS, TITLES, findings_of
from monitor.matching.watchlists import By, WatchlistIndex

PAIRS = Path(__file__).parent.parent / "data" / "watchlist_pairs.tsv"


def entry(name: str, **stated) -> Entry:
    return Entry(**({"kind": ListKind.RECALL, "product_name": name} | stated))


def pairs(half: str) -> list[dict[str, str]]:
    with PAIRS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [row for row in rows if row["half"] == half]


def matches(row: dict[str, str]) -> bool:
    listed = entry(
        row["name"],
        brand=row["brand"] or None,
        model=row["entry_model"] or None,
        producer=row["producer"] or None,
        barcode=row["entry_barcode"] or None,
    )
    offered = goods(
        row["title"],
        {
            "attributes.brand": row["goods_brand"],
            "attributes.model": row["goods_model"],
            "attributes.manufacturer": row["manufacturer"],
            "attributes.barcode": row["goods_barcode"],
        },
    )
    return bool(WatchlistIndex([listed]).match(offered))


@pytest.mark.parametrize(("half", "precision", "recall"), [("dev", 0.95, 0.90), ("held", 0.95, 0.90)])
def test_labelled_pairs(half, precision, recall):
    said = [(matches(row), row["same"] == "yes") for row in pairs(half)]
    assert len(said) >= 60
    right = sum(got and wanted for got, wanted in said)
    assert right / sum(got for got, _ in said) >= precision
    assert right / sum(wanted for _, wanted in said) >= recall


@pytest.mark.parametrize(
    ("stated", "offered", "by", "score", "words"),
    [
        (
            {"barcode": "6901234567892"},
            {"attributes.barcode": "06901234567892"},
            By.BARCODE,
            100,
            "06901234567892",
        ),
        ({"ccc_number": "2019010713148672"}, {"attributes.ccc_number": "2019010713148672"}, By.CCC, 95, None),
        (
            {"licence": "XK16-204-00123"},
            {"attributes.production_licence": "xk16 204 00123"},
            By.LICENCE,
            92,
            None,
        ),
        (
            {"producer": "汕头市小星玩具厂", "model": "NO.9828"},
            {"attributes.manufacturer": "汕头市小星玩具厂", "attributes.model": "9828"},
            By.PRODUCER_MODEL,
            96,
            "汕头市小星玩具厂",
        ),
        (
            {"brand": "墨小喵", "model": "S500-50"},
            {"title": "墨小喵 s500-50 拼装"},
            By.BRAND_MODEL,
            92,
            "墨小喵",
        ),
        (
            {"credit_code": "91350503MA2XXXXX1X"},
            {"credit_code": "91350503ma2xxxxx1x", "title": "儿童水晶泥 12色"},
            By.ENTERPRISE,
            95,
            None,
        ),
        ({"brand": "墨小喵"}, {"title": "正品 墨-小-喵 水晶泥 12色"}, By.NAME, 89.1, "墨-小-喵"),
    ],
)
def test_by_what_and_how_well(stated, offered, by, score, words):
    listed = entry("水晶泥", **stated)
    title = offered.pop("title", "某商品")
    (found,) = WatchlistIndex([listed]).match(goods(title, offered))
    assert (found.by, found.score) == (by, score)
    if words is not None:
        assert found.matched == words
        source = title if found.field == "title" else offered[found.field]
        assert source[found.start : found.end] == words


@pytest.mark.parametrize(
    "name",
    ["儿童玩具", "益智玩具", "固体胶", "学生剪刀", "一次性儿童口罩(非医用)", "连衣裙", "0.5mm中性笔(2支装)"],
)
def test_generic_names_match_nothing_and_are_said_to(name):
    index = WatchlistIndex([entry(name)])
    assert [each.product_name for each in index.too_general] == [name]
    assert index.match(goods(f"{name} 新款 学生", {"shop": name})) == ()


def test_another_model_or_brand_is_another_product():
    index = WatchlistIndex([entry("水晶泥", brand="墨小喵", model="ML-08", ccc_number="2019010713148672")])
    assert index.match(goods("墨小喵水晶泥", {"attributes.model": "ML-08"}))
    assert index.match(goods("墨小喵水晶泥", {"attributes.model": "ML-081"})) == ()
    assert index.match(goods("墨小喵水晶泥", {"attributes.brand": "别家"})) == ()
    number = {"attributes.ccc_number": "2019010713148672", "attributes.model": "ML-99"}
    assert index.match(goods("水晶泥", number)) == ()


def test_a_brand_that_is_an_ordinary_word_counts_where_a_brand_stands():
    index = WatchlistIndex([entry("马克笔", brand="掌握")])
    assert index.match(goods("让孩子掌握色彩的马克笔", {})) == ()
    assert index.match(goods("掌握马克笔 24色", {}))
    assert index.match(goods("马克笔 24色", {"attributes.brand": "掌握"}))


def test_what_stands_for_nothing_is_no_statement():
    index = WatchlistIndex([entry("水晶泥", brand="/", model="见包装", producer="无", barcode="00000000")])
    assert index.match(goods("水晶泥 / 见包装 无", {"attributes.barcode": "00000000"})) == ()


def test_a_listing_gives_one_finding_for_each_kind_of_list():
    listed = [
        entry("水晶泥", brand="墨小喵", defect="硼超标", stated_on=date(2026, 5, 1)),
        entry("水晶泥", brand="墨小喵", model="ML-08"),
        entry("水晶泥", brand="墨小喵", kind=ListKind.MEDIA),
        entry("水晶泥", brand="墨小喵", kind=ListKind.SAMPLED),
    ]
    title = "墨小喵水晶泥 ML-08"
    found = findings_of(WatchlistIndex(listed).match(goods_of(Listing(site="s", url="u", title=title))))
    assert [(f.kind, f.id, f.confidence, f.basis) for f in found] == [
        (FindingKind.WATCHLIST, "recall", 0.92, ()),
        (FindingKind.WATCHLIST, "media", 0.89, ()),
    ]
    assert found[0].reason == "与召回通告中的“水晶泥（墨小喵 ML-08）”相符（商标和型号相同，92分）"
    assert "须人工核对" in found[1].reason


def test_every_list_and_ground_has_a_name():
    assert set(TITLES) == set(ListKind)
    assert set(GROUNDS) == set(By)


def test_a_seller_that_was_complained_about_is_met_with_the_same_product():
    index = WatchlistIndex([entry("磁力球", kind=ListKind.COMPLAINT, seller="快乐童年玩具专营店")])
    seller = Seller(name="快乐童年玩具专营店")
    assert index.match(goods_of(Listing(site="s", url="u", title="磁力球 216颗", seller=seller)))
    assert not index.match(goods_of(Listing(site="s", url="u", title="遥控汽车", seller=seller)))
    other = Seller(name="新快乐童年玩具专营店二店")
    assert not index.match(goods_of(Listing(site="s", url="u", title="磁力球 216颗", seller=other)))


@pytest.mark.parametrize(
    ("name", "kind"), [("recalls_cn.tsv", "recall"), ("sampling_products_cn.tsv", "sampled")]
)
def test_real_lists(shared, name, kind):
    read = read_watchlist(shared / "data" / name, ListKind(kind))
    assert read.bad == ()
    assert "product_name" in read.file.columns
    index = WatchlistIndex(read.entries)
    for each in read.entries:
        text = f"{each.brand or ''} {each.product_name} {each.model or ''}"
        found = index.match(goods(text, {"attributes.manufacturer": each.producer or ""}))
        assert (each in index.too_general) or any(m.entry == each for m in found) or not each.brand
    # whoever offers just the kind of thing is named by no list
    for plain in ("固体胶", "儿童口罩 50只", "水彩笔 24色", "连衣裙", "益智玩具", "毛绒玩具", "婴儿背带"):
        assert index.match(goods(plain, {})) == (), plain


def test_passed_and_failed_rows_of_a_mixed_list(shared):
    read = read_watchlist(shared / "data" / "sampling_products_cn.tsv", ListKind.SAMPLED)
    kinds = {each.kind for each in read.entries}
    assert kinds == {ListKind.SAMPLED, ListKind.FAILED}
    national = next(each for each in read.entries if "国家监督抽查" in (each.published or ""))
    assert (national.kind, national.level, national.year) == (ListKind.FAILED, "国家", 2021)


#: Parts of what sellers and lists write, hostile ones too.
PARTS = (
    "墨小喵",
    "墨 小-喵",
    "ＡＢ",
    "abc",
    "水晶泥",
    "磁力片",
    "儿童",
    "玩具",
    "ML-08",
    "9",
    "/",
    " ",
    "(",
    "\ud800",
    "\u200b",
    "🧲",
    "繁體",
)
text = st.lists(st.sampled_from(PARTS), max_size=6).map("".join)
stated_text = st.one_of(st.none(), text)
entries = st.builds(
    Entry,
    kind=st.just(ListKind.RECALL),
    product_name=text,
    brand=stated_text,
    model=stated_text,
    barcode=stated_text,
    producer=stated_text,
    seller=stated_text,
)
FIELDS = (
    "attributes.brand",
    "attributes.model",
    "attributes.manufacturer",
    "shop",
    "attributes.product_name",
)


@settings(max_examples=300, deadline=None)
@given(st.lists(entries, max_size=3), text, st.dictionaries(st.sampled_from(FIELDS), text))
def test_every_match_shows_the_words_it_rests_on(listed, title, fields):
    for match in WatchlistIndex(listed).match(goods(title, fields)):
        source = title if match.field == "title" else fields[match.field]
        assert source[match.start : match.end] == match.matched != ""
        assert 0 < match.score <= 100
        assert match.entry in listed
