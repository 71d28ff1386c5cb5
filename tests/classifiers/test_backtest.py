"""What an edited lexicon would newly flag or drop, before anybody saves it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from monitor.classifiers.backtest import EXAMPLES, backtest
from monitor.classifiers.lexicon import SHIPPED, Lexicon, load_lexicon
from monitor.listing import Listing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NEW_NAME = "嘎嘣豆豆磁"
ADDED = ("    - {text: 巴克球}\n", f"    - {{text: 巴克球}}\n    - {{text: {NEW_NAME}}}\n")


@pytest.fixture
def edited(tmp_path: Path) -> Callable[..., Lexicon]:
    """The shipped lexicon with some texts of one file replaced."""

    def edited(name: str, *changes: tuple[str, str]) -> Lexicon:
        for file in SHIPPED.glob("*.yaml"):
            shutil.copy(file, tmp_path)
        path = tmp_path / name
        text = path.read_text(encoding="utf-8")
        for old, new in changes:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")
        return load_lexicon(tmp_path)

    return edited


def listings(*titles: str) -> list[Listing]:
    return [Listing(site="shop", url=f"http://shop.test/{n}", title=title) for n, title in enumerate(titles)]


def test_a_new_name_newly_flags_and_a_removed_one_drops(edited):
    after = edited(
        "hazards.yaml",
        ADDED,
    )
    stored = listings(f"{NEW_NAME} 216颗", "巴克球 216颗", "不锈钢水杯")
    forth = backtest(load_lexicon(), after, stored)
    assert forth.listings == 3
    assert [change.listing.title for change in forth.newly_suspect.examples] == [f"{NEW_NAME} 216颗"]
    assert forth.no_longer.count == 0
    gained, lost = forth.hazards["magnet_balls"]
    assert (gained.count, lost.count) == (1, 0)
    assert not gained.examples[0].before.suspect
    assert gained.examples[0].after.hazards[0].matched == NEW_NAME

    back = backtest(after, load_lexicon(), stored)
    assert back.newly_suspect.count == 0
    assert [change.listing.title for change in back.no_longer.examples] == [f"{NEW_NAME} 216颗"]
    gained, lost = back.hazards["magnet_balls"]
    assert (gained.count, lost.count) == (0, 1)


def test_the_same_lexicon_changes_nothing():
    outcome = backtest(load_lexicon(), load_lexicon(), listings("磁力球", "弹弓皮筋", ""))
    assert (outcome.listings, outcome.newly_suspect.count, outcome.no_longer.count) == (3, 0, 0)
    assert outcome.hazards == {}


def test_all_are_counted_and_some_are_shown(edited):
    after = edited("hazards.yaml", ADDED)
    stored = listings(*(f"{NEW_NAME} {n}颗" for n in range(EXAMPLES + 5)))
    outcome = backtest(load_lexicon(), after, stored)
    assert outcome.newly_suspect.count == EXAMPLES + 5
    assert len(outcome.newly_suspect.examples) == EXAMPLES


def test_the_threshold_decides_who_is_a_suspect(edited):
    after = edited("risk.yaml", ("focus: 0.10", "focus: 0.45"))
    stored = listings("儿童软弹枪")
    counts = [
        backtest(load_lexicon(), after, stored, threshold=threshold).newly_suspect.count
        for threshold in (0.5, 0.4)
    ]
    assert counts == [0, 1]
