"""Nothing that a server sends makes reading fail."""

from __future__ import annotations

import gzip
import json
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.extraction import Page, PageKind, Reading, all_profiles, read_page, recognise

PROFILES = [None, *all_profiles()]
URL = "http://127.0.0.1:8101/?s=goods/index/id/1.html"

HOSTILE = {
    "nothing": b"",
    "nul": b"\0" * 1000,
    "noise": random.Random(7).randbytes(20_000),
    "picture": b"\x89PNG\r\n\x1a\n" + random.Random(8).randbytes(5_000),
    "pdf": b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n",
    "torn gzip": gzip.compress(b"<html>" * 10_000)[:40],
    "deep json list": b"[" * 100_000,
    "deep json": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "deep html": b"<div>" * 50_000 + b"x",
    "json of wrong types": json.dumps(
        {
            "data": {
                "data": [1, None, {"title": {"a": 1}, "goods_url": 5}],
                "goods": 3,
                "products": {"items": 5},
            },
            "goods_list": [{"goods_name": 1, "goods_id": True, "group": 4}],
            "eContext": {"graphqlResponse": {"a": {"products": 4}, "b": {"sku": 2, "attributes": "x"}}},
            "mods": 7,
        }
    ).encode(),
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_bodies_are_read_by_every_profile(body: bytes) -> None:
    page = Page(url=URL, body=body, headers={"content-type": "text/html; charset=no-such"})
    for profile in PROFILES:
        for kind in (None, *PageKind):
            assert read_page(page, profile, kind).listings == () or profile is not None
    recognise(page, all_profiles())


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=20) | st.just("http://[half"),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "price", "url"]), inner)
    ),
    max_leaves=8,
)
fields = st.sampled_from(
    ["name", "url", "offers", "image", "brand", "additionalProperty", "category", "description"]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(fields, json_values))
def test_json_ld_of_any_shape_is_read(data: dict[str, object]) -> None:
    script = json.dumps({"@type": "Product", **data})
    body = f'<script type="application/ld+json">{script}</script>'.encode()
    assert isinstance(read_page(Page(url=URL, body=body)), Reading)
