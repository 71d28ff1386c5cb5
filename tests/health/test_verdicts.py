from __future__ import annotations

import pytest

from monitor.health.verdicts import Peers, judge, markers, statuses
from monitor.storage.health import PageFacts, UnitFacts, Usual, fill_rates
from monitor.storage.tables import HealthVerdict, UnitKind, UnitStatus

FULL = {"title": 20, "price": 20, "seller": 18, "url": 20}
USUAL = Usual(
    units=8,
    pages=3,
    listings=60,
    seconds=10,
    fills={"title": 1.0, "price": 1.0, "seller": 0.9, "url": 1.0, "attributes": 0.95},
)
OK, BLOCKED, LAYOUT, EMPTY, DEGRADED = HealthVerdict


def a_page(listings: int = 20, status: int | None = 200, verdict: str | None = "ok", reason=None, **filled):
    counts = {name: round(count * listings / 20) for name, count in FULL.items()} | filled
    return PageFacts(
        status=status, verdict=verdict, reason=reason, listings=listings, filled=counts if listings else {}
    )


def a_unit(*pages: PageFacts, **more) -> UnitFacts:
    values = {
        "unit_id": 1,
        "site": "mall",
        "kind": UnitKind.SEARCH,
        "key": "磁力球",
        "status": UnitStatus.DONE,
        "reason": None,
        "seconds": 11.0,
        "pages": pages,
    }
    return UnitFacts(**(values | more))


def three(**more) -> UnitFacts:
    return a_unit(a_page(), a_page(), a_page(**more))


WALL = a_page(0, verdict="blocked", reason="text: 请完成安全验证")
NEW_DESIGN = a_page(0, verdict="unrecognised", reason="list_page.items finds nothing")
LOST = a_page(0, None, None, "no page")
DOWN = a_page(0, 503, "unrecognised", "HTTP 503")
NOTHING = a_page(0, verdict="empty", reason=".no-result")


@pytest.mark.parametrize(
    ("unit", "verdict", "said"),
    [
        (three(), OK, ""),
        (a_unit(a_page(), a_page(), a_page(12)), OK, ""),
        # the last page of a list is shorter, or empty
        (a_unit(a_page(), a_page(), a_page(3), NOTHING), OK, ""),
        # walls
        (a_unit(WALL, status=UnitStatus.BLOCKED), BLOCKED, "状态码为 200"),
        (a_unit(a_page(), WALL, status=UnitStatus.BLOCKED), BLOCKED, "请完成安全验证"),
        (a_unit(a_page(0, 403, "blocked", "HTTP 403"), status=UnitStatus.BLOCKED), BLOCKED, "HTTP 403"),
        (a_unit(LOST, status=UnitStatus.BLOCKED, reason="not fetched: robots.txt"), BLOCKED, "robots.txt"),
        # new designs
        (a_unit(NEW_DESIGN, status=UnitStatus.FAILED), LAYOUT, "1 页中 1 页"),
        (a_unit(a_page(), NEW_DESIGN, status=UnitStatus.FAILED), LAYOUT, "2 页中 1 页"),
        (a_unit(a_page(price=0), a_page(price=0)), LAYOUT, "价格填写率由 100% 降到 0%"),
        (a_unit(a_page(seller=3), a_page(seller=2)), LAYOUT, "店铺填写率"),
        (a_unit(a_page(2), a_page(2), a_page(2)), LAYOUT, "每页条目"),
        # really nothing
        (a_unit(NOTHING), EMPTY, "以往中位数 60 条"),
        # worse than usual
        (a_unit(a_page(price=12), a_page(price=12)), DEGRADED, "价格填写率由 100% 降到 60%"),
        (a_unit(a_page(20)), DEGRADED, "商品信息 20 条"),
        (a_unit(a_page(20), reason="page budget of 1 reached"), OK, ""),
        (a_unit(LOST, status=UnitStatus.FAILED, reason="TimeoutError"), DEGRADED, "TimeoutError"),
        (a_unit(DOWN, status=UnitStatus.FAILED, reason="HTTP 503"), DEGRADED, "HTTP 503"),
        (a_unit(a_page(), a_page(), a_page(), seconds=39.0), OK, ""),
        (a_unit(a_page(), a_page(), a_page(), seconds=41.0), DEGRADED, "用时 41 秒"),
        # few listings say nothing of a field
        (a_unit(a_page(2, price=0), kind=UnitKind.SHOP, reason="page budget of 1 reached"), OK, ""),
    ],
)
def test_a_list_beside_its_history(unit, verdict, said):
    found = judge(unit, USUAL)
    assert (found.verdict, said in "；".join(found.reasons)) == (verdict, True), found
    assert bool(found.reasons) == (verdict is not OK)


@pytest.mark.parametrize(
    ("unit", "verdict"),
    [
        (three(), OK),
        (a_unit(a_page(price=0)), OK),
        (a_unit(NOTHING), EMPTY),
        (a_unit(NEW_DESIGN, status=UnitStatus.FAILED), LAYOUT),
        (a_unit(WALL, status=UnitStatus.BLOCKED), BLOCKED),
        (a_unit(status=UnitStatus.FAILED, reason="crashed"), DEGRADED),
    ],
)
def test_without_a_history_only_the_pages_speak(unit, verdict):
    assert judge(unit, None).verdict is verdict


def detail(verdict="ok", **filled) -> UnitFacts:
    full = {"title": 1, "price": 1, "seller": 1, "url": 1, "attributes": 1}
    page = PageFacts(
        status=200,
        verdict=verdict,
        listings=int(verdict == "ok"),
        filled=full | filled if verdict == "ok" else {},
    )
    return a_unit(page, kind=UnitKind.DETAIL, key="http://shop.test/1")


def peers_of(*units: UnitFacts) -> Peers:
    pages = [page for unit in units for page in unit.pages]
    unread = sum(page.verdict == "unrecognised" for page in pages)
    return Peers(
        pages=len(pages),
        unread=unread,
        fills=fill_rates(pages),
        listings=sum(page.listings for page in pages),
    )


def test_one_odd_page_among_many_is_no_new_layout():
    odd, well = detail("unrecognised"), detail()
    few = peers_of(odd, *[well] * 9)
    assert judge(odd, USUAL, few).verdict is OK
    assert judge(well, USUAL, few).verdict is OK
    many = peers_of(*[odd] * 5, *[well] * 4)
    assert judge(odd, USUAL, many).verdict is LAYOUT
    assert judge(well, USUAL, many).verdict is OK


def test_a_field_that_is_gone_from_most_single_pages():
    bare, well = detail(attributes=0), detail()
    few, many = peers_of(bare, *[well] * 9), peers_of(*[bare] * 9, well)
    assert judge(bare, USUAL, few).verdict is OK, "one seller who states nothing"
    assert judge(bare, USUAL, many).verdict is LAYOUT
    assert judge(well, USUAL, many).verdict is OK


def test_gone_is_an_answer():
    gone = a_unit(PageFacts(status=404, verdict="gone", reason="HTTP 404"), kind=UnitKind.DETAIL)
    assert judge(gone, USUAL, peers_of(gone)).verdict is OK


def test_what_is_kept_beside_the_verdict():
    unit = a_unit(a_page(), WALL, a_page(0, None, None, "reset"))
    assert statuses(unit) == {"200": 2, "none": 1}
    assert markers(unit) == ["text: 请完成安全验证"]
    assert unit.listings == 20
    assert unit.fills == {"title": 1.0, "price": 1.0, "seller": 0.9, "url": 1.0}
