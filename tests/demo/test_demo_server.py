"""The two sites over real HTTP."""

from __future__ import annotations

import http.client
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from urllib.parse import quote, urljoin

import pytest
from lxml import etree, html

from monitor.demo.mall import GBK, MALL, Mall
from monitor.demo.server import DemoServer, serve


def get(url: str) -> tuple[int, str, bytes]:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers["Content-Type"], error.read()


def all_pages(start: str, encoding: str) -> list[html.HtmlElement]:
    """Follow 下一页 to the end."""
    pages, url = [], start
    while url:
        status, _, body = get(url)
        assert status == 200
        pages.append(html.fromstring(body.decode(encoding)))
        links = pages[-1].xpath("//a[text()='下一页']/@href")
        url = urljoin(url, links[0]) if links else ""
    return pages


def test_every_listing_of_the_mall_stands_on_its_lists(server: DemoServer, mall: Mall) -> None:
    pages = all_pages(server.base_url(MALL) + "/category/all", "utf-8")
    found = [id_ for page in pages for id_ in page.xpath("//li[@class='card']/@data-id")]
    assert found == [offer.item_id for offer in mall.listings(MALL)]


def test_every_listing_of_the_old_shop_stands_on_its_lists(server: DemoServer, mall: Mall) -> None:
    pages = all_pages(server.base_url(GBK) + "/list.asp", "gbk")
    titles = [title for page in pages for title in page.xpath("//tr[@class='row']//a[@class='name']/text()")]
    assert titles == [offer.title for offer in mall.listings(GBK)]


def test_the_modern_search_takes_utf_8(server: DemoServer, mall: Mall) -> None:
    _, content_type, body = get(f"{server.base_url(MALL)}/search?q={quote('磁力球')}")
    page = html.fromstring(body.decode())
    expected = [offer.title for offer in mall.listings(MALL) if "磁力球" in offer.title]
    assert content_type == "text/html; charset=utf-8"
    assert page.xpath("//a[@class='title']/text()") == expected[:20]
    assert page.xpath("string(//span[@class='total'])") == str(len(expected))


def test_the_old_search_takes_gbk(server: DemoServer, mall: Mall) -> None:
    _, content_type, body = get(
        f"{server.base_url(GBK)}/search.asp?keyword={quote('磁力珠', encoding='gbk')}"
    )
    page = html.fromstring(body.decode("gbk"))
    assert content_type == "text/html", "the old shop leaves the charset to the page"
    assert page.xpath("//a[@class='name']/text()") == [
        offer.title for offer in mall.listings(GBK) if "磁力珠" in offer.title
    ]


def test_a_search_normalises_nothing(server: DemoServer) -> None:
    _, _, body = get(f"{server.base_url(MALL)}/search?q={quote('磁力球')}")
    assert "磁*力*球" not in body.decode()
    _, _, body = get(f"{server.base_url(MALL)}/search?q={quote('磁*力*球')}")
    assert "磁*力*球 1000颗彩色" in body.decode()


@pytest.mark.parametrize(
    ("site", "path", "encoding"),
    [
        (MALL, "/search?q=" + quote("量子计算机"), "utf-8"),
        (GBK, "/search.asp?keyword=" + quote("〇〇"), "gbk"),
    ],
)
def test_a_search_without_result_says_so(server: DemoServer, site: str, path: str, encoding: str) -> None:
    status, _, body = get(server.base_url(site) + path)
    assert status == 200
    assert "没有找到" in body.decode(encoding)


def test_a_vanished_listing_is_a_404(server: DemoServer) -> None:
    [gone] = [change.before for change in Mall(1).changes() if change.after is None]
    assert gone is not None
    url = server.base_url(gone.site) + gone.path
    assert get(url)[0] == 200
    server.show(Mall(1))
    status, _, body = get(url)
    assert status == 404
    assert "已下架" in body.decode()


def test_the_sitemap_leads_to_every_item(server: DemoServer, mall: Mall) -> None:
    base = server.base_url(MALL)

    def locations(url: str) -> list[str]:
        return etree.fromstring(get(url)[2]).xpath("//*[local-name()='loc']/text()")

    urls = [url for sitemap in locations(base + "/sitemap.xml") for url in locations(sitemap)]
    assert [url for url in urls if "/item/" in url] == [base + offer.path for offer in mall.listings(MALL)]
    assert get(server.base_url(GBK) + "/sitemap.xml")[0] == 404


def test_robots_txt_keeps_out_of_the_cart(server: DemoServer) -> None:
    import urllib.robotparser

    base = server.base_url(MALL)
    rules = urllib.robotparser.RobotFileParser(base + "/robots.txt")
    rules.read()
    assert not rules.can_fetch("monitor", base + "/cart/add?id=100101")
    assert rules.can_fetch("monitor", base + "/item/100101.html")
    assert rules.site_maps() == [base + "/sitemap.xml"]


def test_the_request_log_counts_per_path(server: DemoServer) -> None:
    get(server.base_url(MALL) + "/item/100101.html")
    get(server.base_url(MALL) + "/item/100101.html")
    get(server.base_url(GBK) + "/")
    assert server.count(MALL, "/item/") == 2
    assert server.count(MALL) == 2
    assert [request.target for request in server.requests] == ["/item/100101.html"] * 2 + ["/"]


def test_a_head_request_sends_no_body(server: DemoServer) -> None:
    connection = http.client.HTTPConnection(server.base_url(MALL).removeprefix("http://"), timeout=5)
    connection.request("HEAD", "/")
    answer = connection.getresponse()
    assert answer.status == 200
    assert int(answer.headers["Content-Length"]) > 1000
    assert answer.read() == b""
    connection.close()


def test_closing_ends_open_connections_and_all_threads(mall: Mall) -> None:
    before = threading.active_count()
    with serve(mall) as server:
        connection = http.client.HTTPConnection(server.base_url(MALL).removeprefix("http://"), timeout=5)
        connection.request("GET", "/robots.txt")
        connection.getresponse().read()  # kept alive, idle
    assert threading.active_count() == before
    connection.close()


def test_a_taken_port_is_an_os_error(server: DemoServer, mall: Mall) -> None:
    port = int(server.base_url(MALL).rpartition(":")[2])
    with pytest.raises(OSError, match="in use"), serve(mall, port=port):
        pass


def run(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "monitor.demo.server", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_a_person_can_serve_it() -> None:
    with run("--port", "0", "--day", "3") as process:
        assert process.stdout is not None
        urls = dict(process.stdout.readline().strip().split(": ", 1) for _ in range(2))
        assert list(urls) == [MALL, GBK]
        assert "小满集市" in get(urls[MALL])[2].decode()
        process.send_signal(signal.SIGINT)
        try:
            _, errors = process.communicate(timeout=60)
        finally:
            process.kill()
    assert (process.returncode, errors) == (0, "")


def test_a_mistake_of_a_person_is_told_without_a_traceback(server: DemoServer) -> None:
    port = server.base_url(MALL).rpartition(":")[2]
    for arguments, message in [
        (("--day", "-1"), "--day: day -1: the mall opens on day 0"),
        (("--port", port), f"--port {port}: Address already in use: choose another port"),
    ]:
        with run(*arguments) as process:
            _, errors = process.communicate(timeout=10)
        assert process.returncode == 2
        assert message in errors
        assert "Traceback" not in errors
