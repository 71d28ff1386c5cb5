from __future__ import annotations

import parsel
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from monitor.extraction.plain_css import marks_of, plain_selector

NAMES = st.sampled_from(["a", "b", "a-b", "A", "a_1", ""])
CLASSES = st.lists(NAMES, max_size=4).flatmap(
    lambda names: st.sampled_from([" ", "  ", "\t", "\n", "\xa0", "\x0b"]).map(lambda by: by.join(names))
)


@st.composite
def elements(draw: st.DrawFn, depth: int = 3) -> str:
    tag = draw(st.sampled_from(["a", "b", "p", "i"]))
    attributes = ""
    if draw(st.booleans()):
        attributes += f' class="{draw(CLASSES)}"'
    if draw(st.booleans()):
        attributes += f' href="{draw(st.sampled_from(["", "/x", " "]))}"'
    inside = draw(st.lists(elements(depth - 1), max_size=3)) if depth else ["text<!-- a.b -->"]
    return f"<{tag}{attributes}>{''.join(inside)}</{tag}>"


@given(
    markup=elements(),
    css=st.sampled_from(
        [
            "a",
            "b",
            ".a",
            ".b",
            "a.a",
            "p.a.b",
            ".a.b",
            ".a-b",
            ".A",
            ".a_1",
            "a::attr(href)",
            ".a::attr(class)",
        ]
    ),
)
def test_it_finds_what_xpath_finds(markup: str, css: str) -> None:
    root = etree.fromstring(f"<i>{markup}</i>", etree.HTMLParser()).find(".//i")
    plain = plain_selector(css)
    assert plain is not None
    assert plain.find(marks_of(root)) == etree.XPath(parsel.css2xpath(css), smart_strings=False)(root)


@pytest.mark.parametrize(
    "css",
    [
        "",
        "*",
        "a b",
        "a > b",
        "#x",
        "a[href]",
        "a:first-child",
        "a::text",
        "A",
        "a, b",
        ".1",
        "a.",
        "::attr(x)",
    ],
)
def test_what_is_not_plain_is_left_to_xpath(css: str) -> None:
    assert plain_selector(css) is None
