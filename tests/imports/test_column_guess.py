from __future__ import annotations

import pytest

from monitor.imports.columns import column_book, corrected, guess
from monitor.imports.problem import ImportProblemError
from monitor.matching.column_names import normal


@pytest.mark.parametrize(
    ("column", "target"),
    [
        ("商品标题", "title"),
        ("商品名称", "title"),
        ("Product Name", "title"),
        ("链 接", "url"),
        ("商品链接：", "url"),
        ("价格（元）", "price"),
        ("价格(RMB)", "price"),
        ("ＵＲＬ", "url"),
        ("店铺名称", "seller.name"),
        ("统一社会信用代码", "seller.credit_code"),
        ("经营地址", "seller.address"),
        ("seller.credit_code", "seller.credit_code"),
        ("3C证书编号", "attributes.3C证书编号"),
        ("联系电话", "personal"),
        ("身份证号", "personal"),
        ("序号", "-"),
        ("从未见过的列", "attributes.从未见过的列"),
    ],
)
def test_a_column_is_known_by_its_name(column, target):
    assert guess([column]).target(column) == target


def test_of_two_columns_for_one_field_the_better_name_takes_it_wherever_it_stands():
    for columns in (["商品名称", "商品标题"], ["商品标题", "商品名称"]):
        found = guess(columns)
        assert found.target("商品标题") == "title"
        assert found.target("商品名称") == "attributes.商品名称"


def test_a_correction_wins_and_the_column_that_had_the_field_becomes_an_attribute():
    found = corrected(guess(["标题", "宝贝", "备注二"]), {"宝贝": "title", "备注二": "-"})
    assert found.targets == {"标题": "attributes.标题", "宝贝": "title", "备注二": "-"}


@pytest.mark.parametrize(
    ("corrections", "said"),
    [
        ({"没有": "title"}, "the columns are 标题, 链接"),
        ({"标题": "titel"}, "the fields are title, url"),
        ({"标题": "url", "链接": "url"}, "cannot both be url"),
    ],
)
def test_a_correction_that_cannot_be_met_is_explained(corrections, said):
    with pytest.raises(ImportProblemError, match=said):
        corrected(guess(["标题", "链接"]), corrections)


def test_every_field_of_the_book_is_one_of_a_listing_or_seller():
    from dataclasses import fields

    from monitor.listing import Listing, Seller

    known = {f.name for f in fields(Listing)} | {f"seller.{f.name}" for f in fields(Seller)}
    assert {entry.field for entry in column_book().fields} <= known
    assert normal("价格（元）") == "价格"
