"""`scrapy crawl api` against a real API on this machine, and `scrapy crawl archive` on files."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
import sys
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

ROOT = Path(__file__).parent.parent.parent
TOKEN = "s3cr3t-token-that-nobody-may-see"

pytestmark = pytest.mark.slow


def scrapy(workplace, *arguments, **environment):
    shutil.copy(ROOT / "scrapy.cfg", workplace.folder)
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", *arguments],
        cwd=workplace.folder,
        env={**workplace.environment, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


class Api(BaseHTTPRequestHandler):
    """Five goods in pages of two, by cursor; wants a token."""

    def do_GET(self):
        server = self.server
        parts = urlsplit(self.path)
        query = parse_qs(parts.query)
        server.asked.append((parts.path, self.headers.get("X-Api-Key")))
        if parts.path == "/moved":
            self.send_response(302)
            self.send_header("Location", f"http://127.0.0.1:{server.other.server_port}/v1/goods?q=x")
            self.end_headers()
            return
        if parts.path != "/v1/goods":
            self.answer(404, {})
        elif self.headers.get("X-Api-Key") != f"Key {TOKEN}":
            self.answer(401, {"error": "no key"})
        else:
            start = int(query.get("after", ["0"])[0])
            goods = [
                {
                    "id": number,
                    "name": "牙签弩 迷你弓弩" if number == 3 else f"铅笔 {number}",
                    "price_fen": 990 + number,
                    "shop": {"id": 7, "name": "甲店"},
                }
                for number in range(start, min(start + 2, 5))
            ]
            following = str(start + 2) if start + 2 < 5 else None
            self.answer(200, {"data": {"items": goods, "next": following}})

    def answer(self, status, value):
        body = json.dumps(value, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def api():
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), Api) for _ in range(2)]
    for server, other in zip(servers, reversed(servers), strict=True):
        server.asked, server.other = [], other
        threading.Thread(target=server.serve_forever, daemon=True).start()
    yield servers[0]
    for server in servers:
        server.shutdown()
        server.server_close()


def profile(workplace, server, url="/v1/goods?q={keyword}"):
    said = {
        "name": "open_shop",
        "title": "某开放平台",
        "base_url": f"http://127.0.0.1:{server.server_port}",
        "search": {"url": url},
        "api": {
            "headers": {"Accept": "application/json"},
            "credentials": {"X-Api-Key": {"env": "OPEN_SHOP_KEY", "template": "Key {}"}},
        },
        "list_page": {
            "items": {"jmespath": "data.items"},
            "fields": {
                "title": {"jmespath": "name"},
                "url": {"jmespath": "id", "template": "/item/{}"},
                "item_id": {"jmespath": "id"},
                "price": {"jmespath": "price_fen", "scale": 0.01},
                "seller": {"name": {"jmespath": "shop.name"}, "external_id": {"jmespath": "shop.id"}},
            },
            "next": {"cursor": {"jmespath": "data.next"}, "parameter": "after"},
        },
        "detail": "suspects",
        "politeness": {"delay": 0},
    }
    folder = workplace.folder / "sites"
    folder.mkdir(exist_ok=True)
    (folder / "open_shop.yaml").write_text(yaml.safe_dump(said, allow_unicode=True), encoding="utf-8")


def everything_stored(workplace):
    """Every byte that the crawl left behind, WARC members unpacked."""
    found = b""
    for path in workplace.folder.parent.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            found += gzip.decompress(data) if path.suffix == ".gz" else data
    return found


def test_an_open_api_by_cursor_with_a_key_that_is_nowhere_stored(workplace, api):
    profile(workplace, api)
    done = scrapy(
        workplace,
        *("crawl", "api", "-a", "site=open_shop", "-a", "query=弩", "-O", "out.jsonl"),
        OPEN_SHOP_KEY=TOKEN,
    )
    lines = (workplace.folder / "out.jsonl").read_text(encoding="utf-8").splitlines()
    found = [json.loads(line) for line in lines]
    assert [each["title"] for each in found] == ["铅笔 0", "铅笔 1", "铅笔 2", "牙签弩 迷你弓弩", "铅笔 4"]
    assert found[0]["price"] == "9.9"
    assert workplace.count("unit", "kind = 'search' AND status = 'done' AND pages = 3") == 1
    assert [path for path, _ in api.asked].count("/v1/goods") == 3
    # robots.txt is asked for like anybody else does
    assert ("/robots.txt", None) in api.asked
    (suspect,) = workplace.rows()
    assert suspect.preserved
    workplace.monitor("evidence", "verify")
    stored = everything_stored(workplace)
    assert TOKEN.encode() not in stored
    assert TOKEN not in done.stderr
    assert b"X-Api-Key: " + b"*" * len(f"Key {TOKEN}") in stored


def test_without_the_variable_the_unit_says_which(workplace, api):
    profile(workplace, api)
    scrapy(workplace, "crawl", "api", "-a", "site=open_shop", "-a", "query=弩")
    assert workplace.count("unit", "reason LIKE '%OPEN_SHOP_KEY is not set%'") == 1
    assert "/v1/goods" not in [path for path, _ in api.asked]


def test_a_redirect_takes_no_key_elsewhere(workplace, api):
    profile(workplace, api, url="/moved?q={keyword}")
    scrapy(workplace, "crawl", "api", "-a", "site=open_shop", "-a", "query=弩", OPEN_SHOP_KEY=TOKEN)
    assert ("/moved", f"Key {TOKEN}") in api.asked
    assert all(key is None for _, key in api.other.asked)


def product_page(number, title, host="shop.example.cn"):
    data = {"@type": "Product", "@context": "https://schema.org", "name": title, "offers": {"price": "9.90"}}
    url = f"https://{host}/item/{number}"
    text = json.dumps(data, ensure_ascii=False)
    return (
        f"<!-- saved from url=({len(url):04d}){url} --><html><head><meta charset='utf-8'>"
        f'<script type="application/ld+json">{text}</script></head><body><h1>{title}</h1></body></html>'
    )


def test_an_archive_is_replayed_through_the_pipelines(workplace):
    assert {"api", "archive"} <= set(scrapy(workplace, "list").stdout.split())
    with zipfile.ZipFile(workplace.folder / "pages.zip", "w") as archive:
        for number in range(20):
            title = "牙签弩 迷你弓弩" if number % 5 == 0 else f"铅笔 {number}"
            archive.writestr(f"{number:02}.html", product_page(number, title))
        archive.writestr("x.html", product_page(1, "别家的铅笔", host="other.example.cn"))
        archive.writestr("y.html", "<html>no address</html>")
    done = scrapy(workplace, "crawl", "archive", "-a", "file=pages.zip", "-O", "out.jsonl")
    lines = (workplace.folder / "out.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 20
    assert "'archive/other_sites': 1" in done.stderr
    assert "'archive/rejected/no_page_url': 1" in done.stderr
    assert workplace.count("listing", "detail_seen") == 20
    assert workplace.count("unit", "kind = 'file' AND status = 'done'") == 22
    assert workplace.count("unit") == 22
    assert workplace.count("evidence_listing") == 4
    assert workplace.count("run", "status = 'done'") == 1
    workplace.monitor("evidence", "verify")
