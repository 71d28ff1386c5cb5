"""Unified social credit codes (统一社会信用代码, GB 32100-2015): is it right, and whose register?

Eighteen characters: registering department, kind of body, six digits for the area of the registering
authority (GB/T 2260), nine of the organisation code, and a check character modulo 31.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

#: The 31 characters in the order of their values; I, O, S, V and Z are left out.
ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH: Final = 18
#: Weight of each of the first seventeen characters: 3^i mod 31.
WEIGHTS: Final = tuple(pow(3, i, 31) for i in range(LENGTH - 1))
_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_DROPPED = re.compile(r"[\s\u00ad\u200b-\u200f\u2060\ufeff·\-_]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditCode:
    """A code as published, and what can be said of it."""

    #: eighteen characters in upper case, or what was published when it is no code
    text: str
    #: digits 3–8, when the code is right
    area_code: str | None = None
    #: what is wrong with it, in Chinese; None when it is right
    fault: str | None = None

    @property
    def valid(self) -> bool:
        """Whether length, characters and check character are right."""
        return self.fault is None


def check_character(first: str) -> str:
    """Return the check character that belongs to the first seventeen.

    Raises:
        ValueError: `first` has not seventeen characters, or one that no code has.

    """
    if len(first) != len(WEIGHTS) or any(character not in _VALUES for character in first):
        raise ValueError(f"{first!r} is not the first {len(WEIGHTS)} characters of a credit code")
    total = sum(_VALUES[character] * weight for character, weight in zip(first, WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def read_credit_code(published: str) -> CreditCode:
    """Check a code as a page gives it; width, case, spaces and hyphens do not matter."""
    text = _DROPPED.sub("", unicodedata.normalize("NFKC", published)).upper()
    if fault := _fault(text):
        return CreditCode(text=text, fault=fault)
    return CreditCode(text=text, area_code=text[2:8])


def _fault(text: str) -> str | None:
    if "*" in text:
        return "信用代码被遮挡,不能校验"
    if len(text) != LENGTH:
        return f"信用代码应为18位,此为{len(text)}位"
    if wrong := sorted({character for character in text if character not in _VALUES}):
        return f"信用代码含有不使用的字符 {'、'.join(wrong)}"
    if not text[2:8].isdigit():
        return "信用代码第3至8位不是行政区划码"
    if check_character(text[:-1]) != text[-1]:
        return f"信用代码校验位不符(应为{check_character(text[:-1])},写作{text[-1]})"
    return None
