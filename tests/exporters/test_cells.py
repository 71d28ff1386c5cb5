from __future__ import annotations

import csv
import io
import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.exporters.sheets.cells import CELL_LIMIT, CUT_MARK, csv_text, fitting, masked, merged, printable

ANYTHING = st.text(alphabet=st.characters(exclude_categories=[]))


@given(ANYTHING)
def test_printable_replaces_one_for_one(text):
    shown = printable(text)
    assert len(shown) == len(text)
    shown.encode()
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]", shown)
    assert all(a == b or not a.isprintable() or a in "\ufffe\uffff" for a, b in zip(text, shown, strict=True))


def test_printable_shows_what_it_replaces():
    assert printable("磁\x00力\x07球\r\n\t\x7f\ud83d") == "磁␀力␇球␍\n\t␡\ufffd"


@given(st.lists(st.tuples(st.integers(-3, 30), st.integers(-3, 30))), st.integers(0, 25))
def test_merged_spans_cover_the_same_characters_once(spans, length):
    joined = merged(spans, length)
    covered = {i for start, end in spans for i in range(max(start, 0), min(end, length))}
    assert {i for start, end in joined for i in range(start, end)} == covered
    assert all(a[1] < b[0] for a, b in itertools.pairwise(joined))


@pytest.mark.parametrize(
    "text", ["x" * (CELL_LIMIT + 1), "磁" * 1_000_000, "😀" * CELL_LIMIT, "a" + "😀" * CELL_LIMIT]
)
def test_long_text_is_cut_and_says_so(text):
    cut = fitting(text)
    assert CELL_LIMIT - 1 <= len(cut.encode("utf-16-le")) // 2 <= CELL_LIMIT
    assert cut.endswith(CUT_MARK)
    assert text.startswith(cut.removesuffix(CUT_MARK))


@pytest.mark.parametrize("text", ["x" * CELL_LIMIT, "😀" * (CELL_LIMIT // 2), ""])
def test_text_that_fits_is_left_alone(text):
    assert fitting(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+86",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1",
        "\u3000=1",
        "\u00a0=1",
        "\u200b=1",
        "\ufeff=1",
        "＝1+1",
        "＋1",
        "－1",
        "＠A1",
        "=cmd|'/C calc'!A0",
        '=HYPERLINK("http://x")',
        "\tabc",
        "\rabc",
    ],
)
def test_csv_text_starts_no_formula(text):
    assert csv_text(text) == "'" + text


@given(
    st.sampled_from(["", " ", "\t", "\u3000", "\u200b", "\r\n"]), st.sampled_from("=+-@＝＋－＠"), ANYTHING
)
def test_csv_text_of_any_formula_starts_with_an_apostrophe(blank, sign, rest):
    assert csv_text(blank + sign + rest).startswith("'")


@pytest.mark.parametrize(
    "text",
    [
        "913505030000000001",
        "007",
        "3-6",
        "2026-09-25",
        "1/2",
        "12:30",
        "1E5",
        "2019012202134567",
        "１２３",
        "50%",
        "¥12.50",
        "2026年9月",
        "Mar-5",
        "5 mar",
        "SEPT2",
        "true",
        " 42 ",
    ],
)
def test_csv_text_that_excel_would_rewrite_stays_text(text):
    assert csv_text(text) == text + "\t"


@pytest.mark.parametrize(
    "text",
    ["磁力球", "3-6岁", "216颗", "91350503MA2XXXXX1X", "marble 5", "octopus 8", "e", "", "GB 6675.1-2014"],
)
def test_csv_text_leaves_the_rest_alone(text):
    assert csv_text(text) == text


@given(ANYTHING.map(printable))
def test_csv_text_comes_back_from_csv(text):
    file = io.StringIO(newline="")
    csv.writer(file, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n").writerow([csv_text(text)])
    file.seek(0)
    (back,) = next(csv.reader(file))
    assert back in (text, "'" + text, text + "\t")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("微信13812345678同号", "微信138******78同号"),
        ("138-1234-5678", "138********78"),
        ("0595-22345678", "059********78"),
        ("350502199001011234", "350*************34"),
        ("35050219900101123X。", "350*************3X。"),
        ("2019012202134567", "2019012202134567"),
        ("913505030000000001", "913505030000000001"),
        ("货号138123456789", "货号138123456789"),
    ],
)
def test_numbers_of_people_are_masked_one_for_one(text, shown):
    assert masked(text) == shown
