"""The three shop engines, on pages that the real engines rendered.

What a page holds is found out here by other means than the profiles': by plain patterns in the source, by
the engines' own APIs, and by the same products standing in all three shops.
"""

from __future__ import annotations

import html as entities
import json
import re
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from monitor.extraction import (
    Page,
    PageKind,
    SiteProfile,
    Verdict,
    all_profiles,
    load_profile,
    read_page,
    recognise,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from monitor.extraction import Reading
    from monitor.listing import Listing

    Saved = Callable[[str], bytes]

ORIGIN = {
    "shopxo": "http://127.0.0.1:8101",
    "evershop": "http://127.0.0.1:8102",
    "django_oscar": "http://127.0.0.1:8103",
}
XO = "/?s=search/index.html&wd={0}&page_size=20&page={1}"
SEARCH = {"yaqian": "7e98997edaeb", "feibiao": "9e3ae99e5969"}


def engine(name: str) -> SiteProfile:
    return load_profile(name).at(ORIGIN[name])


def read(saved: Saved, file: str, path: str, status: int = 200) -> Reading:
    name = file.split("/", maxsplit=1)[0]
    return read_page(Page(url=ORIGIN[name] + path, body=saved(file), status=status), engine(name))


def source(saved: Saved, file: str) -> str:
    return saved(file).decode("utf-8")


#: file, path of the request, listings on it, total stated, page that follows
LISTS = [
    ("shopxo/search_yaqian.html.gz", "/?s=search/index/wd/7e98997edaeb.html", 3, 3, None),
    ("shopxo/search_feibiao.html.gz", "/?s=search/index/wd/9e3ae99e5969.html", 4, 4, None),
    ("shopxo/category_55.html.gz", "/?s=search/index/cid/55.html", 20, 64, "page=2"),
    (
        "shopxo/category_55_page2.html.gz",
        "/?s=search/index.html&cid=55&page_size=20&page=2",
        20,
        64,
        "page=3",
    ),
    ("shopxo/api_search_yaqian.json", "/api.php?s=search/datalist&wd=7e98997edaeb", 3, 3, None),
    ("shopxo/api_category_55_page2.json", "/api.php?s=search/datalist&cid=55&page=2", 20, 64, None),
    ("evershop/search_feibiao.html.gz", "/search?keyword=%E9%A3%9E%E9%95%96", 4, 4, None),
    ("evershop/search_ertong.html.gz", "/search?keyword=%E5%84%BF%E7%AB%A5", 20, 73, "page=2"),
    ("evershop/search_ertong_page2.html.gz", "/search?keyword=%E5%84%BF%E7%AB%A5&page=2", 20, 73, "page=3"),
    ("evershop/category_toy.html.gz", "/toy", 20, 64, "page=2"),
    ("evershop/category_toy_page2.html.gz", "/toy?page=2", 20, 64, "page=3"),
    ("evershop/category_toy_ajax.json", "/toy?ajax=true", 20, 64, "page=2"),
    ("evershop/graphql_products_page2.json", "/api/graphql", 20, 161, None),
    ("django_oscar/catalogue.html", "/catalogue/", 20, 161, "page=2"),
    ("django_oscar/category_toy.html", "/catalogue/category/u513f_1/", 20, 64, "page=2"),
    ("django_oscar/category_toy_page2.html", "/catalogue/category/u513f_1/?page=2", 20, 64, "page=3"),
    ("django_oscar/search_ertong.html", "/search/?q=%E5%84%BF%E7%AB%A5", 20, 73, "page=2"),
    ("django_oscar/search_ertong_page2.html", "/search/?q=%E5%84%BF%E7%AB%A5&page=2", 20, 73, "page=3"),
    ("django_oscar/search_feibiao.html", "/search/?q=%E9%A3%9E%E9%95%96", 4, 4, None),
]

#: patterns of title, link and price in the source of a list page
ROWS = {
    "shopxo": (r'goods-title">\s*<a href="([^"]+)"[^>]*>([^<]+)</a>', r"<strong>￥([\d.]+)"),
    "evershop": (
        r'href="([^"]+)" class="product__list__link block">.*?product__list__name[^>]*>(?:<[^>]*>)*([^<]+)<',
        r"regular-price[^>]*>CN¥([\d.]+)",
    ),
    "django_oscar": (r'<h3[^>]*>\s*<a href="([^"]+)" title="([^"]+)"', r'price_color">¥([\d.]+)'),
}


@pytest.mark.parametrize(
    ("file", "path", "count", "total", "following"), LISTS, ids=[row[0] for row in LISTS]
)
def test_a_list_page_gives_every_product(
    saved: Saved, file: str, path: str, count: int, total: int, following: str | None
) -> None:
    reading = read(saved, file, path)
    assert (reading.kind, reading.verdict) == (PageKind.LIST, Verdict.OK)
    assert (len(reading.listings), reading.total) == (count, total)
    assert all(
        one.title and one.price and one.url and one.item_id and one.image_url for one in reading.listings
    )
    if following is None:
        assert reading.next_url is None
    else:
        assert reading.next_url is not None
        assert reading.next_url.endswith(following)


HTML_LISTS = [row[0] for row in LISTS if "html" in row[0]]


@pytest.mark.parametrize("file", HTML_LISTS)
def test_titles_links_and_prices_are_those_in_the_source(saved: Saved, file: str) -> None:
    name = file.split("/", maxsplit=1)[0]
    path = next(row[1] for row in LISTS if row[0] == file)
    rows, prices = ROWS[name]
    text = source(saved, file)
    # on list pages of the engines nothing but the items looks like an item
    expected = [
        (entities.unescape(title.strip()), link.removeprefix(ORIGIN[name]), Decimal(price))
        for (link, title), price in zip(
            re.findall(rows, text, re.DOTALL), re.findall(prices, text), strict=True
        )
    ]
    found = [
        (one.title, one.url.removeprefix(ORIGIN[name]), one.price) for one in read(saved, file, path).listings
    ]
    assert found == expected


def test_shopxo_pages_agree_with_its_api(saved: Saved) -> None:
    for page, api in (
        ("category_55_page2.html.gz", "api_category_55_page2.json"),
        ("search_yaqian.html.gz", "api_search_yaqian.json"),
    ):
        answer = json.loads(saved(f"shopxo/{api}"))
        expected = [
            (str(one["id"]), one["title"], Decimal(one["min_price"])) for one in answer["data"]["data"]
        ]
        for file in (page, api):
            listings = read(saved, f"shopxo/{file}", "/?s=search/index.html").listings
            assert [(one.item_id, one.title, one.price) for one in listings] == expected


def test_evershop_pages_agree_with_their_data(saved: Saved) -> None:
    page = read(saved, "evershop/category_toy.html.gz", "/toy").listings
    data = read(saved, "evershop/category_toy_ajax.json", "/toy?ajax=true").listings
    assert [(one.title, one.url, one.price) for one in page] == [
        (one.title, one.url, one.price) for one in data
    ]


#: product number → its detail pages
DETAILS = {
    number: (
        (f"shopxo/detail_10{number}.html.gz", f"/?s=goods/index/id/10{number}.html"),
        (f"evershop/detail_qz0{number}.html.gz", f"/toy/item-qz0{number}"),
        (f"django_oscar/detail_{int(number)}.html", f"/catalogue/u7259_{int(number)}/"),
    )
    for number in ("01", "04", "22", "88")
}


def detail(saved: Saved, file: str, path: str) -> Listing:
    reading = read(saved, file, path)
    assert (reading.kind, reading.verdict) == (PageKind.DETAIL, Verdict.OK)
    [listing] = reading.listings
    return listing


@pytest.mark.parametrize("number", DETAILS)
def test_one_product_reads_the_same_in_three_shops(saved: Saved, number: str) -> None:
    xo, ever, oscar = (detail(saved, file, path) for file, path in DETAILS[number])
    assert xo.title == ever.title == oscar.title
    assert xo.price == ever.price == oscar.price
    shared = {key: value for key, value in oscar.attributes.items() if key != "barcode"}
    assert xo.attributes == ever.attributes == shared
    assert xo.attributes["item_number"]
    for listing in (xo, ever, oscar):
        assert listing.description
        assert listing.breadcrumb
        assert listing.image_url
        assert listing.available is True
        assert listing.item_id
        assert listing.currency == "CNY"
        assert "attributes" in listing.looked_for
    assert xo.description is not None
    assert oscar.description == xo.description
    assert (ever.description or "").startswith(xo.description)


def test_a_price_range_of_variants(saved: Saved) -> None:
    listing = detail(saved, *DETAILS["88"][0])
    text = source(saved, DETAILS["88"][0][0])
    stated = re.search(r'goods-sale-price-value" data-original-price="([\d.]+)-([\d.]+)"', text)
    assert stated is not None
    assert (listing.price, listing.price_max) == (Decimal(stated[1]), Decimal(stated[2]))


@pytest.mark.parametrize("number", ["01", "22"])
def test_the_apis_agree_with_the_pages(saved: Saved, number: str) -> None:
    page = detail(saved, *DETAILS[number][0])
    api = detail(saved, f"shopxo/api_detail_10{number}.json", f"/api.php?s=goods/detail&id=10{number}")
    for name in (
        "title",
        "price",
        "url",
        "item_id",
        "sales",
        "available",
        "attributes",
        "description",
        "image_url",
    ):
        assert getattr(api, name) == getattr(page, name), name
    answer = json.loads(saved(f"shopxo/api_detail_10{number}.json"))
    assert page.sales == answer["data"]["goods"]["sales_count"]


def test_evershop_ajax_agrees_with_its_page(saved: Saved) -> None:
    page = detail(saved, *DETAILS["01"][1])
    data = detail(saved, "evershop/detail_qz001_ajax.json", "/toy/item-qz001?ajax=true")
    for name in (
        "title",
        "price",
        "url",
        "item_id",
        "sku",
        "attributes",
        "breadcrumb",
        "image_url",
        "available",
    ):
        assert getattr(data, name) == getattr(page, name), name


@pytest.mark.parametrize(
    ("file", "path", "status", "verdict"),
    [
        ("shopxo/detail_missing_soft404.html.gz", "/?s=goods/index/id/999999.html", 200, Verdict.GONE),
        ("shopxo/api_detail_missing.json", "/api.php?s=goods/detail&id=999999", 200, Verdict.GONE),
        ("shopxo/error_500_plain_wd.html", "/?s=search/index.html&wd=x", 500, Verdict.UNRECOGNISED),
        ("shopxo/error_500_plain_wd.html", "/?s=search/index.html&wd=x", 200, Verdict.UNRECOGNISED),
        ("evershop/missing_404.html.gz", "/toy/item-qz999", 404, Verdict.GONE),
        ("django_oscar/missing_404.html", "/catalogue/no-such_99999/", 404, Verdict.GONE),
    ],
)
def test_what_is_not_there_is_said_so(
    saved: Saved, file: str, path: str, status: int, verdict: Verdict
) -> None:
    reading = read(saved, file, path, status)
    assert (reading.verdict, reading.listings) == (verdict, ())


@pytest.mark.parametrize(
    ("file", "maps", "details"),
    [
        ("evershop/sitemap.xml", 3, 0),
        ("evershop/sitemap-products.xml", 0, 161),
        ("django_oscar/sitemap.xml", 2, 0),
        ("django_oscar/sitemap-products.xml", 0, 161),
    ],
)
def test_sitemaps(saved: Saved, file: str, maps: int, details: int) -> None:
    reading = read(saved, file, "/sitemap.xml")
    assert (reading.verdict, len(reading.sitemaps), len(reading.detail_urls)) == (Verdict.OK, maps, details)


def test_a_category_is_no_detail_page(saved: Saved) -> None:
    profile = engine("django_oscar")
    assert profile.urls.detail is not None
    category = f"{ORIGIN['django_oscar']}/catalogue/category/u513fu7ae5_1/"
    assert re.search(profile.urls.detail, category) is None
    urls = read(saved, "django_oscar/sitemap-products.xml", "/sitemap-products.xml").detail_urls
    assert all(re.search(profile.urls.detail, url) for url in urls)


@pytest.mark.parametrize("file", [*HTML_LISTS, *(file for pages in DETAILS.values() for file, _ in pages)])
def test_a_saved_page_finds_its_engine_by_itself(saved: Saved, file: str) -> None:
    page = Page(url="https://www.anywhere.example/x", body=saved(file))
    profile = recognise(page, all_profiles())
    assert profile is not None
    assert profile.name == file.split("/", maxsplit=1)[0]
    reading = read_page(page, profile)
    assert reading.verdict is Verdict.OK
    assert reading.kind is (PageKind.LIST if file in HTML_LISTS else PageKind.DETAIL)


@pytest.mark.parametrize("name", ORIGIN)
def test_the_product_numbers_of_lists_and_details_agree(saved: Saved, name: str) -> None:
    """A row and its detail page must be one listing, or each crawl would double the shop."""
    position = list(ORIGIN).index(name)
    details = {}
    for pages in DETAILS.values():
        own = detail(saved, *pages[position])
        details[own.title] = own.item_id
    rows = [
        row
        for file, path, *_ in LISTS
        if file.startswith(name) and "html" in file
        for row in read(saved, file, path).listings
    ]
    assert any(row.title in details for row in rows)
    for row in rows:
        assert row.item_id == details.get(row.title, row.item_id)
        assert (row.item_id in details.values()) == (row.title in details)


@pytest.mark.parametrize("file", HTML_LISTS)
def test_a_list_page_is_read_without_a_profile_too(saved: Saved, file: str) -> None:
    path = next(row[1] for row in LISTS if row[0] == file)
    url = ORIGIN[file.split("/", maxsplit=1)[0]] + path
    bare = read_page(Page(url=url, body=saved(file)))
    described = {one.url: (one.title, one.price) for one in read(saved, file, path).listings}
    assert {one.url: (one.title, one.price) for one in bare.listings} == described
