"""`monitor site try` fetches with urllib, not with the crawler: it has the same guard."""

from __future__ import annotations

import http.server
import socket
import threading

import pytest

from monitor.addresses import Guard, own_address
from monitor.cli.fetching import fetch_page
from monitor.cli.mistakes import UsageMistakeError


class Server(http.server.ThreadingHTTPServer):
    def __init__(self, host: str = "127.0.0.1", port: int = 0, location: str | None = None) -> None:
        self.location, self.seen = location, []
        super().__init__((host, port), Handler)
        threading.Thread(target=self.serve_forever, args=[0.05], daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://{self.server_address[0]}:{self.server_port}"


class Handler(http.server.BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.seen.append(self.path)
        self.send_response(302 if self.server.location else 200)
        if self.server.location:
            self.send_header("Location", self.server.location)
        self.send_header("Content-Length", "4")
        self.end_headers()
        self.wfile.write(b"page")

    def log_message(self, *arguments) -> None:
        pass


@pytest.fixture
def servers():
    running = []

    def start(*arguments, **named) -> Server:
        running.append(Server(*arguments, **named))
        return running[-1]

    yield start
    for each in running:
        each.shutdown()
        each.server_close()


def guard_of(server: Server) -> Guard:
    return Guard.of(own_address(server.url))


def test_an_address_that_a_person_typed_is_fetched(servers):
    site = servers()
    assert fetch_page(f"{site.url}/x", "monitor", guard_of(site)).body == b"page"
    assert site.seen == ["/x"]


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "localhost"])
def test_a_redirect_to_a_neighbour_is_refused(servers, host):
    victim = servers()
    site = servers(location=f"http://{host}:{victim.server_port}/secret")
    with pytest.raises(UsageMistakeError, match="refused"):
        fetch_page(site.url, "monitor", guard_of(site))
    assert victim.seen == []


@pytest.mark.parametrize("to", ["file:///etc/passwd", "ftp://127.0.0.1/x", "data:,x"])
def test_a_redirect_leads_to_pages_only(servers, to):
    site = servers(location=to)
    with pytest.raises(UsageMistakeError) as refused:
        fetch_page(site.url, "monitor", guard_of(site))
    assert "root:" not in str(refused.value)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "http://169.254.169.254/", "http://0177.1/"])
def test_what_is_refused_at_once(url):
    with pytest.raises(UsageMistakeError, match="refused"):
        fetch_page(url, "monitor", Guard())


def test_every_answer_of_the_dns_is_looked_at_and_none_is_asked_for_twice(servers, monkeypatch):
    victim = servers()
    asked = []

    def lying(host, port, **named):
        asked.append(host)
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
            for address in ("93.184.215.14", "127.0.0.1")
        ]

    monkeypatch.setattr(socket, "getaddrinfo", lying)
    with pytest.raises(UsageMistakeError, match=r"refused: 127\.0\.0\.1"):
        fetch_page(f"http://shop.example:{victim.server_port}/", "monitor", Guard())
    assert asked == ["shop.example"]
    assert victim.seen == []


def test_proxies_of_the_environment_are_not_used(servers, monkeypatch):
    site, proxy = servers(), servers()
    monkeypatch.setenv("http_proxy", proxy.url)
    assert fetch_page(site.url, "monitor", guard_of(site)).body == b"page"
    assert proxy.seen == []
