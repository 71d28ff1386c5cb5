"""One listing, one URL: links made absolute, without what says nothing about the item."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin, urlsplit

from w3lib.url import safe_url_string, url_query_cleaner

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Parameters of campaigns and trackers that no site uses to tell items apart.
TRACKING = (
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "utm_term",
    "utm_content",
    "spm",
    "scm",
    "fbclid",
    "gclid",
)
_PLAIN_PATH = r"(?:/[A-Za-z0-9_~-][A-Za-z0-9_.~-]*)+/?(?:\?[A-Za-z0-9_.~=&-]+)?"
#: Links on which there is nothing to join, to resolve or to escape. Most of a list's are such, and a list has
#: more than a hundred.
_PLAIN = re.compile(rf"(?:https?://[a-z][a-z0-9]*(?:\.[a-z][a-z0-9]*)*)?{_PLAIN_PATH}")


def absolute_url(link: str | None, base_url: str) -> str | None:
    """Make `link` absolute; None for what leads to no page: ``javascript:``, ``#``, mail, nonsense."""
    if not link:
        return None
    if _PLAIN.fullmatch(link):
        if link[0] != "/":
            return link
        if (origin := _origin(base_url)) is not None:
            return origin + link
    return _resolved(link, base_url)


@functools.lru_cache(maxsize=256)
def _origin(base_url: str) -> str | None:
    """Scheme, host and port of a page, as they begin its links."""
    home = _resolved("/", base_url)
    return home[:-1] if home is not None else None


def _resolved(link: str, base_url: str) -> str | None:
    if link.strip().startswith("#"):
        return None
    try:
        url = safe_url_string(urljoin(base_url, link.strip()))
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None


def canonical_url(url: str, drop: Iterable[str] = ()) -> str:
    """Take fragment, tracking parameters and those in `drop` off `url`."""
    plain = urldefrag(url).url if "#" in url else url
    if "?" not in plain:
        return plain
    cleaned = url_query_cleaner(plain, [*TRACKING, *drop], remove=True, unique=False)
    return str(cleaned)
