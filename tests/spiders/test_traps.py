"""Sites that make up pages without end, through the spider itself; and honest long shops, which must pass."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy import Request
from scrapy.http import HtmlResponse

from monitor.extraction.profile import SiteProfile
from monitor.pipelines.items import PageRead
from monitor.spiders.search import SearchSpider
from monitor.spiders.shop import ShopSpider
from monitor.spiders.traps import TrapWatch, repeated_path, without_visit
from monitor.storage.runs import UnitToDo
from monitor.storage.tables import UnitKind, UnitStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    from monitor.spiders.unit_spider import UnitSpider
    from monitor.storage.crawl import UnitEnd

SITE = "http://shop.test"
PROFILE = SiteProfile.model_validate(
    {
        "name": "shop",
        "title": "商城",
        "base_url": SITE,
        "search": {"url": "/s?q={keyword}&page={page}", "max_pages": 300},
        "shop": {"sitemaps": ["/sitemap.xml"], "max_pages": 300},
        "list_page": {
            "items": "li",
            "fields": {"title": "a", "url": "a::attr(href)", "price": "b"},
            "next": {"link": "a.next::attr(href)"},
        },
    }
)


def walk(
    spider: UnitSpider, kind: UnitKind, key: str, site: Callable[[str, int], str]
) -> tuple[UnitEnd, list[str]]:
    """Work through a unit on a site that answers by URL and number; return its end and what was asked for."""
    request: Request | None = spider._first_request(UnitToDo(id=1, kind=kind, key=key, attempts=0))
    asked: list[str] = []
    while request is not None:
        asked.append(request.url)
        response = HtmlResponse(request.url, body=site(request.url, len(asked)).encode(), request=request)
        given = list(spider.parse_page(response, **request.cb_kwargs))
        request = given.pop() if isinstance(given[-1], Request) else None
        read = given[-1]
        assert isinstance(read, PageRead)
    assert read.end is not None
    return read.end, asked


def search(site: Callable[[str, int], str]) -> tuple[UnitEnd, list[str]]:
    return walk(SearchSpider(PROFILE), UnitKind.SEARCH, "x", site)


def rows(*names: object, more: str) -> str:
    items = "".join(f'<li><a href="/i/{name}">商品{name}</a><b>¥9</b></li>' for name in names)
    return f'<ul>{items}</ul><a class="next" href="{more}">下一页</a>'


def fresh(number: int, more: str) -> str:
    """A page of goods that were never seen before."""
    return rows(*(f"{number}-{i}" for i in range(4)), more=more)


def month(number: int) -> str:
    """A page of a calendar: the same goods every month, at addresses of their own."""
    items = "".join(f'<li><a href="/i/{i}?m={number}">商品{i}</a><b>¥9</b></li>' for i in range(4))
    return items + f'<a class="next" href="/s?m={number}">下月</a>'


TRAPS = {
    "growing query": (lambda url, n: fresh(n, f"{url}&f{n}=1"), "the address grows with every page"),
    "growing path": (
        lambda url, n: fresh(n, f"{url.partition('?')[0]}/{n}x"),
        "the address grows with every page",
    ),
    "the same parameter again": (
        lambda url, n: fresh(n, f"{url}&c=red"),
        "the address grows with every page",
    ),
    "long at once": (lambda url, n: fresh(n, "/s?q=" + "x" * 3000), "an address of 3"),
    "path a/b/a/b": (
        lambda url, n: fresh(n, (url.removeprefix(SITE) if n > 1 else "") + ("/b" if n % 2 else "/a")),
        "the path repeats itself (b/a)",
    ),
    "relative links": (
        lambda url, n: fresh(n, f"{url.partition('?')[0].rstrip('/')}/next/"),
        "repeats itself (next)",
    ),
    "session in the query": (
        lambda url, n: fresh(n, f"/s?q=x&page={1 + n % 2}&PHPSESSID={n:032x}"),
        "another session id",
    ),
    "session in the path": (lambda url, n: fresh(n, f"/s;jsessionid={n:032X}?q=x"), "another session id"),
    "calendar": (lambda url, n: month(n), "the same goods under other addresses"),
}


@pytest.mark.parametrize("name", TRAPS)
def test_a_trap_ends_the_unit_and_is_named(name):
    site, said = TRAPS[name]
    end, asked = search(site)
    assert end.status is UnitStatus.DONE
    assert end.reason is not None
    assert said in end.reason
    assert end.reason.startswith("spider trap: ")
    assert len(asked) <= 12


def test_a_calendar_of_ever_new_goods_ends_at_the_budget():
    end, asked = search(lambda url, n: fresh(n, f"/s?month={2026 + n // 12}-{1 + n % 12:02}"))
    assert end.reason == "page budget of 300 reached"
    assert len(asked) == 300


@pytest.mark.parametrize(
    "next_url",
    [
        lambda n: f"/s?q=x&page={n + 1}",
        lambda n: f"/s/page/{n + 1}/",
        lambda n: f"/s?q=x&offset={n * 40}",
        # a cursor looks like a session id and is none
        lambda n: f"/s?q=x&cursor={n * 7919:032x}",
        lambda n: f"/s?q=x&page_token={n:x}{'a' * (n % 3)}",
        lambda n: f"/shop/shop/list?p={n}&sid=12",
    ],
)
def test_an_honest_long_list_is_read_to_its_end(next_url):
    end, asked = search(lambda url, n: fresh(n, next_url(n)) if n < 250 else rows("last", more=""))
    assert (end.status, end.reason) == (UnitStatus.DONE, None)
    assert len(asked) == 250


def sitemap(*urls: str, index: bool = True) -> str:
    root, entry = ("sitemapindex", "sitemap") if index else ("urlset", "url")
    names = "".join(f"<{entry}><loc>{url}</loc></{entry}>" for url in urls)
    return f'<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{names}</{root}>'


def shop(site: Callable[[str, int], str]) -> tuple[UnitEnd, list[str]]:
    return walk(ShopSpider(PROFILE), UnitKind.SHOP, f"{SITE}/sitemap.xml", site)


def test_a_loop_of_sitemaps_costs_nothing_of_the_honest_ones():
    site = {
        f"{SITE}/sitemap.xml": sitemap(f"{SITE}/sitemap.xml", f"{SITE}/a.xml", f"{SITE}/b.xml"),
        f"{SITE}/a.xml": sitemap(f"{SITE}/sitemap.xml", f"{SITE}/a.xml"),
        f"{SITE}/b.xml": sitemap(f"{SITE}/i/1", index=False),
    }
    end, asked = shop(lambda url, n: site[url])
    assert asked == list(site)
    assert (end.status, end.reason) == (UnitStatus.DONE, None)


def test_indexes_of_indexes_without_end_are_left_and_the_rest_is_read():
    numbers = itertools.count()

    def site(url: str, n: int) -> str:
        if url.endswith("honest.xml"):
            return sitemap(f"{SITE}/i/1", index=False)
        return sitemap(f"{SITE}/{next(numbers)}.xml", f"{SITE}/honest.xml")

    end, asked = shop(site)
    assert end.reason == "spider trap: sitemaps within sitemaps, more than 3 deep"
    assert f"{SITE}/honest.xml" in asked
    assert len(asked) <= 6


def test_more_sitemaps_than_the_protocol_knows_are_not_remembered():
    watch = TrapWatch()
    new, trap = watch.sitemaps("i", (f"s{i}" for i in range(60_000)))
    assert len(new) < 50_000
    assert trap == "spider trap: more than 50000 sitemaps"


@pytest.mark.parametrize(
    ("url", "segments"),
    [
        ("/a/b/a/b/a/b", "a/b"),
        ("/x/a/a/a", "a"),
        ("/1/2/3/1/2/3/1/2/3/4", "1/2/3"),
        ("/a/b/a/b", None),
        ("/shop/shop/list", None),
        ("/a/b/c/d/e/f", None),
        ("/2026/11/11", None),
        ("/", None),
    ],
)
def test_repeated_path(url, segments):
    assert repeated_path(SITE + url) == segments


@given(
    st.lists(st.sampled_from("abc"), min_size=1, max_size=4),
    st.integers(3, 5),
    st.lists(st.sampled_from("xyz")),
)
def test_any_repetition_on_the_spot_is_found(unit, times, before):
    assert repeated_path(f"{SITE}/{'/'.join([*before, *unit * times])}") is not None


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        ("/s?q=玩具&PHPSESSID=abc", "/s?q=%E7%8E%A9%E5%85%B7"),
        ("/s;jsessionid=A1B2?q=1", "/s?q=1"),
        ("/(S(abc123))/list.aspx", "/list.aspx"),
        ("/s?session_id=1&sid=2&ASPSESSIONIDABC=3&p=4", "/s?p=4"),
        ("/s?cursor=abc&token=def&page=2", "/s?cursor=abc&token=def&page=2"),
    ],
)
def test_what_names_the_visit_falls_away(url, plain):
    assert without_visit(SITE + url) == SITE + plain
