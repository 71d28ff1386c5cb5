"""The shipped profiles read both sites back to the truth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from monitor.demo.gbk_site import GbkSite
from monitor.demo.mall import GBK, MALL, SITES, Mall, Offer
from monitor.demo.mall_site import MallSite
from monitor.extraction import Page, PageKind, Reading, Verdict, check_profile, load_profile, read_page
from monitor.extraction.attributes import unify
from monitor.extraction.profile import SHIPPED
from monitor.listing import FieldState, Seller

if TYPE_CHECKING:
    from monitor.listing import Listing

BASE = "http://shop.test:8600"
PROFILES = {site: load_profile(site).at(BASE) for site in SITES}


def read(mall: Mall, site: str, target: str, kind: PageKind | None = None) -> Reading:
    answer = (MallSite if site == MALL else GbkSite)(mall).respond(target, BASE)
    page = Page(
        url=BASE + target,
        body=answer.body,
        status=answer.status,
        headers={"content-type": answer.content_type},
    )
    return read_page(page, PROFILES[site], kind)


def walk(mall: Mall, site: str, url: str | None) -> list[Listing]:
    found: list[Listing] = []
    while url is not None:
        reading = read(mall, site, url.removeprefix(BASE))
        assert reading.verdict is Verdict.OK
        found += reading.listings
        url = reading.next_url
    return found


def facts(offer: Offer) -> dict[str, object]:
    return {
        "item_id": offer.item_id,
        "url": BASE + offer.path,
        "title": offer.title,
        "price": offer.price,
        "price_max": offer.price_max,
        "sales": offer.sales,
        "seller.name": offer.shop.name,
        "seller.external_id": offer.shop.id,
        "seller.url": BASE + offer.shop.path,
        "seller.stated_place": offer.shop.place,
    }


def said(listing: Listing) -> dict[str, object]:
    assert listing.seller is not None
    names = ("item_id", "url", "title", "price", "price_max", "sales")
    seller = ("name", "external_id", "url", "stated_place")
    return {name: getattr(listing, name) for name in names} | {
        f"seller.{name}": getattr(listing.seller, name) for name in seller
    }


@pytest.mark.parametrize("site", SITES)
def test_the_profile_is_in_order(site: str) -> None:
    assert check_profile(SHIPPED / f"{site}.yaml") == []


@pytest.mark.parametrize("site", SITES)
def test_the_lists_give_every_listing(mall: Mall, site: str) -> None:
    [start] = [url for url, kind in PROFILES[site].shop_start_urls() if kind is PageKind.LIST]
    assert [said(listing) for listing in walk(mall, site, start)] == [
        facts(offer) for offer in mall.listings(site)
    ]


@pytest.mark.parametrize("site", SITES)
def test_a_search_gives_what_the_title_holds(mall: Mall, site: str) -> None:
    found = walk(mall, site, PROFILES[site].search_url("儿童"))
    assert [listing.title for listing in found] == [
        offer.title for offer in mall.listings(site) if "儿童" in offer.title
    ]
    assert len(found) >= 10


@pytest.mark.parametrize("site", SITES)
def test_every_detail_page_gives_title_price_and_attributes(mall: Mall, site: str) -> None:
    for offer in mall.listings(site):
        reading = read(mall, site, offer.path)
        assert reading.verdict is Verdict.OK
        [listing] = reading.listings
        assert said(listing) == facts(offer)
        assert listing.attributes == unify(offer.attributes.items())
        assert listing.brand == offer.brand
        assert (listing.description or "") == offer.description
        assert listing.seller is not None
        assert listing.seller.licence_url == BASE + offer.shop.licence_path
        assert listing.state("attributes.ccc_number") is (
            FieldState.PRESENT if "ccc_number" in listing.attributes else FieldState.ABSENT
        )


@pytest.mark.parametrize("site", SITES)
def test_every_published_licence_is_read(mall: Mall, site: str) -> None:
    for shop in mall.shops(site).values():
        reading = read(mall, site, shop.licence_path)
        if shop.licence is None:
            seller = reading.seller or Seller()
            assert (seller.licence_name, seller.credit_code, seller.address) == (None, None, None)
            continue
        assert reading.seller is not None
        assert reading.seller.licence_name == shop.licence.name
        assert reading.seller.credit_code == shop.licence.code
        assert reading.seller.address == shop.licence.address
        assert reading.seller.external_id == shop.id


def test_the_sitemap_leads_to_every_item(mall: Mall) -> None:
    index = read(mall, MALL, "/sitemap.xml")
    urls = {
        url for sitemap in index.sitemaps for url in read(mall, MALL, sitemap.removeprefix(BASE)).detail_urls
    }
    assert {BASE + offer.path for offer in mall.listings(MALL)} <= urls


@pytest.mark.parametrize("site", SITES)
def test_a_vanished_listing_is_gone(site: str) -> None:
    for day in range(1, 7):
        for change in Mall(day).changes():
            if change.site == site and change.after is None and change.before is not None:
                assert read(Mall(day), site, change.before.path).verdict is Verdict.GONE


@pytest.mark.parametrize(("site", "keyword"), [(MALL, "量子计算机"), (GBK, "量子计算机")])
def test_a_search_without_result_is_empty(mall: Mall, site: str, keyword: str) -> None:
    assert read(mall, site, PROFILES[site].search_url(keyword).removeprefix(BASE)).verdict is Verdict.EMPTY
    assert (
        read(mall, site, PROFILES[site].search_url("儿童", page=99).removeprefix(BASE)).verdict
        is Verdict.EMPTY
    )


@pytest.mark.parametrize("site", SITES)
def test_both_sites_are_read_without_a_profile_too(mall: Mall, site: str) -> None:
    """A shop that nobody described: titles, prices and links of its first shelf and of its product pages."""
    answers = (MallSite if site == MALL else GbkSite)(mall)

    def bare(target: str) -> Reading:
        answer = answers.respond(target, BASE)
        headers = {"content-type": answer.content_type}
        return read_page(Page(url=BASE + target, body=answer.body, status=answer.status, headers=headers))

    [start] = [url for url, kind in PROFILES[site].shop_start_urls() if kind is PageKind.LIST]
    shelf = bare(start.removeprefix(BASE))
    offers = {BASE + offer.path: offer for offer in mall.listings(site)}
    assert len(shelf.listings) == len(read(mall, site, start.removeprefix(BASE)).listings)
    for listing in shelf.listings:
        offer = offers[listing.url]
        assert (listing.title, listing.price) == (offer.title, offer.price)
    for offer in list(offers.values())[::10]:
        [listing] = bare(offer.path).listings
        assert (listing.title, listing.price) == (offer.title, offer.price)
        assert listing.seller is not None
        assert listing.seller.name == offer.shop.name
        assert set(unify(offer.attributes.items()).items()) <= set(listing.attributes.items())
