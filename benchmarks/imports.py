"""Memory and time of `monitor import`: many rows against few, a large WARC against a small one.

    python benchmarks/imports.py [--rows 1000000] [--few 10000] [--warc-mb 60] [--few-warc-mb 6]

Each import runs in a process of its own, on a database of its own; the peak is what the system says of that
process when it has ended (`resource.getrusage`). The table is a platform's: 2,000 shops, nine columns; one
row in 5,000 is bad in one of four ways, one in a hundred is a suspect, and the list of rejects is compared
with what was put in. Exit status 1: memory grew by more than a fifth, or the rejects are not the right ones.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

HEADER = "商品标题,商品链接,价格,店铺名称,统一社会信用代码,经营地址,3C证书编号,品牌,联系电话"
#: bad row → code of its reason, one every `EVERY` rows in turn
BAD = ("no_title", "bad_url", "lost_digits", "too_many_cells")
EVERY = 5_000
GROWTH = 1.2
MB = 1024 * 1024

#: Imports one file as the command does, then says what it took.
CHILD = """
import json, resource, sys, time
from monitor.cli.app import app
begun = time.perf_counter()
try:
    app(["import", sys.argv[1], "--yes", "--json"], standalone_mode=False)
finally:
    took = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps([took.ru_maxrss / 1024, took.ru_utime + took.ru_stime, time.perf_counter() - begun]))
"""


@dataclass(frozen=True)
class Measured:
    """One import in a process of its own."""

    peak_mb: float
    cpu_seconds: float
    seconds: float
    said: dict[str, object]


def write_table(path: Path, rows: int) -> list[tuple[int, str]]:
    """Write a CSV file; return number and code of the rows that must be rejected."""
    expected = []
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(f"{HEADER}\n")
        for number in range(rows):
            bad = BAD[(number // EVERY) % len(BAD)] if number % EVERY == EVERY - 1 else None
            title = (
                "磁力球 巴克球 强磁减压" if number % 100 == 0 else f"小学生文具 铅笔 橡皮 套装 第{number}款"
            )
            cells = [
                "" if bad == "no_title" else title,
                "见图" if bad == "bad_url" else f"https://shop.example.cn/item/{number}.html",
                f"{number % 300 + 1}.90",
                f"第{number % 2000}号店",
                "9.1350E+17" if bad == "lost_digits" else f"91350500MA{number % 10**8:08d}",
                f"福建省泉州市丰泽区东海街道第{number % 500}号",
                f"20180{number % 10**11:011d}",
                "某某",
                "13812345678",
            ]
            if bad == "too_many_cells":
                cells.append("多出的一格")
            if bad is not None:
                expected.append((number + 2, bad))
            file.write(",".join(cells) + "\n")
    return expected


def write_warc(path: Path, megabytes: int) -> int:
    """Write a WARC file of detail pages of 60 KB, which pack to 34; return how many."""
    pages = megabytes * MB // 34_500
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for number in range(pages):
            url = f"https://shop.example.cn/item/{number}.html"
            title = "牙签弩 迷你弓弩" if number % 10 == 0 else f"铅笔 第{number}款"
            data = {
                "@context": "https://schema.org",
                "@type": "Product",
                "name": title,
                "url": url,
                "offers": {"@type": "Offer", "price": "9.90", "priceCurrency": "CNY"},
            }
            filler = os.urandom(30_000).hex()
            body = (
                f'<html><head><meta charset="utf-8"><script type="application/ld+json">'
                f"{json.dumps(data, ensure_ascii=False)}</script></head>"
                f"<body><h1>{title}</h1><!-- {filler} --></body></html>"
            ).encode()
            headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
            digest = {"WARC-Payload-Digest": "sha1:AAAA", "WARC-Block-Digest": "sha1:AAAA"}
            writer.write_record(
                writer.create_warc_record(
                    url,
                    "response",
                    payload=io.BytesIO(body),
                    length=len(body),
                    http_headers=headers,
                    warc_headers_dict=digest,
                )
            )
    return pages


def measure(folder: Path, name: str) -> Measured:
    """Import a file of `folder` into an empty database there."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MONITOR_")}
    environment["MONITOR_DATABASE_URL"] = f"sqlite:///{folder / name}.db"
    environment["MONITOR_EVIDENCE_DIR"] = str(folder / f"{name}.evidence")
    upgrade = [sys.executable, "-m", "monitor", "db", "upgrade"]
    subprocess.run(upgrade, cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL)
    done = subprocess.run(
        [sys.executable, "-c", CHILD, name],
        cwd=folder,
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    said, _, numbers = done.stdout.rstrip().rpartition("\n")
    (outcome,) = json.loads(said)
    for left in folder.glob(f"{name}.db*"):
        left.unlink()
    return Measured(*json.loads(numbers), outcome)


def rejects(folder: Path, measured: Measured) -> list[tuple[int, str]]:
    """Read the list of rejects that an import wrote."""
    path = measured.said["rejects"]
    if path is None:
        return []
    with (folder / str(path)).open(encoding="utf-8-sig", newline="") as file:
        return [(int(row["行号"]), row["原因代码"]) for row in csv.DictReader(file)]


def compare(what: str, few: Measured, many: Measured) -> bool:
    """Print both, and whether memory stayed flat."""
    growth = many.peak_mb / few.peak_mb
    for label, each in (("few", few), ("many", many)):
        print(
            f"{what:6} {label:5} {each.said['read']:>9} read  {each.said['suspects']:>7} suspects  "
            f"peak {each.peak_mb:6.1f} MB  {each.cpu_seconds:7.1f} s CPU  {each.seconds:7.1f} s"
        )
    print(f"{what:6} peak grew {growth:.3f} times: {'flat' if growth <= GROWTH else 'NOT FLAT'}")
    return growth <= GROWTH


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--few", type=int, default=10_000)
    parser.add_argument("--warc-mb", type=int, default=60)
    parser.add_argument("--few-warc-mb", type=int, default=6)
    chosen = parser.parse_args()
    good = True
    with tempfile.TemporaryDirectory(prefix="monitor-imports-") as place:
        folder = Path(place)
        measured = []
        for rows in (chosen.few, chosen.rows):
            expected = write_table(folder / f"{rows}.csv", rows)
            measured.append(measure(folder, f"{rows}.csv"))
            right = rejects(folder, measured[-1]) == expected
            whole = measured[-1].said["listings"] == rows - len(expected)
            print(f"{rows} rows: {len(expected)} bad ones, reject list {'right' if right else 'WRONG'}")
            good = good and right and whole
        good = compare("CSV", *measured) and good
        measured = []
        for megabytes in (chosen.few_warc_mb, chosen.warc_mb):
            name = f"{megabytes}.warc.gz"
            pages = write_warc(folder / name, megabytes)
            measured.append(measure(folder, name))
            size = (folder / name).stat().st_size / MB
            print(f"WARC of {size:.0f} MB: {pages} pages")
            good = good and measured[-1].said["listings"] == pages
        good = compare("WARC", *measured) and good
    return 0 if good else 1


if __name__ == "__main__":
    begun = time.perf_counter()
    status = main()
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"all in {time.perf_counter() - begun:.0f} s, highest peak {peak:.0f} MB")
    sys.exit(status)
