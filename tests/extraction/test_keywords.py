from __future__ import annotations

from urllib.parse import unquote, unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.extraction.keywords import keyword_codec


@pytest.mark.parametrize(
    ("codec", "keyword", "written"),
    [
        ("plain", "牙签", "%E7%89%99%E7%AD%BE"),
        ("percent-gbk", "牙签", "%D1%C0%C7%A9"),
        # ShopXO: each byte's two digits change places
        ("nibble-swapped-hex", "牙签", "7e98997edaeb"),
        ("nibble-swapped-hex", "飞镖", "9e3ae99e5969"),
        ("hex", "牙签", "e78999e7adbe"),
        ("base64", "牙签", "54mZ562-"),
        ("plain", "c++ & co/1", "c%2B%2B%20%26%20co%2F1"),
        # what GBK lacks goes as browsers send it
        ("percent-gbk", "鿎", "%26%2340910%3B"),
    ],
)
def test_a_codec_writes_the_keyword_as_the_site_wants_it(codec: str, keyword: str, written: str) -> None:
    assert keyword_codec(codec)(keyword) == written


@pytest.mark.parametrize("name", ["", "rot13", "percent-", "percent-klingon", "gbk"])
def test_an_unknown_codec_lists_the_known_ones(name: str) -> None:
    with pytest.raises(ValueError, match=r"there are: plain, hex, nibble-swapped-hex"):
        keyword_codec(name)


@given(st.text(st.characters(codec="utf-8")))
def test_nothing_is_lost(keyword: str) -> None:
    assert unquote(keyword_codec("plain")(keyword)) == keyword
    swapped = keyword_codec("nibble-swapped-hex")(keyword)
    pairs = (swapped[at : at + 2][::-1] for at in range(0, len(swapped), 2))
    assert bytes.fromhex("".join(pairs)).decode() == keyword
    assert unquote_to_bytes(keyword_codec("percent-gb18030")(keyword)).decode("gb18030") == keyword
