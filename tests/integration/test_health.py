"""Health of units in a real crawl of the demo mall: each verdict, beside the history of the same words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from typer.testing import CliRunner

from monitor.cli.app import app
from monitor.cli.console import output
from monitor.demo import effects
from monitor.demo.mall import Mall
from monitor.demo.server import serve
from monitor.demo.weather import Rule, Weather
from monitor.storage import open_database
from monitor.storage.engine import reading
from monitor.storage.progress import unit_reports

if TYPE_CHECKING:
    from monitor.demo.effects import Effect

pytestmark = pytest.mark.slow

SITE = "demo_mall"
NO_RESULT = '<div class="panel empty no-result">没有找到相关商品，换个词试试吧</div>'
#: What befalls each word in the second run, the verdict, and what its reasons say.
STRIKES: dict[str, tuple[Effect | None, str, str]] = {
    "口罩": (None, "ok", ""),
    "激光": (effects.Captcha(), "blocked", "状态码为 200"),
    "橡皮": (effects.Rewrite(pattern='class="card"', into='class="goods-box"'), "layout changed", "读不出"),
    "奶嘴": (
        effects.Rewrite(pattern='class="price"', into='class="jg"'),
        "layout changed",
        "价格填写率由 100% 降到 0%",
    ),
    "书包": (effects.Rewrite(pattern='<ul class="cards">.*</ul>', into=NO_RESULT), "empty", "以往中位数"),
    "磁力": (effects.Refuse(status=503, retry_after=3600), "degraded", "HTTP 503"),
    "不会有的东西": (None, "empty", "没有结果"),
}


ALERTS = """
channels: {duty: {url_env: DUTY_ROOM}}
rules:
  - {name: 七类, when: {hazards: seven}, to: duty, urgent: true}
  - {name: 受阻, when: {verdicts: [blocked, layout changed]}, to: duty, urgent: true}
"""


def verdicts(workplace, run: int, kind: str) -> dict[str, tuple[str, str]]:
    engine = open_database(workplace.database_url)
    with reading(engine) as connection:
        units = unit_reports(connection, run)
    engine.dispose()
    return {unit.key: (unit.health, "；".join(unit.health_reasons)) for unit in units if unit.kind == kind}


def test_every_verdict_has_its_weather(workplace, monkeypatch):
    workplace.settings |= {"MONITOR_DETAIL_SAMPLE": "0.3"}
    weather = Weather()
    with serve(Mall(day=0), weather=weather) as server:
        (workplace.folder / "alerts.yaml").write_text(ALERTS, encoding="utf-8")
        workplace.plan("night", [{"site": SITE, "base_url": server.base_url(SITE)}], list(STRIKES))
        workplace.monitor("crawl", "night")
        first = verdicts(workplace, 1, "search")
        assert {verdict for word, (verdict, _) in first.items() if word != "不会有的东西"} == {"ok"}
        weather.rules = (
            *(
                Rule(effect=effect, path=rf"^/search\?q={quote(word)}", times=None)
                for word, (effect, _, _) in STRIKES.items()
                if effect is not None
            ),
            Rule(effect=effects.Rewrite(pattern='id="params"', into='id="spec"'), path="^/item/", times=None),
        )
        workplace.monitor("crawl", "night")
    second = verdicts(workplace, 2, "search")
    for word, (_, verdict, said) in STRIKES.items():
        assert (second[word][0], said in second[word][1]) == (verdict, True), (word, second[word])
    details = verdicts(workplace, 2, "detail")
    assert {verdict for verdict, _ in details.values()} == {"layout changed"}
    assert all("产品参数填写率由 100% 降到 0%" in said for _, said in details.values())
    commands = Commands(workplace, monkeypatch)
    listed = json.loads(commands("runs", "--json"))
    assert listed[0]["health"]["blocked"] == 1
    assert "blocked" in commands("runs")
    monkeypatch.setattr(output, "width", 240)  # so that no reason is broken over two lines
    assert "状态码为 200" in commands("runs", "2")
    commands("export", "report", "--run", "2", "--to", "out")
    page = next((workplace.folder / "out").glob("*.html")).read_text(encoding="utf-8")
    assert "疑似改版" in page
    assert "价格填写率由 100% 降到 0%" in page
    waiting = [each["text"] for each in json.loads(commands("alerts", "list", "--json"))]
    assert any("搜索词被拦截 1 个" in text for text in waiting)
    assert any("疑似改版" in text for text in waiting)
    assert any(f"编号{row.id} " in text for text in waiting for row in workplace.rows())
    assert "0 alerts sent" in commands("alerts", "send", status=1)
    assert "DUTY_ROOM is not set" in commands("alerts", "list")
    commands("alerts", "check", status=1)


class Commands:
    """The command line in this process: another one takes seconds to begin."""

    def __init__(self, workplace, monkeypatch) -> None:
        monkeypatch.chdir(workplace.folder)
        self._environment = workplace.environment | {"COLUMNS": "200"}

    def __call__(self, *arguments: str, status: int = 0) -> str:
        done = CliRunner().invoke(app, arguments, env=self._environment)
        assert done.exit_code == status, done.output
        return done.stdout
