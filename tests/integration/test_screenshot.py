"""A real Chromium takes the picture of a shop's page; a page that reaches out gets nothing."""

from __future__ import annotations

import json
import shutil
import struct
import zipfile
from typing import Any

import pytest
from sqlalchemy import text

from monitor.demo.mall import Mall
from monitor.demo.response import Response
from monitor.demo.server import serve
from monitor.demo.weather import Rule, Weather
from monitor.storage import open_database
from monitor.storage.engine import reading

pytest.importorskip("playwright", reason="the extra browser is not installed")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("chromium") is None, reason="no Chromium is installed"),
]


class ReachOut:
    """The page as it is, with pictures, frames and scripts that reach for other addresses of the machine."""

    def __init__(self, targets: list[str]) -> None:
        self.targets = targets

    def strike(self, exchange: Any) -> None:
        response = exchange.answer()
        more = "".join(
            f'<img src="{url}"><iframe src="{url}"></iframe><script>fetch("{url}").catch(() => 0)</script>'
            for url in self.targets
        )
        body = response.body + more.encode() + b'<div style="height:5000px">below</div>'
        exchange.send(Response(body=body, content_type=response.content_type))


def rows(workplace, query: str) -> list[Any]:
    engine = open_database(workplace.database_url)
    with reading(engine) as connection:
        found = list(connection.execute(text(query)))
    engine.dispose()
    return found


def test_a_screenshot_is_evidence(workplace, tmp_path):
    workplace.settings |= {"MONITOR_DETAIL_SAMPLE": "0"}
    weather = Weather()
    with serve(Mall(day=0)) as victim, serve(Mall(day=0), weather=weather) as server:
        site = {"site": "demo_mall", "base_url": server.base_url("demo_mall")}
        workplace.plan("night", [site], ["磁力"])
        workplace.monitor("crawl", "night")
        suspect = workplace.rows()[0]
        port = victim.base_url("demo_mall").rpartition(":")[2]
        targets = [f"http://127.0.0.1:{port}/x", f"http://localhost:{port}/y", "http://169.254.169.254/z"]
        weather.rules = (Rule(effect=ReachOut(targets), path="^/item", times=None),)
        said = workplace.process("evidence", "screenshot", str(suspect.id)).stdout
        assert "3 addresses refused" in said
        assert victim.requests == []

    (record,) = rows(workplace, "SELECT id, url, response_sha256 FROM evidence WHERE kind = 'screenshot'")
    assert record.url == suspect.url
    assert json.loads(workplace.monitor("evidence", "verify", "--json").stdout)["problems"] == []
    pack = tmp_path / "证据.zip"
    workplace.monitor("evidence", "pack", str(suspect.id), "--to", str(pack))
    with zipfile.ZipFile(pack) as archive:
        (name,) = [each for each in archive.namelist() if each.endswith(".png")]
        picture = archive.read(name)
        document = archive.read(f"电子数据提取笔录-{suspect.id}.html").decode()
    assert picture.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", picture[16:24])
    assert width == 1280
    assert height > 5000
    assert record.response_sha256 in document
    assert "浏览器打开网页并整页截图" in document
    (tmp_path / "picture.png").write_bytes(picture)

    # of a shop that does not answer there is no picture, nor of a listing that is not there
    workplace.process("evidence", "screenshot", str(suspect.id), status=2)
    workplace.process("evidence", "screenshot", "99999", status=2)
    assert len(rows(workplace, "SELECT id FROM evidence WHERE kind = 'screenshot'")) == 1
