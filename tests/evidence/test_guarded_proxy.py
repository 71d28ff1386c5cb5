"""The browser's only way out: HTTP and tunnels, to allowed addresses alone."""

from __future__ import annotations

import http.client
import http.server
import socket
import threading
from contextlib import closing
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from monitor.addresses import Guard
from monitor.evidence.guarded_proxy import GuardedProxy

if TYPE_CHECKING:
    from collections.abc import Iterator


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.seen.append((self.path, self.headers.get("Host"), self.headers.get("Proxy-Connection")))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"page")

    def log_message(self, *arguments) -> None:
        pass


@pytest.fixture
def server() -> Iterator[http.server.ThreadingHTTPServer]:
    running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running.seen = []
    threading.Thread(target=running.serve_forever, args=[0.05], daemon=True).start()
    yield running
    running.shutdown()
    running.server_close()


def through(proxy: GuardedProxy, url: str) -> tuple[int, bytes]:
    parts = urlsplit(proxy.url)
    with closing(http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)) as client:
        client.request("GET", url, headers={"Proxy-Connection": "keep-alive"})
        answer = client.getresponse()
        return answer.status, answer.read()


def tunnel(proxy: GuardedProxy, target: str) -> bytes:
    parts = urlsplit(proxy.url)
    with closing(socket.create_connection((parts.hostname or "", parts.port or 0), timeout=20)) as client:
        client.sendall(f"CONNECT {target} HTTP/1.1\r\n\r\n".encode())
        answer = client.recv(1000)
        if answer.startswith(b"HTTP/1.1 200"):
            client.sendall(b"GET /tunnelled HTTP/1.0\r\nHost: x\r\n\r\n")
            while data := client.recv(1000):
                answer += data
        return answer


def test_what_is_allowed_is_reached_as_asked_for(server):
    place = f"127.0.0.1:{server.server_port}"
    with GuardedProxy(Guard.of([place])) as proxy:
        assert through(proxy, f"http://{place}/a?b=1") == (200, b"page")
        assert tunnel(proxy, place).endswith(b"page")
    assert server.seen == [("/a?b=1", place, None), ("/tunnelled", "x", None)]
    assert proxy.reached == {place: "127.0.0.1"}
    assert proxy.refused == {}


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"])
def test_what_is_forbidden_is_not_connected_to(server, host):
    with GuardedProxy(Guard()) as proxy:
        status, _ = through(proxy, f"http://{host}:{server.server_port}/")
        assert status == 403
        assert tunnel(proxy, f"{host}:{server.server_port}").startswith(b"HTTP/1.1 403")
        assert "refused" in next(iter(proxy.refused.values()))
    assert server.seen == []


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://127.0.0.1/", "nonsense", "http://169.254.169.254/"]
)
def test_only_pages_are_fetched(url):
    with GuardedProxy(Guard()) as proxy:
        assert through(proxy, url)[0] == 403


def test_a_dns_that_lies_gains_nothing(server, monkeypatch):
    asked = []

    def lying(host, port, **named):
        asked.append(host)
        answers = ["93.184.215.14", "127.0.0.1"]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in answers]

    with GuardedProxy(Guard()) as proxy:
        place = urlsplit(proxy.url)
        with closing(socket.create_connection(("127.0.0.1", place.port or 0), timeout=20)) as client:
            monkeypatch.setattr(socket, "getaddrinfo", lying)
            client.sendall(f"CONNECT shop.example:{server.server_port} HTTP/1.1\r\n\r\n".encode())
            assert client.recv(1000).startswith(b"HTTP/1.1 403")
    assert asked == ["shop.example"]
    assert server.seen == []
