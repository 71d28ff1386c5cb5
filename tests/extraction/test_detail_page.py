from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from monitor.extraction import Page, PageKind, SiteProfile, Verdict, load_profile, read_page
from monitor.listing import FieldState

if TYPE_CHECKING:
    from collections.abc import Callable

    from monitor.listing import Listing

    MakePage = Callable[..., Page]

BODY = """
<div class=crumbs><a>儿童玩具</a><a>磁力玩具</a></div>
<h1> 磁力球
 1000颗 </h1><div class=main><img src=/img/7.jpg></div>
<p class=price>￥29.90-39.90</p><p class=sold>月销1.2万+</p><p class=stock>有货</p>
<div class=text><p>第一段</p><p>第二段</p><p>第一段</p></div>
<a class=shop href=/shop/3>小熊玩具店</a><a class=licence href=/shop/3/licence>亮照</a>
<table class=params><tr><th>3C证书编号</th><td>2019012240942060</td></tr>
<tr><th>评论数</th><td>3</td></tr></table>
"""
PRODUCT: dict[str, Any] = {
    "@context": "https://schema.org",
    "@type": "Product",
    "name": "巴克球 &amp; 磁力棒",
    "sku": "QZ7",
    "brand": {"@type": "Brand", "name": "童乐"},
    "image": ["/a.jpg", "/b.jpg"],
    "description": "<p>解压</p>",
    "offers": {
        "@type": "Offer",
        "price": 19.9,
        "priceCurrency": "CNY",
        "availability": "https://schema.org/InStock",
        "seller": {"@type": "Organization", "name": "小熊玩具店", "url": "/shop/3"},
    },
    "additionalProperty": [
        {"@type": "PropertyValue", "name": "适用年龄", "value": "14岁以上"},
        {"@type": "PropertyValue", "name": "直径", "value": 5, "unitText": "mm"},
    ],
}


def json_ld(data: Any) -> str:
    return f'<script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script>'


def only(page: Page, profile: SiteProfile | None = None) -> Listing:
    reading = read_page(page, profile)
    assert (reading.kind, reading.verdict) == (PageKind.DETAIL, Verdict.OK), reading.reason
    [listing] = reading.listings
    return listing


def test_a_layout_gives_every_field(html: MakePage, shop: SiteProfile) -> None:
    seen_at = datetime(2026, 9, 1, tzinfo=UTC)
    listing = only(html(BODY, seen_at=seen_at), shop)
    assert listing.site == "my_shop"
    assert listing.url == "https://www.shop.example/item/7.html"
    assert listing.item_id == "7"
    assert listing.title == "磁力球 1000颗"
    assert (listing.price, listing.price_max, listing.currency) == (Decimal("29.90"), Decimal("39.90"), "CNY")
    assert listing.sales == 12_000
    assert listing.available is True
    assert listing.image_url == "https://www.shop.example/img/7.jpg"
    assert listing.description == "第一段\n第二段"
    assert listing.breadcrumb == ("儿童玩具", "磁力玩具")
    assert listing.attributes == {"ccc_number": "2019012240942060"}
    assert listing.seen_at == seen_at
    assert listing.seller is not None
    assert listing.seller.name == "小熊玩具店"
    assert listing.seller.url == "https://www.shop.example/shop/3"
    assert listing.seller.licence_url == "https://www.shop.example/shop/3/licence"


def test_what_was_looked_for_and_not_found_is_absent_and_the_rest_not_seen(
    html: MakePage, shop: SiteProfile
) -> None:
    listing = only(html("<h1>磁力球</h1>"), shop)
    assert listing.state("price") is FieldState.ABSENT
    assert listing.state("seller") is FieldState.ABSENT
    # the profile declares an attribute table: that it has no CCC number is a clue
    assert listing.state("attributes.ccc_number") is FieldState.ABSENT
    assert listing.state("brand") is FieldState.NOT_SEEN
    with_shop = only(html("<h1>磁力球</h1><a class=shop href=/shop/3>店</a>"), shop)
    assert with_shop.seller is not None
    assert with_shop.seller.state("licence_url") is FieldState.ABSENT
    assert with_shop.seller.state("credit_code") is FieldState.NOT_SEEN


