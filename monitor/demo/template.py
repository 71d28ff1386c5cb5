"""Filling the HTML templates: whatever is not markup already is escaped."""

from __future__ import annotations

from functools import cache
from html import escape
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_FOLDER = Path(__file__).parent / "templates"


class Html(str):
    """Text that is markup already and is not escaped again."""

    __slots__ = ()


def fill(template: str, /, **values: str | int) -> Html:
    """Fill the template file of that name (without ``.html``)."""
    return Html(_load(template).substitute({name: _safe(value) for name, value in values.items()}))


def html(template: str, /, **values: str | int) -> Html:
    """Fill a template given in place, for a tag or two."""
    return Html(Template(template).substitute({name: _safe(value) for name, value in values.items()}))


def join(parts: Iterable[str], by: str = "") -> Html:
    """Join pieces of markup and text."""
    return Html(by.join(_safe(part) for part in parts))


def _safe(value: str | int) -> str:
    return value if isinstance(value, Html) else escape(str(value))


@cache
def _load(template: str) -> Template:
    return Template((_FOLDER / f"{template}.html").read_text(encoding="utf-8").rstrip("\n"))
