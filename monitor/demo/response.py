"""What a demo site answers, and the few things all its pages need."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

#: Colours of the drawn product pictures.
_COLOURS = ("#f4a261", "#2a9d8f", "#e76f51", "#457b9d", "#8ab17d", "#b56576", "#6d597a", "#e9c46a")


@dataclass(frozen=True, kw_only=True, slots=True)
class Response:
    """One HTTP answer, before any weather."""

    body: bytes
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)


def sold(count: int) -> str:
    """Write a number of sales as shops do: 862, 1.2万+, 3万+."""
    if count < 10_000:
        return str(count)
    tenths = count // 1000
    whole, rest = divmod(tenths, 10)
    return f"{whole}.{rest}万+" if rest else f"{whole}万+"


def money(amount: Decimal) -> str:
    """Write a price with two decimals."""
    return f"{amount:.2f}"


def picture(number: int, word: str) -> Response:
    """Draw a square with the first character of what is sold: the shop has no photographs."""
    colour = _COLOURS[number % len(_COLOURS)]
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="400" viewBox="0 0 400 400">'
        f'<rect width="400" height="400" fill="{colour}"/>'
        f'<circle cx="200" cy="200" r="{110 + number % 5 * 8}" fill="#fff" opacity=".82"/>'
        f'<text x="200" y="228" font-size="84" text-anchor="middle" fill="{colour}" '
        f'font-family="Noto Sans CJK SC,Microsoft YaHei,sans-serif">{escape(word[:2])}</text></svg>'
    )
    return Response(body=svg.encode(), content_type="image/svg+xml")
