"""Print how many times as fast the whole classification is as a bare jieba.lcut on the same titles.

    python benchmarks/classify_speed.py [FILE]

FILE: a TSV with a column `title`; by default the titles of this folder. One process, one run; the medians of
seven rounds, for the default install (jieba) and for the `[fast]` extra (rjieba) where it is installed: title
by title (`classify`), and all at once (`classify_all`, which `monitor classify --input` uses).
"""

from __future__ import annotations

import csv
import logging
import statistics
import sys
import time
import warnings
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from monitor.classifiers.classify import Classifier
from monitor.classifiers.lexicon import load_lexicon
from monitor.classifiers.segmentation import segmenter
from monitor.listing import Listing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

T = TypeVar("T")
ROUNDS = 7
TITLES = Path(__file__).parent / "titles" / "titles.tsv"


def titles(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return list(dict.fromkeys(row["title"] for row in rows))


def each(work: Callable[[T], object], things: Iterable[T]) -> Callable[[], None]:
    def run() -> None:
        for thing in things:
            work(thing)

    return run


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _all_at_once(classifier: Classifier, listings: Iterable[Listing]) -> None:
    for _ in classifier.classify_all(listings):
        pass


def main() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba  # noqa: PLC0415 - warns on import
    jieba.setLogLevel(logging.WARNING)
    texts = titles(Path(sys.argv[1]) if len(sys.argv) > 1 else TITLES)
    listings = [Listing(site="benchmark", url="", title=text) for text in texts]
    lexicon = load_lexicon()
    kinds = {"default (jieba)": False} | ({"[fast] (rjieba)": True} if find_spec("rjieba") else {})
    works = {"jieba.lcut": each(jieba.lcut, texts)}
    for name, fast in kinds.items():
        classifier = Classifier(lexicon, cut=segmenter(fast=fast))
        works[f"{name}, one by one"] = each(classifier.classify, listings)
        works[f"{name}, all at once"] = partial(_all_at_once, classifier, listings)
    times: dict[str, list[float]] = {name: [] for name in works}
    for work in works.values():
        work()
    for _ in range(ROUNDS):
        for name, work in works.items():
            times[name].append(seconds(work))
    bare = statistics.median(times["jieba.lcut"])
    print(f"{len(texts)} distinct titles, {sum(map(len, texts)) / len(texts):.0f} characters on average")
    for name, rounds in times.items():
        took = statistics.median(rounds)
        print(f"{name:30} {took / len(texts) * 1e6:7.1f} µs a title  {bare / took:5.2f} × jieba.lcut")


if __name__ == "__main__":
    main()
