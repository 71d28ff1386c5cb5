from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.extraction.encoding import decode
from monitor.extraction.page import Page

TITLE = "磁力球 巴克球 儿童玩具 学生减压 5毫米"


def page(body: bytes, header: str | None = None) -> Page:
    headers = {"content-type": f"text/html; charset={header}"} if header else {}
    return Page(url="https://shop.example/", body=body, headers=headers)


def document(meta: str | None = None) -> str:
    declared = f'<meta charset="{meta}">' if meta else ""
    return f"<html><head>{declared}<title>{TITLE}</title></head><body><p>{TITLE}</p></body></html>"


@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "gb18030", "big5"])
def test_an_honest_label_is_believed(encoding: str) -> None:
    text = document(encoding) if encoding != "big5" else document(encoding).replace(TITLE, "磁力球 玩具")
    assert decode(page(text.encode(encoding))) == text
    assert decode(page(text.encode(encoding), header=encoding)) == text


@pytest.mark.parametrize(
    ("header", "meta", "real"),
    [
        (None, None, "utf-8"),
        (None, None, "gbk"),
        ("utf-8", None, "gbk"),
        ("utf-8", "utf-8", "gbk"),
        ("gbk", None, "utf-8"),
        ("gbk", "gb2312", "utf-8"),
        ("iso-8859-1", None, "gbk"),
        ("iso-8859-1", None, "utf-8"),
        ("iso-8859-1", "gbk", "gbk"),
        ("utf-8", "gbk", "gbk"),
        ("gb2312", "utf-8", "gbk"),
        ("no-such-charset", None, "gbk"),
    ],
)
def test_a_wrong_label_does_not_fool_us(header: str | None, meta: str | None, real: str) -> None:
    text = document(meta)
    assert decode(page(text.encode(real), header)) == text


def test_gb2312_pages_hold_what_only_gb18030_has() -> None:
    text = document("gb2312") + "镕喆鿎€"
    assert decode(page(text.encode("gb18030"), header="gb2312")) == text


def test_a_bom_tells_more_than_any_label() -> None:
    text = document("gbk")
    assert decode(page(codecs.BOM_UTF8 + text.encode(), header="gbk")) == text
    assert decode(page(text.encode("utf-16"), header="utf-8")) == text


def test_the_profile_has_the_first_word() -> None:
    text = "café noir"
    assert decode(page(text.encode("cp1252"), header="utf-8"), "cp1252") == text


def test_western_pages_stay_western() -> None:
    text = "<html><title>Jouet d'éveil, à partir de 3 ans, 12,50 €</title>"
    assert decode(page(text.encode("cp1252"), header="iso-8859-1")) == text


def test_a_page_cut_off_in_the_middle_of_a_character_keeps_the_rest() -> None:
    body = document("utf-8").encode()[:-1] + "球".encode()[:2]
    assert decode(page(body)).startswith("<html><head>")
    assert TITLE in decode(page(body))


def test_one_bad_byte_costs_one_character() -> None:
    text = document("utf-8")
    broken = text.encode().replace("毫".encode(), b"\xff", 1)
    assert decode(page(broken)) == text.replace("毫", "\ufffd", 1)


def test_nul_does_not_end_the_page() -> None:
    assert decode(page(b"<p>a\0b</p>")) == "<p>ab</p>"


@given(
    st.binary(max_size=2000), st.sampled_from([None, "utf-8", "gbk", "utf-16", "x-unknown", "hz", "utf-7"])
)
def test_any_bytes_decode(body: bytes, header: str | None) -> None:
    assert isinstance(decode(page(body, header)), str)
