"""What goes into extraction (Page) and what comes out (Reading)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from monitor.listing import Listing, Seller


class PageKind(StrEnum):
    """What a page is for."""

    #: many listings: a search result, a category, a shop's shelf
    LIST = "list"
    #: one listing
    DETAIL = "detail"
    #: a seller's published licence (亮照)
    LICENCE = "licence"
    #: URLs of detail pages: sitemap.xml or an index of sitemaps
    SITEMAP = "sitemap"


class Verdict(StrEnum):
    """What a page turned out to be."""

    #: it was read and gave what it is for
    OK = "ok"
    #: it says itself that there is nothing (no result, end of list)
    EMPTY = "empty"
    #: it says that the item is no longer offered: 404, 410, or a soft-404 marker on a 200
    GONE = "gone"
    #: a captcha, a login or an anti-bot wall stands before the content
    BLOCKED = "blocked"
    #: none of the above, and nothing was found: the layout is not the one the profile describes
    UNRECOGNISED = "unrecognised"


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """One received page, as bytes; decoding is part of reading it."""

    #: Absolute URL the bytes came from, after redirects.
    url: str
    #: Body without transfer encoding.
    body: bytes
    #: HTTP status.
    status: int = 200
    #: Response headers, lower-case names; ``content-type`` helps to find the encoding.
    headers: Mapping[str, str] = field(default_factory=dict)
    #: When it was received, timezone-aware.
    seen_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """What one page says."""

    kind: PageKind
    verdict: Verdict
    #: In the order of the page; a detail page gives one.
    listings: tuple[Listing, ...] = ()
    #: From a licence page.
    seller: Seller | None = None
    #: Absolute URL of the next page of a list; None at its end.
    next_url: str | None = None
    #: Absolute URLs found in a sitemap: detail pages, or further sitemaps (in `sitemaps`).
    detail_urls: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    #: Total number of results that a list states, when it does.
    total: int | None = None
    #: For people: which marker made the verdict, which selector found nothing.
    reason: str | None = None
    #: Of a page that is GONE: the marker of the profile with which it says so itself; None when only its
    #: status, or words that any missing page has, speak for it.
    marker: str | None = None
