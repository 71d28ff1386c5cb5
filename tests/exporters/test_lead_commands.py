"""The commands of leads, from the letter to the end."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from monitor.cli.app import app
from monitor.storage.lead_status import IllegalStepError


@pytest.fixture
def command(office, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MONITOR_DATABASE_URL", f"sqlite:///{tmp_path / 'monitor.db'}")
    monkeypatch.setenv("MONITOR_EVIDENCE_DIR", str(office.desk.evidence_dir))

    def run(*arguments: str, status: int = 0, parsed: bool = False):
        result = CliRunner().invoke(app, list(arguments))
        if isinstance(result.exception, Exception) and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == status, result.output
        return json.loads(result.stdout) if parsed else result.stdout

    return run


def test_a_lead_from_its_letter_to_its_end(command, office):
    said = command("refer", "--by", "张三", "--out", "letters", "--json", status=1, parsed=True)
    assert [each["receiver"] for each in said["letters"]] == [
        "晋江市市场监督管理局",
        "金华市市场监督管理局",
        "惠安县公安机关",
    ]
    assert [each["listings"] for each in said["incomplete"]] == [[office.ids["7"]]]
    assert "主体名称" in command("refer", "--by", "张三", "--out", "letters", status=1)
    lead = str(said["letters"][0]["leads"][0])
    assert "sent, due: sign by" in command("leads", "event", lead, "send", "--by", "张三")
    with pytest.raises(IllegalStepError, match="extend cannot follow"):
        command("leads", "event", lead, "extend", "--by", "张三")
    command("leads", "event", lead, "sign", "--by", "王科")
    command("leads", "event", lead, "result", "--by", "王科", "--result", "off the shelf")
    command("leads", "event", lead, "close", "--by", "张三")
    shown = command("leads", "show", lead, "--json", parsed=True)
    steps = [each["step"] for each in shown["events"]]
    assert steps == ["open", "draft", "send", "sign", "result", "close"]
    assert (shown["status"], shown["result"], shown["overdue_days"]) == ("closed", "off the shelf", 0)
    assert [each["words"] for each in shown["listings"]] == [["磁力球"], ["巴克球"]]
    told = command("leads", "show", lead)
    assert "晋江市市场监督管理局  R1" in told
    assert "its page was not looked at again" in told
    listed = command("leads", "--status", "closed", "--json", parsed=True)
    assert [each["id"] for each in listed] == [int(lead)]
    assert command("leads", "--overdue", "--json", parsed=True) == []


def test_returns_are_counted(command):
    said = command("refer", "--by", "张三", "--out", "letters", "--incomplete", "--json", parsed=True)
    lead = str(next(each for each in said["letters"] if "主体名称" in each["missing"])["leads"][-1])
    command("leads", "event", lead, "send", "--by", "张三")
    command("leads", "event", lead, "return", "--by", "王科", "--note", "主体不明")
    rates = {each["element"]: each for each in command("leads", "returns", "--json", parsed=True)}
    assert (rates["subject_name"]["sent"], rates["subject_name"]["returned"]) == (1, 1)
    assert rates[None]["rate"] is None


def test_feedback_goes_out_and_comes_back_empty(command, office, tmp_path):
    command("notice", "--by", "张三", "--out", "letters")
    command("leads", "event", "1", "send", "--by", "张三")
    (form,) = command("export", "feedback", "--to", "forms", "--json", parsed=True)
    said = command("import-feedback", form["path"], "--by", "张三", "--json", parsed=True)
    assert said == {"recorded": True, "rows": {"open": 1}, "told": []}
