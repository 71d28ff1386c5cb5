"""Tell a page that is not what it seems: a wall, a soft 404, the end of a list."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from monitor.extraction.rules import Marker
from monitor.extraction.selection import Scope, every, scopes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitor.extraction.document import Document

#: Walls in general, where no profile knows better.
_GENERAL_WALLS = tuple(
    Marker.model_validate(marker)
    for marker in (
        {"text": "请输入验证码"},
        {"text": "拖动滑块"},
        {"text": "滑动验证"},
        {"text": "安全验证"},
        {"text": "访问验证"},
        {"text": "访问过于频繁"},
        {"text": "操作过于频繁"},
        {"text": "请求过于频繁"},
        {"text": "人机验证"},
        {"text": "Just a moment..."},
        {"css": "#nocaptcha, #nc_1_wrapper, .geetest_holder, .g-recaptcha, .h-captcha, #captcha"},
        {"url": r"//(?:passport|login)\.|/_____tmd_____/|/captcha"},
    )
)


#: Pages that are not there although the status is 200 (soft 404), where no profile knows better.
_GENERAL_MISSING = tuple(
    Marker(text=text)
    for text in (
        "页面不存在",
        "页面不见了",
        "找不到页面",
        "找不到该页面",
        "找不到您要的页面",
        "商品不存在",
        "宝贝不存在",
        "您访问的页面不存在",
        "您查看的商品不存在",
        "Page not found",
        "404 Not Found",
    )
)


#: A wall, or a page in place of a missing one, has little text of its own (code points); ordinary pages say
#: 验证 in their forms.
_WALL_TEXT = 2_000


def general_wall(document: Document) -> str | None:
    """Describe the wall that the page seems to be, by signs that walls have in common; None if it is none.

    To be asked only about a page on which nothing else was found.
    """
    return found_marker(_GENERAL_WALLS, document) if len(document.visible_text.strip()) < _WALL_TEXT else None


def general_missing(document: Document) -> str | None:
    """Describe by which words the page says that there is none at this address; None if it says nothing such.

    To be asked only about a page on which nothing else was found.
    """
    short = len(document.visible_text.strip()) < _WALL_TEXT
    return found_marker(_GENERAL_MISSING, document) if short else None


def found_marker(markers: Iterable[Marker], document: Document) -> str | None:
    """Describe the first of `markers` that stands on the page; None if none does."""
    for marker in markers:
        described = _found(marker, document)
        if described:
            return described
    return None


def _found(marker: Marker, document: Document) -> str | None:
    if marker.url is not None:
        match = re.search(marker.url, document.page.url)
        return f"url: {match[0]}" if match else None
    if marker.css is None and marker.xpath is None and marker.jmespath is None:
        return f"text: {marker.text}" if _shows(marker.text or "", document) else None
    where = marker.css or marker.xpath or marker.jmespath
    scope = Scope(document.selector.root, document.json)
    if marker.text is None and marker.jmespath is None:
        return where if scopes([marker.rule], scope) else None
    values = [value for value in every([marker.rule], scope) if value != "false"]
    if marker.text is None:
        return f"{where}: {values[0]}" if values else None
    return f"{where}: {marker.text}" if any(marker.text in value for value in values) else None


def _shows(text: str, document: Document) -> bool:
    # the cheap look first: most pages do not have it at all
    return text in document.text and text in document.visible_text
