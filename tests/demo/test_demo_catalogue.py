"""The catalogue: its labels are of this world, its codes are valid, its mistakes are told plainly."""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from monitor.demo.catalogue import Catalogue, CatalogueError, Goods, Licence, load
from monitor.demo.catalogue.schema import FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator

REPOSITORY = Path(__file__).parents[2]
SHARED = Path(os.environ.get("MONITOR_SHARED", REPOSITORY.parent / "shared"))
SEVEN = {
    "toothpick_crossbow",
    "water_beads",
    "laser_pointer",
    "magnet_balls",
    "pocket_slingshot",
    "metal_dart",
    "shock_toy",
}
FOCUS = {
    "decompression_toy",
    "magnetic_toy",
    "projectile_toy",
    "adhesive_stationery",
    "plastic_stationery",
    "child_mask",
    "inclined_sleeper",
    "electric_rocker",
    "nipple",
    "child_tableware",
}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


def all_goods(catalogue: Catalogue) -> Iterator[Goods]:
    yield from catalogue.goods
    yield from (day.goods for day in catalogue.days)


def licences(catalogue: Catalogue) -> Iterator[Licence]:
    for seller in (*catalogue.sellers.values(), *(day.seller for day in catalogue.days)):
        if seller.licence is not None:
            yield seller.licence


def test_the_mall_is_as_large_and_as_mixed_as_it_should_be(catalogue: Catalogue) -> None:
    goods = catalogue.goods
    assert 300 <= len(goods) <= 350
    assert {one.expect.category for one in goods} == {"TOY", "STA", "APP", "MASK", "INF", None}
    assert sum(one.expect.suspect is True for one in goods) >= 40
    assert sum(one.expect.trap is not None and one.expect.suspect is not True for one in goods) >= 60


def test_all_seven_and_all_key_products_are_there(catalogue: Catalogue) -> None:
    hazards = Counter(hazard for one in catalogue.goods for hazard in one.expect.hazards)
    assert all(hazards[hazard] >= 4 for hazard in SEVEN)
    assert {focus for one in catalogue.goods for focus in one.expect.focus} == FOCUS


def test_every_technique_of_evasion_is_used(catalogue: Catalogue) -> None:
    used = {one.expect.evasion for one in catalogue.goods if one.expect.hazards}
    assert used >= {"symbols", "traditional", "pinyin", "homophone", "glyph", "split", "mixed"}


def test_who_offers_one_of_the_seven_is_a_suspect(catalogue: Catalogue) -> None:
    assert all(one.expect.suspect for one in all_goods(catalogue) if SEVEN & set(one.expect.hazards))


def test_a_hard_negative_offers_nothing_of_what_it_looks_like(catalogue: Catalogue) -> None:
    assert [one.id for one in all_goods(catalogue) if one.expect.trap in one.expect.hazards] == []


def lexicon_ids(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("id"), str):
            yield node["id"]
        for value in node.values():
            yield from lexicon_ids(value)
    elif isinstance(node, list):
        for value in node:
            yield from lexicon_ids(value)


def test_every_label_is_an_id_of_the_lexicon(catalogue: Catalogue) -> None:
    files = sorted((REPOSITORY / "monitor/classifiers/lexicon").glob("**/*.yaml"))
    if not files and (SHARED / "domain/lexicon.yaml").is_file():
        files = [SHARED / "domain/lexicon.yaml"]
    if not files:
        pytest.skip("there is no lexicon: neither monitor/classifiers/lexicon nor MONITOR_SHARED has one")
    known = {id_ for file in files for id_ in lexicon_ids(yaml.safe_load(file.read_text("utf-8")))}
    used = {
        id_
        for one in all_goods(catalogue)
        for id_ in (*one.expect.hazards, *([one.expect.trap] if one.expect.trap else []))
    }
    assert used - known == set()


CODE = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CODE_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
ORGANISATION = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def credit_code_check(code: str) -> str:
    """GB 32100-2015, 18th character, from the first 17."""
    total = sum(CODE.index(char) * weight for char, weight in zip(code[:17], CODE_WEIGHTS, strict=True))
    return CODE[-total % 31]


