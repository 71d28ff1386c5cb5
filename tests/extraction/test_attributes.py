from __future__ import annotations

import pytest

from monitor.extraction.attributes import unified_keys, unify


@pytest.mark.parametrize(
    ("name", "value", "key"),
    [
        # the domain report's table (§8), all names of it
        *(
            (name, "2019012240942060", "ccc_number")
            for name in ("3C证书编号", "商品3C认证码", "CCC证书编号", "qcCode")
        ),
        *((name, "3-6岁", "age") for name in ("适用年龄", "适用年龄段", "适用年龄(段)", "建议年龄")),
        *((name, "A类", "safety_class") for name in ("安全等级", "安全类别", "安全技术类别")),
        *((name, "GB 6675.1-2014", "standard") for name in ("执行标准", "产品标准", "质量标准", "标准号")),
        *((name, "某厂", "manufacturer") for name in ("生产企业", "制造商", "厂名", "生产厂家")),
        *((name, "某路1号", "manufacturer_address") for name in ("厂址", "生产地址")),
        # however it is spelt
        ("3C 证书编号：", "1", "ccc_number"),
        ("３Ｃ证书编号", "1", "ccc_number"),
        ("*适用年龄（段）:", "3+", "age"),
        ("品牌 ", "x", "brand"),
        # 证书编号 is any certificate's, unless the number is one of a CCC certificate
        ("证书编号", "2019011606222155", "ccc_number"),
        ("证书编号", "A2217", "证书编号"),
        # 名称 is the product's, not the licence's
        ("名称", "积木", "名称"),
        ("能力培养", "手眼协调", "能力培养"),
    ],
)
def test_many_names_become_one_key(name: str, value: str, key: str) -> None:
    assert unify([(name, value)]) == {key: value}


def test_a_licence_page_uses_plain_words() -> None:
    table = [
        ("名称", "某玩具有限公司"),
        ("统一社会信用代码", "91350502MA00000000"),
        ("经营场所", "某路1号"),
        ("经营者", "某"),
    ]
    assert unify(table, licence=True) == {
        "licence_name": "某玩具有限公司",
        "credit_code": "91350502MA00000000",
        "address": "某路1号",
        "legal_representative": "某",
    }
    assert set(unify(table)) == {"名称", "credit_code", "经营场所", "经营者"}


def test_nothing_is_lost_and_nothing_doubled() -> None:
    table = [
        ("材质", "ABS"),
        ("玩具材质", "ABS"),
        ("面料", "棉"),
        ("CPU型号", "A"),
        ("CPU型号", "B"),
        ("CPU型号", "A"),
        ("执行标准", "  "),
        ("", "无名"),
    ]
    assert unify(table) == {"material": "ABS", "面料": "棉", "CPU型号": "A；B"}


def test_no_name_means_two_things() -> None:
    names = [name for entry in unified_keys() for name in (entry.title, *entry.names)]
    assert len(names) == len(set(names))
    for entry in unified_keys():
        for name in entry.on_licence:
            assert unify([(name, "x")]) == {name: "x"}, f"{name} needs no on_licence"
        assert entry.source


def test_keys_that_the_classifiers_rest_on_are_there() -> None:
    keys = {entry.key for entry in unified_keys()}
    assert keys >= {
        *("ccc_number", "standard", "age", "manufacturer", "manufacturer_address", "safety_class", "warning"),
        *("material", "model", "brand", "item_number", "licence_name", "credit_code", "address"),
    }
