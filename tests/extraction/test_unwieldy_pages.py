"""Pages that no person would make are not looked at by sight, so that none can hold a crawl for minutes."""

from __future__ import annotations

import pytest

from monitor.extraction import Page, PageKind, Verdict
from monitor.extraction.document import Document
from monitor.extraction.reading import read_page

NESTED = "<html><body>" + "<div class=item><a href=/i>商品" * 50_000
WIDE = "<html><body><table>" + "<tr><td><a href=/i>商品</a><td>¥9.90" * 60_000


@pytest.mark.parametrize("body", [NESTED, WIDE], ids=["nested", "wide"])
@pytest.mark.parametrize("kind", [None, *PageKind])
def test_an_unwieldy_page_has_a_verdict_at_once(body, kind):
    page = Page(url="http://shop.test/", body=body.encode())
    assert Document(page).unwieldy
    assert read_page(page, None, kind).verdict is not Verdict.OK


def test_an_ordinary_page_is_not_unwieldy():
    assert not Document(Page(url="http://shop.test/", body=b"<div>" * 60 + b"<p>x</p>" * 12_000)).unwieldy
