from __future__ import annotations

import pytest
import yaml

from monitor.classifiers.lexicon import SHIPPED
from monitor.classifiers.lexicon.plain_yaml import NotPlainError, load_plain


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.yaml")), ids=lambda path: path.name)
def test_the_lexicon_is_plain_and_read_as_pyyaml_reads_it(path):
    text = path.read_text(encoding="utf-8")
    expected = yaml.load(text, Loader=yaml.CSafeLoader)
    assert repr(load_plain(text)) == repr(expected)


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\nb: [1.5, -2, 0x10, 1e3, .5, 012, 1_000, 190:20:30]",
        "a: [yes, no, on, off, true, False, ~, null, '', Null, nan, .nan, .inf]",
        "a: [2026-11-01, '2026-11-01', 2026-11-01 10:00:00, 12:30]",
        "a: |\n  text\n  more\nb: >-\n  folded\n  text",
        "{a: {b: [], c: {}}, d: 'it''s', e: \"\\u4e2d\"}",
        "1: one\nfalse: yes\n2026-11-01: day\n",
        "磁力球",
        "",
    ],
)
def test_scalars_are_what_pyyaml_makes_of_them(text):
    expected = yaml.load(text, Loader=yaml.CSafeLoader)
    try:
        assert repr(load_plain(text)) == repr(expected)
    except NotPlainError:
        assert text == ""


@pytest.mark.parametrize(
    "text",
    [
        "a: &x 1\nb: *x",
        "a: !!str 1",
        "a: !own {b: 1}",
        "a: {b: 1}\nc: {<<: {d: 1}}",
        "? [1, 2]\n: 3",
        "a: 1\na: 2",
        "1: one\n'1': one",
        "1: one\ntrue: yes",
        "a: =",
        "a: 1\n---\nb: 2",
        "a: [1",
        "a: '\x01'",
    ],
)
def test_whatever_else_is_left_to_pyyaml(text):
    with pytest.raises(NotPlainError):
        load_plain(text)
