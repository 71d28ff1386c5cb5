"""Sitemaps: ``sitemap.xml``, indexes of sitemaps, plain lists of URLs, gzipped or not."""

from __future__ import annotations

import dataclasses
import re
import zlib
from typing import TYPE_CHECKING

import parsel

from monitor.extraction.canonical import absolute_url
from monitor.extraction.page import PageKind, Reading, Verdict

if TYPE_CHECKING:
    from monitor.extraction.document import Document
    from monitor.extraction.page import Page
    from monitor.extraction.profile import SiteProfile

_GZIP_MAGIC = b"\x1f\x8b"
#: The protocol allows 50 MB (sitemaps.org); a bomb has more.
_UNPACKED_LIMIT = 64 * 1024 * 1024
_ROOT = re.compile(r"<(?:\w+:)?(?P<name>urlset|sitemapindex)\b")


def unpacked(page: Page) -> Page:
    """`page` without the gzip that servers keep around ``sitemap.xml.gz``; as it is where that fails."""
    if not page.body.startswith(_GZIP_MAGIC):
        return page
    try:
        body = zlib.decompressobj(wbits=31).decompress(page.body, _UNPACKED_LIMIT)
    except zlib.error:
        return page
    return dataclasses.replace(page, body=body)


def is_sitemap(document: Document) -> bool:
    """Say whether the page is a sitemap or an index of sitemaps."""
    return _ROOT.search(document.text[:2000]) is not None


def read_sitemap(document: Document, profile: SiteProfile | None) -> Reading:
    """Read the URLs of a sitemap: detail pages, or further sitemaps where it is an index.

    A profile's ``urls.detail`` tells which URLs are detail pages; without it all are taken for such.
    """
    root = _ROOT.search(document.text[:2000])
    if root is None:
        locations = [line for line in document.text.split() if line.startswith(("http://", "https://"))]
    else:
        locations = _locations(document.text[root.start() :])
    urls = dict.fromkeys(url for entry in locations if (url := absolute_url(entry, document.base_url)))
    if not urls:
        reason = "the sitemap names no URL" if root else "neither a sitemap nor a list of URLs"
        return Reading(
            kind=PageKind.SITEMAP, verdict=Verdict.EMPTY if root else Verdict.UNRECOGNISED, reason=reason
        )
    if root is not None and root["name"] == "sitemapindex":
        return Reading(kind=PageKind.SITEMAP, verdict=Verdict.OK, sitemaps=tuple(urls))
    pattern = profile.urls.detail if profile else None
    details = tuple(url for url in urls if pattern is None or re.search(pattern, url))
    return Reading(
        kind=PageKind.SITEMAP,
        verdict=Verdict.OK if details else Verdict.EMPTY,
        detail_urls=details,
        reason=None if details else f"none of its {len(urls)} URLs matches urls.detail ({pattern})",
    )


def _locations(xml: str) -> list[str]:
    # by local name: namespaces get forgotten, and image:loc is no page; a torn file gives what it has
    tree = parsel.Selector(text=xml, type="xml")
    return tree.xpath(
        "//*[local-name()='url' or local-name()='sitemap']/*[local-name()='loc']/text()"
    ).getall()
