"""The benchmark of imports expects the rejects that the reader really gives."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import imports

from monitor.extraction.profile import all_profiles
from monitor.imports.columns import guess
from monitor.imports.csv_table import CsvTable
from monitor.imports.fingerprint import fingerprint
from monitor.imports.rejects import Reject
from monitor.imports.row_listing import RowReader
from monitor.imports.sites import Sites
from monitor.imports.warc import WarcFile


def test_the_bad_rows_are_those_that_are_expected(tmp_path):
    path = tmp_path / "a.csv"
    expected = imports.write_table(path, 20_000)
    assert {code for _, code in expected} == set(imports.BAD)
    table = CsvTable(path, fingerprint("a.csv", io.BytesIO(path.read_bytes())))
    reader = RowReader(guess(table.columns), Sites(all_profiles()), datetime.now(UTC))
    outcomes = [reader.read(row) for row in table.rows()]
    rejected = [(each.number, each.reason.value) for each in outcomes if isinstance(each, Reject)]
    assert rejected == expected
    assert len(outcomes) == 20_000


def test_the_archive_has_the_pages_and_about_the_size_that_it_says(tmp_path):
    path = tmp_path / "a.warc.gz"
    pages = imports.write_warc(path, 2)
    assert len(list(WarcFile(path).records())) == pages
    assert 1.8 < path.stat().st_size / imports.MB < 2.2
