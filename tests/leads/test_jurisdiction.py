from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from monitor.classifiers import Basis
from monitor.classifiers.lexicon.source import LexiconError
from monitor.cli.app import app
from monitor.leads.jurisdiction.areas import area_table
from monitor.leads.jurisdiction.credit_code import check_character
from monitor.leads.jurisdiction.jurisdiction import Role, locate, locate_seller
from monitor.leads.jurisdiction.jurisdiction_book import SHIPPED, jurisdiction_book
from monitor.leads.jurisdiction.routing import route
from monitor.listing import Seller


def code_of(area: str) -> str:
    first = f"91{area}MA2XN5R88"
    return first + check_character(first)


def why(location) -> str:
    return "\n".join(location.why)


# -- the data ----------------------------------------------------------------------------------------------


def test_the_book_and_the_table_agree():
    book, table = jurisdiction_book(), area_table()
    inside = {code for code, area in table.by_code.items() if area.parent == book.city.code}
    assert {county.code for county in book.counties} | {e.code for e in book.excluded} == inside
    assert all(table.by_code[county.code].name == county.name for county in book.counties)
    assert all(zone.host in inside for zone in book.zones)
    assert [rule.id for rule in book.rules] == [f"R{n}" for n in range(1, 10)]
    assert {route.basis for route in book.special_routes} == {"PSB", "TOB", "EMG", "NMPA"}
    assert {basis.basis for basis in book.special_routes} <= {basis.value for basis in Basis}


def test_every_name_of_a_bureau_says_how_sure_it_is():
    book = jurisdiction_book()
    for county in book.counties:
        location = locate(f"福建省泉州市{county.name}世纪大道1号")
        assert (location.bureau, location.bureau_confidence) == (county.bureau, county.bureau_confidence)
        assert "须以单位全称核定" in county.bureau_confidence
    assert "待核" in str(locate("泉州台商投资区杏园路1号").bureau_confidence)


def test_every_full_name_is_found_under_what_it_lies_in():
    table = area_table()
    apart = {code for special in jurisdiction_book().special_areas for code in special.codes}
    apart |= {excluded.code for excluded in jurisdiction_book().excluded}
    read = {
        code: locate("".join(outer.name for outer in reversed(table.line(code))))
        for code, area in table.by_code.items()
        if area.parent
    }
    assert len(read) > 3000
    wrong = {code: why(said) for code, said in read.items() if code not in apart and said.area_code != code}
    assert wrong == {}
    assert all(read[code].pending for code in apart)


@given(
    st.text(
        alphabet=st.sampled_from(
            "福建省泉州市晋江丰泽区石狮安溪县官桥镇洛阳路大厦、 清濛台商投资区12号北京南"
        ),
        max_size=24,
    )
)
def test_no_text_raises_and_every_open_question_says_why(text):
    location = locate(text)
    assert location.why
    assert location.pending == (location.rule is None)


