"""Sitemaps: ``sitemap.xml``, indexes of sitemaps, plain lists of URLs, gzipped or not."""

from __future__ import annotations

import dataclasses
import re
import zlib
from io import BytesIO
from typing import TYPE_CHECKING, Any

from lxml import etree

from monitor.extraction.canonical import absolute_url
from monitor.extraction.page import PageKind, Reading, Verdict

if TYPE_CHECKING:
    from monitor.extraction.document import Document
    from monitor.extraction.page import Page
    from monitor.extraction.profile import SiteProfile

_GZIP_MAGIC = b"\x1f\x8b"
#: Bytes and URLs that the protocol allows one sitemap (sitemaps.org); a bomb has more.
UNPACKED_LIMIT = 50 * 1024 * 1024
_MOST_URLS = 50_000
_ENTRIES = frozenset({"url", "sitemap"})
_ROOTS = frozenset({"urlset", "sitemapindex"})
_ROOT = re.compile(r"<(?:\w+:)?(?P<name>urlset|sitemapindex)\b")


def unpacked(page: Page) -> Page:
    """`page` without the gzip that servers keep around ``sitemap.xml.gz``; as it is where that fails."""
    if not page.body.startswith(_GZIP_MAGIC):
        return page
    try:
        body = zlib.decompressobj(wbits=31).decompress(page.body, UNPACKED_LIMIT)
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
    urls = dict.fromkeys(
        url for entry in locations[:_MOST_URLS] if (url := absolute_url(entry, document.base_url))
    )
    cut = None
    if len(locations) > _MOST_URLS:
        cut = f"more than {_MOST_URLS} URLs in one sitemap: the rest is left out"
    if not urls:
        reason = "the sitemap names no URL" if root else "neither a sitemap nor a list of URLs"
        return Reading(
            kind=PageKind.SITEMAP, verdict=Verdict.EMPTY if root else Verdict.UNRECOGNISED, reason=reason
        )
    if root is not None and root["name"] == "sitemapindex":
        return Reading(kind=PageKind.SITEMAP, verdict=Verdict.OK, sitemaps=tuple(urls), reason=cut)
    pattern = profile.urls.detail if profile else None
    details = tuple(url for url in urls if pattern is None or re.search(pattern, url))
    return Reading(
        kind=PageKind.SITEMAP,
        verdict=Verdict.OK if details else Verdict.EMPTY,
        detail_urls=details,
        reason=cut if details else f"none of its {len(urls)} URLs matches urls.detail ({pattern})",
    )


def _locations(xml: str) -> list[str]:
    """Return what stands in ``url/loc`` and ``sitemap/loc``, at most one more than a sitemap may name.

    Element by element: as a tree, a sitemap of a million URLs takes a GB. By local name: namespaces get
    forgotten, and ``image:loc`` is no page. A torn file gives what it has.
    """
    found: list[str] = []
    source = BytesIO(xml.encode("utf-8", "replace"))
    for _, element in etree.iterparse(source, events=("end",), recover=True):
        name, parent = _local(element), element.getparent()
        if name == "loc" and parent is not None and _local(parent) in _ENTRIES:
            found.append((element.text or "").strip())
            if len(found) > _MOST_URLS:
                break
        elif parent is not None and _local(parent) in _ROOTS:
            element.clear()
            while element.getprevious() is not None:
                del parent[0]
    return found


def _local(element: Any) -> str:  # noqa: ANN401 - lxml's
    return str(element.tag).rpartition("}")[2].rpartition(":")[2]
