"""What people do wrong gets a clear message, a status for the shell, and loses nothing."""

from __future__ import annotations

import sqlite3
import textwrap

import pytest

from monitor.demo.mall import Mall
from monitor.demo.server import serve

pytestmark = pytest.mark.slow


def wrong(workplace, *arguments: str, status: int = 2) -> str:
    return " ".join(workplace.monitor(*arguments, status=status).stderr.split())


def test_an_unknown_campaign_names_the_nearest(workplace):
    workplace.plan("autumn", [{"site": "demo_mall"}])
    done = workplace.process("crawl", "autum", status=2)
    assert "did you mean 'autumn'" in " ".join(done.stderr.split())
    assert done.stdout == ""


def test_an_unknown_site_names_those_there_are(workplace):
    said = wrong(workplace, "crawl", "--site", "demo_mal", "--query", "弩")
    assert "demo_mal" in said
    assert "demo_mall" in said


def test_a_broken_plan_names_file_line_and_key(workplace):
    (workplace.folder / "schedules" / "bad.yaml").write_text("title: x\nwindow: []\n", encoding="utf-8")
    said = wrong(workplace, "crawl", "bad")
    assert "bad.yaml:2" in said
    assert "window" in said


def test_a_broken_profile_names_file_line_and_key(workplace):
    folder = workplace.folder / "sites"
    folder.mkdir()
    profile = "name: mine\ntitle: 我的\nbase_url: http://127.0.0.1:1\nserch:\n  url: /s?q={keyword}\n"
    (folder / "mine.yaml").write_text(profile, encoding="utf-8")
    said = wrong(workplace, "crawl", "--site", "mine", "--query", "弩")
    assert "mine.yaml" in said
    assert "line 4" in said
    assert "serch" in said


def test_an_unreachable_host_fails_its_units_and_says_so(workplace):
    workplace.plan("night", [{"site": "demo_mall", "base_url": "http://127.0.0.1:9"}], ["弩"])
    workplace.monitor("crawl", "night")
    (unit,) = workplace.units(1)
    assert unit["status"] == "failed"
    assert "refused" in unit["reason"].lower()


def test_a_host_that_came_back_is_tried_again(workplace):
    workplace.plan("night", [{"site": "demo_mall", "base_url": "http://127.0.0.1:18761"}], ["弩"])
    workplace.monitor("crawl", "night")
    with serve(Mall(day=0), port=18761):
        workplace.monitor("crawl", "--retry", "1")
    assert {unit["status"] for unit in workplace.units(1)} == {"done"}
    assert workplace.rows()


def test_a_locked_database_is_named_and_nothing_is_lost(workplace):
    workplace.plan("night", [{"site": "demo_mall", "base_url": "http://127.0.0.1:9"}], ["弩"])
    workplace.settings["MONITOR_DATABASE_TIMEOUT"] = "0.3"
    file = workplace.database_url.removeprefix("sqlite:///")
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    said = " ".join(workplace.process("crawl", "night", status=2).stderr.split())
    holder.execute("ROLLBACK")
    holder.close()
    assert "locked by another process" in said
    assert workplace.count("run") == 0
    workplace.monitor("crawl", "night")
    assert workplace.count("run") == 1


def test_a_database_without_tables_names_the_mend(workplace, tmp_path):
    workplace.database_url = f"sqlite:///{tmp_path / 'empty.db'}"
    assert "monitor db upgrade" in wrong(workplace, "runs")
    workplace.monitor("db", "upgrade")
    workplace.monitor("runs")


def test_an_unknown_run(workplace):
    assert "there is no run 7" in wrong(workplace, "runs", "7")


def test_an_export_folder_that_is_a_file(workplace):
    (workplace.folder / "exports").write_text("in the way", encoding="utf-8")
    said = wrong(workplace, "export", "suspects")
    assert "exports" in said
    assert (workplace.folder / "exports").read_text(encoding="utf-8") == "in the way"


def test_settings_that_cannot_be(workplace):
    workplace.settings["MONITOR_SUSPECT_THRESHOLD"] = "7"
    assert "suspect_threshold" in wrong(workplace, "runs")
    del workplace.settings["MONITOR_SUSPECT_THRESHOLD"]
    (workplace.folder / "monitor.toml").write_text("suspect_treshold = 0.4\n", encoding="utf-8")
    assert "suspect_treshold" in wrong(workplace, "runs")
    (workplace.folder / "monitor.toml").write_text("= 0.4\n", encoding="utf-8")
    assert "not valid TOML" in wrong(workplace, "runs")


def test_classify_a_file_that_is_not_there(workplace):
    assert "missing.txt" in wrong(workplace, "classify", "--input", "missing.txt", "--output", "out.jsonl")


def test_classify_takes_a_title_of_a_megabyte(workplace):
    rows = ["磁力球 216颗", "", "球" * 350_000]
    (workplace.folder / "titles.txt").write_text("\n".join(rows) + "\n", encoding="utf-8")
    workplace.monitor("classify", "--input", "titles.txt", "--output", "out.jsonl")
    lines = (workplace.folder / "out.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == len(rows)
    assert '"magnet_balls"' in lines[0]


def test_classify_names_the_line_with_invalid_bytes_and_keeps_the_old_result(workplace):
    (workplace.folder / "titles.txt").write_bytes("磁力球\n".encode() + b"\xff\xfe\xba\n")
    (workplace.folder / "out.jsonl").write_text("yesterday", encoding="utf-8")
    said = wrong(workplace, "classify", "--input", "titles.txt", "--output", "out.jsonl")
    assert "titles.txt, line 2" in said
    assert "UTF-8" in said
    assert (workplace.folder / "out.jsonl").read_text(encoding="utf-8") == "yesterday"


def test_a_profile_check_has_a_status_for_the_shell(workplace):
    good = textwrap.dedent("""\
        name: fine
        title: 好
        base_url: https://shop.example
        search:
          url: /s?q={keyword}
        list_page:
          items: li
          fields:
            title: a
            url: a::attr(href)
        """)
    (workplace.folder / "fine.yaml").write_text(good, encoding="utf-8")
    workplace.monitor("site", "check", "fine.yaml")
    (workplace.folder / "fine.yaml").write_text(good + "surch: 1\n", encoding="utf-8")
    out = workplace.monitor("site", "check", "fine.yaml", status=1).stdout
    assert "line 11" in out


@pytest.mark.parametrize("arguments", [("crawl",), ("crawl", "--site", "demo_mall"), ("classify",)])
def test_arguments_that_do_not_go_together(workplace, arguments):
    assert "error" in wrong(workplace, *arguments)


def test_a_saved_page_that_is_not_there(workplace):
    assert "missing.html" in wrong(workplace, "extract", "missing.html", "--url", "http://x.test/")
