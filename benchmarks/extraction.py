"""Precision, recall and F1 of reading product pages without any site profile, with 95 % intervals.

    python benchmarks/extraction.py DIR [--part development|held-out] [--errors]

`DIR` holds ``ground-truth.json`` and one ``<key>.html.gz`` for each of its keys, the layout of the product
extraction benchmark (github.com/scrapinghub/product-extraction-benchmark), whose rules are followed: several
values may be right, a wrong value where one was due counts as false alarm and as miss, prices are compared as
numbers and codes as text, and a page whose availability is not stated counts as in stock. Intervals come from
10,000 bootstrap samples of the pages.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import sys
import time
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any

from monitor.extraction import Page, PageKind, read_page

if TYPE_CHECKING:
    from collections.abc import Callable

#: right, false alarms, misses of one page
Counts = tuple[int, int, int]

SAMPLES = 10_000
#: F1 of price, availability and SKU on all 140 pages, as the benchmark's authors published them in 2021.
PUBLISHED = {
    "Zyte 2021.2": (0.918, 0.957, 0.841),
    "Diffbot 2021": (0.824, 0.943, 0.765),
    "extruct": (0.685, 0.626, 0.537),
}


@dataclass(frozen=True, slots=True)
class Prediction:
    """What was read on one page."""

    price: str | None
    availability: str
    sku: str | None
    #: CPU time of reading it.
    seconds: float


def predict(folder: Path, key: str, url: str) -> Prediction:
    """Read one page as `monitor import` would: nothing is known of it but its address and its bytes."""
    body = gzip.decompress((folder / f"{key}.html.gz").read_bytes())
    start = time.process_time()
    reading = read_page(Page(url=url, body=body))
    seconds = time.process_time() - start
    if reading.kind is not PageKind.DETAIL or not reading.listings:
        return Prediction(None, "InStock", None, seconds)
    listing = reading.listings[0]
    price = None if listing.price is None else str(listing.price)
    availability = "OutOfStock" if listing.available is False else "InStock"
    return Prediction(price, availability, listing.sku, seconds)


def same_number(one: str, other: str) -> bool:
    """Say whether two spellings are one number."""
    try:
        return Decimal(one) == Decimal(other)
    except InvalidOperation:
        return False


def counts(true: list[str], predicted: str | None, same: Callable[[str, str], bool] = str.__eq__) -> Counts:
    """Count one page: at most one value is predicted, any of the true ones will do."""
    if predicted is None:
        return 0, 0, int(bool(true))
    if any(same(predicted, value) for value in true):
        return 1, 0, 0
    return 0, 1, int(bool(true))


def scores(pages: list[Counts]) -> tuple[float, float, float]:
    """F1, precision and recall over `pages`; nothing wrong and nothing due is perfect."""
    right, false, missed = (sum(column) for column in zip(*pages, strict=True))
    precision = right / (right + false) if right + false else float(not missed)
    recall = right / (right + missed) if right + missed else float(not false)
    both = precision + recall
    return (2 * precision * recall / both if both else 0.0), precision, recall


def interval(pages: list[Counts]) -> tuple[float, float]:
    """95 % bootstrap interval of F1 over pages."""
    chance = random.Random(42)
    drawn = sorted(scores(chance.choices(pages, k=len(pages)))[0] for _ in range(SAMPLES))
    return drawn[int(0.025 * SAMPLES)], drawn[int(0.975 * SAMPLES)]


def held_out(position: int) -> bool:
    """Which pages of the 41 development never looked at: two of five in the order of their keys."""
    return position % 5 in (1, 3)


def chosen(truth: dict[str, Any], part: str | None) -> dict[str, Any]:
    """The pages of `part`; all of them without one."""
    if part is None:
        return truth
    wanted = part == "held-out"
    return {key: truth[key] for position, key in enumerate(sorted(truth)) if held_out(position) is wanted}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--part", choices=["development", "held-out"], help="a part of the 41 pages only")
    parser.add_argument("--errors", action="store_true", help="name the pages that were read wrongly")
    arguments = parser.parse_args()
    truth_file = arguments.folder / "ground-truth.json"
    if not truth_file.is_file():
        print(f"{truth_file} is not there: name a folder of the benchmark's layout", file=sys.stderr)
        return 2
    truth = chosen(json.loads(truth_file.read_text(encoding="utf-8")), arguments.part)
    read = {key: predict(arguments.folder, key, facts["url"]) for key, facts in truth.items()}
    report(truth, read, show_errors=arguments.errors)
    return 0


def report(truth: dict[str, Any], read: dict[str, Prediction], *, show_errors: bool) -> None:
    row = []
    print(f"{'':13} {'F1':>6} {'95 %':>16} {'precision':>10} {'recall':>7} {'support':>8}")
    for name in ("price", "availability", "sku"):
        same = same_number if name == "price" else str.__eq__
        pages = {
            key: counts(facts.get(name, []), getattr(read[key], name), same) for key, facts in truth.items()
        }
        f1, precision, recall = scores(list(pages.values()))
        low, high = interval(list(pages.values()))
        support = sum(bool(facts.get(name)) for facts in truth.values())
        print(f"{name:13} {f1:6.3f} [{low:6.3f}, {high:6.3f}] {precision:10.3f} {recall:7.3f} {support:8}")
        row.append(f1)
        for key, (_, false, missed) in pages.items() if show_errors else ():
            if false or missed:
                stated = truth[key].get(name)
                print(f"    {key[:12]} {truth[key]['url'][:80]}: {getattr(read[key], name)!r}, true {stated}")
    print(f"\n{'F1':22} {'price':>6} {'avail.':>6} {'SKU':>6}")
    for system, values in {f"monitor, {len(truth)} pages": tuple(row), **PUBLISHED}.items():
        print(f"{system:22} " + " ".join(f"{value:6.3f}" for value in values))
    slowest = max(prediction.seconds for prediction in read.values())
    total = sum(prediction.seconds for prediction in read.values())
    print(f"\nCPU: {total / len(read):.2f} s a page, slowest {slowest:.2f} s")


if __name__ == "__main__":
    sys.exit(main())
