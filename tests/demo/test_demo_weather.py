"""Every kind of weather, as a plain client meets it."""

from __future__ import annotations

import gzip
import http.client
import time
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from lxml import html

from monitor.demo.effects import (
    Captcha,
    Drip,
    Effect,
    Flood,
    GzipBomb,
    Mislabel,
    Recode,
    Redirect,
    Refuse,
    Repage,
    Reset,
    Stall,
    Tangle,
    Truncate,
)
from monitor.demo.mall import GBK, MALL, Mall
from monitor.demo.mall_site import PAGE_SIZE, MallSite
from monitor.demo.server import DemoServer, serve
from monitor.demo.shelf_page import Paging
from monitor.demo.weather import Rule, Weather
from monitor.extraction import Page, load_profile, read_page

if TYPE_CHECKING:
    from collections.abc import Iterator

ITEM = "/item/100131.html"


@contextmanager
def client(server: DemoServer, site: str = MALL, wait: float = 10) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection(server.base_url(site).removeprefix("http://"), timeout=wait)
    try:
        yield connection
    finally:
        connection.close()


def ask(server: DemoServer, target: str = ITEM, site: str = MALL) -> tuple[http.client.HTTPResponse, bytes]:
    with client(server, site) as connection:
        connection.request("GET", target)
        answer = connection.getresponse()
        return answer, answer.read()


@contextmanager
def under(mall: Mall, *rules: Rule) -> Iterator[DemoServer]:
    with serve(mall, weather=Weather(rules)) as server:
        yield server


def fair(mall: Mall, target: str = ITEM) -> bytes:
    with serve(mall) as server:
        return ask(server, target)[1].replace(server.base_url(MALL).encode(), b"BASE")


def statuses(server: DemoServer, targets: list[str]) -> list[int]:
    return [ask(server, target)[0].status for target in targets]


def test_a_refusal_clears_up_after_as_often_as_it_should(mall: Mall) -> None:
    with under(mall, Rule(path="^/item/", effect=Refuse(status=503, retry_after=2), times=2)) as server:
        answer, _ = ask(server)
        assert (answer.status, answer.headers["Retry-After"]) == (503, "2")
        assert statuses(server, [ITEM, ITEM, ITEM, "/"]) == [503, 200, 200, 200]
        assert statuses(server, ["/item/100132.html"]) == [503], "each URL has its own count"
        assert [request.effect for request in server.requests][:3] == ["Refuse", "Refuse", None]


def test_a_refusal_can_last(mall: Mall) -> None:
    with under(mall, Rule(effect=Refuse(status=429), times=None)) as server:
        assert statuses(server, [ITEM] * 4) == [429] * 4
        assert ask(server)[0].headers["Retry-After"] is None


def test_a_rule_may_concern_one_site_only(mall: Mall) -> None:
    with under(mall, Rule(effect=Refuse(), site=GBK, times=None)) as server:
        assert ask(server, "/", MALL)[0].status == 200
        assert ask(server, "/", GBK)[0].status == 503


def test_the_first_rule_that_still_strikes_wins(mall: Mall) -> None:
    with under(mall, Rule(effect=Refuse(status=503)), Rule(effect=Refuse(status=429))) as server:
        assert statuses(server, [ITEM] * 3) == [503, 429, 200]


def test_a_share_of_the_urls_is_struck_the_same_ones_each_time() -> None:
    rule = Rule(effect=Refuse(), share=0.05, seed=7, times=None)
    targets = [f"/item/{number}.html" for number in range(4000)]
    struck = {target for target in targets if rule.concerns(MALL, target)}
    assert struck == {target for target in targets if rule.concerns(MALL, target)}
    assert 140 <= len(struck) <= 260, "5 % of 4000"
    other = Rule(effect=Refuse(), share=0.05, seed=8, times=None)
    assert struck != {target for target in targets if other.concerns(MALL, target)}


