from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.leads.jurisdiction.credit_code import ALPHABET, check_character, read_credit_code

FIRST = st.builds(
    lambda department, area, rest: department + area + rest,
    st.sampled_from(["91", "92", "93", "12", "51"]),
    st.integers(110000, 659999).map(str),
    st.text(ALPHABET, min_size=9, max_size=9),
)


@pytest.mark.parametrize(
    "code",
    # of large companies, as they publish them
    ["91330100716105852F", "9144030071526726XG", "914403001922038216", "91110108551385082Q"],
)
def test_real_codes_are_right(code):
    assert read_credit_code(code).fault is None
    assert read_credit_code(code).area_code == code[2:8]


@given(FIRST)
def test_the_check_character_makes_a_code_right(first):
    code = read_credit_code(first + check_character(first))
    assert code.valid
    assert code.area_code == first[2:8]


@given(FIRST, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_any_one_wrong_character_is_noticed(first, at, other):
    right = first + check_character(first)
    wrong = right[:at] + other + right[at + 1 :]
    assert read_credit_code(wrong).valid == (wrong == right)


@given(FIRST, st.integers(0, 16))
def test_two_neighbours_in_the_wrong_order_are_noticed(first, at):
    right = first + check_character(first)
    wrong = right[:at] + right[at + 1] + right[at] + right[at + 2 :]
    assert read_credit_code(wrong).valid == (wrong == right)


@given(FIRST)
def test_width_case_and_spaces_do_not_matter(first):
    code = first + check_character(first)
    wide = "".join(chr(ord(c) + 0xFEE0) for c in code.lower())
    assert read_credit_code(f" {wide[:4]} {wide[4:10]}-{wide[10:]} ") == read_credit_code(code)


@given(st.text())
def test_no_text_raises_and_a_wrong_one_gives_no_area(text):
    code = read_credit_code(text)
    assert code.valid or (code.area_code is None and code.fault)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("350582600123456", "15位"),
        ("9135058*********5X", "遮挡"),
        ("91350582MA2XIOSVZ0", "不使用的字符 I、O、S、V、Z"),
        ("91330100716105852G", "校验位不符(应为F,写作G)"),
        ("", "0位"),
    ],
)
def test_what_is_wrong_is_said(code, said):
    assert said in (read_credit_code(code).fault or "")


def test_check_character_refuses_what_is_no_code():
    with pytest.raises(ValueError, match="first 17 characters"):
        check_character("9133")
