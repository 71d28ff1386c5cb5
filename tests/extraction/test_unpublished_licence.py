from __future__ import annotations

from monitor.extraction import Page, PageKind, Verdict
from monitor.extraction.profile import load_profile
from monitor.extraction.reading import read_page
from monitor.listing import FieldState


def test_a_shop_that_publishes_no_licence_has_absent_fields():
    body = '<p class="empty not-published">该店铺未公示营业执照信息</p>'.encode()
    page = Page(url="http://127.0.0.1:8600/shop/2014/licence", body=body)
    reading = read_page(page, load_profile("demo_mall"), PageKind.LICENCE)
    assert reading.verdict is Verdict.EMPTY
    assert reading.seller.state("credit_code") is FieldState.ABSENT
