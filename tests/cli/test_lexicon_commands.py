"""`monitor lexicon backtest` and `suggest` over a real database."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from monitor.classifiers.classify import default_classifier
from monitor.classifiers.lexicon import SHIPPED
from monitor.cli.app import app
from monitor.cli.mistakes import UsageMistakeError
from monitor.listing import Listing
from monitor.storage import open_database
from monitor.storage.engine import writing
from monitor.storage.reviews import Decision, Review, record
from monitor.storage.suspects import ListingFilter, numbered_listings

NOON = datetime(2026, 9, 25, 4, tzinfo=UTC)
CONFIRMED = tuple(f"弹弓 钢珠大威力 {n}" for n in range(4))
REJECTED = tuple(f"弹弓 陶瓷摆件 {n}" for n in range(4))
#: Sampled among what was filtered out, and rightly so.
HARMLESS = tuple(f"陶瓷水杯 {n}" for n in range(4))


@pytest.fixture
def stored(sqlite_url, monkeypatch, crawled_page):
    """Twelve listings of a shop, eight suspects of which four were confirmed and four rejected."""
    monkeypatch.setenv("MONITOR_DATABASE_URL", sqlite_url)
    engine = open_database(sqlite_url, timeout=5)
    titles = CONFIRMED + REJECTED + HARMLESS
    listings = [Listing(site="shop", url=f"http://shop.test/{n}", title=t) for n, t in enumerate(titles)]
    crawled_page(engine, zip(listings, default_classifier().classify_all(listings), strict=True), at=NOON)
    with writing(engine) as connection:
        record(
            connection,
            [
                Review(
                    listing_id=number,
                    decision=Decision.CONFIRMED if listing.title in CONFIRMED else Decision.REJECTED,
                    reviewer="张三",
                    decided_at=NOON,
                )
                for number, listing in numbered_listings(connection, ListingFilter(suspects_only=False))
            ],
        )
    yield engine
    engine.dispose()


def rows(said: str) -> dict[str, list[str]]:
    """Term → what else stands in its row of the table."""
    cells = ([cell.strip() for cell in line.split("│")[1:-1]] for line in said.split("\n") if "│" in line)
    return {term: rest for term, *rest in cells}


def test_suggest_reads_the_reviews_of_the_database(stored):
    result = CliRunner().invoke(app, ["lexicon", "suggest"])
    assert result.exit_code == 0, result.output
    assert "4 confirmed, 4 rejected" in result.output
    found = rows(result.output)
    assert found["钢珠"][:2] == ["4", "0"]
    assert found["陶瓷"][:2] == ["0", "4"]
    assert float(found["钢珠"][2]) > 0 > float(found["陶瓷"][2])
    assert found["弹弓"][:2] == ["4", "4"]


def test_suggest_of_a_campaign_that_saw_nothing_is_empty(stored):
    result = CliRunner().invoke(app, ["lexicon", "suggest", "--campaign", "spring"])
    assert "0 confirmed, 0 rejected" in result.output


def test_suggest_reads_files_where_it_is_told_to(tmp_path):
    (tmp_path / "yes.txt").write_text("钢珠弹射\n" * 3, encoding="utf-8")
    (tmp_path / "no.txt").write_text("文玩手串\n" * 3, encoding="utf-8")
    files = ["--confirmed", str(tmp_path / "yes.txt"), "--rejected", str(tmp_path / "no.txt")]
    result = CliRunner().invoke(app, ["lexicon", "suggest", *files])
    assert rows(result.output)["钢珠"][:2] == ["3", "0"]
    alone = CliRunner().invoke(app, ["lexicon", "suggest", *files[:2]])
    assert isinstance(alone.exception, UsageMistakeError)


def test_backtest_shows_what_would_change_among_stored_listings(stored, tmp_path):
    edited = tmp_path / "edited"
    edited.mkdir()
    for file in SHIPPED.glob("*.yaml"):
        shutil.copy(file, edited)
    vetoes = edited / "vetoes.yaml"
    text = vetoes.read_text(encoding="utf-8")
    vetoes.write_text(text.replace("traps: [枪弹弓]", "traps: [枪弹弓, 弹弓陶瓷摆件]"), encoding="utf-8")
    result = CliRunner().invoke(app, ["lexicon", "backtest", str(edited)])
    assert result.exit_code == 0, result.output
    assert "12 listings" in result.output
    assert "newly suspect: 0" in result.output
    assert "no longer suspect: 4" in result.output
    assert "pocket_slingshot: +0 -4" in result.output
    assert all(title in result.output for title in REJECTED)
    assert not any(title in result.output for title in CONFIRMED)
