from __future__ import annotations

import pytest
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import HtmlResponse
from scrapy.statscollectors import MemoryStatsCollector
from twisted.internet.error import ConnectionRefusedError as Refused
from twisted.python.failure import Failure

from monitor.config import Settings
from monitor.extraction import PageKind
from monitor.extraction.profile import SiteProfile
from monitor.listing import Listing
from monitor.pipelines.items import PageRead, UnitFailed
from monitor.spiders.search import SearchSpider
from monitor.spiders.shop import ShopSpider
from monitor.spiders.unit_spider import profile_manners
from monitor.storage.runs import UnitToDo
from monitor.storage.tables import UnitKind, UnitStatus

PROFILE = SiteProfile.model_validate(
    {
        "name": "shop",
        "title": "商城",
        "base_url": "http://shop.test",
        "search": {"url": "/s?q={keyword}&page={page}", "max_pages": 4},
        "shop": {"lists": ["/all"], "sitemaps": ["/sitemap.xml"]},
        "urls": {"item_id": r"/i/(\d+)", "detail": r"/i/\d+"},
        "list_page": {
            "items": "li",
            "fields": {"title": "a", "url": "a::attr(href)"},
            "next": {"link": "a.next::attr(href)"},
        },
        "detail_page": {"fields": {"title": "h1"}},
        "blocked": ["请完成验证"],
        "gone": ["商品已下架"],
        "empty": ["没有找到"],
        "politeness": {"delay": 2, "concurrency": 3},
        "robots_obey": True,
    }
)


class Walk:
    """A spider on one unit, fed by hand."""

    def __init__(self, kind: UnitKind, key: str, max_pages: int | None = None) -> None:
        self.spider = SearchSpider(PROFILE, run_id=1, max_pages=max_pages)
        unit = UnitToDo(id=7, kind=kind, key=key, attempts=0)
        self.request: Request | None = self.spider._first_request(unit)

    def answer(self, body: str, status: int = 200):
        """Feed a page; return (listings, the PageRead) and keep the following request."""
        assert self.request is not None
        response = HtmlResponse(self.request.url, status=status, body=body.encode(), request=self.request)
        *before, read, last = [*self.spider.parse_page(response, **self.request.cb_kwargs), None]
        self.request = None
        if isinstance(read, Request):
            self.request, read = read, before.pop()
        elif last is not None:
            raise AssertionError(last)
        assert all(isinstance(each, Listing) for each in before)
        assert isinstance(read, PageRead)
        return before, read


def rows(*numbers: int, more: str | None = None) -> str:
    items = "".join(f'<li><a href="/i/{n}">商品{n}</a></li>' for n in numbers)
    return f"<ul>{items}</ul>" + (f'<a class="next" href="{more}">下一页</a>' if more else "")


def search() -> Walk:
    return Walk(UnitKind.SEARCH, "磁力球")


def test_pages_follow_until_there_is_no_next():
    walk = search()
    assert walk.request.url == "http://shop.test/s?q=%E7%A3%81%E5%8A%9B%E7%90%83&page=1"
    listings, read = walk.answer(rows(1, 2, more="/s?page=2"))
    assert [listing.item_id for listing in listings] == ["1", "2"]
    assert (read.number, read.end) == (1, None)
    assert walk.request.url == "http://shop.test/s?page=2"
    _, read = walk.answer(rows(3))
    assert (read.number, read.end.status, read.end.reason) == (2, UnitStatus.DONE, None)
    assert walk.request is None


def test_a_list_that_repeats_itself_has_ended():
    walk = search()
    walk.answer(rows(1, 2, more="/s?page=2"))
    _, read = walk.answer(rows(2, 1, more="/s?page=3"))
    assert read.end.status is UnitStatus.DONE
    assert "repeats itself" in read.end.reason


def test_a_pager_in_a_circle_has_ended():
    walk = search()
    walk.answer(rows(1, more="/s?page=2"))
    walk.answer(rows(2, more="/s?page=3"))
    _, read = walk.answer(rows(3, more="/s?page=2"))
    assert "circle" in read.end.reason


def test_an_endless_list_ends_at_the_budget():
    walk = search()
    for number in range(1, 4):
        _, read = walk.answer(rows(number, more=f"/s?page={number + 1}"))
        assert read.end is None
    _, read = walk.answer(rows(4, more="/s?page=5"))
    assert read.end.status is UnitStatus.DONE
    assert "budget of 4" in read.end.reason


def test_a_run_may_have_a_smaller_budget():
    walk = Walk(UnitKind.SEARCH, "弩", max_pages=1)
    _, read = walk.answer(rows(1, more="/s?page=2"))
    assert "budget of 1" in read.end.reason


