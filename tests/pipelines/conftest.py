"""Servers that misbehave, and the project's crawler let loose on them in a process of its own."""

from __future__ import annotations

import datetime as dt
import ipaddress
import json
import os
import socket
import ssl
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Answer = bytes | Callable[[socket.socket], None]


def message(body: bytes = b"<html><p>page</p></html>", *headers: str, status: str = "200 OK") -> bytes:
    """An HTTP answer."""
    lines = [f"HTTP/1.1 {status}", "Content-Type: text/html", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def redirect(to: str) -> bytes:
    return message(b"", f"Location: {to}", status="302 Found")


@dataclass
class HostileServer:
    """Answers by path; notes who connected and what was asked."""

    host: str = "127.0.0.1"
    port: int = 0
    context: ssl.SSLContext | None = None
    #: path → an HTTP message, or what talks to the client itself
    answers: dict[str, Answer] = field(default_factory=dict)
    connections: int = 0
    requests: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        self.socket = socket.create_server((self.host, self.port), family=family)
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'http' if self.context is None else 'https'}://{host}:{self.port}"

    def asked(self, path: str) -> list[bytes]:
        return [each for each in self.requests if each.split(b" ")[1].decode() == path]

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._talk, args=[connection], daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with suppress(OSError):
            if self.context is not None:
                connection = self.context.wrap_socket(connection, server_side=True)
            with connection:
                pending = b""
                while data := connection.recv(65536):
                    pending += data
                    if not pending.endswith(b"\r\n\r\n"):
                        continue
                    self.requests.append(pending)
                    path = pending.split(b" ")[1].decode()
                    pending = b""
                    answer = self.answers.get(path, message(b"", status="404 Not Found"))
                    if isinstance(answer, bytes):
                        connection.sendall(answer)
                    else:
                        answer(connection)


#: The project's settings and download path; a spider that asks for each URL and says what came of it.
CRAWLER = """
import json, os, socket, sys, scrapy
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.utils.project import get_project_settings
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IHostnameResolver
from zope.interface import implementer
from monitor.spiders.unit_spider import _end_of

order = json.loads(sys.argv[1])
outcomes, asked_for = {}, []

@implementer(IHostnameResolver)
class FakeResolver:
    @classmethod
    def from_crawler(cls, crawler, reactor):
        resolver = cls()
        resolver.reactor = reactor
        return resolver

    def install_on_reactor(self):
        self.reactor.installNameResolver(self)

    def resolveHostName(self, receiver, name, portNumber=0, *more, **others):
        asked_for.append(name)
        answers = order["names"].get(name, [[name]])
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        receiver.resolutionBegan(None)
        for each in found:
            kind = IPv6Address if ":" in each else IPv4Address
            receiver.addressResolved(kind("TCP", each, portNumber))
        receiver.resolutionComplete()

class Probe(scrapy.Spider):
    name = "probe"
    listening = []
    def closed(self, reason):
        for each in os.listdir("/proc/self/fd"):
            try:
                one = socket.socket(fileno=os.dup(int(each)))
            except OSError:
                continue
            with one:
                if one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                    self.listening.append(repr(one.getsockname()))
    def note(self, response, first):
        outcomes.setdefault(first, []).append({"status": response.status, "url": response.url,
                         "body": response.text[:500] if hasattr(response, "text") else ""})
    def failed(self, failure):
        first = failure.request.cb_kwargs["first"]
        outcomes.setdefault(first, []).append({"reason": _end_of(failure).reason})
    async def start(self):
        for url in order["urls"]:
            yield scrapy.Request(url, self.note, errback=self.failed, cb_kwargs={"first": url},
                                 headers=order["headers"], cookies=order["cookies"], dont_filter=True,
                                 meta={"handle_httpstatus_list": list(range(400, 600))})

settings = get_project_settings()
settings.set("ITEM_PIPELINES", {})
settings.set("EXTENSIONS", {"monitor.pipelines.checkpoint.Checkpoint": None})
settings.set("DOWNLOAD_DELAY", 0)
settings.set("AUTOTHROTTLE_ENABLED", False)
settings.set("RETRY_BACKOFF", 0.01)
settings.set("TWISTED_DNS_RESOLVER", FakeResolver)
settings.set("ALLOW_PRIVATE", order["allow"])
for name, value in order["settings"].items():
    settings.set(name, value)
process = AsyncCrawlerProcess(settings)
crawler = process.create_crawler(Probe)
process.crawl(crawler)
process.start()
from pathlib import Path
# not getrusage: its figure counts the process that started this one, as it was then
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
print("OUTCOME" + json.dumps({"pages": outcomes, "names": asked_for,
      "peak": int(status["VmHWM"].split()[0]),
      "listening": Probe.listening, "extensions": [type(each).__name__
                                                         for each in crawler.extensions.middlewares]}))
"""


