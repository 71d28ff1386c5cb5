from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


class Endpoint:
    """A channel on loopback: keeps what it is sent, and refuses as often as it is told to."""

    def __init__(self) -> None:
        endpoint = self
        self.taken: list[dict[str, str]] = []
        self.asked = 0
        self.refuse = 0

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                endpoint.asked += 1
                if endpoint.refuse:
                    endpoint.refuse -= 1
                    self.send_response(500)
                else:
                    endpoint.taken.append(json.loads(body))
                    self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()
        self.url = f"json://127.0.0.1:{self._server.server_port}/hook"

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def endpoint():
    made = Endpoint()
    yield made
    made.close()
