from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from monitor.extraction import Page, load_profile

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from monitor.extraction import SiteProfile

#: A profile that uses most of the schema, of a shop that does not exist.
SHOP_YAML = """\
name: my_shop
title: 我的商城
base_url: https://www.shop.example
search:
  url: /search?q={keyword}&page={page}
shop:
  lists: [/category/toys]
  sitemaps: [/sitemap.xml]
urls:
  detail: '/item/\\d+\\.html'
  list: '/search|/category/'
  licence: '/shop/\\d+/licence'
  item_id: '/item/(\\d+)\\.html'
drop_parameters: [from]
blocked: ['请完成验证', {url: 'passport\\.'}]
gone: ['商品已下架']
empty: ['没有找到相关商品']
list_page:
  items: li.item
  fields:
    title: [a.title::attr(title), a.title]
    url: a.title::attr(href)
    price: .price
    sales: .sold
    seller: {name: .shop, url: '.shop::attr(href)', stated_place: .place}
  total: .total
  next: {link: 'a.next::attr(href)'}
detail_page:
  fields:
    title: h1
    price: .price
    sales: .sold
    available: .stock
    image_url: .main img::attr(src)
    description: {css: '.text p', join: "\\n"}
    breadcrumb: .crumbs a
    seller: {name: .shop, url: '.shop::attr(href)', licence_url: 'a.licence::attr(href)'}
  attributes: {rows: 'table.params tr', name: th, value: td, ignore: [评论数]}
licence_page:
  attributes: {rows: 'table.licence tr', name: th, value: td}
"""


@pytest.fixture
def profile_file(tmp_path: Path) -> Callable[..., Path]:
    """Write a profile, by default the one above."""

    def write(text: str = SHOP_YAML, name: str = "my_shop.yaml") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def shop(profile_file: Callable[..., Path]) -> SiteProfile:
    return load_profile(profile_file())


@pytest.fixture
def html() -> Callable[..., Page]:
    """Make a page of the body of an HTML document."""

    def make(
        body: str, url: str = "https://www.shop.example/item/7.html", head: str = "", **more: object
    ) -> Page:
        text = f"<!doctype html><html><head><meta charset=utf-8>{head}</head><body>{body}</body></html>"
        return Page(url=url, body=text.encode(), **more)  # type: ignore[arg-type]

    return make


@pytest.fixture(scope="session")
def saved(shared: Path) -> Callable[[str], bytes]:
    """Read a saved page of the shared folder, by its path below ``pages``, gzipped or not."""

    def read(name: str) -> bytes:
        body = (shared / "pages" / name).read_bytes()
        return gzip.decompress(body) if name.endswith(".gz") else body

    return read
