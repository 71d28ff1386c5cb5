from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from monitor.extraction.profile import all_profiles
from monitor.imports.columns import guess
from monitor.imports.rejects import Reason, Reject
from monitor.imports.row_listing import RowReader
from monitor.imports.rows import Row
from monitor.imports.sites import Sites

NOW = datetime(2026, 9, 1, tzinfo=UTC)
PROFILES = all_profiles()


def read(values, *, site=None):
    return RowReader(guess(list(values)), Sites(PROFILES, site), NOW).read(Row(7, values))


def listing(values, **options):
    outcome = read({"标题": "磁力球", "链接": "https://a.cn/1", **values}, **options)
    assert not isinstance(outcome, Reject), outcome
    return outcome[0]


def test_a_whole_row():
    found = listing(
        {
            "标题": " 磁力球 ",
            "链接": "item.taobao.com/item.htm?spm=a.b&id=42#x",
            "价格": "￥1.2万",
            "店铺名称": "甲店",
            "统一社会信用代码": '="91350500MA2XN7Q12E"',
            "经营地址": "'福建省泉州市丰泽区某路1号",
            "3C证书编号": "2018012345678901",
            "状态": "",
            "商品状态": "已下架",
            "类目": "玩具 > 磁性",
            "月销量": "1000+",
        }
    )
    assert (found.site, found.item_id, found.url) == (
        "taobao",
        "42",
        "https://item.taobao.com/item.htm?id=42",
    )
    assert (found.title, found.price, found.sales, found.available) == ("磁力球", Decimal(12000), 1000, False)
    assert found.attributes == {"ccc_number": "2018012345678901"}
    assert found.breadcrumb == ("玩具", "磁性")
    assert found.seller.credit_code == "91350500MA2XN7Q12E"
    assert found.seller.address.startswith("福建省")
    # an empty cell denies nothing
    assert not found.looked_for
    assert not found.seller.looked_for


def test_the_site_is_what_the_person_says_then_the_table_then_the_address():
    address = {"链接": "https://shop.example.cn/1"}
    assert listing(address, site="douyin").site == "douyin"
    assert listing({**address, "平台": "京东"}).site == "jd"
    assert listing(address).site == "shop.example.cn"
    assert listing({**address, "平台": "某某优选"}).attributes["平台"] == "某某优选"


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"标题": ""}, Reason.NO_TITLE),
        ({"标题": "#N/A"}, Reason.NO_TITLE),
        ({"链接": ""}, Reason.NO_URL),
        ({"链接": "见图"}, Reason.BAD_URL),
        ({"链接": "javascript:alert(1)"}, Reason.BAD_URL),
        ({"链接": "file:///etc/passwd"}, Reason.BAD_URL),
        ({"链接": "https://a.cn/" + "x" * 3000}, Reason.BAD_URL),
        ({"标题": "球" * 1001}, Reason.TOO_LONG),
        ({"别的": "x" * 20_001}, Reason.TOO_LONG),
        ({"店铺名称": "店" * 501}, Reason.TOO_LONG),
        ({"统一社会信用代码": "9" * 41}, Reason.TOO_LONG),
        ({"统一社会信用代码": "9.1350E+17"}, Reason.LOST_DIGITS),
        ({"统一社会信用代码": "9.1E17"}, Reason.LOST_DIGITS),
        ({"3C证书编号": "2.01801E+15"}, Reason.LOST_DIGITS),
        ({"条形码": "6.9E+12"}, Reason.LOST_DIGITS),
        ({"商品ID": "6.12345E+11"}, Reason.LOST_DIGITS),
    ],
)
def test_a_bad_row_is_rejected_with_its_reason(values, reason):
    outcome = read({"标题": "磁力球", "链接": "https://a.cn/1", **values})
    assert isinstance(outcome, Reject)
    assert (outcome.number, outcome.reason) == (7, reason)
    assert outcome.reason.chinese


def test_numbers_of_people_are_neither_stored_nor_handed_back():
    values = {
        "标题": "弓弩 微信同号13812345678",
        "链接": "https://a.cn/1",
        "联系电话": "13912345678",
        "法人身份证号": "350500199001011234",
        "说明": "身份证350500199001011234",
        "条形码": "13812345678",
    }
    found = listing(values)
    assert found.title == "弓弩 微信同号138******78"
    assert found.attributes == {"说明": "身份证350*************34", "barcode": "13812345678"}
    rejected = read({**values, "链接": ""})
    assert "13912345678" not in repr(rejected)
    assert "1990" not in repr(rejected)


def test_a_price_that_is_no_number_stays_as_published():
    assert listing({"价格": "面议"}).price is None
    assert listing({"价格": "面议"}).attributes == {"价格": "面议"}
    assert listing({"价格": "-5"}).price is None
    assert listing({"价格": "99-109"}).price_max == Decimal(109)
    assert listing({"价格": "99999999999"}).price is None


def test_a_table_that_names_only_the_company_means_it_as_the_seller():
    assert listing({"企业名称": "泉州某公司"}).seller.key == "泉州某公司"
    assert listing({}).seller is None
