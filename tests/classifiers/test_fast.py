"""With the `[fast]` extra and without it, every result is the same, down to the last finding."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from monitor.classifiers.classify import Classifier
from monitor.classifiers.lexicon import load_lexicon
from monitor.classifiers.segmentation import segmenter
from monitor.listing import Listing

if TYPE_CHECKING:
    from collections.abc import Iterable

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
pytestmark = pytest.mark.skipif(find_spec("rjieba") is None, reason="needs the [fast] extra")


@pytest.fixture(scope="module")
def differing():
    """Those of some titles that are classified otherwise with rjieba than with jieba."""
    lexicon = load_lexicon()
    slow, fast = (Classifier(lexicon, cut=segmenter(fast=fast)) for fast in (False, True))

    def differing(titles: Iterable[str]) -> list[str]:
        listings = [Listing(site="x", url="", title=title) for title in titles]
        both = zip(slow.classify_all(listings), fast.classify_all(listings), strict=True)
        return [listing.title for listing, (one, other) in zip(listings, both, strict=True) if one != other]

    return differing


def test_our_own_titles_and_the_evasion_set(differing, monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    generated = import_module("evasion_set").evasion_set()
    rows = (BENCHMARKS / "titles" / "titles.tsv").read_text(encoding="utf-8").rstrip("\n").split("\n")[1:]
    titles = [row.split("\t")[1] for row in rows] + [row.title for row in generated]
    assert len(titles) > 2_000
    assert differing(titles) == []


@pytest.mark.slow
def test_all_real_titles_and_queries(differing, shared_data):
    texts = [
        row.split("\t")[0]
        for path in sorted(shared_data.glob("*.tsv"))
        for row in path.read_text(encoding="utf-8").split("\n")[1:]
    ]
    assert len(texts) > 40_000
    assert differing(texts) == []
