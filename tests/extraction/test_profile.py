from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from monitor.extraction import PageKind, SiteProfile, all_profiles, check_profile, load_profile
from monitor.extraction.profile import SHIPPED

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SHIPPED_FILES = sorted(SHIPPED.glob("*.yaml"))


@pytest.mark.parametrize("path", SHIPPED_FILES, ids=lambda path: path.stem)
def test_a_shipped_profile_has_nothing_to_mend(path: Path) -> None:
    assert check_profile(path) == []


@pytest.mark.parametrize("name", ["shopxo", "evershop", "django_oscar", "generic"])
def test_an_engine_is_a_template_until_it_is_told_which_shop(name: str) -> None:
    template = load_profile(name)
    assert template.base_url is None
    assert not template.matches("http://127.0.0.1:8101/")
    with pytest.raises(ValueError, match="which shop"):
        template.shop_start_urls()
    shop = template.at("http://127.0.0.1:8101/", name="one_shop", title="某店")
    assert (shop.name, shop.title, shop.base_url) == ("one_shop", "某店", "http://127.0.0.1:8101")
    assert shop.list_page == template.list_page
    assert shop.matches("http://127.0.0.1:8101/any?thing=1")
    assert not shop.matches("http://127.0.0.1:8102/any")
    assert shop.shop_start_urls()


def test_search_urls_of_the_engines() -> None:
    at = "http://shop.example"
    assert (
        load_profile("django_oscar").at(at).search_url("飞镖") == f"{at}/search/?q=%E9%A3%9E%E9%95%96&page=1"
    )
    assert (
        load_profile("evershop").at(at).search_url("飞镖", 3)
        == f"{at}/search?keyword=%E9%A3%9E%E9%95%96&page=3"
    )
    assert (
        load_profile("shopxo").at(at).search_url("牙签", 2)
        == f"{at}/?s=search/index.html&wd=7e98997edaeb&page_size=20&page=2"
    )


def test_a_site_counts_its_pages_as_it_likes(profile_file: Callable[..., Path]) -> None:
    text = "name: my_shop\ntitle: x\nbase_url: https://a.example/shop/\nsearch: {url: '%s', %s}\n"
    steps = load_profile(profile_file(text % ("/s?k={keyword}&p={page}", "page_step: 2")))
    assert [steps.search_url("a", page) for page in (1, 2, 3)] == [
        f"https://a.example/shop/s?k=a&p={number}" for number in (1, 3, 5)
    ]
    offsets = load_profile(
        profile_file(text % ("https://s.example/s?k={keyword}&s={offset}", "page_size: 44"))
    )
    assert offsets.search_url("a", 3) == "https://s.example/s?k=a&s=88"
    zero = load_profile(profile_file(text % ("/s?k={keyword}&p={page}", "first_page: 0")))
    assert zero.search_url("a") == "https://a.example/shop/s?k=a&p=0"


def test_a_keyword_with_braces_is_no_template(shop: SiteProfile) -> None:
    assert shop.search_url("{page}") == "https://www.shop.example/search?q=%7Bpage%7D&page=1"


def test_a_site_without_search_says_so() -> None:
    with pytest.raises(ValueError, match="taobao has no search"):
        load_profile("taobao").search_url("玩具")


def test_start_urls_are_absolute_and_say_what_they_are(shop: SiteProfile) -> None:
    assert shop.shop_start_urls() == (
        ("https://www.shop.example/sitemap.xml", PageKind.SITEMAP),
        ("https://www.shop.example/category/toys", PageKind.LIST),
    )


@pytest.mark.parametrize(
    ("url", "belongs"),
    [
        ("https://item.taobao.com/item.htm?id=1", True),
        ("https://TAOBAO.com/", True),
        ("https://nottaobao.com/", False),
        ("https://taobao.com.evil.example/", False),
        ("not a url", False),
        ("", False),
    ],
)
def test_a_host_counts_with_its_sub_domains(url: str, *, belongs: bool) -> None:
    assert load_profile("taobao").matches(url) is belongs


@pytest.mark.parametrize("base_url", ["shop.example", "ftp://shop.example", "", "/"])
def test_a_shop_needs_a_whole_address(base_url: str) -> None:
    with pytest.raises(ValueError, match="whole address"):
        load_profile("shopxo").at(base_url)


def test_ones_own_profile_wins_over_a_shipped_one_of_its_name(
    profile_file: Callable[..., Path], tmp_path: Path
) -> None:
    profile_file("name: shopxo\ntitle: 我改过的\n", "shopxo.yaml")
    assert load_profile("shopxo", [tmp_path]).title == "我改过的"
    names = [profile.name for profile in all_profiles([tmp_path])]
    assert names == sorted({path.stem for path in SHIPPED_FILES})
    assert (
        next(profile for profile in all_profiles([tmp_path]) if profile.name == "shopxo").title == "我改过的"
    )


def test_a_folder_that_is_not_there_holds_no_profiles(tmp_path: Path) -> None:
    assert load_profile("shopxo", [tmp_path / "sites"]).name == "shopxo"


def test_profiles_are_values(shop: SiteProfile, profile_file: Callable[..., Path]) -> None:
    assert shop == load_profile(profile_file())
    with pytest.raises(ValueError, match="frozen"):
        shop.name = "other"  # type: ignore[misc]
