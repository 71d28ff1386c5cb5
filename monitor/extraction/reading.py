"""read_page: one page in, one `Reading` out, whose verdict says what it turned out to be."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING

from monitor.extraction import layouts
from monitor.extraction.canonical import absolute_url, canonical_url
from monitor.extraction.detail_page import read_detail
from monitor.extraction.document import Document
from monitor.extraction.generic_kind import generic_kind
from monitor.extraction.licence_page import read_licence
from monitor.extraction.list_page import read_list
from monitor.extraction.markers import found_marker, general_missing, general_wall
from monitor.extraction.page import PageKind, Reading, Verdict
from monitor.extraction.selection import first
from monitor.extraction.sitemap import is_sitemap, read_sitemap, unpacked
from monitor.extraction.structured import link, products

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitor.extraction.page import Page
    from monitor.extraction.profile import SiteProfile

_GONE = frozenset({404, 410})
_WALLS = frozenset({401, 403, 407, 429, 451})
_READERS = {
    PageKind.LIST: read_list,
    PageKind.DETAIL: read_detail,
    PageKind.LICENCE: read_licence,
    PageKind.SITEMAP: read_sitemap,
}


def read_page(page: Page, profile: SiteProfile | None = None, kind: PageKind | None = None) -> Reading:
    """Read `page` by `profile`, or by its structured data alone.

    Without `kind` it is guessed: from the profile's URL patterns, else from what is found on the page.
    """
    document = Document(unpacked(page), profile.encoding if profile else None)
    kind = kind or guess_kind(document, profile)
    early = _by_status(page.status) or _by_markers(document, profile, kind)
    if early is not None:
        verdict, reason = early
        marker = _gone_marker(document, profile, kind) if verdict is Verdict.GONE else None
        return Reading(kind=kind, verdict=verdict, reason=reason, marker=marker)
    reading = _READERS[kind](document, profile)
    return _reconsidered(reading, document) if reading.verdict is Verdict.UNRECOGNISED else reading


def guess_kind(document: Document, profile: SiteProfile | None) -> PageKind:
    """What the page is for: by the profile's URL patterns, else by what is found on it."""
    if is_sitemap(document):
        return PageKind.SITEMAP
    if profile is not None:
        named = ((PageKind(name), getattr(profile.urls, name)) for name in ("detail", "licence", "list"))
        for kind, pattern in named:
            if pattern is not None and re.search(pattern, document.page.url):
                return kind
        if any(
            first(layout.fields.title, layouts.page_scope(layout, document)) for layout in profile.detail_page
        ):
            return PageKind.DETAIL
        if any(layouts.rows(layout, document) for layout in profile.list_page):
            return PageKind.LIST
    if products(document):
        return PageKind.LIST if _lists_products(document) else PageKind.DETAIL
    return _kind_by_sight(document, profile)


def _kind_by_sight(document: Document, profile: SiteProfile | None) -> PageKind:
    if (profile is None or not (profile.list_page or profile.detail_page)) and not document.unwieldy:
        return generic_kind(document)
    empty_list = profile is not None and profile.list_page and found_marker(profile.empty, document)
    return PageKind.LIST if empty_list else PageKind.DETAIL


def _lists_products(document: Document) -> bool:
    """Several products that all live elsewhere make a list; one with the page's URL, or none, does not."""
    found = products(document)
    own = canonical_url(document.page.url)
    urls = {canonical_url(absolute_url(link(product.get("url")), own) or own) for product in found}
    return len(urls) > 1 and own not in urls


def recognise(page: Page, profiles: Iterable[SiteProfile]) -> SiteProfile | None:
    """Which of `profiles` reads `page`: that of its site, else that of the engine whose signs it shows."""
    candidates = list(profiles)
    by_host = next((profile for profile in candidates if profile.matches(page.url)), None)
    if by_host is not None:
        return by_host
    document = Document(unpacked(page))
    return next((profile for profile in candidates if found_marker(profile.signs, document)), None)


def _by_status(status: int) -> tuple[Verdict, str] | None:
    if status in _GONE:
        return Verdict.GONE, f"HTTP {status}"
    if status in _WALLS:
        return Verdict.BLOCKED, f"HTTP {status}"
    return (Verdict.UNRECOGNISED, f"HTTP {status}") if status >= 400 else None


def _by_markers(
    document: Document, profile: SiteProfile | None, kind: PageKind
) -> tuple[Verdict, str] | None:
    if profile is None:
        return None
    wall = found_marker(profile.blocked, document)
    if wall is not None:
        return Verdict.BLOCKED, wall
    gone = _gone_marker(document, profile, kind)
    return (Verdict.GONE, gone) if gone is not None else None


def _gone_marker(document: Document, profile: SiteProfile | None, kind: PageKind) -> str | None:
    if profile is None or kind is not PageKind.DETAIL:
        return None
    return found_marker(profile.gone, document)


def _reconsidered(reading: Reading, document: Document) -> Reading:
    """Nothing was found: perhaps a wall that no profile knows stands before it, or it is a soft 404."""
    if (wall := general_wall(document)) is not None:
        return dataclasses.replace(reading, verdict=Verdict.BLOCKED, reason=wall)
    missing = general_missing(document) if reading.kind is PageKind.DETAIL else None
    if missing is not None and document.page.status < 400:
        return dataclasses.replace(reading, verdict=Verdict.GONE, reason=missing)
    return reading
