"""The demo sites on loopback: one small threaded server, one port a site.

    >>> from monitor.demo.mall import Mall
    >>> with serve(Mall(day=0)) as server:
    ...     server.base_url("demo_mall").startswith("http://127.0.0.1:")
    True

``python -m monitor.demo.server --day 1 --port 8600`` serves it for a person with a browser.
"""

from __future__ import annotations

import argparse
import signal
import socket
import struct
import sys
import threading
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, ClassVar, Protocol

from monitor.demo.gbk_site import GbkSite
from monitor.demo.mall import SITES, Mall
from monitor.demo.mall_site import MallSite
from monitor.demo.shelf_page import Paging
from monitor.demo.weather import Weather

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.demo.response import Response


class Site(Protocol):
    """Whatever answers for a host: a pure function from a request to a response."""

    @property
    def name(self) -> str:
        """Name of the site's profile."""

    def respond(self, target: str, base: str, paging: Paging = Paging.HONEST) -> Response:
        """Answer a request for `target` (path and query) on the site that stands at `base`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """One line of the request log."""

    site: str
    method: str
    #: Path and query.
    target: str
    user_agent: str
    #: Name of the effect that struck, None in fair weather.
    effect: str | None


class DemoServer:
    """The running sites."""

    def __init__(self, sites: dict[str, _Listener], log: list[Request]) -> None:
        """Keep the listeners by the names of their sites."""
        self._listeners = sites
        #: Every request so far, oldest first.
        self.requests = log

    def base_url(self, site: str) -> str:
        """Return ``http://127.0.0.1:PORT``, without a slash at its end."""
        return self._listeners[site].base_url

    def count(self, site: str, prefix: str = "/") -> int:
        """Count the requests so far for paths that begin with `prefix`."""
        return sum(one.site == site and one.target.startswith(prefix) for one in list(self.requests))

    def show(self, mall: Mall) -> None:
        """Put another day on show, on the same ports."""
        for site in (MallSite(mall), GbkSite(mall)):
            self._listeners[site.name].site = site


@contextmanager
def serve(
    mall: Mall, port: int = 0, host: str = "127.0.0.1", weather: Weather | None = None
) -> Iterator[DemoServer]:
    """Serve both sites until the block ends.

    Args:
        mall: what they sell.
        port: port of the first site, the second stands at the next; 0 lets the system choose both.
        host: address to listen on.
        weather: what befalls requests; fair by default.

    Raises:
        OSError: a port is taken.

    """
    with serve_sites([MallSite(mall), GbkSite(mall)], port=port, host=host, weather=weather) as server:
        yield server


@contextmanager
def serve_sites(
    sites: list[Site], port: int = 0, host: str = "127.0.0.1", weather: Weather | None = None
) -> Iterator[DemoServer]:
    """Serve any sites, each on a port of its own, until the block ends; arguments as for `serve`."""
    log: list[Request] = []
    listeners: dict[str, _Listener] = {}
    with ExitStack() as stack:
        for number, site in enumerate(sites):
            address = (host, port + number if port else 0)
            listener = _Listener(address, site, weather or Weather(), log)
            stack.callback(listener.close)
            listener.start()
            listeners[site.name] = listener
        yield DemoServer(listeners, log)


class _Listener(ThreadingHTTPServer):
    """One site on one port; closing it ends all its connections and threads."""

    daemon_threads = False  # so that server_close() waits for them
    block_on_close = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], site: Site, weather: Weather, log: list[Request]) -> None:
        super().__init__(address, _Handler)
        self.site = site
        self.weather = weather
        self.log = log
        self.closing = threading.Event()
        self.base_url = f"http://{address[0]}:{self.server_port}"
        self._connections: set[socket.socket] = set()
        self._thread = threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.05}, name=f"demo {site.name}"
        )

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self.closing.set()
        if self._thread.is_alive():
            self.shutdown()
            self._thread.join()
        for connection in list(self._connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.server_close()

    def get_request(self) -> tuple[socket.socket, tuple[str, int]]:
        connection, address = super().get_request()
        self._connections.add(connection)
        return connection, address

    def shutdown_request(self, request: socket.socket | tuple[bytes, socket.socket]) -> None:
        if isinstance(request, socket.socket):
            self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away in the middle is its own affair; anything else is our mistake."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    """One connection; also the Exchange that effects work on."""

    server: _Listener
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server_version = "demo"
    sys_version = ""
    _reasons: ClassVar[dict[int, str]] = {status.value: status.phrase for status in HTTPStatus}

    @property
    def target(self) -> str:
        return self.path

    def do_GET(self) -> None:
        effect = self.server.weather.strike(self.server.site.name, self.path)
        self.server.log.append(
            Request(
                site=self.server.site.name,
                method=self.command,
                target=self.path,
                user_agent=self.headers.get("User-Agent", ""),
                effect=type(effect).__name__ if effect else None,
            )
        )
        if effect is None:
            self.send(self.answer())
        else:
            effect.strike(self)

    do_HEAD = do_GET  # noqa: N815 - the name that http.server calls

    def answer(self, paging: Paging = Paging.HONEST) -> Response:
        return self.server.site.respond(self.path, self.server.base_url, paging)

    def send(self, response: Response) -> None:
        body = b"" if self.command == "HEAD" else response.body
        self.write(self._head(response, len(response.body)) + body)

    def send_head(self, response: Response, length: int) -> None:
        self.write(self._head(response, length))

    def write(self, data: bytes) -> None:
        self.wfile.write(data)

    def wait(self, seconds: float) -> bool:
        return self.server.closing.wait(seconds)

    def hang_up(self) -> None:
        self.close_connection = True

    def reset(self) -> None:
        linger = struct.pack("ii", 1, 0)  # on, zero seconds: close() sends RST
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close_connection = True
        self.connection.close()

    def log_message(self, *_: object) -> None:
        """The request log is kept by the server; nothing goes to the terminal."""

    def _head(self, response: Response, length: int) -> bytes:
        reason = self._reasons.get(response.status, "Unknown")
        lines = [
            f"HTTP/1.1 {response.status} {reason}",
            f"Date: {self.date_time_string()}",
            f"Content-Type: {response.content_type}",
            f"Content-Length: {length}",
            *(f"{name}: {value}" for name, value in response.headers.items()),
        ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def main() -> None:
    """Serve for a person with a browser until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m monitor.demo.server", description="Serve the demo mall.")
    parser.add_argument("--day", type=int, default=0, help="day of the mall, from 0 (default: 0)")
    parser.add_argument(
        "--port", type=int, default=8600, help="port of the first site (default: 8600); the second is next"
    )
    options = parser.parse_args()
    try:
        mall = Mall(options.day)
    except ValueError as error:
        parser.error(f"--day: {error}")
    # whoever starts it in the background may have had this signal ignored
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with serve(mall, port=options.port) as server, suppress(KeyboardInterrupt):
            for site in SITES:
                sys.stdout.write(f"{site}: {server.base_url(site)}/\n")
            sys.stdout.write("Ctrl-C ends it.\n")
            sys.stdout.flush()
            threading.Event().wait()
    except OSError as error:
        parser.error(f"--port {options.port}: {error.strerror}: choose another port")


if __name__ == "__main__":
    main()
