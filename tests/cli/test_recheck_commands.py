"""`monitor recheck`, `relistings` and `alerts` where nothing is to be done, or not as asked."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from monitor.cli.app import app
from monitor.mistake import MistakeError


@pytest.fixture
def command(tmp_path, sqlite_url, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "schedules").mkdir()
    environment = {"MONITOR_DATABASE_URL": sqlite_url, "COLUMNS": "200"}

    def run(*arguments: str):
        return CliRunner().invoke(app, arguments, env=environment)

    return run


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["recheck"], "--due"),
        (["recheck", "--listing", "7"], "there is no listing 7"),
        (["recheck", "--listing", "7", "--due"], "leave out"),
        (["recheck", "--campaign", "x"], "no plan is called"),
        (["alerts", "check"], "alerts.example.yaml"),
        (["alerts", "test"], "alerts.example.yaml"),
    ],
)
def test_what_cannot_be_done_is_explained(command, arguments, said):
    done = command(*arguments)
    assert isinstance(done.exception, MistakeError), done.output
    assert said in str(done.exception)


def test_a_listing_that_is_named_needs_no_plans(command, tmp_path):
    (tmp_path / "schedules").rmdir()
    assert "there is no listing 7" in str(command("recheck", "--listing", "7").exception)
    assert "make it, or set schedules_dir" in str(command("recheck", "--due").exception)


@pytest.mark.parametrize("what", ["suspects", "sampling"])
def test_a_list_of_what_never_ran_is_no_empty_list(command, tmp_path, what):
    assert "there is no run 99" in str(command("export", what, "--run", "99").exception)
    assert "no campaign 'nix'" in str(command("export", what, "--campaign", "nix").exception)
    assert not list(tmp_path.rglob("*.xlsx"))
    assert command("export", what).exit_code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["refer", "--by", "张三"],
        ["notice", "--by", "张三"],
        ["leads"],
        ["leads", "returns"],
        ["draw", "--size", "3", "--seed", "1"],
    ],
)
def test_a_campaign_that_never_ran_is_named(command, arguments):
    assert "no campaign 'nix'" in str(command(*arguments, "--campaign", "nix").exception)


def test_nothing_to_do(command):
    assert "nothing to look at" in command("recheck", "--due").output
    assert "nothing looks like" in command("relistings", "--find").output
    assert json.loads(command("relistings", "--json").stdout) == []
    assert json.loads(command("alerts", "list", "--json").stdout) == []


def test_a_channel_without_an_address(command, tmp_path, monkeypatch):
    rules = "channels: {a: {url_env: ROOM_A}}\nrules: [{name: x, when: {hazards: seven}, to: a}]\n"
    (tmp_path / "alerts.yaml").write_text(rules, encoding="utf-8")
    monkeypatch.delenv("ROOM_A", raising=False)
    assert command("alerts", "check").exit_code == 1
    assert command("alerts", "test").exit_code == 1
    monkeypatch.setenv("ROOM_A", "nonsense://x")
    assert command("alerts", "check").exit_code == 1
    monkeypatch.setenv("ROOM_A", "json://127.0.0.1:9/x")
    assert "nothing to mend" in command("alerts", "check").output
