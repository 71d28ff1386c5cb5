"""One CCC number at many sellers: who counts, and who counts once."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from monitor.classifiers import Classification
from monitor.classifiers.lexicon import load_lexicon
from monitor.classifiers.lexicon.taxonomy import load_taxonomy
from monitor.classifiers.marks import MarkRules
from monitor.cli.app import app
from monitor.listing import Listing, Seller
from monitor.storage.certificates import shared_numbers
from monitor.storage.engine import reading

NOON = datetime(2026, 9, 25, 4, tzinfo=UTC)
NUMBER, OTHER = "2019012202148672", "2020012202000001"
CODE = "913505030000000001"
CAR = Classification(category="TOY", subcategory="TOY.ELEC.RC")


@pytest.fixture
def stock(engine, crawled_page):
    """Put listings of (site, shop, credit code, what is stated as number) into the database."""

    def stock(*offers: tuple[str, str | None, str | None, str]) -> None:
        listings = [
            Listing(
                site=site,
                url=f"http://{site}.test/{n}",
                title=f"遥控车 {n}",
                attributes={"ccc_number": stated} if stated else {},
                seller=Seller(name=shop, credit_code=code) if shop else None,
            )
            for n, (site, shop, code, stated) in enumerate(offers)
        ]
        crawled_page(engine, [(each, CAR) for each in listings], at=NOON)

    return stock


@pytest.fixture
def shared_by(engine):
    rules = MarkRules(load_lexicon(), load_taxonomy())

    def shared_by(least: int):
        with reading(engine) as connection:
            return shared_numbers(connection, rules.ccc_number, least)

    return shared_by


def test_sellers_of_one_number_are_counted_once_each(stock, shared_by):
    stock(
        ("mall", "甲店", None, NUMBER),
        ("mall", "甲店", None, NUMBER),
        ("mall", "乙店", None, f"证书编号 {NUMBER[:8]} {NUMBER[8:]}"),
        ("mall", "丙店", None, OTHER),
    )
    [found] = shared_by(2)
    assert (found.number, found.sellers, len(found.bearers)) == (NUMBER, 2, 3)
    assert {bearer.seller for bearer in found.bearers} == {"甲店", "乙店"}
    assert shared_by(3) == []


def test_one_subject_with_shops_on_two_sites_is_one_seller(stock, shared_by):
    stock(
        ("mall", "甲店", CODE, NUMBER), ("bazaar", "甲旗舰店", CODE, NUMBER), ("mall", "乙店", None, NUMBER)
    )
    [found] = shared_by(2)
    assert found.sellers == 2
    assert len(found.bearers) == 3


def test_what_is_no_number_and_who_is_no_seller_do_not_count(stock, shared_by):
    stock(
        ("mall", "甲店", None, "无"),
        ("mall", "乙店", None, "无"),
        ("mall", "丙店", None, "12345"),
        ("mall", "丁店", None, ""),
        ("mall", None, None, NUMBER),
        ("mall", "戊店", None, NUMBER),
    )
    assert shared_by(2) == []


def test_the_command_lists_them_from_the_lexicons_number_of_sellers(stock, engine, monkeypatch):
    monkeypatch.setenv("MONITOR_DATABASE_URL", engine.url.render_as_string(hide_password=False))
    stock(*(("mall", shop, None, NUMBER) for shop in ("甲店", "乙店", "丙店")), ("mall", "丁店", None, OTHER))
    said = CliRunner().invoke(app, ["certificates", "--json"])
    [found] = json.loads(said.output)
    assert (found["number"], found["sellers"]) == (NUMBER, 3)
    assert "出现在3家店铺" in found["reason"]
    assert len(found["bearers"]) == 3
    assert "no CCC number" in CliRunner().invoke(app, ["certificates", "--least", "4"]).output
