"""HTML, MHTML, HAR and WARC as browsers and archiving tools write them."""

from __future__ import annotations

import gzip
import json

import brotli
import pytest
from warcio.warcwriter import WARCWriter

from monitor.extraction.profile import all_profiles
from monitor.imports.har import HarFile
from monitor.imports.pages import Understood, open_pages, understand
from monitor.imports.problem import ImportProblemError
from monitor.imports.rejects import Reason, Reject
from monitor.imports.sites import Sites
from monitor.imports.sources import FileKind, kind_of
from monitor.imports.warc import WarcFile

URL = "https://shop.example.cn/item/1"


def understood(path, url=None, *, site=None):
    sites = Sites(all_profiles(), site)
    kind = kind_of(path.name)
    return [understand(found, sites) for found in open_pages(path, kind, url).records()]


def shown(found):
    assert isinstance(found, Understood), found
    return [(each.site, each.url, each.title) for each in found.reading.listings]


@pytest.mark.parametrize("how", ["person", "browser", "singlefile", "canonical"])
def test_a_saved_page_says_where_it_came_from(tmp_path, files, how):
    note = {
        "browser": files.saved_from(URL),
        "singlefile": f"<!-- \n Page saved with SingleFile \n url: {URL} \n saved date: Tue -->",
    }.get(how, "")
    path = tmp_path / "a.html"
    path.write_bytes(files.product_page(URL, files.CROSSBOW, note=note, canonical=how == "canonical"))
    (found,) = understood(path, URL if how == "person" else None)
    assert shown(found) == [("shop.example.cn", URL, files.CROSSBOW)]


def test_a_page_of_unknown_address_is_rejected(tmp_path, files):
    path = tmp_path / "a.html"
    path.write_bytes(files.product_page(URL, files.CROSSBOW))
    (found,) = understood(path)
    assert (found.number, found.reason) == (1, Reason.NO_PAGE_URL)


def test_mhtml(tmp_path, files):
    path = tmp_path / "a.mhtml"
    path.write_bytes(files.mhtml(URL, files.product_page(URL, files.CROSSBOW)))
    (found,) = understood(path)
    assert shown(found) == [("shop.example.cn", URL, files.CROSSBOW)]
    assert found.record.supplied.block == path.read_bytes()
    assert found.record.supplied.facts["claimed_at"] == "2026-09-01T02:03:04+00:00"


def test_mhtml_of_parts_within_parts_without_end(tmp_path):
    path = tmp_path / "a.mhtml"
    parts = [f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(3000)]
    path.write_text("".join(parts), encoding="ascii")
    (found,) = understood(path)
    assert found.reason is Reason.BROKEN


def test_har_gives_its_pages_and_no_secret(tmp_path, files):
    path = tmp_path / "a.har"
    page = files.product_page(URL, files.CROSSBOW)
    entries = [
        files.har_entry("https://shop.example.cn/a.js", b"var a", mime="application/javascript"),
        files.har_entry(URL, page),
        files.har_entry("https://shop.example.cn/item/2", page, packed=True),
        files.har_entry("https://shop.example.cn/api", b'{"unknown": 1}', mime="application/json"),
        {"nonsense": True},
        files.har_entry("https://shop.example.cn/ad", b"<html><body>ad</body></html>"),
    ]
    path.write_bytes(files.har(entries))
    found = understood(path)
    assert found[0] is None
    assert shown(found[1]) == [("shop.example.cn", URL, files.CROSSBOW)]
    assert isinstance(found[2], Understood)
    assert found[3] is None
    assert [each.reason for each in found[4:]] == [Reason.BROKEN, Reason.NO_LISTING]
    assert "SECRET" not in repr(found)