def organisation_check(body: str) -> str:
    """GB 11714-1997, 9th character of the organisation code, from the first 8."""
    total = sum(
        ORGANISATION.index(char) * weight for char, weight in zip(body, ORGANISATION_WEIGHTS, strict=True)
    )
    return "0123456789X0"[(11 - total % 11)]


def test_the_check_of_the_checks() -> None:
    # examples that are printed wherever the two standards are explained
    assert organisation_check("D2143569") == "X"
    assert credit_code_check("91350100M000100Y4") == "3"


def test_all_credit_codes_are_valid_and_no_two_alike(catalogue: Catalogue) -> None:
    codes = [licence.code for licence in licences(catalogue)]
    assert [code for code in codes if code[17] != credit_code_check(code)] == []
    assert [code for code in codes if code[16] != organisation_check(code[8:16])] == []
    assert len(set(codes)) == len(codes)


def test_sellers_sit_in_quanzhou_and_elsewhere_and_some_publish_nothing(catalogue: Catalogue) -> None:
    districts = {licence.code[2:8] for licence in licences(catalogue)}
    assert {"350502", "350521", "350526", "350581", "350582"} <= districts, "鲤城 惠安 德化 石狮 晋江"
    assert len({district for district in districts if not district.startswith("3505")}) >= 5
    assert sum(seller.licence is None for seller in catalogue.sellers.values()) >= 2


def test_certificate_numbers_have_16_digits(catalogue: Catalogue) -> None:
    numbers = [one.attributes["3C证书编号"] for one in all_goods(catalogue) if "3C证书编号" in one.attributes]
    assert len(numbers) >= 30
    assert [number for number in numbers if not re.fullmatch(r"20[12]\d012[0-9]{9}", number)] == []
    assert len(set(numbers)) == len(numbers)


def test_some_goods_contradict_themselves(catalogue: Catalogue) -> None:
    grown_up = [one for one in catalogue.goods if "14岁以上" in one.attributes.get("适用年龄", "")]
    assert sum("学生" in one.title + one.description for one in grown_up) >= 4


def test_what_the_old_shop_carries_can_be_written_in_gbk(catalogue: Catalogue) -> None:
    for one in all_goods(catalogue):
        if one.site != "mall":
            text = one.title + one.description + "".join([*one.attributes, *one.attributes.values()])
            assert text.encode("gbk").decode("gbk") == text, one.id


def test_no_title_is_used_twice(catalogue: Catalogue) -> None:
    titles = Counter(one.title for one in all_goods(catalogue))
    assert [title for title, count in titles.items() if count > 1] == []


def broken(tmp_path: Path, file: str, old: str, new: str) -> Path:
    for path in FOLDER.glob("*.yaml"):
        text = path.read_text("utf-8")
        if path.name == file:
            assert old in text
            text = text.replace(old, new, 1)
        (tmp_path / path.name).write_text(text, "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("goods_toys.yaml", "id: 302", "id: 301", "id 301 is used twice"),
        ("goods_toys.yaml", "seller: chenghai", "seller: nobody", "seller 'nobody' is not in sellers.yaml"),
        ("goods_toys.yaml", "shelf: plush", "shelf: attic", "shelf 'attic' is not in shelves.yaml"),
        ("goods_toys.yaml", "maker: zhimu", "maker: nobody", "goods_toys.yaml, id 301: maker 'nobody'"),
        ("goods_toys.yaml", "price: '69.00'", "price: '-1'", "goods_toys.yaml, id 301: price"),
        ("goods_toys.yaml", "  goods:", "  good:", "goods_toys.yaml, group 1: goods"),
        ("sellers.yaml", "code: 91350582MAET65750B", "code: 1", "sellers.xiaolu.licence.code"),
        ("makers.yaml", "{", "[", "makers.yaml: not valid YAML"),
        ("days.yaml", "price: '21.90'", "price: much", "days.yaml, id 7001: price"),
    ],
)
def test_a_mistake_is_told_with_its_place(
    tmp_path: Path, file: str, old: str, new: str, message: str
) -> None:
    with pytest.raises(CatalogueError, match=re.escape(message)):
        load(broken(tmp_path, file, old, new))
