"""Where words end, by a dictionary that knows nothing of the lexicon: jieba, or rjieba where it is installed.

Both are used without HMM and only on runs of Han characters, where they agree (docs/classification.md).
"""

from __future__ import annotations

import logging
import warnings
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    #: Han text → its words, which joined are the text.
    Cut = Callable[[str], Iterable[str]]


@cache
def segmenter(*, fast: bool | None = None) -> Cut:
    """The tokenizer, loaded at its first use: rjieba if it is there and `fast` is not False, else jieba."""
    rust = find_spec("rjieba") is not None if fast is None else fast

    def cut(text: str) -> Iterable[str]:
        return _tokenizer(fast=rust)(text)

    return cut


@cache
def _tokenizer(*, fast: bool) -> Cut:
    """Load a dictionary, which takes a tenth of a second at least; most processes never ask it."""
    if fast:
        rust: Callable[[str, bool], list[str]] = import_module("rjieba").cut
        return lambda text: rust(text, False)
    with warnings.catch_warnings():
        # invalid escapes in its patterns, and pkg_resources; it is no longer released
        warnings.simplefilter("ignore")
        jieba = import_module("jieba")
    jieba.setLogLevel(logging.WARNING)
    own = jieba.Tokenizer()  # nobody else's user words
    return lambda text: own.cut(text, HMM=False)


def straddled(text: str, start: int, end: int, cut: Cut) -> bool:
    """Say whether a dictionary word of two or more characters crosses an edge of ``text[start:end]``."""
    position = 0
    for word in cut(text):
        after = position + len(word)
        if position < start < after or position < end < after:
            return True
        if after >= end:
            break
        position = after
    return False