@dataclass
class Outcome:
    """What came of a crawl."""

    #: what came of each URL, in order: status, url, body, or reason
    pages: dict[str, list[dict[str, Any]]]
    #: names that were resolved
    names: list[str]
    #: peak memory, KiB
    peak: int
    extensions: list[str]
    #: addresses on which the crawl listened
    listening: list[str]
    log: str

    def reason(self, url: str) -> str:
        (only,) = self.pages[url]
        assert "reason" in only, only
        return str(only["reason"])


def let_loose(
    *urls: str,
    allow: tuple[str, ...] = (),
    names: dict[str, list[list[str]]] | None = None,
    headers: dict[str, str] | None = None,
    cookies: dict[str, str] | None = None,
    environment: dict[str, str] | None = None,
    **settings: Any,
) -> Outcome:
    """Crawl with the project's settings; `names` gives the answers of the DNS, one list after another."""
    order = {
        "urls": urls,
        "allow": allow,
        "names": names or {},
        "headers": headers or {},
        "cookies": cookies or {},
        "settings": settings,
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MONITOR_")}
    done = subprocess.run(
        [sys.executable, "-c", CRAWLER, json.dumps(order)],
        capture_output=True,
        text=True,
        timeout=180,
        env={**kept, "SCRAPY_SETTINGS_MODULE": "monitor.settings", **(environment or {})},
        check=False,
    )
    _, found, outcome = done.stdout.partition("OUTCOME")
    assert found, done.stderr
    return Outcome(**json.loads(outcome), log=done.stderr)


NOW = dt.datetime.now(dt.UTC)
DAY = dt.timedelta(days=1)


class Authority:
    """Signs certificates as a CA that the crawler trusts."""

    def __init__(self, folder) -> None:
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"CA {id(self)}")])
        self.certificate = self._made(
            self.key, self.name, self.name, self.key, (NOW - DAY, NOW + DAY), [], ca=True
        )
        self.file = folder / f"ca-{id(self)}.pem"
        self.file.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))

    def server(self, *names: str, valid=(NOW - DAY, NOW + DAY), alone: bool = False) -> ssl.SSLContext:
        """A server's context; `alone`: signed by itself."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
        issuer, signer = (subject, key) if alone else (self.name, self.key)
        made = self._made(key, subject, issuer, signer, valid, names, ca=False)
        file = self.folder / f"server-{made.serial_number}.pem"
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def _made(self, key, subject, issuer, signer, valid, names, *, ca) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(valid[0])
            .not_valid_after(valid[1])
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
            )
        )
        if ca:
            usage = dict.fromkeys(
                ["digital_signature", "content_commitment", "key_encipherment", "data_encipherment"], False
            ) | dict.fromkeys(["key_agreement", "encipher_only", "decipher_only"], False)
            builder = builder.add_extension(
                x509.KeyUsage(key_cert_sign=True, crl_sign=True, **usage), critical=True
            )
        if names:
            general = [_general(name) for name in names]
            builder = builder.add_extension(x509.SubjectAlternativeName(general), critical=False)
        return builder.sign(signer, hashes.SHA256())


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


@pytest.fixture
def authority(tmp_path) -> Callable[[], Authority]:
    """Make authorities that sign certificates."""
    return lambda: Authority(tmp_path)


@pytest.fixture
def servers() -> Iterator[Callable[..., HostileServer]]:
    """Make servers that are closed after the test."""
    running: list[HostileServer] = []

    def start(**options: Any) -> HostileServer:
        running.append(HostileServer(**options))
        return running[-1]

    yield start
    for each in running:
        each.socket.close()


@pytest.fixture
def crawl() -> Callable[..., Outcome]:
    return let_loose


@pytest.fixture
def http() -> Any:
    """Ways to write an HTTP answer."""

    class Ways:
        page = staticmethod(message)
        redirect = staticmethod(redirect)

    return Ways
