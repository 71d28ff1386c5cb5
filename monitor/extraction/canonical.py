"""One listing, one URL: links made absolute, without what says nothing about the item."""

from __future__ import annotations

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


def absolute_url(link: str | None, base_url: str) -> str | None:
    """Make `link` absolute; None for what leads to no page: ``javascript:``, ``#``, mail, nonsense."""
    if not link or link.strip().startswith("#"):
        return None
    try:
        url = safe_url_string(urljoin(base_url, link.strip()))
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None


def canonical_url(url: str, drop: Iterable[str] = ()) -> str:
    """Take fragment, tracking parameters and those in `drop` off `url`."""
    plain = urldefrag(url).url
    unwanted = [*TRACKING, *drop]
    if "?" not in plain:
        return plain
    cleaned = url_query_cleaner(plain, unwanted, remove=True, unique=False)
    return str(cleaned)
