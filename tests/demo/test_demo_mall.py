"""Time in the mall: what a day changes, and that the truth follows from its number."""

from __future__ import annotations

from collections import Counter

import pytest

from monitor.demo.mall import GBK, MALL, SITES, Mall, Move


@pytest.mark.parametrize("day", [1, 2, 3, 4, 5, 6, 7, 11, 12, 13, 30, 101])
def test_each_day_moves_one_listing_of_each_kind(day: int) -> None:
    moves = Counter(change.move for change in Mall(day).changes())
    assert moves == {Move.VANISHED: 1, Move.CHANGED: 1, Move.APPEARED: 1}


def test_day_0_is_the_base() -> None:
    assert Mall(0).changes() == ()


def test_there_is_no_day_before_the_first() -> None:
    with pytest.raises(ValueError, match="opens on day 0"):
        Mall(-1)


def test_a_changed_listing_has_another_title_and_another_price() -> None:
    for day in range(1, 20):
        [changed] = [change for change in Mall(day).changes() if change.move is Move.CHANGED]
        assert changed.before is not None
        assert changed.after is not None
        assert changed.before.title != changed.after.title
        assert changed.before.price != changed.after.price


def test_a_newcomer_is_a_seller_nobody_saw_before() -> None:
    seen = {shop.id for site in SITES for shop in Mall(0).shops(site).values()}
    names = {shop.name for site in SITES for shop in Mall(0).shops(site).values()}
    for day in range(1, 20):
        [appeared] = [change for change in Mall(day).changes() if change.move is Move.APPEARED]
        assert appeared.after is not None
        assert appeared.after.shop.id not in seen
        assert appeared.after.shop.name not in names
        seen.add(appeared.after.shop.id)
        names.add(appeared.after.shop.name)


def test_the_mall_keeps_its_size_for_ever() -> None:
    base = sum(len(Mall(0).listings(site)) for site in SITES)
    assert [sum(len(Mall(day).listings(site)) for site in SITES) for day in (1, 6, 7, 50, 365)] == [base] * 5


def test_the_same_day_is_the_same_mall() -> None:
    assert [Mall(9).listings(site) for site in SITES] == [Mall(9).listings(site) for site in SITES]


def test_a_step_touches_listings_of_a_single_site() -> None:
    for day in range(1, 13):
        items = [change.item_id for change in Mall(day).changes()]
        assert len(items) == len(set(items)) == 3


def test_only_some_listings_stand_on_both_sites() -> None:
    mall = Mall(0)
    titles = {site: {offer.title for offer in mall.listings(site)} for site in SITES}
    shared = titles[MALL] & titles[GBK]
    assert 10 <= len(shared) < min(len(titles[MALL]), len(titles[GBK]))
