"""Decisions by the command line: one by one, and by a list that goes out and comes back."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import openpyxl
import pytest
from typer.testing import CliRunner

from monitor.classifiers import Classification
from monitor.cli.app import app
from monitor.exporters.review.review_columns import DECISION, REASON, REVIEWER
from monitor.exporters.review.review_sheets import SHEET
from monitor.listing import Listing
from monitor.storage import open_database

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")


@pytest.fixture
def run(tmp_path, sqlite_url, monkeypatch, crawled_page):
    """Run a command on a database with the suspects 1 and 2, and 3, which is none."""
    monkeypatch.setenv("MONITOR_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("MONITOR_EXPORTS_DIR", str(tmp_path / "exports"))
    monkeypatch.chdir(tmp_path)
    engine = open_database(sqlite_url)
    found = [
        (
            Listing(site="mall", url=f"http://shop.test/{each}", title=f"磁力球 {each}"),
            Classification(
                category="TOY", subcategory=None, risk=1 - each / 10, suspect=each < 3, lexicon_version="v1"
            ),
        )
        for each in (1, 2, 3)
    ]
    crawled_page(engine, found, at=datetime.now(UTC), title="守护行动")
    engine.dispose()

    def invoke(*arguments: str):
        return CliRunner().invoke(app, list(arguments))

    return invoke


def test_one_decision_then_another_and_both_stay(run):
    assert run("review", "1", "--decision", "confirmed", "--reviewer", "张三").exit_code == 0
    said = ("--decision", "rejected", "--reason", "仅为配件", "--reviewer", "李四")
    assert run("review", "1", *said, "--campaign", "autumn").exit_code == 0
    found = json.loads(run("reviews", "--listing", "1", "--json").stdout)
    assert [(each["decision"], each["reason"], each["reviewer"]) for each in found] == [
        ("confirmed", None, "张三"),
        ("rejected", "accessory", "李四"),
    ]
    table = run("reviews").stdout
    assert "李四" in table
    assert "accessory" in table


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("1", "--decision", "rejected"), "needs a reason"),
        (("1", "--decision", "rejected", "--reason", "nonsense"), "unknown reason"),
        (("1", "--decision", "duplicate"), "number of the listing"),
        (("99", "--decision", "confirmed"), "no listing 99"),
        (("1", "--decision", "confirmed", "--campaign", "winter"), "winter"),
    ],
)
def test_a_decision_that_lacks_something_is_refused(run, arguments, said):
    result = run("review", *arguments, "--reviewer", "张三")
    assert result.exit_code != 0
    assert said in str(result.exception)
    assert json.loads(run("reviews", "--json").stdout) == []


def test_a_list_goes_out_is_filled_in_and_comes_back(run, tmp_path):
    (file,) = json.loads(run("export", "review", "--campaign", "autumn", "--json").stdout)
    assert file["rows"] == 3
    book = openpyxl.load_workbook(file["path"])
    places = {cell.value: cell.column for cell in book[SHEET][1]}
    for row in range(2, 5):
        number = book[SHEET].cell(row, 1).value
        book[SHEET].cell(row, places[DECISION]).value = {1: "确认", 2: "排除"}.get(number)
        book[SHEET].cell(row, places[REVIEWER]).value = "张三" if number == 2 else None
    filled = tmp_path / "filled.xlsx"
    book.save(filled)

    dry = run("import-review", str(filled), "--dry-run", "--reviewer", "王五")
    assert "1 would be recorded" in dry.stdout
    assert json.loads(run("reviews", "--json").stdout) == []

    result = run("import-review", str(filled), "--reviewer", "王五")
    assert result.exit_code == 1  # a rejection without its reason
    assert "1 recorded, 0 already there, 1 still open, 0 in conflict, 1 wrong" in result.stdout
    assert "a rejection needs a reason" in " ".join(result.stdout.split())

    for row in range(2, 5):
        if book[SHEET].cell(row, 1).value == 2:
            book[SHEET].cell(row, places[REASON]).value = "核对合规"
    book.save(filled)
    again = json.loads(run("import-review", str(filled), "--reviewer", "王五", "--json").stdout)
    assert again["rows"] == {"new": 1, "already recorded": 1, "open": 1}
    found = json.loads(run("reviews", "--json").stdout)
    assert {(each["listing_id"], each["decision"], each["reviewer"]) for each in found} == {
        (1, "confirmed", "王五"),
        (2, "rejected", "张三"),
    }


def test_statistics_up_to_a_day(run, tmp_path):
    files = json.loads(
        run("export", "statistics", "--campaign", "autumn", "--kind", "stage", "--json").stdout
    )
    assert [file["rows"] for file in files] == [3, 3]
    early = run("export", "statistics", "--campaign", "autumn", "--until", "2020-10-31", "--json")
    assert [file["rows"] for file in json.loads(early.stdout)] == [0, 0]
    wrong = run("export", "statistics", "--campaign", "autumn", "--until", "31.10.")
    assert "is no day" in str(wrong.exception)