def test_a_stall_outlasts_the_client(mall: Mall) -> None:
    with (
        under(mall, Rule(effect=Stall(seconds=30))) as server,
        client(server, wait=0.3) as connection,
    ):
        connection.request("GET", ITEM)
        with pytest.raises(TimeoutError):
            connection.getresponse()
        assert ask(server)[0].status == 200


def test_closing_does_not_wait_for_a_stall(mall: Mall) -> None:
    began = time.monotonic()
    with under(mall, Rule(effect=Stall(seconds=30))) as server, client(server, wait=0.2) as connection:
        connection.request("GET", ITEM)
        with pytest.raises(TimeoutError):
            connection.getresponse()
    assert time.monotonic() - began < 5


def test_a_stall_ends_without_an_answer(mall: Mall) -> None:
    with under(mall, Rule(effect=Stall(seconds=0.1))) as server, client(server) as connection:
        connection.request("GET", ITEM)
        with pytest.raises(http.client.RemoteDisconnected):
            connection.getresponse()


def test_a_reset_tears_the_connection_down(mall: Mall) -> None:
    with under(mall, Rule(effect=Reset())) as server:
        with client(server) as connection:
            connection.request("GET", ITEM)
            with pytest.raises(ConnectionResetError):
                connection.getresponse()
        assert ask(server)[0].status == 200


def test_a_truncated_body_is_shorter_than_it_promises(mall: Mall) -> None:
    with under(mall, Rule(effect=Truncate(keep=0.5))) as server, client(server) as connection:
        connection.request("GET", ITEM)
        answer = connection.getresponse()
        promised = int(answer.headers["Content-Length"])
        with pytest.raises(http.client.IncompleteRead) as torn:
            answer.read()
    assert len(torn.value.partial) == promised // 2


def test_a_wrong_label_leaves_the_body_alone(mall: Mall) -> None:
    with under(mall, Rule(effect=Mislabel(content_type="text/html; charset=iso-8859-1"))) as server:
        answer, body = ask(server)
        assert answer.headers["Content-Type"] == "text/html; charset=iso-8859-1"
        assert body.replace(server.base_url(MALL).encode(), b"BASE") == fair(mall)


def test_a_body_may_come_in_another_encoding(mall: Mall) -> None:
    with under(mall, Rule(effect=Recode(was="utf-8", becomes="gbk"))) as server:
        answer, body = ask(server)
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "磁力球216颗" in body.decode("gbk")
    with pytest.raises(UnicodeDecodeError):
        body.decode("utf-8")


@pytest.mark.parametrize(
    ("site", "target"),
    [(MALL, "/category/all"), (MALL, ITEM), (GBK, "/list.asp"), (GBK, "/product.asp?id=131")],
)
@pytest.mark.parametrize("spoil", [Tangle, Mislabel, Recode])
def test_a_reader_that_copes_finds_the_same_goods(
    mall: Mall, site: str, target: str, spoil: type[Tangle | Mislabel | Recode]
) -> None:
    swap = ("utf-8", "gbk") if site == MALL else ("gbk", "utf-8")
    effect = Recode(was=swap[0], becomes=swap[1]) if spoil is Recode else spoil()
    with under(mall, Rule(effect=effect)) as server:
        profile = load_profile(site).at(server.base_url(site))
        readings = []
        for _ in range(2):  # spoilt, then fair
            answer, body = ask(server, target, site)
            headers = {"content-type": answer.headers["Content-Type"]}
            page = Page(url=server.base_url(site) + target, body=body, headers=headers)
            readings.append(read_page(page, profile))
        assert [request.effect for request in server.requests] == [spoil.__name__, None]
    spoilt, fair = ([(one.title, one.price, one.url) for one in each.listings] for each in readings)
    assert spoilt == fair
    assert fair


def test_a_redirect_goes_round_in_a_circle(mall: Mall) -> None:
    with under(mall, Rule(effect=Redirect(), times=None)) as server:
        for start in (ITEM, "/search?q=" + quote("儿童")):
            seen, target = [], start
            for _ in range(4):
                answer, _ = ask(server, target)
                assert answer.status == 302
                seen.append(target)
                target = answer.headers["Location"]
            assert seen[0] == seen[2] != seen[1] == seen[3]


