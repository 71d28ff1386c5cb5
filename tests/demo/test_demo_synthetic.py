"""The synthetic catalogue: as long as asked, as dangerous as asked, and read by the mall's profile."""

from __future__ import annotations

import pytest

from monitor.demo.server import serve_sites
from monitor.demo.shelf_page import Paging
from monitor.demo.synthetic import SyntheticMall
from monitor.extraction import Page, Reading, Verdict, load_profile, read_page

BASE = "http://shop.test"
PROFILE = load_profile("demo_mall").at(BASE)


def read(mall: SyntheticMall, target: str, paging: Paging = Paging.HONEST) -> Reading:
    answer = mall.respond(target, BASE, paging)
    headers = {"content-type": answer.content_type}
    page = Page(url=BASE + target, body=answer.body, status=answer.status, headers=headers)
    return read_page(page, PROFILE)


def walk(mall: SyntheticMall) -> list[tuple[str | None, str]]:
    found, target = [], "/category/all"
    while True:
        reading = read(mall, target)
        assert reading.verdict is Verdict.OK
        found += [(listing.item_id, listing.title) for listing in reading.listings]
        if reading.next_url is None:
            return found
        target = reading.next_url.removeprefix(BASE)


@pytest.mark.parametrize(("pages", "size"), [(1, 3), (30, 7)])
def test_the_lists_give_every_item_once(pages: int, size: int) -> None:
    mall = SyntheticMall(pages=pages, items_per_page=size, suspect_every=3)
    expected = [(str(item), mall.title(item)) for item in range(1, pages * size + 1)]
    assert mall.items == len(expected)
    assert walk(mall) == expected


def test_every_nth_item_is_dangerous_on_every_page() -> None:
    mall = SyntheticMall(pages=60, items_per_page=40, suspect_every=20)
    items = range(1, 60 * 40 + 1)
    assert sum(mall.is_suspect(item) for item in items) == 120
    dangerous = {offer.title for offer in mall._dangerous}
    assert all((mall.title(item).rsplit(" ", 1)[0] in dangerous) == mall.is_suspect(item) for item in items)


def test_variants_and_suspects_need_not_fit_each_other() -> None:
    mall = SyntheticMall(pages=80, items_per_page=7, suspect_every=11)
    assert walk(mall) == [(str(item), mall.title(item)) for item in range(1, 80 * 7 + 1)]


def test_without_pages_it_has_no_end() -> None:
    mall = SyntheticMall(items_per_page=5)
    reading = read(mall, "/category/all?page=999999")
    assert reading.listings[0].item_id == str(999_998 * 5 + 1)
    assert mall.items is None


def test_a_page_past_the_end_is_empty() -> None:
    mall = SyntheticMall(pages=2, items_per_page=5)
    assert read(mall, "/category/all?page=3").verdict is Verdict.EMPTY
    assert read(mall, "/item/11.html").verdict is Verdict.GONE


def test_a_search_keeps_its_keyword_from_page_to_page() -> None:
    mall = SyntheticMall(pages=2, items_per_page=5)
    target = PROFILE.search_url("磁力 球").removeprefix(BASE)
    reading = read(mall, target)
    assert reading.next_url == PROFILE.search_url("磁力 球", page=2)


def test_an_item_is_the_one_of_the_list() -> None:
    mall = SyntheticMall(pages=40, items_per_page=5, suspect_every=4)
    for item in (1, 4, 199, 200):
        [listing] = read(mall, f"/item/{item}.html").listings
        assert (listing.item_id, listing.title) == (str(item), mall.title(item))


def test_its_lists_can_repeat_and_never_end() -> None:
    mall = SyntheticMall(pages=2, items_per_page=5)
    assert (
        read(mall, "/category/all?page=2", Paging.REPEATING).listings == read(mall, "/category/all").listings
    )
    assert read(mall, "/category/all?page=2", Paging.ENDLESS).next_url is not None


def test_numbers_count_from_1() -> None:
    with pytest.raises(ValueError, match="count from 1"):
        SyntheticMall(pages=3, items_per_page=0)


def test_it_is_served_like_any_site() -> None:
    import urllib.request

    with serve_sites([SyntheticMall(pages=1, items_per_page=2)]) as server:
        with urllib.request.urlopen(server.base_url("synthetic") + "/category/all", timeout=5) as answer:
            assert "/item/2.html" in answer.read().decode()
        assert server.count("synthetic", "/category/") == 1
