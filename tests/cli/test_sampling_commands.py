"""`monitor draw`, `watchlist` and `import-results` as a person types them."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from monitor.classifiers.classify import default_classifier
from monitor.cli.app import app
from monitor.config import SHANGHAI
from monitor.leads.sampling.draw import DrawError
from monitor.listing import Listing, Seller
from monitor.mistake import MistakeError
from monitor.storage import open_database

AT = datetime(2026, 9, 24, 23, 0, tzinfo=UTC)
TITLES = ("墨小喵磁力片 儿童积木", "学生固体胶 大容量", "婴儿奶嘴 宽口径")


#: The same commands on a server.
BOTH = pytest.mark.parametrize("run", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def run(request, tmp_path, monkeypatch, crawled_page):
    """The command line on a database with nine listings."""
    if getattr(request, "param", "sqlite") == "sqlite":
        url = request.getfixturevalue("sqlite_url")
    else:
        from sqlalchemy import create_engine, text
        from sqlalchemy.engine import make_url

        server = request.getfixturevalue("postgres_server")
        admin = create_engine(server, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text("DROP DATABASE IF EXISTS sampling WITH (FORCE)"))
            template = request.getfixturevalue("migrated_template")
            connection.execute(text(f"CREATE DATABASE sampling TEMPLATE {template}"))
        admin.dispose()
        url = make_url(server).set(database="sampling").render_as_string(hide_password=False)
    engine = open_database(url)
    seller = Seller(
        name="快乐童年", url="https://shop.example.test/s/1", address="福建省泉州市晋江市青阳街道1号"
    )
    found = [
        Listing(
            site="mall",
            url=f"https://shop.example.test/{n}",
            title=f"{TITLES[n % 3]} {n}",
            seller=seller,
            seen_at=AT,
        )
        for n in range(9)
    ]
    crawled_page(engine, zip(found, default_classifier().classify_all(found), strict=True), at=AT)
    engine.dispose()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MONITOR_DATABASE_URL", url)

    def invoke(*words: str, status: int = 0):
        result = CliRunner().invoke(app, words)
        if isinstance(result.exception, MistakeError):
            raise result.exception
        assert result.exit_code == status, result.output
        return result.stdout

    return invoke


@BOTH
def test_from_the_draw_to_the_re_test(run, tmp_path):
    roster = tmp_path / "roster.csv"
    roster.write_text("姓名,工号\n张三,1\n李四,2\n王五,3\n", "utf-8")
    order = ("draw", "--campaign", "autumn", "--size", "4", "--seed", "385", "--roster", str(roster))
    files = json.loads(run(*order, "--json"))
    assert [Path(each["path"]).suffix for each in files] == [".json", ".xlsx", ".csv", ".xlsx", ".docx"]
    assert "made before, nothing added" in run(*order)
    assert [each["drawn"] for each in json.loads(run("draw", "list", "--json"))] == [4]
    again = json.loads(run("draw", "export", "1", "--to", "again", "--json"))
    assert Path(again[0]["path"]).read_bytes() == Path(files[0]["path"]).read_bytes()
    manifest = Path(files[0]["path"])
    assert "the draw comes out as stated: 4 of 9" in run("draw", "verify", str(manifest))
    content = json.loads(manifest.read_text("utf-8"))
    number = content["chosen"][0]["number"]
    content["seed"] = "386"
    (tmp_path / "altered.json").write_text(json.dumps(content), "utf-8")
    assert "mismatch: sha256" in run("draw", "verify", "altered.json", status=1)

    results = tmp_path / "results.csv"
    today = datetime.now(SHANGHAI).date()
    results.write_text(
        f"抽样编号,检验结论,不合格项目,报告日期,实物标称生产者\n{number},不合格,小零件,{today},某厂\nX,合格,,,\n",
        "utf-8",
    )
    done = json.loads(run("import-results", str(results), "--json", status=1))
    assert (done["recorded"], done["failed"], len(done["leads"]), done["entries"]) == (1, 1, 2, 1)
    assert [(each["row"], each["number"]) for each in done["problems"]] == [(3, "X")]
    again = json.loads(run("import-results", str(results), "--json", status=1))
    assert (again["recorded"], again["known"], again["leads"]) == (0, 1, [])


@BOTH
def test_a_watchlist_from_import_to_match(run, tmp_path):
    (tmp_path / "召回.csv").write_text("东西,商标,日期\n磁力片,墨小喵,2026-05-01\n固体胶,,\n,x,\n", "utf-8")
    order = ("watchlist", "import", "召回.csv", "--kind", "recall", "--map", "东西=product_name")
    done = json.loads(run(*order, "--json"))
    assert (done["new"], done["matching"], done["newly_suspect"]) == (2, 3, 3)
    assert done["bad"] == [{"number": 4, "problem": "no product name"}]
    assert done["too_general"] == ["固体胶"]
    said = run(*order)
    assert "0 new entries, 2 known; list unchanged" in said
    assert "row 4: no product name; left out" in said
    listed = json.loads(run("watchlist", "list", "--json"))
    assert listed["matching_listings"] == {"recall": 3}
    entries = json.loads(run("watchlist", "show", "1", "--json"))
    assert [len(each["matches"]) for each in entries] == [3, 0]
    assert "by name" in run("watchlist", "show", "1")
    assert "9 listings looked at, 3 match, 0 changed" in run("watchlist", "match")
    assert "recall" in run("watchlist", "list")


MISTAKES = (
    (("draw", "--size", "3"), "give --seed and --size"),
    (("draw", "--size", "3", "--seed", "x", "--strata", "colour"), "no stratum is called 'colour'"),
    (("draw", "--size", "3", "--seed", "x", "--campaign", "none"), "no campaign 'none'"),
    (("draw", "export", "7"), "no draw 7"),
    (("draw", "verify", "none.json"), "none.json: cannot be read"),
    (("watchlist", "import", "none.csv", "--kind", "recall"), "none.csv: cannot be read"),
    (("watchlist", "import", "none.csv", "--kind", "recall", "--map", "x"), "write COLUMN=FIELD"),
    (("watchlist", "show", "7"), "no list 7"),
    (("import-results", "none.csv"), "none.csv: cannot be read"),
)


def test_mistakes_name_the_mend(run):
    for words, said in MISTAKES:
        with pytest.raises(MistakeError, match=said):
            run(*words)


def test_numbers_of_samples_come_from_a_file_of_one_s_own(run, tmp_path, monkeypatch):
    from monitor.leads.sampling.sampling_terms import SHIPPED

    terms = SHIPPED.read_text("utf-8").replace("{test: 2, spare: 1}", "{test: 1, spare: 1}")
    (tmp_path / "terms.yaml").write_text(terms, "utf-8")
    monkeypatch.setenv("MONITOR_SAMPLING_TERMS", "terms.yaml")
    files = json.loads(run("draw", "--size", "2", "--seed", "x", "--json"))
    with Path(files[2]["path"]).open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    assert {(each["抽样数量"], each["检验样品"], each["备用样品"]) for each in lines} == {("2", "1", "1")}


def test_errors_of_a_draw_are_mistakes_of_a_person():
    assert issubclass(DrawError, MistakeError)
    assert DrawError.status == 2
    assert isinstance(app, typer.Typer)