def test_a_mistake_in_the_book_is_said_with_its_key(tmp_path):
    text = SHIPPED.read_text(encoding="utf-8").replace("bureau: 石狮市市场监督管理局", "burau: 石狮局")
    (tmp_path / "book.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(LexiconError, match=r"book\.yaml.*counties\.8"):
        jurisdiction_book(tmp_path / "book.yaml")


def test_hostile_text_takes_no_time_to_speak_of():
    begun = time.perf_counter()
    for word in ("福建", "海南", "朝阳", "泉州 ", "在晋江市", "\ud800", "\u200b", "((("):
        assert locate(word * 20_000).why
    assert time.perf_counter() - begun < 10


# -- code and address --------------------------------------------------------------------------------------


def test_a_code_alone_says_where_it_is_registered():
    location = locate(code=code_of("350582"))
    assert (location.area_code, location.bureau, location.rule) == ("350582", "晋江市市场监督管理局", "R1")
    assert "实际经营地未核实" in why(location)


def test_a_wrong_code_is_said_to_be_wrong_and_not_used():
    right = code_of("350582")
    wrong = right[:-1] + ("0" if right[-1] != "0" else "1")
    assert locate(code=wrong).pending
    location = locate("福建省石狮市宝盖镇塘前工业区", code=wrong)
    assert location.area_code == "350581"
    assert "校验位不符" in why(location)
    assert not location.contradictory


def test_where_the_two_contradict_each_other_business_decides_for_a_seller_and_the_register_for_a_site():
    address, code = "福建省石狮市宝盖镇塘前工业区", code_of("350582")
    seller, site = locate(address, code=code), locate(address, code=code, role=Role.OWN_SITE)
    assert (seller.area_code, seller.rule, seller.contradictory) == ("350581", "R1", True)
    assert (site.area_code, site.rule, site.contradictory) == ("350582", "R3", True)
    for location in (seller, site):
        assert "福建省泉州市晋江市" in why(location)
        assert "福建省泉州市石狮市" in why(location)


@pytest.mark.parametrize(
    ("address", "registered", "area"),
    [
        ("官桥镇驿头村", "350583", "350583"),
        ("泉州市官桥镇", "350524", "350524"),
        ("鼓楼区五四路1号", "350102", "350102"),
        ("泉州市田安路1号", "350503", "350503"),
        ("见包装", "350582", "350582"),
        ("惠安县洛阳镇堂头村", "350521", "350521-TSTI"),
        ("福建省晋江市陈埭镇", "350500", "350582"),
        ("泉州大厦3楼", "350203", "350203"),
        ("深圳市南山区桃源街道", "440300", "440305"),
        ("福建省福州市长乐区", "350182", "350112"),
    ],
)
def test_code_and_address_settle_together_what_neither_does_alone(address, registered, area):
    location = locate(address, code=code_of(registered))
    assert (location.area_code, location.contradictory) == (area, False)
    assert location.bureau


@pytest.mark.parametrize(
    ("address", "registered"),
    [
        ("官桥镇驿头村", "350582"),
        ("鼓楼区五四路1号", "350582"),
        ("深圳华强北路1002号", "350582"),
        ("香港九龙弥敦道1号", "350582"),
        ("福建省泉州市思明区", "350582"),
        ("福建省泉州市金门县", "350582"),
        ("陕西省西安市西咸新区", "610112"),
        ("鲤城区清濛社区", "350502"),
        ("江苏省鼓楼区", "320000"),
        ("泉州市田安路1号", "350500"),
    ],
)
def test_what_code_and_address_leave_open_stays_open(address, registered):
    location = locate(address, code=code_of(registered))
    assert location.pending
    assert location.rule is None


@pytest.mark.parametrize(
    ("digits", "area", "bureau"),
    [
        ("350182", "350112", "福州市市场监督管理局"),
        ("440398", "440300", "深圳市市场监督管理局"),
        ("350598", "350500", None),
        ("310108", None, None),
        ("990101", None, None),
        ("350128", "350128", None),
        ("350527", "350527", None),
    ],
)
def test_registers_that_are_gone_unknown_or_of_the_city_itself(digits, area, bureau):
    location = locate(code=code_of(digits))
    assert (location.area_code, location.bureau) == (area, bureau)


def test_the_place_of_dispatch_decides_nothing():
    location = locate(stated_place="福建 泉州 晋江")
    assert location.pending
    assert location.area_code is None
    assert "仅为线索" in why(location)
    assert locate("福建省石狮市", stated_place="广东 汕头").area_code == "350581"


def test_a_seller_is_located_by_what_its_pages_published():
    seller = Seller(address="晋江市陈埭镇", credit_code=code_of("350582"), stated_place="浙江 义乌")
    assert locate_seller(seller).area_code == "350582"


# -- bureaus and rules -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "role", "bureau", "rule"),
    [
        ("福建省晋江市陈埭镇", Role.PLATFORM_SELLER, "晋江市市场监督管理局", "R1"),
        ("泉州经济技术开发区德泰路", Role.PLATFORM_SELLER, "泉州市市场监督管理局开发区分局", "R1"),
        ("广东省汕头市澄海区", Role.PLATFORM_SELLER, "汕头市市场监督管理局", "R2"),
        ("浙江省义乌市", Role.PLATFORM_SELLER, "金华市市场监督管理局", "R2"),
        ("上海市浦东新区", Role.PLATFORM_SELLER, "上海市浦东新区市场监督管理局", "R2"),
        ("河南省济源市", Role.PLATFORM_SELLER, "济源市市场监督管理局", "R2"),
        ("湖北省神农架林区", Role.PLATFORM_SELLER, "神农架林区市场监督管理局", "R2"),
        ("广东省汕头市澄海区", Role.PRODUCER, "汕头市市场监督管理局", "R6"),
        ("福建省晋江市", Role.PRODUCER, "晋江市市场监督管理局", "R3"),
        ("福建省晋江市", Role.OWN_SITE, "晋江市市场监督管理局", "R3"),
        ("浙江省杭州市余杭区", Role.ADVERTISER, "杭州市市场监督管理局", "R7"),
    ],
)
def test_bureau_and_rule(address, role, bureau, rule):
    location = locate(address, role=role)
    assert (location.bureau, location.rule) == (bureau, rule)
    assert location.why[-1].startswith(f"{rule}:")
    assert "置信" in location.why[-1]