def test_json_ld_needs_no_profile(html: MakePage) -> None:
    listing = only(html("", head=json_ld(PRODUCT)))
    assert listing.site == "www.shop.example"
    assert listing.title == "巴克球 & 磁力棒"
    assert (listing.price, listing.price_max, listing.currency) == (Decimal("19.9"), None, "CNY")
    assert listing.brand == "童乐"
    assert listing.sku == "QZ7"
    assert listing.available is True
    assert listing.image_url == "https://www.shop.example/a.jpg"
    assert listing.description == "解压"
    assert listing.attributes == {"age": "14岁以上", "直径": "5mm"}
    assert listing.seller is not None
    assert (listing.seller.name, listing.seller.url) == ("小熊玩具店", "https://www.shop.example/shop/3")
    # nobody said where else on such a page an attribute would stand
    assert listing.state("attributes.ccc_number") is FieldState.NOT_SEEN


def test_structured_data_comes_first_and_the_layout_fills_the_gaps(html: MakePage, shop: SiteProfile) -> None:
    listing = only(html(BODY, head=json_ld(PRODUCT)), shop)
    assert listing.title == "巴克球 & 磁力棒"
    assert (listing.price, listing.price_max) == (Decimal("19.9"), None)
    assert listing.sales == 12_000
    assert listing.breadcrumb == ("儿童玩具", "磁力玩具")
    assert listing.attributes == {"age": "14岁以上", "直径": "5mm", "ccc_number": "2019012240942060"}
    assert listing.seller is not None
    assert listing.seller.licence_url == "https://www.shop.example/shop/3/licence"
    assert listing.state("attributes.standard") is FieldState.ABSENT


def test_wrong_structured_data_can_be_switched_off(html: MakePage, shop: SiteProfile) -> None:
    listing = only(html(BODY, head=json_ld(PRODUCT)), shop.model_copy(update={"structured_data": False}))
    assert listing.title == "磁力球 1000颗"


def test_microdata_is_read_like_json_ld(html: MakePage) -> None:
    listing = only(
        html(
            '<div itemscope itemtype="https://schema.org/Product"><h1 itemprop="name">水晶宝宝</h1>'
            '<div itemprop="offers" itemscope itemtype="https://schema.org/Offer">'
            '<b itemprop="price" content="9.90">¥9.9</b><i itemprop="priceCurrency">CNY</i></div></div>'
        )
    )
    assert (listing.title, listing.price) == ("水晶宝宝", Decimal("9.90"))


@pytest.mark.parametrize(
    ("offers", "low", "high"),
    [
        ({"@type": "AggregateOffer", "lowPrice": "10", "highPrice": "20"}, "10", "20"),
        ([{"price": "20"}, {"price": "10"}], "10", "20"),
        ({"offers": [{"price": 5}]}, "5", None),
        ({"priceSpecification": {"price": "7.50", "priceCurrency": "CNY"}}, "7.50", None),
        ({"price": "1,299.00"}, "1299.00", None),
        ({"price": "￥12"}, "12", None),
        ({"price": ""}, None, None),
        ({}, None, None),
        ("https://shop.example/offer", None, None),
    ],
)
def test_offers_in_all_their_forms(html: MakePage, offers: Any, low: str | None, high: str | None) -> None:
    listing = only(html("", head=json_ld({**PRODUCT, "offers": offers})))
    assert (listing.price, listing.price_max) == (low and Decimal(low), high and Decimal(high))


def test_variants_make_a_range(html: MakePage) -> None:
    group = {
        "@type": "ProductGroup",
        "name": "童装",
        "hasVariant": [{"@type": "Product", "offers": {"price": price}} for price in (99, 109)],
    }
    listing = only(html("", head=json_ld({"@graph": [{"@type": "WebPage"}, group]})))
    assert (listing.price, listing.price_max) == (Decimal(99), Decimal(109))


def test_one_offer_in_stock_is_enough(html: MakePage) -> None:
    offers = [
        {"price": 1, "availability": f"http://schema.org/{state}"} for state in ("OutOfStock", "InStock")
    ]
    assert only(html("", head=json_ld({**PRODUCT, "offers": offers}))).available is True
    assert only(html("", head=json_ld({**PRODUCT, "offers": offers[:1]}))).available is False


def test_of_several_products_the_pages_own_is_taken(html: MakePage) -> None:
    others = [{**PRODUCT, "name": f"别的{n}", "url": f"/item/{n}.html"} for n in (1, 2)]
    own = {**PRODUCT, "name": "本页", "url": "https://www.shop.example/item/7.html"}
    assert only(html("", head=json_ld([*others, own]))).title == "本页"


