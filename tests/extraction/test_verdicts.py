"""What a page turned out to be, when it is not simply read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from monitor.extraction import Page, PageKind, SiteProfile, Verdict, load_profile, read_page, recognise

if TYPE_CHECKING:
    from collections.abc import Callable

    MakePage = Callable[..., Page]

WALL = "<h2>安全验证</h2><div id=nocaptcha></div><p>请拖动滑块</p>"


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (404, Verdict.GONE),
        (410, Verdict.GONE),
        (403, Verdict.BLOCKED),
        (429, Verdict.BLOCKED),
        (401, Verdict.BLOCKED),
        (500, Verdict.UNRECOGNISED),
        (503, Verdict.UNRECOGNISED),
    ],
)
def test_the_status_decides_before_the_content(
    html: MakePage, shop: SiteProfile, status: int, verdict: Verdict
) -> None:
    reading = read_page(html("<h1>磁力球</h1>", status=status), shop)
    assert (reading.verdict, reading.reason, reading.listings) == (verdict, f"HTTP {status}", ())


def test_a_wall_that_the_profile_knows(html: MakePage, shop: SiteProfile) -> None:
    reading = read_page(html("<h1>磁力球</h1><p>请完成验证</p>"), shop)
    assert (reading.verdict, reading.reason) == (Verdict.BLOCKED, "text: 请完成验证")


def test_a_redirect_to_a_login_is_a_wall(html: MakePage, shop: SiteProfile) -> None:
    reading = read_page(html("<h1>登录</h1>", "https://passport.shop.example/?to=/item/7.html"), shop)
    assert (reading.verdict, reading.reason) == (Verdict.BLOCKED, "url: passport.")


@pytest.mark.parametrize("kind", [PageKind.DETAIL, PageKind.LIST, PageKind.LICENCE])
def test_a_wall_that_no_profile_knows(html: MakePage, kind: PageKind) -> None:
    assert read_page(html(WALL), None, kind).verdict is Verdict.BLOCKED


def test_a_word_about_captchas_is_no_wall(html: MakePage, shop: SiteProfile) -> None:
    # in the footer of a page that was read, and on a long page whose layout changed
    assert read_page(html("<h1>磁力球</h1><footer>登录需安全验证</footer>"), shop).verdict is Verdict.OK
    changed = html("<h2>磁力球</h2>" + "<p>本店商品均已通过质检</p>" * 300 + WALL)
    assert read_page(changed, shop).verdict is Verdict.UNRECOGNISED


def test_a_soft_404_is_gone(html: MakePage, shop: SiteProfile) -> None:
    reading = read_page(html("<h1>磁力球</h1><b>该商品已下架</b>"), shop)
    assert (reading.verdict, reading.listings) == (Verdict.GONE, ())


def test_a_gone_marker_counts_only_on_detail_pages(html: MakePage, shop: SiteProfile) -> None:
    body = "<li class=item><a class=title href=/item/1.html>磁力球</a><i>商品已下架</i></li>"
    assert read_page(html(body, "https://www.shop.example/search?q=a"), shop).verdict is Verdict.OK


def test_markers_by_selector_and_by_json(html: MakePage, profile_file: Callable[..., object]) -> None:
    profile = load_profile(
        profile_file(
            "name: my_shop\ntitle: x\nbase_url: https://www.shop.example\n"
            "gone:\n  - {css: .msg, text: 不存在}\n  - {xpath: '//b[@id=\"gone\"]'}\n"
            "  - {jmespath: code, text: '-1'}\n  - {jmespath: removed}\n"
            "detail_page: {fields: {title: [h1, {jmespath: title}]}}\n"
        )  # type: ignore[arg-type]
    )

    def verdict(page: Page) -> Verdict:
        return read_page(page, profile, PageKind.DETAIL).verdict

    def api(text: str) -> Page:
        return Page(url="https://www.shop.example/api", body=text.encode())

    assert verdict(html("<h1>x</h1><p class=msg>商品不存在</p>")) is Verdict.GONE
    assert verdict(html("<h1>x</h1><p class=msg>欢迎</p><p>不存在</p>")) is Verdict.OK
    assert verdict(html("<h1>x</h1><b id=gone></b>")) is Verdict.GONE
    assert verdict(api('{"title": "x", "code": -1}')) is Verdict.GONE
    assert verdict(api('{"title": "x", "code": 0, "removed": false}')) is Verdict.OK
    assert verdict(api('{"title": "x", "removed": true}')) is Verdict.GONE


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/item/7.html", PageKind.DETAIL),
        ("/search?q=a", PageKind.LIST),
        ("/category/toys", PageKind.LIST),
        ("/shop/3/licence", PageKind.LICENCE),
    ],
)
def test_the_url_says_what_a_page_is_for(
    html: MakePage, shop: SiteProfile, path: str, kind: PageKind
) -> None:
    assert read_page(html("", f"https://www.shop.example{path}"), shop).kind is kind


def test_else_the_content_does(html: MakePage, shop: SiteProfile) -> None:
    unknown = "https://www.shop.example/x"
    row = "<li class=item><a class=title href=/item/1.html>磁力球</a></li>"
    # a detail page shows similar items, a list page no h1 of an item
    assert read_page(html(f"<h1>飞镖</h1><ul>{row}</ul>", unknown), shop).kind is PageKind.DETAIL
    assert read_page(html(f"<ul>{row}</ul>", unknown), shop).kind is PageKind.LIST


def test_a_given_kind_is_not_guessed(html: MakePage, shop: SiteProfile) -> None:
    reading = read_page(html("<h1>磁力球</h1>"), shop, PageKind.LIST)
    assert (reading.kind, reading.verdict) == (PageKind.LIST, Verdict.UNRECOGNISED)


def test_a_page_finds_its_profile_by_host_then_by_the_signs_of_an_engine(
    html: MakePage, shop: SiteProfile
) -> None:
    engines = [load_profile(name) for name in ("shopxo", "evershop", "django_oscar", "generic")]
    xo = "<div class=system-goods-detail data-goods-url=x></div>"
    assert recognise(html(xo), [shop, *engines]) == shop
    elsewhere = "http://127.0.0.1:8101/x"
    assert recognise(html(xo, elsewhere), [shop, *engines]) == engines[0]
    assert recognise(html("<script>var eContext = {}</script>", elsewhere), engines) == engines[1]
    assert (
        recognise(html("<article class=product_page><div class=product_main>", elsewhere), engines)
        == engines[2]
    )
    assert recognise(html("<p>nothing</p>", elsewhere), engines) is None
