"""Numbers of people in published text, and how they are hidden: the rest of the work never needs them."""

from __future__ import annotations

import re

#: Mobile phones, land lines with their area code, identity cards.
_PERSONAL = re.compile(
    r"(?<!\d)(?:1[3-9]\d[- ]?\d{4}[- ]?\d{4}|0\d{2,3}-\d{7,8}"
    r"|[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dXx])(?![\dXx])"
)


def masked(text: str) -> str:
    """Hide the middle of phone and identity card numbers, one for one, so that spans still fit.

    Personal data is kept to what the work needs; the whole text stands in the sealed evidence only.
    """
    return _PERSONAL.sub(_stars, text)


def _stars(match: re.Match[str]) -> str:
    number = match[0]
    return number[:3] + "*" * (len(number) - 5) + number[-2:]