def ids_on(server: DemoServer, target: str) -> tuple[list[str], str | None]:
    page = html.fromstring(ask(server, target)[1].decode())
    following = page.xpath("//a[@rel='next']/@href")
    return page.xpath("//li[@class='card']/@data-id"), following[0] if following else None


def test_a_list_may_never_end(mall: Mall) -> None:
    every = [offer.item_id for offer in mall.listings(MALL)]
    last = -(-len(every) // PAGE_SIZE)
    with under(mall, Rule(path="^/category", effect=Repage(paging=Paging.ENDLESS), times=None)) as server:
        found, following = ids_on(server, f"/category/all?page={last + 1}")
        assert found == every[:PAGE_SIZE]
        assert following == f"/category/all?page={last + 2}"
        assert ids_on(server, "/category/all?page=99999")[1] is not None


def test_a_list_may_show_its_first_page_on_every_page(mall: Mall) -> None:
    with under(mall, Rule(path="^/category", effect=Repage(paging=Paging.REPEATING), times=None)) as server:
        first, second = ids_on(server, "/category/all"), ids_on(server, "/category/all?page=2")
        assert first[0] == second[0]
        assert second[1] == "/category/all?page=3"


def test_a_captcha_looks_like_success(mall: Mall) -> None:
    with under(mall, Rule(effect=Captcha())) as server:
        answer, body = ask(server)
    assert answer.status == 200
    assert "安全验证" in body.decode()


def test_a_drip_comes_whole_but_slowly(mall: Mall) -> None:
    with under(mall, Rule(effect=Drip(bytes_per_second=400))) as server:
        began = time.monotonic()
        answer, body = ask(server, "/robots.txt")
        took = time.monotonic() - began
    assert int(answer.headers["Content-Length"]) == len(body)
    assert 0.15 < took < 2


def test_a_gzip_bomb_is_a_valid_stream_of_what_it_says(mall: Mall) -> None:
    with under(mall, Rule(effect=GzipBomb(mebibytes=8))) as server:
        answer, body = ask(server)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(body) < 20_000
    assert gzip.decompress(body) == b" " * (8 << 20)
    assert len(zlib.decompress(body, wbits=47)) == 8 << 20


def test_a_flood_is_as_long_as_it_says(mall: Mall) -> None:
    with under(mall, Rule(effect=Flood(mebibytes=3))) as server:
        answer, body = ask(server)
    assert len(body) == int(answer.headers["Content-Length"]) == 3 << 20


def test_a_client_that_leaves_in_the_middle_harms_nobody(
    mall: Mall, capfd: pytest.CaptureFixture[str]
) -> None:
    with under(mall, Rule(effect=Flood(mebibytes=64))) as server:
        with client(server) as connection:
            connection.request("GET", ITEM)
            connection.getresponse()
        assert ask(server, "/")[0].status == 200
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    "effect", [Refuse(), Mislabel(), Recode(), Tangle(), Captcha(), GzipBomb(mebibytes=1), Redirect()]
)
def test_the_connection_stays_in_order_after_an_effect(mall: Mall, effect: Effect) -> None:
    with under(mall, Rule(effect=effect)) as server, client(server) as connection:
        statuses = []
        for target in (ITEM, ITEM):
            connection.request("GET", target)
            answer = connection.getresponse()
            answer.read()
            statuses.append(answer.status)
    assert statuses[1] == 200


def test_the_weather_counts_what_struck(mall: Mall) -> None:
    weather = Weather([Rule(path="^/item/", effect=Captcha(), times=None)])
    with serve(mall, weather=weather) as server:
        statuses(server, [ITEM, ITEM, "/"])
    assert weather.struck == {(0, MALL, ITEM): 2}


def test_fair_weather_is_what_the_site_says(mall: Mall) -> None:
    body = MallSite(mall).respond(ITEM, "BASE").body
    assert fair(mall) == body
