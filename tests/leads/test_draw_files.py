"""A draw from the database to its files: kept once, repeated anywhere, tampering named."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import timedelta

import openpyxl
import pytest
from docx import Document

from monitor.exporters.sampling.draw_files import export_draw
from monitor.exporters.sampling.sampling_fields import sampling_fields
from monitor.leads.sampling.draw import Allocation, DrawError, DrawOrder, Member, draw
from monitor.leads.sampling.draw_verify import mismatches
from monitor.leads.sampling.drawing import Known, Wanted, assign_inspectors, drawn_rows, make_draw
from monitor.leads.sampling.inspectors import Group, Inspector, assign
from monitor.leads.sampling.manifest import (
    FORMAT,
    Manifest,
    chosen_items,
    identity_of,
    population_items,
    read_manifest,
    sealed,
    to_json,
)
from monitor.leads.sampling.population import DEFAULT_STRATA, PopulationKind
from monitor.leads.sampling.sampling_terms import Priority, sampling_terms
from monitor.listing import Listing, Seller
from monitor.storage.draws import drawn_listings, draws
from monitor.storage.engine import reading, writing
from monitor.storage.reviews import Decision, Review, record

from .conftest import AT

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning:openpyxl")

TERMS = sampling_terms()
WANTED = Wanted(campaign="mid-autumn", seed="福彩3D 385", size=6, allocation=Allocation.PROPORTIONAL)
PEOPLE = [Inspector(id=f"{n}", name=f"检查员{n}") for n in range(4)]
SELLERS = [
    Seller(name="晋江快乐店", url="https://shop.example.test/s/1", address="福建省泉州市晋江市青阳街道1号"),
    Seller(name="义乌批发", url="https://shop.example.test/s/2", address="浙江省金华市义乌市稠城街道2号"),
    Seller(name="无名店", url="https://shop.example.test/s/3", stated_place="福建泉州"),
]


def goods(number: int) -> Listing:
    title = ("儿童磁力片积木", "学生固体胶", "婴儿奶嘴")[number % 3]
    return Listing(
        site=f"mall{number % 2}",
        url=f"https://shop.example.test/{number}",
        title=f"{title} {number}",
        seller=SELLERS[number % 3],
        attributes={"brand": "=乐", "model": "007"},
        seen_at=AT,
    )


@pytest.fixture
def shop(store):
    return store([goods(n) for n in range(40)])


def drawn(database, wanted=WANTED, known=None, now=AT):
    with writing(database) as connection:
        return make_draw(connection, wanted, known=known or Known(), terms=TERMS, now=now)


@pytest.mark.usefixtures("shop")
def test_drawing_again_gives_the_same_and_adds_nothing(database):
    first, new = drawn(database)
    again, newly = drawn(database, now=AT + timedelta(days=1))
    assert (new, newly) == (True, False)
    assert again == first
    with reading(database) as connection:
        assert [len(drawn_listings(connection, each.id)) for each in draws(connection)] == [6]
    manifest = Manifest.model_validate_json(first.manifest)
    assert (len(manifest.population), manifest.made_at) == (40, AT)
    assert {each.stratum[2] for each in manifest.population} == {"350582", "330782", "待核"}
    other, _ = drawn(database, replace(WANTED, seed="another"))
    assert [each.seed for each in Manifest.model_validate_json(other.manifest).earlier] == [WANTED.seed]


@pytest.mark.usefixtures("shop")
def test_what_others_know_decides_who_can_be_drawn_and_how_many(database):
    known = Known(
        priority_of=lambda row: Priority.FAILED if "奶嘴" in row.title else Priority.OTHER,
        excluded_because=lambda row: "上级已抽查" if "固体胶" in row.title else None,
        sources=("国抽名单.xlsx",),
    )
    with writing(database) as connection:
        record(connection, [review(1, Decision.REJECTED), review(4, Decision.DUPLICATE, duplicate_of=7)])
    manifest = Manifest.model_validate_json(drawn(database, known=known)[0].manifest)
    reasons = [each.reason for each in manifest.excluded]
    assert reasons.count("上级已抽查") == 13
    assert reasons.count("审核已排除疑点") == reasons.count("审核认定与另一条商品信息重复") == 1
    weights = {each.stratum[3]: each.weight for each in manifest.strata_drawn}
    assert weights == {"failed": 3, "other": 1}
    assert mismatches(manifest) == []


def review(listing: int, decision: Decision, **changes) -> Review:
    return Review(listing_id=listing, decision=decision, reviewer="李", decided_at=AT, **changes)


@pytest.mark.usefixtures("shop")
def test_only_confirmed_listings_when_so_asked(database):
    wanted = replace(WANTED, kind=PopulationKind.CONFIRMED)
    with pytest.raises(DrawError, match="nothing to draw from"):
        drawn(database, wanted)
    with writing(database) as connection:
        record(connection, [review(n, Decision.CONFIRMED) for n in (3, 5)])
    manifest = Manifest.model_validate_json(drawn(database, wanted)[0].manifest)
    assert len(manifest.population) == len(manifest.chosen) == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda m: m["chosen"][0].update(url="https://shop.example.test/mine"), "chosen, place 1"),
        (lambda m: m["chosen"].pop(), "chosen: 5 listings, 6 come out"),
        (lambda m: m["population"].pop(0), "population_sha256"),
        (lambda m: m["population"][0].update(title="别的"), "its digest is not that of what it states"),
        (lambda m: m.update(seed="tried till it fitted"), "chosen, place"),
        (lambda m: m.update(size=7), "strata_drawn"),
        (lambda m: m["weights"].update(other=9, failed=1), "sha256: the manifest was altered"),
        (lambda m: m["strata_drawn"][0].update(drawn=9), "strata_drawn, "),
        (lambda m: m.update(algorithm="mine"), "algorithm: mine"),
        (lambda m: m["inspectors"]["assigned"][0].update(inspectors=["0", "1", "2"]), "inspectors, group"),
        (lambda m: m["inspectors"]["roster"].pop(0), "inspectors"),
        (lambda m: m["inspectors"]["groups"][0].update(samples=[]), "do not hold every sample once"),
    ],
)
def test_tampering_is_named(tmp_path, whole, change, said):
    content = json.loads(to_json(whole))
    file = tmp_path / "manifest.json"
    file.write_text(json.dumps(content), "utf-8")
    assert mismatches(read_manifest(file)) == []
    change(content)
    file.write_text(json.dumps(content), "utf-8")
    altered = read_manifest(file)
    assert any(said in each for each in mismatches(altered))
    # who seals it anew is found out all the same, unless nothing that decides was touched
    assert mismatches(sealed(altered)) or "sha256: the manifest" in said


@pytest.fixture(scope="module")
def whole() -> Manifest:
    """A manifest with both draws, made without a database."""
    members = tuple(
        Member(
            site="mall",
            url=f"https://shop.example.test/{n}",
            title=f"磁力片 {n}",
            stratum=(("TOY", "STA", "INF")[n % 3], "mall", ("350582", "待核")[n % 2], "other"),
        )
        for n in range(40)
    )
    order = DrawOrder(
        seed="385", strata=DEFAULT_STRATA, size=6, allocation=Allocation.PROPORTIONAL, weights=TERMS.weights
    )
    drawn = draw(members, order)
    identity = identity_of(drawn, "autumn", PopulationKind.FOCUS)
    chosen = chosen_items(drawn, identity)
    groups = [
        Group(group=(place,), samples=tuple(c.number for c in chosen if c.position % 2 == n), parties=())
        for n, place in enumerate(("350582", "待核"))
    ]
    second = assign(PEOPLE, groups, seed=order.seed, population_sha256=drawn.population_sha256, per_group=2)
    return sealed(
        Manifest(
            format=FORMAT,
            made_at=AT,
            versions={},
            campaign="autumn",
            population_kind=PopulationKind.FOCUS,
            sources=(),
            chosen=chosen,
            excluded=(),
            earlier=(),
            inspectors=second,
            **population_items(drawn, members),
        )
    )


def test_what_is_no_manifest_is_named(tmp_path):
    file = tmp_path / "x.json"
    for content, said in ((b"{}", "Field required"), (b"[", "Invalid JSON"), (b"\xff", "cannot be read")):
        file.write_bytes(content)
        with pytest.raises(DrawError, match=said):
            read_manifest(file)


@pytest.mark.usefixtures("shop")
def test_the_second_draw_is_made_once(database):
    stored, _ = drawn(database)
    with writing(database) as connection:
        rows = drawn_rows(connection, stored)
        once, new = assign_inspectors(connection, stored, PEOPLE, rows, by=["place"], per_group=2)
        twice, newly = assign_inspectors(connection, once, PEOPLE, rows, by=["place"], per_group=2)
        assert (new, newly, twice) == (True, False, once)
        with pytest.raises(DrawError, match="has its inspectors already"):
            assign_inspectors(connection, once, PEOPLE[:3], rows, by=["place"], per_group=2)
        with pytest.raises(DrawError, match="group by category"):
            assign_inspectors(connection, stored, PEOPLE, rows, by=["colour"], per_group=2)
        assert draws(connection, "mid-autumn") == [once]
    assert drawn(database)[0] == once


@pytest.mark.usefixtures("shop")
def test_files_of_a_draw(database, tmp_path):
    stored, _ = drawn(database)
    with writing(database) as connection:
        rows = drawn_rows(connection, stored)
        stored, _ = assign_inspectors(connection, stored, PEOPLE, rows, by=["place"], per_group=2)
    with reading(database) as connection:
        record_, xlsx, listed, form, word = export_draw(connection, tmp_path, stored.id, now=AT)
    assert record_.path.name == f"抽样记录_mid-autumn_20260925-0700_{stored.manifest_sha256[:8]}.json"
    manifest = read_manifest(record_.path)
    assert mismatches(manifest) == []
    assert (xlsx.path.name, word.path.name) == (
        "抽样清单_mid-autumn_20260925-0700.xlsx",
        "抽样单_mid-autumn_20260925-0700.docx",
    )
    with listed.path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    assert [line["抽样编号"] for line in lines] == [each.number for each in manifest.chosen]
    first = lines[0]
    assert (first["抽样数量"], first["检验样品"], first["备用样品"]) == ("3", "2", "1")
    assert (first["商标"], first["规格型号"]) == ("'=乐", "007\t")
    assert first["抽样人"].count("检查员") == 2
    blank = [field.title for field in sampling_fields().fields if field.value is None]
    assert len(blank) == 16
    assert {line[title] for line in lines for title in blank} == {""}
    said = notes_of(xlsx.path)
    assert said["随机种子"] == "福彩3D 385"
    assert said["候选清单哈希"] == stored.population_sha256
    assert said["抽样记录哈希"] == stored.manifest_sha256
    assert "推断" in said["抽样清单和抽样单栏目"]
    sheets = openpyxl.load_workbook(form.path)
    assert sheets.sheetnames == [each.number for each in manifest.chosen]
    text = {str(cell.value) for row in sheets[manifest.chosen[0].number] for cell in row}
    assert {"网络抽样单", "订单号", "封样编号", first["商品标题"], "007"} <= text
    tables = Document(str(word.path)).tables
    assert len(tables) == 6
    cells = [cell.text for cell in tables[0].columns[1].cells]
    assert first["商品标题"] in cells
    assert manifest.chosen[0].number in cells


def notes_of(path) -> dict[str, str]:
    sheet = openpyxl.load_workbook(path)["说明"]
    return {row[0].value: row[1].value for row in sheet.iter_rows(max_col=2) if row[0].value}
