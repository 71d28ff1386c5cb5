"""Attacks on addresses: real servers on loopback that must never hear of us, and a DNS that lies."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.slow


def own(server) -> str:
    return f"{server.host}:{server.port}"


def test_no_spelling_of_loopback_is_reached(servers, crawl, http):
    victim = servers(answers={"/": http.page(b"secret")})
    six = servers(host="::1", answers={"/": http.page(b"secret")})
    port = victim.port
    spellings = ["127.0.0.1", "2130706433", "0177.1", "0x7f.1", "127.1", "0x7f000001", "127.0.0.1."]
    spellings += [
        "１２７.０.０.１",
        "127。0。0。1",
        "%3127.0.0.1",
        "①②⑦.0.0.1",
        "[::ffff:127.0.0.1]",
        "0",
        "localhost",
    ]
    urls = [f"http://{each}:{port}/" for each in spellings]
    urls += [f"http://[::1]:{six.port}/", f"http://shop.example@127.0.0.1:{port}/"]
    urls += [f"http://shop.example%00@127.0.0.1:{port}/", f"http://127.0.0.1:{port}\\@shop.example/"]
    outcome = crawl(*urls, names={"localhost": [["127.0.0.1"]], "shop.example": [["127.0.0.1"]]})
    assert {url: outcome.pages.get(url, []) for url in urls}.keys() == outcome.pages.keys()
    for url in urls:
        assert "refused" in outcome.reason(url), url
    assert (victim.connections, six.connections) == (0, 0)


def test_a_name_that_points_inside_is_not_reached(servers, crawl, http):
    victim = servers(answers={"/": http.page(b"secret")})
    names = {
        "one.example": [["127.0.0.1"]],
        # a public answer first: the second is looked at too, and the whole name falls
        "mixed.example": [["93.184.215.14", "127.0.0.1"]],
        "mixed6.example": [["2606:4700::1111", "::1"]],
        "mapped.example": [["::ffff:127.0.0.1"]],
        "nat64.example": [["64:ff9b::7f00:1"]],
        "sixtofour.example": [["2002:7f00:1::1"]],
        "teredo.example": [["2001:0:53aa:64c::1"]],
        "private.example": [["10.0.0.1"]],
        "nat.example": [["100.64.0.1"]],
        "link.example": [["169.254.1.1"]],
        "metadata.example": [["169.254.169.254"]],
        "metadata6.example": [["fd00:ec2::254"]],
        "none.example": [["0.0.0.0"]],
        "many.example": [["224.0.0.1"]],
        # an answer that is itself a name is never resolved again
        "name.example": [["localhost"]],
    }
    urls = [f"http://{name}:{victim.port}/" for name in names]
    outcome = crawl(*urls, names=names)
    for url in urls:
        assert outcome.reason(url).startswith("refused"), url
    assert "127.0.0.1" in outcome.reason(f"http://mixed.example:{victim.port}/")
    assert victim.connections == 0


def test_rebinding_between_two_answers_gains_nothing(servers, crawl, http):
    """The name's first answer is the allowed address, the next ones are the victim's."""
    honest = servers(host="127.0.0.2", answers={"/a": http.page(b"honest", "Connection: close")})
    victim = servers(host="127.0.0.3", port=honest.port, answers={"/a": http.page(b"secret")})
    url = f"http://rebinding.example:{honest.port}/a"
    names = {"rebinding.example": [["127.0.0.2"], ["127.0.0.2"], ["127.0.0.3"]]}
    outcome = crawl(url, url, url, allow=(own(honest),), names=names, CONCURRENT_REQUESTS=1)
    said = outcome.pages[url]
    assert sum(each.get("body") == "honest" for each in said) >= 1
    assert sum("127.0.0.3" in each.get("reason", "") for each in said) >= 1
    # what is resolved is what is connected to: one look-up a connection, none in between
    assert len(outcome.names) <= 4
    assert victim.connections == 0


def test_an_allowed_site_cannot_lead_on_to_its_neighbours(servers, crawl, http):
    site = servers()
    victim = servers(answers={"/": http.page(b"secret"), "/robots.txt": http.page(b"User-agent: *")})
    six = servers(host="::1", answers={"/": http.page(b"secret")})
    port = victim.port
    goals = [
        victim.url,
        f"http://2130706433:{port}",
        f"http://localhost:{port}",
        f"http://127.0.0.2:{site.port}",
    ]
    goals += [
        f"http://[::ffff:127.0.0.1]:{port}",
        six.url,
        f"//127.0.0.1:{port}",
        f"http:\\\\127.0.0.1:{port}",
    ]
    goals += [
        "http://169.254.169.254/latest/meta-data/",
        "http://inside.example/",
        f"https://127.0.0.1:{port}",
    ]
    site.answers = {f"/{i}": http.redirect(f"{goal}/") for i, goal in enumerate(goals)}
    refresh = f'<html><head><meta http-equiv="refresh" content="0;url={victim.url}/"></head></html>'
    site.answers["/refresh"] = http.page(refresh.encode())
    site.answers["/twice"] = http.redirect("/0")
    urls = [f"{site.url}{path}" for path in site.answers]
    names = {"localhost": [["127.0.0.1"]], "inside.example": [["10.0.0.8"]]}
    outcome = crawl(*urls, allow=(own(site),), names=names)
    for url in urls:
        assert "refused" in outcome.reason(url), url
    assert (victim.connections, six.connections) == (0, 0)


def test_robots_and_sitemaps_go_through_the_same_door(servers, crawl, http):
    victim = servers(
        answers={"/robots.txt": http.page(b"User-agent: *"), "/sitemap.xml": http.page(b"<urlset/>")}
    )
    site = servers(answers={"/page": http.page(b"fine")})
    site.answers["/robots.txt"] = http.redirect(f"{victim.url}/robots.txt")
    site.answers["/sitemap.xml"] = http.redirect(f"{victim.url}/sitemap.xml")
    outcome = crawl(f"{site.url}/page", f"{site.url}/sitemap.xml", allow=(own(site),), ROBOTSTXT_OBEY=True)
    assert "loopback" in outcome.reason(f"{site.url}/sitemap.xml")
    assert victim.connections == 0


def test_redirects_lead_to_pages_only(servers, crawl, http):
    site = servers()
    goals = [
        "file:///etc/passwd",
        "ftp://127.0.0.1/x",
        "s3://bucket/x",
        "data:text/html,hello",
        "javascript:alert(1)",
    ]
    goals += ["gopher://127.0.0.1:70/_x", "FILE:///etc/passwd"]
    site.answers = {f"/{i}": http.redirect(goal) for i, goal in enumerate(goals)}
    site.answers["/round"] = http.redirect("/round")
    urls = [f"{site.url}{path}" for path in site.answers]
    direct = ["file:///etc/passwd", "ftp://127.0.0.1/x", "data:text/html,hello", "s3://bucket/x"]
    outcome = crawl(*urls, *direct, allow=(own(site),), ROBOTSTXT_OBEY=False)
    for url in urls[:-1]:
        assert "refused: a redirect to" in outcome.reason(url), url
    assert "redirects without end" in outcome.reason(f"{site.url}/round")
    for url in direct:
        assert "nsupported" in outcome.reason(url), url
    assert "root:" not in str(outcome.pages)


def test_a_proxy_of_the_environment_is_not_used(servers, crawl, http):
    proxy = servers(answers={"http://shop.example/": http.page(b"from the proxy")})
    address = f"http://127.0.0.1:{proxy.port}"
    names = {"shop.example": [["10.0.0.1"]]}
    told = dict.fromkeys(("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY"), address)
    outcome = crawl("http://shop.example/", names=names, environment=told)
    assert "10.0.0.1" in outcome.reason("http://shop.example/")
    assert proxy.connections == 0


def test_a_crawl_opens_no_port(crawl):
    """Neither Scrapy's telnet console nor its remote control, with which a neighbour could steer a crawl."""
    outcome = crawl("http://shop.example/", names={"shop.example": [["10.0.0.1"]]})
    assert "CoreStats" in outcome.extensions
    assert not {"TelnetConsole", "RemoteControl"} & set(outcome.extensions)
    assert outcome.listening == []
