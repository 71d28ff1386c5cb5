"""Bars as inline SVG: nothing to load, prints as sharp as the text."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

NOW, BEFORE = "#1F4E79", "#BFC9D4"
_ENDS = ("#2E7D5B", "#F4B183", "#C00000", "#7F7F7F", "#BFC9D4", "#E2E8F0")

_WIDTH = 360
_LABEL = 118
_ROOM = 34
_ROW = 18
_LONGEST = 9


def compared_bars(rows: Sequence[tuple[str, int, int | None]], *, heading: str) -> str:
    """Horizontal bars of (name, now, before); the bar of before is thin and pale."""
    height = _ROW * len(rows) + 4
    most = max((max(now, before or 0) for _, now, before in rows), default=0) or 1
    scale = (_WIDTH - _LABEL - _ROOM) / most
    parts = [_open(height, heading)]
    for place, (name, now, before) in enumerate(rows):
        top = place * _ROW + 2
        parts.append(_label(name, top))
        parts.append(_bar(_LABEL, top + 2, now * scale, 8, NOW))
        if before is not None:
            parts.append(_bar(_LABEL, top + 11, before * scale, 3, BEFORE))
        end = _LABEL + max(now, before or 0) * scale + 4
        parts.append(f'<text x="{end:.1f}" y="{top + 11}" class="n">{now}</text>')
    return "".join([*parts, "</svg>"])


def stacked_bars(rows: Sequence[tuple[str, Sequence[int]]], ends: Sequence[str], *, heading: str) -> str:
    """One bar a name, whole width, in shares of `ends`; with a legend."""
    height = _ROW * len(rows) + 24
    parts = [_open(height, heading)]
    width = _WIDTH - _LABEL - _ROOM
    for place, (name, counts) in enumerate(rows):
        top, left, whole = place * _ROW + 2, float(_LABEL), sum(counts) or 1
        parts.append(_label(name, top))
        for number, count in enumerate(counts):
            parts.append(_bar(left, top + 2, count / whole * width, 11, _ENDS[number % len(_ENDS)]))
            left += count / whole * width
        share = f"{counts[0] / whole:.0%}" if counts else ""
        parts.append(f'<text x="{_LABEL + width + 4}" y="{top + 11}" class="n">{share}</text>')
    left = float(_LABEL)
    for number, end in enumerate(ends):
        parts.append(_bar(left, height - 14, 9, 9, _ENDS[number % len(_ENDS)]))
        parts.append(f'<text x="{left + 12:.1f}" y="{height - 6}" class="l">{escape(end)}</text>')
        left += 22 + 10 * len(end)
    return "".join([*parts, "</svg>"])


def _open(height: int, heading: str) -> str:
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{escape(heading)}" '
        'xmlns="http://www.w3.org/2000/svg">'
    )


def _label(name: str, top: int) -> str:
    short = name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"
    return (
        f'<text x="{_LABEL - 5}" y="{top + 11}" text-anchor="end" class="l">{escape(short)}'
        f"<title>{escape(name)}</title></text>"
    )


def _bar(left: float, top: float, width: float, height: float, colour: str) -> str:
    return f'<rect x="{left:.1f}" y="{top}" width="{max(width, 0):.1f}" height="{height}" fill="{colour}"/>'