def test_a_har_file_is_read_entry_by_entry(tmp_path, files):
    path = tmp_path / "a.har"
    page = files.product_page(URL, files.CROSSBOW) + b" " * 400_000
    path.write_bytes(files.har([files.har_entry(f"{URL}{n}", page) for n in range(30)]))
    assert [each.number for each in HarFile(path).records()] == list(range(1, 31))


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"{}", "no log.entries"), (b'{"log": {"entries": [{"request": {', "damaged or cut short")],
)
def test_a_har_file_that_is_none_or_cut_short(tmp_path, data, said):
    path = tmp_path / "a.har"
    path.write_bytes(data)
    with pytest.raises(ImportProblemError, match=said):
        list(HarFile(path).records())


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("encoding", ["", "gzip", "chunked"])
def test_warc(tmp_path, files, packed, encoding):
    path = tmp_path / ("a.warc.gz" if packed else "a.warc")
    pages = [(f"{URL}{n}", files.product_page(f"{URL}{n}", files.CROSSBOW)) for n in range(3)]
    files.write_warc(path, pages, packed=packed, encoding=encoding)
    found = understood(path)
    assert found[0] is None  # warcinfo
    assert [shown(each)[0][1] for each in found[1:]] == [url for url, _ in pages]
    # the block is kept as the tool recorded it, headers and encoding included
    assert found[1].record.supplied.block.startswith(b"HTTP/1.1 200 OK\r\n")
    assert found[1].record.supplied.type == "response"


def test_a_damaged_warc_gives_what_stands_before_the_damage(tmp_path, files):
    path = tmp_path / "a.warc.gz"
    files.write_warc(
        path, [(f"{URL}{n}", files.product_page(f"{URL}{n}", files.CROSSBOW)) for n in range(20)]
    )
    path.write_bytes(path.read_bytes()[:-150])
    records = WarcFile(path).records()
    for number in range(1, 21):
        assert getattr(next(records), "number", number) == number
    with pytest.raises(ImportProblemError, match="record 21 is damaged"):
        list(records)


def test_what_is_no_warc_is_explained(tmp_path):
    path = tmp_path / "a.warc"
    path.write_bytes(b"<html>no archive</html>")
    with pytest.raises(ImportProblemError, match="record 1 is damaged"):
        list(WarcFile(path).records())


def test_a_warc_that_is_a_bomb_is_refused(tmp_path):
    path = tmp_path / "a.warc.gz"
    head = "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://a.cn/\r\n"
    head += "Content-Length: 300000000\r\n\r\n"
    with gzip.open(path, "wb") as file:
        file.write(head.encode() + b"0" * 20_000_000)
    with pytest.raises(ImportProblemError, match="refused as a bomb"):
        list(WarcFile(path).records())


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd"])
def test_a_page_that_unpacks_without_end_is_not_unpacked(tmp_path, files, encoding):
    zeros = b"\0" * 70_000_000
    pack = {
        "gzip": gzip.compress,
        "br": lambda data: brotli.compress(data, quality=1),
        "zstd": lambda _: b"(",
    }
    path = tmp_path / "a.warc"
    with path.open("wb") as file:
        headers = {"Content-Type": "text/html", "Content-Encoding": encoding}
        files.add_response(WARCWriter(file, gzip=False), URL, headers, pack[encoding](zeros))
    (found,) = understood(path)
    assert isinstance(found, Reject)
    assert found.reason is Reason.UNREADABLE


def test_saved_pages_of_platforms_are_read_with_their_profiles(shared, tmp_path):
    page = (shared / "pages" / "pdd" / "search_api_2018.json").read_bytes()
    profile = next(each for each in all_profiles() if each.name == "pinduoduo")
    path = tmp_path / "answer.json"
    path.write_bytes(page)
    (found,) = understood(path, f"{profile.base_url}/proxy/api/search?q=1")
    assert found.site.name == "pinduoduo"
    assert len(found.reading.listings) > 10


def test_a_captcha_is_named_as_what_it_is(tmp_path):
    path = tmp_path / "a.html"
    path.write_text("<html><title>登录</title><body>请登录后查看</body></html>", encoding="utf-8")
    (found,) = understood(path, "https://login.taobao.com/member/login.jhtml")
    assert found.reason is Reason.BLOCKED


def test_the_site_that_a_person_names_is_taken(tmp_path, files):
    path = tmp_path / "a.html"
    path.write_bytes(files.product_page(URL, files.CROSSBOW))
    (found,) = understood(path, URL, site="某商城")
    assert found.site.name == "某商城"
    assert shown(found)[0][0] == "某商城"


def test_kinds_are_told_by_name():
    assert kind_of("a/b.WARC.GZ") is FileKind.WARC
    assert kind_of("x.htm") is FileKind.PAGE
    assert kind_of("x.gz") is None
    assert json.dumps(kind_of("x.csv")) == '"csv"'
