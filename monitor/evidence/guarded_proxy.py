"""A proxy on loopback for one browser: it connects to what a `Guard` allows, and to nothing else.

A browser resolves names itself and follows what a page says. Behind this proxy it resolves nothing: names are
resolved here, every answer is looked at, and the connection is made to one of those very answers.
"""

from __future__ import annotations

import socket
import socketserver
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from monitor.addresses import ForbiddenAddressError, connected

if TYPE_CHECKING:
    from types import TracebackType

    from monitor.addresses import Guard

_TIMEOUT = 30.0
_CHUNK = 64 * 1024
_LONGEST_HEAD = 64 * 1024
#: Bytes that all pages, pictures and scripts of one look may have together.
_MOST = 200 * 1024 * 1024


class GuardedProxy:
    """Runs while it is entered; `refused` says afterwards what was kept from the browser, and why."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._left = _MOST
        self._server = _Server(("127.0.0.1", 0), _Client)
        self._server.proxy = self
        #: ``host:port`` → why it was not reached
        self.refused: dict[str, str] = {}
        #: ``host:port`` → IP address that was connected to
        self.reached: dict[str, str] = {}

    @property
    def url(self) -> str:
        """Where the browser finds it."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        """Begin to serve."""
        threading.Thread(target=self._server.serve_forever, args=[0.05], daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()

    def connect(self, host: str, port: int, url: str) -> socket.socket:
        """Connect to a host, or note why not.

        Raises:
            ForbiddenAddressError: the guard forbids it.
            OSError: it cannot be reached.

        """
        name = f"{host}:{port}"
        try:
            self._guard.check_url(url)
            connection = connected(host, port, self._guard, _TIMEOUT)
        except ForbiddenAddressError as error:
            self.refused[name] = str(error)
            raise
        self.reached[name] = str(connection.getpeername()[0])
        return connection

    def spend(self, count: int) -> bool:
        """Count bytes towards the limit; False when it is reached."""
        self._left -= count
        return self._left > 0


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    proxy: GuardedProxy


class _Client(socketserver.BaseRequestHandler):
    """One connection of the browser: one request, or one tunnel."""

    server: _Server
    request: socket.socket

    def handle(self) -> None:
        with suppress(OSError, ValueError):
            self.request.settimeout(_TIMEOUT)
            head, _, rest = self._head().partition(b"\r\n\r\n")
            line, _, headers = head.partition(b"\r\n")
            method, target, _ = line.decode("latin-1").split(" ")
            tunnel = method == "CONNECT"
            url = f"https://{target}/" if tunnel else target
            parts = urlsplit(url)
            port = parts.port or (443 if tunnel else 80)
            try:
                upstream = self.server.proxy.connect(parts.hostname or "", port, url)
            except (ForbiddenAddressError, OSError):
                self.request.sendall(
                    b"HTTP/1.1 403 Refused\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                )
                return
            with upstream:
                if tunnel:
                    self.request.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
                    upstream.sendall(rest)
                else:
                    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
                    lines = [each for each in headers.split(b"\r\n") if not _between_hops(each)]
                    asked = f"{method} {path} HTTP/1.1".encode("latin-1")
                    upstream.sendall(b"\r\n".join([asked, *lines, b"Connection: close", b"", b""]) + rest)
                self._relay(upstream)

    def _head(self) -> bytes:
        head = b""
        while b"\r\n\r\n" not in head:
            data = self.request.recv(_CHUNK)
            head += data
            if not data or len(head) > _LONGEST_HEAD:
                raise ValueError("no request")
        return head

    def _relay(self, upstream: socket.socket) -> None:
        back = threading.Thread(target=self._pump, args=[self.request, upstream], daemon=True)
        back.start()
        self._pump(upstream, self.request)
        back.join(_TIMEOUT)

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while (data := source.recv(_CHUNK)) and self.server.proxy.spend(len(data)):
                sink.sendall(data)
        for each in (source, sink):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


def _between_hops(header: bytes) -> bool:
    return header.partition(b":")[0].strip().lower() in {b"connection", b"proxy-connection", b"keep-alive"}