def test_outside_the_city_the_county_bureau_is_named_too_and_both_are_by_convention():
    location = locate("广东省汕头市澄海区")
    assert location.county_bureau == "汕头市澄海区市场监督管理局"
    assert "推断" in str(location.bureau_confidence)


# -- special routes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("basis", "receiver"),
    [
        ({Basis.PSB, Basis.PQ49}, "晋江市公安机关"),
        ({Basis.TOB}, "晋江市烟草专卖行政主管部门"),
        ({Basis.EMG, Basis.ADV}, "晋江市应急管理部门"),
        ({Basis.NMPA}, "晋江市药品监督管理部门"),
    ],
)
def test_other_authorities_are_kept_apart(basis, receiver):
    routing = route(basis, locate("福建省晋江市陈埭镇"))
    assert (routing.receiver, routing.rule, routing.special) == (receiver, "R8", True)
    assert "推断" in str(routing.confidence)


def test_the_ordinary_route_is_that_of_the_location():
    routing = route({Basis.PQ49}, locate("福建省晋江市陈埭镇"))
    assert (routing.receiver, routing.rule, routing.special) == ("晋江市市场监督管理局", "R1", False)


@pytest.mark.parametrize("basis", [set(), {Basis.ADV}])
def test_a_warning_alone_is_never_referred(basis):
    routing = route(basis, locate("福建省晋江市陈埭镇"))
    assert (routing.receiver, routing.rule) == (None, None)
    assert "不移送" in routing.why[0]


def test_an_open_place_leaves_the_receiver_open():
    pending = locate("鼓楼区")
    assert route({Basis.PQ49}, pending).receiver is None
    special = route({Basis.PSB}, pending)
    assert (special.receiver, special.rule, special.special) == (None, "R8", True)
    assert "待核" in special.why[-1]


# -- the command -------------------------------------------------------------------------------------------


def test_the_command_prints_json():
    result = CliRunner().invoke(app, ["locate", "晋江市陈埭镇", "--code", code_of("350582"), "--json"])
    said = json.loads(result.output)
    assert (said["status"], said["area_code"], said["rule"]) == ("已定", "350582", "R1")
    assert said["bureau"] == "晋江市市场监督管理局"
    assert said["why"]


def test_the_command_says_what_is_open():
    result = CliRunner().invoke(app, ["locate", "鼓楼区"])
    assert result.exit_code == 0
    assert "待核" in result.output
    assert "同名区划不止一处" in result.output


def test_the_command_wants_something_to_go_by():
    result = CliRunner().invoke(app, ["locate"])
    assert result.exit_code != 0
