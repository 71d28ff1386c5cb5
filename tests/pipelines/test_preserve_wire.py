"""What is preserved are the very bytes of the wire: a server that notes what it sends is the judge."""

from __future__ import annotations

import base64
import datetime as dt
import gzip
import hashlib
import ipaddress
import json
import os
import socket
import ssl
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# in one group, that the crawl they share is made once
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wire")]

BODY = "<html><title>磁力球</title>".encode() + b"<p>page</p>" * 50
ROBOTS = b"User-agent: *\nDisallow: /cart/\nAllow: /item/\n"


def answer(path: str, tries: dict[str, int]) -> bytes:
    """An HTTP message with everything that a client takes apart and forgets."""
    tries[path] = tries.get(path, 0) + 1
    if path == "/robots.txt":
        return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(ROBOTS) + ROBOTS
    if path == "/start":
        return b"HTTP/1.1 302 Elsewhere\r\nlocaTION: /busy\r\nContent-Length: 3\r\n\r\nbye"
    if path == "/busy" and tries[path] == 1:
        return b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"
    if path == "/busy":
        return b"HTTP/1.1 307 Again\r\nLocation: /item/1\r\nContent-Length: 0\r\n\r\n"
    packed = gzip.compress(BODY, mtime=0)
    chunks = b"".join(b"%x;ext=1\r\n%b\r\n" % (len(part), part) for part in (packed[:40], packed[40:]))
    head = b"HTTP/1.1 200 Fine\r\nX-oDD: 1\r\nset-cookie: a=1\r\nSet-Cookie: b=2\r\n"
    return (
        head + b"Content-Type: text/html\r\nContent-Encoding: gzip\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n"
    )


@dataclass
class NotingServer:
    """Answers on one connection at a time for as long as the client likes; notes both directions."""

    context: ssl.SSLContext | None
    sent: list[bytes] = field(default_factory=list)
    received: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.tries: dict[str, int] = {}
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def url(self) -> str:
        scheme = "http" if self.context is None else "https"
        return f"{scheme}://127.0.0.1:{self.socket.getsockname()[1]}"

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=[connection], daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        try:
            if self.context is not None:
                connection = self.context.wrap_socket(connection, server_side=True)
            with connection:
                self._answer(connection)
        except OSError:
            return

    def _answer(self, connection: socket.socket) -> None:
        pending = b""
        while data := connection.recv(65536):
            pending += data
            if not pending.endswith(b"\r\n\r\n"):
                continue
            self.received.append(pending)
            message = answer(pending.split(b" ")[1].decode(), self.tries)
            pending = b""
            self.sent.append(message)
            for start in range(0, len(message), 17):  # as many segments as the system makes of it
                connection.sendall(message[start : start + 17])


def certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "shop.example.cn")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(77)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


#: A spider of its own, under the project's settings: what it prints is what the pipeline would get.
SPIDER = """
import base64, json, sys, scrapy
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.utils.project import get_project_settings
from monitor.evidence.description import exchange_facts, robots_facts
from monitor.pipelines.items import PageRead

class Probe(scrapy.Spider):
    name = "probe"
    async def start(self):
        yield scrapy.Request(sys.argv[1] + "/start")
    def parse(self, response):
        yield PageRead(unit=None, number=1, page=response.body, reading=None)

class Printing:
    def process_item(self, item):
        print(json.dumps({"body": base64.b64encode(item.page).decode(), "exchanges": [
            {**exchange_facts(each), "sent": base64.b64encode(each.sent).decode(),
             "received": base64.b64encode(each.received).decode(),
             "robots": robots_facts(each.robots, None)} for each in item.exchanges]}))
        return item

settings = get_project_settings()
settings.set("ITEM_PIPELINES", {Printing: 1})
settings.set("EXTENSIONS", {"monitor.pipelines.checkpoint.Checkpoint": None})
settings.set("DOWNLOAD_DELAY", 0)
settings.set("ALLOW_PRIVATE", [sys.argv[1].partition("//")[2]])
settings.set("RETRY_BACKOFF", 0.01)
process = AsyncCrawlerProcess(settings)
process.crawl(Probe)
process.start()
"""


@pytest.fixture(scope="module", params=["http", "https"])
def crawled(request, tmp_path_factory) -> Iterator[tuple[NotingServer, dict[str, Any]]]:
    """A server after one crawl, and what the pipeline got of it; the tests only look at them."""
    folder, context = tmp_path_factory.mktemp("wire"), None
    if request.param == "https":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate(folder))
    running = NotingServer(context)
    yield running, probe(running, folder)
    running.socket.close()


def probe(server: NotingServer, folder: Path) -> dict[str, Any]:
    environment = {
        **os.environ,
        "SCRAPY_SETTINGS_MODULE": "monitor.settings",
        "SSL_CERT_FILE": str(folder / "server.pem"),
    }
    done = subprocess.run(
        [sys.executable, "-c", SPIDER, server.url],
        capture_output=True,
        text=True,
        timeout=60,
        env=environment,
        check=False,
    )
    assert done.stdout, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_what_is_kept_is_what_went_over_the_wire(crawled):
    server, found = crawled
    assert base64.b64decode(found["body"]) == BODY, "the spider gets what Scrapy makes of it"
    exchanges = found["exchanges"]
    # start, busy (its first attempt fell away), item
    assert [each["status"] for each in exchanges] == [302, 307, 200]
    assert [each["url"].removeprefix(server.url) for each in exchanges] == ["/start", "/busy", "/item/1"]
    assert all(each["exact"] for each in exchanges)
    pages = [each for each in server.sent if b"503" not in each[:20] and not each.endswith(ROBOTS)]
    assert [base64.b64decode(each["received"]) for each in exchanges] == pages
    asked = [base64.b64decode(each["sent"]) for each in exchanges]
    assert all(each in server.received for each in asked)
    assert asked[-1].startswith(b"GET /item/1 HTTP/1.1\r\n")
    assert {each["ip"] for each in exchanges} == {"127.0.0.1"}
    assert all(each["requested_at"] <= each["received_at"] for each in exchanges)


def test_the_certificate_and_the_word_of_robots_are_kept(crawled):
    server, found = crawled
    last = found["exchanges"][-1]
    if server.context is None:
        assert (last["tls"], last["certificates"]) == (None, [])
    else:
        assert last["tls"].startswith("TLSv1.3 TLS_")
        assert [each["subject"] for each in last["certificates"]] == ["CN=shop.example.cn"]
        assert last["certificates"][0]["serial"] == "4d"
    robots = last["robots"]
    assert (robots["decision"], robots["rule"]) == ("allowed", "User-agent: * | Allow: /item/")
    assert robots["snapshot_sha256"] == hashlib.sha256(ROBOTS).hexdigest()
