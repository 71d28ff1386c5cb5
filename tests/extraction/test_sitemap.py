from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from monitor.extraction import Page, PageKind, SiteProfile, Verdict, read_page

if TYPE_CHECKING:
    from collections.abc import Callable

NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
URLSET = f"""<?xml version="1.0" encoding="UTF-8"?>
<urlset {NS} xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
  <url><loc>https://www.shop.example/item/1.html</loc><image:image><image:loc>https://www.shop.example/1.jpg</image:loc>
  </image:image></url>
  <url><loc><![CDATA[https://www.shop.example/item/2.html]]></loc></url>
  <url><loc> https://www.shop.example/item/3.html?a=1&amp;b=2 </loc></url>
  <url><loc>https://www.shop.example/category/toys</loc></url>
  <url><loc>https://www.shop.example/item/1.html</loc></url>
</urlset>"""
DETAILS = tuple(f"https://www.shop.example/item/{end}" for end in ("1.html", "2.html", "3.html?a=1&b=2"))


def page(text: str | bytes, url: str = "https://www.shop.example/sitemap.xml") -> Page:
    return Page(url=url, body=text if isinstance(text, bytes) else text.encode())


@pytest.mark.parametrize("kind", [None, PageKind.SITEMAP])
def test_a_sitemap_names_the_detail_pages(shop: SiteProfile, kind: PageKind | None) -> None:
    reading = read_page(page(URLSET), shop, kind)
    assert (reading.kind, reading.verdict) == (PageKind.SITEMAP, Verdict.OK)
    assert reading.detail_urls == DETAILS


def test_without_a_pattern_every_url_is_taken() -> None:
    assert len(read_page(page(URLSET)).detail_urls) == 4


def test_gzip_is_unpacked(shop: SiteProfile) -> None:
    packed = page(gzip.compress(URLSET.encode()), "https://www.shop.example/sitemap.xml.gz")
    assert read_page(packed, shop).detail_urls == DETAILS
    # the server may have unpacked it already
    assert read_page(page(URLSET, "https://www.shop.example/sitemap.xml.gz"), shop).detail_urls == DETAILS


def test_an_index_names_further_sitemaps() -> None:
    named = "".join(f"<sitemap><loc>/{name}</loc></sitemap>" for name in ("a.xml", "b.xml.gz"))
    text = f"<sitemapindex {NS}>{named}</sitemapindex>"
    reading = read_page(page(text))
    assert reading.sitemaps == ("https://www.shop.example/a.xml", "https://www.shop.example/b.xml.gz")
    assert reading.detail_urls == ()


def test_a_plain_list_of_urls_will_do(shop: SiteProfile) -> None:
    text = "https://www.shop.example/item/1.html\nhttps://www.shop.example/item/2.html\n"
    assert read_page(page(text), shop, PageKind.SITEMAP).detail_urls == DETAILS[:2]


def test_a_torn_sitemap_gives_what_it_has(shop: SiteProfile) -> None:
    torn = URLSET[: URLSET.index("item/3") + 3]
    assert read_page(page(torn), shop).detail_urls[:2] == DETAILS[:2]


@pytest.mark.parametrize(
    ("text", "verdict", "said"),
    [
        (f"<urlset {NS}></urlset>", Verdict.EMPTY, "names no URL"),
        (
            f"<urlset {NS}><url><loc>https://www.shop.example/about</loc></url></urlset>",
            Verdict.EMPTY,
            r"none of its 1 URLs matches urls.detail",
        ),
        ("<html><body>Not here</body></html>", Verdict.UNRECOGNISED, "neither a sitemap nor a list"),
        (b"\x1f\x8bbroken gzip", Verdict.UNRECOGNISED, "neither a sitemap"),
    ],
)
def test_what_is_no_sitemap_says_why(
    shop: SiteProfile, text: str | bytes, verdict: Verdict, said: str
) -> None:
    reading = read_page(page(text), shop, PageKind.SITEMAP)
    assert reading.verdict is verdict
    assert said in (reading.reason or "")


def test_a_bomb_is_cut_off(shop: SiteProfile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.extraction.sitemap.UNPACKED_LIMIT", 1_000)
    bomb = gzip.compress(URLSET.encode() + b" " * 10_000_000)
    reading = read_page(page(bomb), shop)
    assert reading.detail_urls[:1] == DETAILS[:1]


def test_entities_are_not_followed(tmp_path: object, html: Callable[..., Page]) -> None:
    text = (
        '<!DOCTYPE urlset [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
        f"<urlset {NS}><url><loc>https://www.shop.example/item/&x;.html</loc></url></urlset>"
    )
    assert all("/etc" not in url for url in read_page(page(text)).detail_urls)


def test_a_sitemap_names_no_more_than_the_protocol_allows() -> None:
    entries = "".join(f"<url><loc>https://www.shop.example/i/{i}</loc></url>" for i in range(50_002))
    reading = read_page(page(f"<urlset {NS}>{entries}</urlset>"))
    assert len(reading.detail_urls) == 50_000
    assert reading.verdict is Verdict.OK
    assert reading.reason == "more than 50000 URLs in one sitemap: the rest is left out"


@pytest.mark.parametrize(
    "inner", ["<a>" * 100_000, "<!DOCTYPE x>" * 50, "<loc>" * 50_000, "<url><loc>x" * 20_000]
)
def test_markup_without_end_is_no_sitemap(inner: str) -> None:
    assert read_page(page(f"<urlset {NS}>{inner}")).detail_urls == ()
