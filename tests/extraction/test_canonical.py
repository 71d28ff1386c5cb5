from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.extraction import canonical
from monitor.extraction.canonical import absolute_url, canonical_url


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("/item/1.html", "https://shop.example/item/1.html"),
        ("../2.html", "https://shop.example/2.html"),
        ("?page=2", "https://shop.example/list/a?page=2"),
        ("//item.example/3", "https://item.example/3"),
        (" http://other.example/4\n", "http://other.example/4"),
        ("/item/磁力球", "https://shop.example/item/%E7%A3%81%E5%8A%9B%E7%90%83"),
        ("javascript:;", None),
        ("#top", None),
        ("mailto:a@b.example", None),
        ("tel:12345", None),
        ("data:image/png;base64,AAAA", None),
        ("http://[half", None),
        ("", None),
        (None, None),
    ],
)
def test_links_become_absolute_or_none(link: str | None, url: str | None) -> None:
    assert absolute_url(link, "https://shop.example/list/a?page=1") == url


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        ("https://s.example/i?id=1&spm=a.b&utm_source=x#detail", "https://s.example/i?id=1"),
        ("https://s.example/i?id=1&ns=1&abbucket=0", "https://s.example/i?id=1"),
        ("https://s.example/?s=goods/index/id/1.html", "https://s.example/?s=goods/index/id/1.html"),
        ("https://s.example/i?spm=1", "https://s.example/i"),
        ("https://s.example/i#a", "https://s.example/i"),
        ("https://s.example/i?a=1&a=2", "https://s.example/i?a=1&a=2"),
    ],
)
def test_what_says_nothing_about_the_item_is_dropped(url: str, plain: str) -> None:
    assert canonical_url(url, ("ns", "abbucket")) == plain
    assert canonical_url(plain, ("ns", "abbucket")) == plain


@given(st.text())
def test_any_text_is_a_url_or_none(link: str) -> None:
    url = absolute_url(link, "https://shop.example/")
    assert url is None or url.startswith(("http://", "https://"))


@given(
    link=st.from_regex(canonical._PLAIN, fullmatch=True)
    | st.text(alphabet="/.?#&=ab0-_~%:@ ;,", max_size=12).map(lambda text: f"/{text}")
    | st.text(alphabet="/.?#&=ab0-_~%:@", max_size=12).map(lambda text: f"https://{text}"),
    base=st.sampled_from(
        ["https://shop.example/list/a?page=1", "http://127.0.0.1:8600", "HTTP://Shop.Test:80/a/", "file:///a"]
    ),
)
def test_the_short_way_gives_what_the_long_one_gives(link: str, base: str) -> None:
    assert absolute_url(link, base) == canonical._resolved(link, base)