def test_open_graph_fills_gaps_and_stands_alone_only_for_a_product(html: MakePage) -> None:
    tags = (
        '<meta property="og:title" content="飞镖"><meta property="og:image" content="/f.jpg">'
        '<meta property="product:price:amount" content="5">'
        '<meta property="product:price:currency" content="CNY">'
    )
    listing = only(html("", head=tags + '<meta property="og:type" content="product">'))
    assert (listing.title, listing.price, listing.currency) == ("飞镖", Decimal(5), "CNY")
    home = html(
        "", head='<meta property="og:title" content="首页"><meta property="og:type" content="website">'
    )
    assert read_page(home, kind=PageKind.DETAIL).verdict is Verdict.UNRECOGNISED


def test_open_graph_does_not_hide_a_changed_layout(html: MakePage, shop: SiteProfile) -> None:
    page = html(
        "<h2>磁力球</h2>",
        head='<meta property="og:type" content="product"><meta property="og:title" content="x">',
    )
    reading = read_page(page, shop)
    assert reading.verdict is Verdict.UNRECOGNISED
    assert "detail_page.fields.title of profile my_shop finds nothing" in (reading.reason or "")


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("https://www.shop.example/item/8.html", "https://www.shop.example/item/8.html"),
        ("/item/8.html?from=home", "https://www.shop.example/item/8.html"),
        # shops that put their home page, or another site, on every page
        ("https://www.shop.example/", "https://www.shop.example/item/7.html"),
        ("https://www.shop.example/about", "https://www.shop.example/item/7.html"),
        ("", "https://www.shop.example/item/7.html"),
    ],
)
def test_a_canonical_link_is_believed_if_it_names_a_listing(
    html: MakePage, shop: SiteProfile, href: str, url: str
) -> None:
    page = html(
        BODY,
        url="https://www.shop.example/item/7.html?from=search#top",
        head=f"<link rel=canonical href='{href}'>",
    )
    assert only(page, shop).url == url


def test_old_and_new_layout_side_by_side(html: MakePage, profile_file: Callable[..., Any]) -> None:
    profile = load_profile(
        profile_file(
            "name: my_shop\ntitle: x\nbase_url: https://www.shop.example\ndetail_page:\n"
            "  - {fields: {title: h1.new, price: .new-price}}\n"
            "  - {fields: {title: h1.old, price: .old-price}}\n"
        )
    )
    listing = only(
        html("<h1 class=old>飞镖</h1><b class=old-price>9元</b><b class=new-price>1元</b>"), profile
    )
    assert (listing.title, listing.price) == ("飞镖", Decimal(9))


@pytest.mark.parametrize(
    ("currency", "text", "expected"),
    [
        ("CNY", "¥5", "CNY"),
        ("JPY", "¥5", "JPY"),
        ("CNY", "HK$5", "HKD"),
        ("TWD", "$5", "TWD"),
        ("EUR", "5", "EUR"),
    ],
)
def test_a_sign_means_what_it_means_in_that_country(
    html: MakePage, shop: SiteProfile, currency: str, text: str, expected: str
) -> None:
    profile = shop.model_copy(update={"currency": currency})
    assert only(html(f"<h1>x</h1><p class=price>{text}</p>"), profile).currency == expected


@pytest.mark.parametrize(
    ("text", "available"),
    [
        ("有货", True),
        ("现货", True),
        ("库存 0", None),
        ("0", False),
        ("12", True),
        ("已售罄", False),
        ("下架", False),
        ("?", None),
    ],
)
def test_availability_in_words(
    html: MakePage, shop: SiteProfile, text: str, *, available: bool | None
) -> None:
    assert only(html(f"<h1>x</h1><p class=stock>{text}</p>"), shop).available is available


def test_a_long_description_is_cut_at_20000_characters(html: MakePage, shop: SiteProfile) -> None:
    listing = only(html(f"<h1>x</h1><div class=text><p>{'磁' * 30_000}</p></div>"), shop)
    assert listing.description == "磁" * 20_000


def test_characters_that_no_database_takes_are_replaced(html: MakePage) -> None:
    text = '{"@type": "Product", "name": "磁\\ud83d力\\u0000球", "offers": {"price": 1}}'
    listing = only(html("", head=f'<script type="application/ld+json">{text}</script>'))
    assert listing.title == "磁\ufffd力\ufffd球"