@pytest.mark.parametrize(
    ("body", "status", "end", "said"),
    [
        ("没有找到相关商品", 200, UnitStatus.DONE, "没有找到"),
        ("请完成验证", 200, UnitStatus.BLOCKED, "请完成验证"),
        ("", 403, UnitStatus.BLOCKED, "403"),
        ("down", 503, UnitStatus.FAILED, "503"),
        ("no such page", 404, UnitStatus.FAILED, "404"),
        ("<p>a new design</p>", 200, UnitStatus.FAILED, "layout"),
    ],
)
def test_every_end_of_a_search_has_a_name(body, status, end, said):
    listings, read = search().answer(body, status)
    assert listings == []
    assert read.end.status is end
    assert said in read.end.reason


def test_404_beyond_the_last_page_is_the_end_of_the_list():
    walk = search()
    walk.answer(rows(1, more="/s?page=2"))
    _, read = walk.answer("no such page", 404)
    assert read.end.status is UnitStatus.DONE


@pytest.mark.parametrize(("body", "status"), [("商品已下架", 200), ("", 404), ("", 410)])
def test_a_detail_page_that_is_gone_is_done(body, status):
    _, read = Walk(UnitKind.DETAIL, "http://shop.test/i/1").answer(body, status)
    assert read.end.status is UnitStatus.DONE
    assert read.reading.verdict == "gone"


def test_a_sitemap_index_is_walked_and_its_details_follow():
    walk = Walk(UnitKind.SHOP, "http://shop.test/sitemap.xml")
    assert walk.request.cb_kwargs["kind"] is PageKind.SITEMAP
    xmlns = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    names = "".join(f"<sitemap><loc>http://shop.test/{name}.xml</loc></sitemap>" for name in "ab")
    _, read = walk.answer(f"<sitemapindex {xmlns}>{names}</sitemapindex>")
    assert read.end is None
    _, read = walk.answer(f"<urlset {xmlns}><url><loc>http://shop.test/i/1</loc></url></urlset>")
    assert [order.key for order in read.found] == ["http://shop.test/i/1"]
    assert read.end is None
    _, read = walk.answer(f"<urlset {xmlns}><url><loc>http://shop.test/about</loc></url></urlset>")
    assert read.end.status is UnitStatus.DONE


@pytest.mark.parametrize(
    ("error", "end", "said"),
    [
        (Refused(), UnitStatus.FAILED, "ConnectionRefusedError"),
        (IgnoreRequest("Forbidden by robots.txt"), UnitStatus.BLOCKED, "robots.txt"),
        (ValueError(""), UnitStatus.FAILED, "ValueError"),
    ],
)
def test_a_page_that_does_not_come_ends_its_unit(error, end, said):
    walk = search()
    failure = Failure(error)
    failure.request = walk.request
    (item,) = walk.spider.unit_failed(failure)
    assert isinstance(item, UnitFailed)
    assert item.end.status is end
    assert said in item.end.reason


def test_a_profile_says_how_gently_its_site_is_asked():
    manners = profile_manners(PROFILE)
    assert (manners["DOWNLOAD_DELAY"], manners["CONCURRENT_REQUESTS_PER_DOMAIN"]) == (2, 3)
    assert manners["ROBOTSTXT_OBEY"] is True


def test_own_units_of_a_crawl_without_a_run():
    assert [u.key for u in SearchSpider(PROFILE, query="弩").own_units()] == ["弩"]
    with pytest.raises(ValueError, match="query"):
        SearchSpider(PROFILE).own_units()
    starts = [u.key for u in ShopSpider(PROFILE).own_units()]
    assert starts == ["http://shop.test/sitemap.xml", "http://shop.test/all"]
    nothing = PROFILE.model_copy(update={"shop": type(PROFILE.shop)()})
    with pytest.raises(ValueError, match=r"shop\.lists"):
        ShopSpider(nothing).own_units()


@pytest.mark.parametrize(
    ("settings", "given"),
    [
        ({}, False),
        ({"FEEDS": {"listings.jsonl": {"format": "jsonlines"}}}, True),
        ({"ITEM_PIPELINES": {"monitor.pipelines.pages.PagePipeline": 100, "people.Own": 200}}, True),
        ({"ITEM_PIPELINES": {"monitor.pipelines.pages.PagePipeline": 100, "people.Own": None}}, False),
    ],
)
def test_listings_are_given_one_by_one_only_to_who_asks(settings, given):
    ours = {"MONITOR": Settings(), "ITEM_PIPELINES": {"monitor.pipelines.pages.PagePipeline": 100}}
    crawler = Crawler(SearchSpider, {**ours, **settings})
    crawler.stats = MemoryStatsCollector(crawler)
    spider = SearchSpider.from_crawler(crawler, profile=PROFILE, query="弩")
    request = spider._first_request(UnitToDo(id=7, kind=UnitKind.SEARCH, key="弩", attempts=0))
    response = HtmlResponse(request.url, body=rows(1, 2).encode(), request=request)
    items = list(spider.parse_page(response, **request.cb_kwargs))
    assert [isinstance(item, Listing) for item in items] == ([True, True, False] if given else [False])
    assert len(items[-1].reading.listings) == 2
    # who does not give them counts them: Scrapy's log says how many there were all the same
    assert crawler.stats.get_value("item_scraped_count", 0) == (0 if given else 2)
