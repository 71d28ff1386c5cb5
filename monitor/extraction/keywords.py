"""How a site wants the keyword written in its search URL: codecs by name, so that a profile needs no Python.

``plain``
    percent-encoded UTF-8, what every modern site takes: ``牙签`` → ``%E7%89%99%E7%AD%BE``.
``percent-<charset>``
    percent-encoded in another charset, for old shops: ``percent-gbk`` → ``%D1%C0%C7%A9``.
``hex``, ``nibble-swapped-hex``
    UTF-8 bytes in hexadecimal; swapped as ShopXO has it: ``牙签`` → ``7e98997edaeb``.
``base64``
    UTF-8 bytes in URL-safe base64.
"""

from __future__ import annotations

import base64
import codecs
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Callable

_CODECS: dict[str, Callable[[str], str]] = {
    "plain": lambda keyword: quote(keyword, safe=""),
    "hex": lambda keyword: keyword.encode().hex(),
    "nibble-swapped-hex": lambda keyword: "".join(f"{byte:02x}"[::-1] for byte in keyword.encode()),
    "base64": lambda keyword: base64.urlsafe_b64encode(keyword.encode()).decode("ascii"),
}


def keyword_codec(name: str) -> Callable[[str], str]:
    """Give the function that writes a keyword in the way called `name`.

    Raises:
        ValueError: no such codec; the message lists those there are.

    """
    if name in _CODECS:
        return _CODECS[name]
    charset = name.removeprefix("percent-")
    if charset != name and _is_charset(charset):
        return lambda keyword: _percent(keyword, charset)
    known = ", ".join([*_CODECS, "percent-<charset>"])
    raise ValueError(f"no keyword codec is called {name!r}; there are: {known}")


def _percent(keyword: str, charset: str) -> str:
    # what the charset lacks goes as &#…; — browsers submit forms so
    return quote(keyword.encode(charset, errors="xmlcharrefreplace"), safe="")


def _is_charset(name: str) -> bool:
    try:
        codecs.lookup(name)
    except LookupError:
        return False
    return True
