"""Whatever a site answers when it is asked for robots.txt: RFC 9309, over the wire."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.slow

PAGE = "/item/1"
OPEN, CLOSED = b"User-agent: *\nDisallow: /cart/\n", b"User-agent: *\nDisallow: /\n"


def in_turn(*answers: bytes) -> Callable[[socket.socket], None]:
    """Give one answer after another; the last one for good."""
    left = list(answers)
    return lambda connection: connection.sendall(left.pop(0) if len(left) > 1 else left[0])


def own(server) -> str:
    return f"{server.host}:{server.port}"


def reset(connection: socket.socket) -> None:
    connection.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def asked(servers, crawl, http):
    """Crawl a page of each of many sites at once, that differ in their robots.txt."""

    def ask(robots: dict[str, object], **settings):
        sites = {said: servers(answers={PAGE: http.page(b"fine")}) for said in robots}
        for said, answer in robots.items():
            sites[said].answers["/robots.txt"] = answer
        urls = {said: f"{site.url}{PAGE}" for said, site in sites.items()}
        outcome = crawl(*urls.values(), allow=tuple(own(each) for each in sites.values()), **settings)
        return sites, urls, outcome

    return ask


def test_what_is_not_there_forbids_nothing(asked, http):
    # an error page may look like rules: it is none
    there = {str(code): http.page(CLOSED, status=f"{code} No") for code in (401, 403, 404, 410, 429)}
    there |= {"loop": http.redirect("/robots.txt"), "open": http.page(OPEN)}
    sites, urls, outcome = asked(there)
    for said, url in urls.items():
        assert outcome.pages[url][0].get("body") == "fine", (said, outcome.pages[url])
    assert sites["404"].asked("/robots.txt"), "it was asked for"
    assert "Traceback" not in outcome.log


def test_what_cannot_be_reached_forbids_everything(asked, http):
    there = {str(code): http.page(OPEN, status=f"{code} Down") for code in (500, 501, 503)}
    there |= {"long": http.page(b"", "Retry-After: 86400", status="503 Later"), "reset": reset}
    there["quiet"] = lambda _: None  # the connection stays open and nothing comes
    there["forbids"] = http.page(CLOSED)
    sites, urls, outcome = asked(there, DOWNLOAD_TIMEOUT=2, RETRY_TIMES=2)
    for said, site in sites.items():
        assert site.asked(PAGE) == [], said
    for said in ("500", "501", "503"):
        assert outcome.reason(urls[said]).endswith(f"HTTP {said}")
        assert outcome.reason(urls[said]).startswith("robots.txt cannot be fetched, so nothing is (RFC 9309)")
    assert outcome.reason(urls["long"]).endswith("HTTP 503")
    assert "RFC 9309" in outcome.reason(urls["reset"])
    assert "imeout" in outcome.reason(urls["quiet"])
    assert outcome.reason(urls["forbids"]) == "not fetched: Forbidden by robots.txt"
    assert len(sites["503"].asked("/robots.txt")) == 3, "with the patience of a page"
    assert len(sites["long"].asked("/robots.txt")) == 1, "a site that asks for a day is left alone"
    assert "Traceback" not in outcome.log


def test_nobody_answers(crawl):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    url = f"http://127.0.0.1:{port}{PAGE}"
    outcome = crawl(url, allow=(f"127.0.0.1:{port}",))
    assert "robots.txt cannot be fetched" in outcome.reason(url)
    assert "refused" in outcome.reason(url)


def test_a_hiccup_ends_neither_page_nor_crawl(servers, crawl, http):
    busy, fine = http.page(b"", "Retry-After: 0", status="503 Busy"), http.page(OPEN)
    site = servers(answers={f"/item/{i}": http.page(b"fine") for i in range(4)})
    site.answers["/robots.txt"] = in_turn(busy, busy, fine)
    urls = [f"{site.url}/item/{i}" for i in range(4)]
    outcome = crawl(*urls, allow=(own(site),))
    assert [outcome.pages[url][0].get("body") for url in urls] == ["fine"] * 4
    assert len(site.asked("/robots.txt")) == 3, "once it has come, it is not asked for again"


def test_a_long_hiccup_costs_one_page_for_each_time_the_patience_ends(servers, crawl, http):
    busy, fine = http.page(b"", status="500 Busy"), http.page(OPEN)
    site = servers(answers={f"/item/{i}": http.page(b"fine") for i in range(4)})
    site.answers["/robots.txt"] = in_turn(busy, busy, busy, busy, fine)
    urls = [f"{site.url}/item/{i}" for i in range(4)]
    outcome = crawl(*urls, allow=(own(site),))
    ends = [outcome.pages[url][0].get("body") for url in urls]
    assert sorted(str(each) for each in ends) == ["None", "fine", "fine", "fine"]
    assert len(site.asked("/robots.txt")) == 5


def test_five_redirects_are_followed_and_the_rules_at_their_end_hold(servers, crawl, http):
    site = servers(answers={PAGE: http.page(b"fine"), "/robots.txt": http.redirect("/r1")})
    site.answers |= {f"/r{i}": http.redirect(f"/r{i + 1}") for i in range(1, 5)}
    site.answers["/r5"] = http.page(CLOSED)
    outcome = crawl(f"{site.url}{PAGE}", allow=(own(site),))
    assert outcome.reason(f"{site.url}{PAGE}") == "not fetched: Forbidden by robots.txt"


def test_a_rule_half_a_mebibyte_down_is_read(servers, crawl, http):
    long = b"User-agent: *\n" + b"# comment\n" * (500 * 1024 // 10)
    site = servers(answers={PAGE: http.page(b"fine"), "/robots.txt": http.page(long + b"Disallow: /item/\n")})
    outcome = crawl(f"{site.url}{PAGE}", allow=(own(site),))
    assert outcome.reason(f"{site.url}{PAGE}") == "not fetched: Forbidden by robots.txt"


def test_rules_that_must_not_be_fetched_are_rules_that_nobody_knows(servers, crawl, http):
    victim = servers(answers={"/robots.txt": http.page(OPEN)})
    site = servers(answers={PAGE: http.page(b"fine")})
    site.answers["/robots.txt"] = http.redirect(f"{victim.url}/robots.txt")
    outcome = crawl(f"{site.url}{PAGE}", allow=(own(site),))
    assert "loopback" in outcome.reason(f"{site.url}{PAGE}")
    assert outcome.reason(f"{site.url}{PAGE}").endswith("(robots.txt comes before the page)")
    assert (victim.connections, site.asked(PAGE)) == (0, [])


def test_who_does_not_obey_does_not_ask(asked, http):
    sites, urls, outcome = asked({"500": http.page(b"", status="500 Down")}, ROBOTSTXT_OBEY=False)
    assert outcome.pages[urls["500"]][0]["body"] == "fine"
    assert sites["500"].asked("/robots.txt") == []
