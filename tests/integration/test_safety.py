"""A whole crawl of a shop that attacks: its units end with the reason, its neighbours hear nothing of us."""

from __future__ import annotations

import http.server
import threading
from typing import TYPE_CHECKING

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.slow


class Server(http.server.ThreadingHTTPServer):
    """Answers by path with a page, or with a redirect where the answer begins with ``->``."""

    def __init__(self) -> None:
        self.answers: dict[str, str] = {}
        self.seen: list[str] = []
        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, args=[0.05], daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(http.server.BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.seen.append(self.path)
        answer = self.server.answers.get(self.path)
        to = answer.removeprefix("->") if answer and answer.startswith("->") else None
        body = (answer or "").encode()
        self.send_response(302 if to else 200 if answer else 404)
        if to:
            self.send_header("Location", to)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments) -> None:
        pass


@pytest.fixture
def servers() -> Iterator[tuple[Server, Server]]:
    site, victim = Server(), Server()
    yield site, victim
    for each in (site, victim):
        each.shutdown()
        each.server_close()


def profile(workplace, **more) -> None:
    said = {
        "name": "hostile",
        "title": "恶意商城",
        "search": {"url": "/s/{keyword}/1", "max_pages": 50},
        "urls": {"detail": "/i/|secret"},
        "list_page": {
            "items": "li",
            "fields": {"title": "a", "url": "a::attr(href)", "price": "b"},
            "next": {"link": "a.next::attr(href)"},
        },
        "detail_page": {"fields": {"title": "h1"}},
        "detail": "always",
        "robots_obey": False,
        "politeness": {"delay": 0, "concurrency": 4},
        **more,
    }
    folder = workplace.folder / "sites"
    folder.mkdir()
    (folder / "hostile.yaml").write_text(yaml.safe_dump(said, allow_unicode=True), encoding="utf-8")


def test_a_hostile_shop_gains_nothing(workplace, servers):
    site, victim = servers
    victim.answers = dict.fromkeys(["/secret", "/robots.txt"], "<h1>secret</h1>")
    item = '<li><a href="{}">磁力球{}</a><b>¥9</b></li>'
    site.answers = {
        "/s/redirect/1": f"->{victim.url}/secret",
        "/s/file/1": "->file:///etc/passwd",
        "/s/link/1": item.format(f"{victim.url}/secret", 1) + item.format("http://169.254.169.254/secret", 2),
    }
    for number in range(1, 60):
        here = "/s/trap/1" if number == 1 else "/s/trap/1" + "".join(f"/{n}" for n in range(2, number + 1))
        rows = "".join(item.format(f"/i/{number}-{i}", f"{number}-{i}") for i in range(3))
        site.answers[here] = rows + f'<a class="next" href="{here}/{number + 1}">下一页</a>'
    profile(workplace, base_url=site.url, licence="never")
    words = ["redirect", "file", "link", "trap"]
    workplace.monitor("crawl", "--site", "hostile", *(part for word in words for part in ("--query", word)))
    units = {unit["key"]: unit for unit in workplace.units(1)}
    assert "refused: 127.0.0.1" in units["redirect"]["reason"]
    assert "refused: a redirect to file:" in units["file"]["reason"]
    assert "spider trap: the address grows" in units["trap"]["reason"]
    assert "refused: 127.0.0.1" in units[f"{victim.url}/secret"]["reason"]
    assert "cloud metadata" in units["http://169.254.169.254/secret"]["reason"]
    assert {units[word]["status"] for word in ("redirect", "file")} == {"failed"}
    assert victim.seen == []
    # what the list itself showed is kept: a refused address costs no listing
    assert {"磁力球1", "磁力球2"} <= {row.title for row in workplace.rows(suspects_only=False)}


def test_a_second_server_is_reached_by_a_persons_word_alone(workplace, servers):
    """base_url allows itself; an API of the same intranet on another port stands in allow_private."""
    site, api = servers
    api.answers = {"/s/a": '<li><a href="/i/1">磁力球</a><b>¥9</b></li>', "/i/1": "<h1>磁力球</h1>"}
    search = {"url": f"{api.url}/s/{{keyword}}", "max_pages": 1}
    profile(workplace, base_url=site.url, search=search, allow_private=["10.1.0.0/16"])
    crawl = ("crawl", "--site", "hostile", "--query", "a")
    workplace.monitor(*crawl)
    (unit,) = workplace.units(1)
    assert (unit["status"], api.seen) == ("failed", [])
    assert f"refused: 127.0.0.1 port {api.server_port}" in unit["reason"]
    file = workplace.folder / "sites" / "hostile.yaml"
    said = file.read_text(encoding="utf-8")
    file.write_text(said.replace("10.1.0.0/16", f"127.0.0.1:{api.server_port}"), encoding="utf-8")
    workplace.monitor(*crawl)
    assert {unit["status"] for unit in workplace.units(2)} == {"done"}
